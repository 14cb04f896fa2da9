"""The rights table: who may do what. Pages, menus and guards are read from it, and from it alone.

A right is a FAB permission (`can_<action>` on `<resource>`), so that FAB's own screens and role editor
work on the same rows; `bootstrap` writes the table into the database.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from app.models import Dossier, Profile


class Right(enum.Enum):
    """Every right; the value is (FAB permission, FAB view)."""

    HOME = ("can_read", "Home")
    ATTENDANCE_READ = ("can_read", "Attendance")
    ATTENDANCE_WRITE = ("can_write", "Attendance")
    ATTENDANCE_SUBMIT = ("can_submit", "Attendance")
    ATTENDANCE_REVIEW = ("can_review", "Attendance")
    FACILITY_READ = ("can_read", "Facility")
    CLOSURE_READ = ("can_read", "Closure")
    CLOSURE_WRITE = ("can_write", "Closure")
    HISTORY_READ = ("can_read", "History")
    REFERENCE_READ = ("can_read", "Reference")
    REFERENCE_WRITE = ("can_write", "Reference")
    SECURITY_READ = ("can_read", "Security")
    SECURITY_WRITE = ("can_write", "Security")


@dataclass(frozen=True)
class RightRow:
    """One row: what it allows, to which profiles, within which dossier, on which connection."""

    right: Right
    label: str
    profiles: frozenset[Profile]
    #: The dossier whose facilities the right reaches; None: the whole organiser.
    dossier: Dossier | None = None
    #: Needs a « connexion forte » (eID, itsme).
    strong: bool = False


_ORGANISER: Final = frozenset({Profile.ADMINISTRATOR, Profile.DATA_MANAGER})
_AGENT: Final = frozenset({Profile.SUBSIDY_AGENT})
_AGENCY: Final = frozenset({Profile.AGENCY_ADMINISTRATOR})
_ADMINISTRATOR: Final = frozenset({Profile.ADMINISTRATOR})

RIGHTS: Final[tuple[RightRow, ...]] = (
    RightRow(Right.HOME, "Page d’accueil", frozenset(Profile)),
    RightRow(Right.ATTENDANCE_READ, "Présences : consulter", _ORGANISER, Dossier.SUBSIDES),
    RightRow(Right.ATTENDANCE_WRITE, "Présences : encoder et importer", _ORGANISER, Dossier.SUBSIDES),
    RightRow(
        Right.ATTENDANCE_SUBMIT, "Présences : signer et soumettre", _ORGANISER, Dossier.SUBSIDES, strong=True
    ),
    RightRow(
        Right.ATTENDANCE_REVIEW, "Présences soumises : contrôler, renvoyer, rouvrir", _AGENT, Dossier.SUBSIDES
    ),
    RightRow(Right.FACILITY_READ, "Milieux d’accueil : consulter", _ORGANISER),
    RightRow(Right.CLOSURE_READ, "Fermetures : consulter", _ORGANISER),
    RightRow(Right.CLOSURE_WRITE, "Fermetures : encoder", _ORGANISER),
    RightRow(Right.HISTORY_READ, "Historique de l’organisation : consulter", _ADMINISTRATOR),
    RightRow(Right.REFERENCE_READ, "Données de référence : consulter", _AGENT | _AGENCY),
    RightRow(Right.REFERENCE_WRITE, "Données de référence : modifier", _AGENCY),
    RightRow(Right.SECURITY_READ, "Utilisateurs, rôles et permissions : consulter", _AGENCY),
    RightRow(Right.SECURITY_WRITE, "Utilisateurs, rôles et permissions : modifier", _AGENCY),
)

BY_RIGHT: Final[dict[Right, RightRow]] = {row.right: row for row in RIGHTS}
BY_PERMISSION: Final[dict[tuple[str, str], Right]] = {row.right.value: row.right for row in RIGHTS}

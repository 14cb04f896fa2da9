"""The rights table: who may do what. Pages, menus and guards are read from it, and from it alone.

An organiser's people hold rights through the dossiers opened to them, which this table alone says. Agents hold them
through their roles: a right is a FAB permission (`can_<action>` on `<resource>`), `bootstrap` gives each new one to the
roles named here, and the agency's administrators change roles from then on.
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
    MEMBERS_READ = ("can_read", "Member")
    MEMBERS_WRITE = ("can_write", "Member")
    HISTORY_READ = ("can_read", "History")
    DOOR_OPEN = ("can_open", "Door")
    CONTACTS_READ = ("can_read", "Contacts")
    TICKET_ASK = ("can_ask", "Ticket")
    TICKET_ANSWER = ("can_answer", "Ticket")
    HELPDESK_READ = ("can_read", "Helpdesk")
    HELPDESK_WRITE = ("can_write", "Helpdesk")
    REFERENCE_READ = ("can_read", "Reference")
    REFERENCE_WRITE = ("can_write", "Reference")
    SECURITY_READ = ("can_read", "Security")
    SECURITY_WRITE = ("can_write", "Security")


@dataclass(frozen=True)
class RightRow:
    """One row: what it allows, through which dossiers of an organiser, to which agents, on which connection."""

    right: Right
    label: str
    #: Who has one of these opened holds the right, for the facilities it is opened for; an administrator of the
    #: organiser holds every right that names a dossier.
    dossiers: frozenset[Dossier] = frozenset()
    #: The agents' roles that hold it at first.
    profiles: frozenset[Profile] = frozenset()
    #: Needs a « connexion forte » (eID, itsme).
    strong: bool = False


_EVERYONE: Final = frozenset(Dossier)
_SUBSIDES: Final = frozenset({Dossier.SUBSIDES})
_USERS: Final = frozenset({Dossier.USERS})
_ADMINISTRATION: Final = frozenset({Dossier.ADMINISTRATION})
_AGENTS: Final = frozenset(Profile)
_AGENT: Final = frozenset({Profile.SUBSIDY_AGENT})
_AGENCY: Final = frozenset({Profile.AGENCY_ADMINISTRATOR})
_HELPDESK: Final = frozenset({Profile.HELPDESK})

#: Held by every person of an organiser, whatever is opened to them.
BASIC: Final = frozenset({Right.HOME, Right.CONTACTS_READ, Right.TICKET_ASK})

RIGHTS: Final[tuple[RightRow, ...]] = (
    RightRow(Right.HOME, "Page d’accueil", _EVERYONE, _AGENTS),
    RightRow(Right.ATTENDANCE_READ, "Présences : consulter", _SUBSIDES),
    RightRow(Right.ATTENDANCE_WRITE, "Présences : encoder et importer", _SUBSIDES),
    RightRow(Right.ATTENDANCE_SUBMIT, "Présences : signer et soumettre", _SUBSIDES, strong=True),
    RightRow(Right.ATTENDANCE_REVIEW, "Présences soumises : contrôler, renvoyer, rouvrir", profiles=_AGENT),
    RightRow(Right.FACILITY_READ, "Milieux d’accueil : consulter", _EVERYONE),
    RightRow(Right.CLOSURE_READ, "Fermetures : consulter", _SUBSIDES),
    RightRow(Right.CLOSURE_WRITE, "Fermetures : encoder", _SUBSIDES),
    RightRow(Right.MEMBERS_READ, "Utilisateurs de l’organisation : consulter", _USERS),
    RightRow(
        Right.MEMBERS_WRITE, "Utilisateurs de l’organisation : ajouter, ouvrir, fermer", _USERS, strong=True
    ),
    RightRow(Right.HISTORY_READ, "Historique : consulter", _ADMINISTRATION, _AGENCY),
    RightRow(Right.DOOR_OPEN, "Organisations hors portefeuille : entrer avec un motif", profiles=_AGENTS),
    RightRow(Right.CONTACTS_READ, "Contacts ONE : consulter", _EVERYONE),
    RightRow(Right.TICKET_ASK, "Helpdesk : poser une question et suivre ses tickets", _EVERYONE, _AGENTS),
    RightRow(Right.TICKET_ANSWER, "Helpdesk : lire les tickets et y répondre", profiles=_HELPDESK | _AGENCY),
    RightRow(
        Right.HELPDESK_READ,
        "Helpdesk : chercher une organisation ou une personne",
        profiles=_HELPDESK | _AGENCY,
    ),
    RightRow(
        Right.HELPDESK_WRITE,
        "Helpdesk : corriger un nom ou un numéro, rétablir un profil, aider à se connecter",
        profiles=_HELPDESK | _AGENCY,
        strong=True,
    ),
    RightRow(Right.REFERENCE_READ, "Données de référence : consulter", profiles=_AGENT | _AGENCY),
    RightRow(Right.REFERENCE_WRITE, "Données de référence : modifier", profiles=_AGENCY),
    RightRow(Right.SECURITY_READ, "Utilisateurs, rôles et permissions : consulter", profiles=_AGENCY),
    RightRow(
        Right.SECURITY_WRITE, "Utilisateurs, rôles et permissions : modifier", profiles=_AGENCY, strong=True
    ),
)

#: The part of the portal that a right is of, for the role editor: FAB's view → its title.
SECTIONS: Final[dict[str, str]] = {
    "Home": "Accueil", "Attendance": "Présences", "Facility": "Milieux d’accueil", "Closure": "Fermetures",
    "Member": "Utilisateurs des organisations", "History": "Historique", "Door": "Organisations",
    "Contacts": "Organisations", "Ticket": "Helpdesk", "Helpdesk": "Helpdesk", "Reference": "Données de référence",
    "Security": "Sécurité",
}  # fmt: skip

BY_RIGHT: Final[dict[Right, RightRow]] = {row.right: row for row in RIGHTS}
BY_PERMISSION: Final[dict[tuple[str, str], Right]] = {row.right.value: row.right for row in RIGHTS}


def through(dossiers: frozenset[Dossier]) -> frozenset[Right]:
    """The rights of an organiser's person to whom these dossiers are opened."""
    if Dossier.ADMINISTRATION in dossiers:
        return frozenset(row.right for row in RIGHTS if row.dossiers)
    return BASIC | {row.right for row in RIGHTS if row.dossiers & dossiers}

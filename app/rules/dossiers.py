"""The dossiers an organiser opens to its people (guides « Accès aux dossiers », « Profils utilisateurs »)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final


class Sector(enum.StrEnum):
    """The sectors of the portal, in the order of the guides."""

    EARLY_CHILDHOOD = "petite-enfance"
    LEISURE = "temps-libre"
    SCHOOL_HEALTH = "sante-ecole"

    @property
    def label(self) -> str:
        return {
            "petite-enfance": "Accueil petite enfance",
            "temps-libre": "Accueil temps libre",
            "sante-ecole": "Promotion de la santé à l’école",
        }[self.value]


class Reach(enum.Enum):
    """What a dossier is opened for: the whole organiser, facility by facility, project by project."""

    ORGANISER = enum.auto()
    FACILITY = enum.auto()
    PROJECT = enum.auto()


class Dossier(enum.StrEnum):
    """One line of the access tree. The value is stored and names the setting of row-level security."""

    ADMINISTRATION = "administration"
    USERS = "utilisateurs"
    TEAM = "mon_equipe"
    CIGOGNE = "cigogne"
    AUTHORISATION = "autorisation"
    PRE_DEMANDES = "pre_demandes"
    BILANS = "bilans"
    SUBSIDES = "subsides"
    AES1 = "aes1"
    AES2 = "aes2"
    HOLIDAY_CENTRES = "centres_vacances"
    HOMEWORK_SCHOOLS = "ecoles_devoirs"
    ATL_COORDINATION = "coordination_atl"
    SCHOOL_HEALTH_TEAM = "pse_mon_equipe"

    @property
    def label(self) -> str:
        return _ROWS[self].label

    @property
    def sector(self) -> Sector | None:
        """None for what concerns the organiser itself: its administration and its users."""
        return _ROWS[self].sector

    @property
    def reach(self) -> Reach:
        return _ROWS[self].reach


@dataclass(frozen=True)
class _Row:
    label: str
    sector: Sector | None
    reach: Reach = Reach.ORGANISER


_EARLY, _LEISURE, _HEALTH = Sector.EARLY_CHILDHOOD, Sector.LEISURE, Sector.SCHOOL_HEALTH

_ROWS: Final[dict[Dossier, _Row]] = {
    Dossier.ADMINISTRATION: _Row("Administrateur", None),
    Dossier.USERS: _Row("Gestion des utilisateurs", None),
    Dossier.TEAM: _Row("Mon équipe", _EARLY),
    Dossier.CIGOGNE: _Row("Appel à projets Cigogne +5200", _EARLY, Reach.PROJECT),
    Dossier.AUTHORISATION: _Row("Prépacc / Autorisation", _EARLY),
    Dossier.PRE_DEMANDES: _Row("Pré-demandes", _EARLY, Reach.FACILITY),
    Dossier.BILANS: _Row("Bilans", _EARLY, Reach.FACILITY),
    Dossier.SUBSIDES: _Row("Subsides et présences", _EARLY, Reach.FACILITY),
    Dossier.AES1: _Row("Accueil extrascolaire de type 1", _LEISURE),
    Dossier.AES2: _Row("Accueil extrascolaire de type 2", _LEISURE),
    Dossier.HOLIDAY_CENTRES: _Row("Centres de vacances", _LEISURE),
    Dossier.HOMEWORK_SCHOOLS: _Row("Écoles de devoirs", _LEISURE),
    Dossier.ATL_COORDINATION: _Row("Coordination ATL", _LEISURE),
    Dossier.SCHOOL_HEALTH_TEAM: _Row("Mon équipe", _HEALTH, Reach.FACILITY),
}

"""The fictional people and organisers, as data. Nobody and nothing here exists."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from app.models import Profile

#: The password of the one login that has one; it opens fictional data only.
PASSWORD = "Valbois-2026-demo"  # noqa: S105  (of fictional data, and refused in production)


@dataclass(frozen=True)
class DemoFacility:
    matricule: str
    name: str
    capacity: int
    city: str


@dataclass(frozen=True)
class DemoOrganiser:
    bce: str
    name: str
    city: str
    postcode: str
    facilities: tuple[DemoFacility, ...]


@dataclass(frozen=True)
class DemoPerson:
    """A person; `niss` empty: login and password only. `memberships`: (BCE, profile, matricules)."""

    username: str
    first_name: str
    last_name: str
    niss: str
    role: str
    memberships: tuple[tuple[str, Profile, tuple[str, ...]], ...] = ()
    agent: Profile | None = None


def niss(birth: dt.date, counter: int) -> str:
    """A number with valid check digits (../docs/glossary.md, NISS)."""
    stem = f"{birth:%y%m%d}{counter:03d}"
    whole = int(("2" if birth.year >= 2000 else "") + stem)
    return f"{stem}{97 - whole % 97:02d}"


ORGANISERS = (
    DemoOrganiser(
        "0732184605", "Commune de Valbois", "Valbois", "5640",
        (
            DemoFacility("CR-4021", "Crèche Les Lucioles", 60, "Valbois"),
            DemoFacility("CR-4022", "Crèche Les Hirondelles", 28, "Saint-Aubert"),
        ),
    ),
    DemoOrganiser(
        "0745210913", "ASBL Les Petits Pas", "Montclair", "4180",
        (DemoFacility("CR-5107", "Crèche Pomme d’Api", 21, "Montclair"),),
    ),
)  # fmt: skip

_VALBOIS, _PETITS_PAS = (organiser.bce for organiser in ORGANISERS)

PEOPLE = (
    DemoPerson(
        "claire.lambert", "Claire", "Lambert", niss(dt.date(1979, 3, 14), 122),
        "administratrice de la Commune de Valbois", ((_VALBOIS, Profile.ADMINISTRATOR, ()),),
    ),
    DemoPerson(
        "hugo.denis", "Hugo", "Denis", niss(dt.date(1990, 11, 2), 215),
        "gestionnaire des données, Les Lucioles seulement", ((_VALBOIS, Profile.DATA_MANAGER, ("CR-4021",)),),
    ),
    DemoPerson(
        "sarah.benali", "Sarah", "Benali", niss(dt.date(1985, 6, 21), 304),
        "administratrice des Petits Pas et gestionnaire des données à Valbois (Les Hirondelles)",
        ((_PETITS_PAS, Profile.ADMINISTRATOR, ()), (_VALBOIS, Profile.DATA_MANAGER, ("CR-4022",))),
    ),
    DemoPerson(
        "marc.delvaux", "Marc", "Delvaux", niss(dt.date(1972, 1, 30), 417),
        "agent, gestionnaire subsides", agent=Profile.SUBSIDY_AGENT,
    ),
    DemoPerson(
        "nadia.peeters", "Nadia", "Peeters", niss(dt.date(1981, 9, 9), 516),
        "agent, administratrice ONE", agent=Profile.AGENCY_ADMINISTRATOR,
    ),
    DemoPerson(
        "valbois", "Utilisateur", "par défaut", "", "login et mot de passe (connexion faible)",
        ((_VALBOIS, Profile.ADMINISTRATOR, ()),),
    ),
)  # fmt: skip

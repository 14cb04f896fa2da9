"""The fictional people and organisers, as data. Nobody and nothing here exists."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from app.models import Dossier, FacilityKind, Profile
from app.rules.audiences import OrganiserKind

#: The password of the one login that has one; it opens fictional data only.
PASSWORD = "Valbois-2026-demo"  # noqa: S105  (of fictional data, and refused in production)


@dataclass(frozen=True)
class DemoFacility:
    matricule: str
    name: str
    capacity: int
    city: str
    kind: FacilityKind = FacilityKind.CRECHE


@dataclass(frozen=True)
class DemoOrganiser:
    bce: str
    name: str
    city: str
    postcode: str
    facilities: tuple[DemoFacility, ...]
    kind: OrganiserKind = OrganiserKind.COMMUNE
    #: Projects of the call Cigogne +5200.
    projects: tuple[str, ...] = ()


@dataclass(frozen=True)
class DemoPerson:
    """A person; `niss` empty: login and password only. `memberships`: (BCE, dossiers, matricules)."""

    username: str
    first_name: str
    last_name: str
    niss: str
    role: str
    memberships: tuple[tuple[str, tuple[Dossier, ...], tuple[str, ...]], ...] = ()
    agent: Profile | None = None
    #: Of an agent: the communes entrusted to them (postcodes; "" is the whole territory), and their number.
    communes: tuple[str, ...] = ()
    phone: str = ""


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
            DemoFacility("PS-4090", "Service PSE de Valbois", 0, "Valbois", FacilityKind.SCHOOL_HEALTH_SERVICE),
        ),
        OrganiserKind.COMMUNE,
        ("Crèche Les Alouettes (projet)", "Extension des Lucioles"),
    ),
    DemoOrganiser(
        "0745210913", "ASBL Les Petits Pas", "Montclair", "4180",
        (DemoFacility("CR-5107", "Crèche Pomme d’Api", 21, "Montclair"),),
        OrganiserKind.ASBL,
    ),
)  # fmt: skip

_VALBOIS, _PETITS_PAS = (organiser.bce for organiser in ORGANISERS)

PEOPLE = (
    DemoPerson(
        "claire.lambert", "Claire", "Lambert", niss(dt.date(1979, 3, 14), 122),
        "administratrice de la Commune de Valbois", ((_VALBOIS, (Dossier.ADMINISTRATION,), ()),),
    ),
    DemoPerson(
        "hugo.denis", "Hugo", "Denis", niss(dt.date(1990, 11, 2), 215),
        "gestionnaire des données, Les Lucioles seulement", ((_VALBOIS, (Dossier.SUBSIDES,), ("CR-4021",)),),
    ),
    DemoPerson(
        "sarah.benali", "Sarah", "Benali", niss(dt.date(1985, 6, 21), 304),
        "administratrice des Petits Pas et gestionnaire des données à Valbois (Les Hirondelles)",
        ((_PETITS_PAS, (Dossier.ADMINISTRATION,), ()), (_VALBOIS, (Dossier.SUBSIDES,), ("CR-4022",))),
    ),
    DemoPerson(
        "ines.marchal", "Inès", "Marchal", niss(dt.date(1994, 4, 8), 226),
        "gestionnaire des utilisateurs de la Commune de Valbois", ((_VALBOIS, (Dossier.USERS,), ()),),
    ),
    DemoPerson(
        "marc.delvaux", "Marc", "Delvaux", niss(dt.date(1972, 1, 30), 417),
        "agent, gestionnaire subsides de Valbois et environs", agent=Profile.SUBSIDY_AGENT, communes=("5640",),
        phone="081 00 00 17",
    ),
    DemoPerson(
        "nadia.peeters", "Nadia", "Peeters", niss(dt.date(1981, 9, 9), 516),
        "agent, administratrice ONE", agent=Profile.AGENCY_ADMINISTRATOR,
    ),
    DemoPerson(
        "olivia.stassart", "Olivia", "Stassart", niss(dt.date(1988, 12, 5), 308),
        "agent, helpdesk", agent=Profile.HELPDESK, communes=("",),
    ),
    DemoPerson(
        "lucas.hermans", "Lucas", "Hermans", niss(dt.date(1983, 2, 17), 119),
        "agent, coordinateur accueil", agent=Profile.COORDINATOR, communes=("5640", "4180"), phone="081 00 00 21",
    ),
    DemoPerson(
        "valbois", "Utilisateur", "par défaut", "", "login et mot de passe (connexion faible)",
        ((_VALBOIS, (Dossier.ADMINISTRATION,), ()),),
    ),
)  # fmt: skip

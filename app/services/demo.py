"""Fictional people and facilities, loaded once by `make run`. Nobody and nothing here exists."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from app.keyring import keyring
from app.models import (
    Closure,
    Communication,
    Dossier,
    Facility,
    Grant,
    Membership,
    OpeningHours,
    Organiser,
    Profile,
    User,
)

#: The password of the one login that has one; it opens fictional data only.
PASSWORD = "Valbois-2026-demo"


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


def is_loaded(session: Session) -> bool:
    """Whether the demo data are there already."""
    return session.scalar(select(Organiser.id).where(Organiser.bce == _VALBOIS)) is not None


def load(session: Session, today: dt.date) -> None:
    """Write organisers, facilities, people and a communication. Commits once."""
    facilities = {f.matricule: f for organiser in ORGANISERS for f in _organiser(session, organiser)}
    session.flush()
    roles = {role.name: role for role in session.scalars(select(Role))}
    for person in PEOPLE:
        _person(session, person, roles, facilities)
    _communications(session, today)
    session.commit()


def _organiser(session: Session, data: DemoOrganiser) -> list[Facility]:
    organiser = Organiser(
        name=data.name, bce=data.bce, street="Place Communale 1", postcode=data.postcode, city=data.city,
        email="contact@exemple.invalid", phone="081 00 00 00",
    )  # fmt: skip
    session.add(organiser)
    session.flush()
    since = dt.date(2025, 1, 1)
    facilities = []
    for row in data.facilities:
        facility = Facility(
            organiser_id=organiser.id, matricule=row.matricule, name=row.name, capacity=row.capacity,
            street="Rue du Verger 12", postcode=data.postcode, city=row.city, opened_on=dt.date(2026, 6, 1),
        )  # fmt: skip
        session.add(facility)
        session.flush()
        for weekday in range(5):
            session.add(
                OpeningHours(
                    organiser_id=organiser.id, facility_id=facility.id, weekday=weekday, valid_from=since,
                    opens_at=dt.time(7), closes_at=dt.time(18),
                )
            )  # fmt: skip
        facilities.append(facility)
    session.add(
        Closure(
            organiser_id=organiser.id, first_day=dt.date(2026, 7, 20), last_day=dt.date(2026, 8, 7),
            motive="Fermeture annuelle",
        )
    )  # fmt: skip
    return facilities


def _person(
    session: Session, data: DemoPerson, roles: dict[str, Role], facilities: dict[str, Facility]
) -> None:
    user = User(
        first_name=data.first_name, last_name=data.last_name, username=data.username,
        email=f"{data.username}@exemple.invalid", active=True,
        password="" if data.niss else generate_password_hash(PASSWORD),
        roles=[roles[data.agent.label]] if data.agent else [],
        niss_hash=keyring().fingerprint(data.niss) if data.niss else None,
        niss_sealed=data.niss or None,
    )  # fmt: skip
    session.add(user)
    session.flush()
    organisers = {o.bce: o.id for o in session.scalars(select(Organiser))}
    for bce, profile, matricules in data.memberships:
        membership = Membership(user_id=user.id, organiser_id=organisers[bce], profile=profile)
        session.add(membership)
        session.flush()
        for matricule in matricules:
            session.add(
                Grant(
                    organiser_id=organisers[bce], membership_id=membership.id,
                    facility_id=facilities[matricule].id, dossier=Dossier.SUBSIDES,
                )
            )  # fmt: skip


def _communications(session: Session, today: dt.date) -> None:
    session.add(
        Communication(
            title="Présences du troisième trimestre",
            body="Les relevés de juillet, août et septembre se soumettent jusqu’au 31 décembre.",
            colour="bleu", valid_from=today - dt.timedelta(days=7), valid_until=today + dt.timedelta(days=60),
        )
    )  # fmt: skip

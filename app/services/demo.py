"""Fictional people and facilities, loaded once by `make run`. Nobody and nothing here exists."""

from __future__ import annotations

import datetime as dt

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from app import clock
from app.keyring import keyring
from app.models import (
    Assignment,
    CallProject,
    Closure,
    Communication,
    Facility,
    Grant,
    Membership,
    MembershipEvent,
    OpeningHours,
    Organiser,
    User,
)
from app.rules.audiences import OrganiserKind
from app.rules.dossiers import Reach, Sector
from app.services import demo_helpdesk, demo_history, demo_presences
from app.services.demo_people import ORGANISERS, PASSWORD, PEOPLE, DemoOrganiser, DemoPerson

_SINCE = dt.date(2025, 1, 1)


def is_loaded(session: Session) -> bool:
    """Whether the demo data are there already."""
    return session.scalar(select(Organiser.id).where(Organiser.bce == ORGANISERS[0].bce)) is not None


def load(session: Session, today: dt.date) -> None:
    """Write organisers, facilities, people, a communication, then months of presences. Commits."""
    facilities = {f.matricule: f for organiser in ORGANISERS for f in _organiser(session, organiser)}
    session.flush()
    roles = {role.name: role for role in session.scalars(select(Role))}
    for person in PEOPLE:
        _person(session, person, roles, facilities)
    _communications(session, today)
    session.commit()
    demo_presences.load(session, today)
    demo_history.load(session, today)
    demo_helpdesk.load(session, clock.now())


def _organiser(session: Session, data: DemoOrganiser) -> list[Facility]:
    organiser = Organiser(
        name=data.name, bce=data.bce, kind=data.kind, street="Place Communale 1", postcode=data.postcode, city=data.city,
        email="contact@exemple.invalid", phone="081 00 00 00",
    )  # fmt: skip
    session.add(organiser)
    session.flush()
    for name in data.projects:
        session.add(CallProject(organiser_id=organiser.id, name=name))
    facilities = []
    for row in data.facilities:
        facility = Facility(
            organiser_id=organiser.id, matricule=row.matricule, name=row.name, capacity=row.capacity, kind=row.kind,
            street="Rue du Verger 12", postcode=data.postcode, city=row.city, opened_on=dt.date(2026, 6, 1),
        )  # fmt: skip
        session.add(facility)
        session.flush()
        for weekday in range(5):
            session.add(
                OpeningHours(
                    organiser_id=organiser.id, facility_id=facility.id, weekday=weekday, valid_from=_SINCE,
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
        niss_sealed=data.niss or None, phone=data.phone,
    )  # fmt: skip
    session.add(user)
    session.flush()
    session.add_all(Assignment(user_id=user.id, postcode=postcode) for postcode in data.communes)
    organisers = {o.bce: o.id for o in session.scalars(select(Organiser))}
    for bce, dossiers, matricules in data.memberships:
        membership = Membership(
            user_id=user.id, organiser_id=organisers[bce], first_name=data.first_name, last_name=data.last_name,
            email=user.email, consent_at=clock.now() if data.niss else None,
        )  # fmt: skip
        session.add(membership)
        session.flush()
        session.add(
            MembershipEvent(
                organiser_id=membership.organiser_id,
                membership_id=membership.id,
                state=membership.state,
                at=dt.datetime.combine(_SINCE, dt.time(9), dt.UTC),
            )
        )
        for dossier in dossiers:
            opened = [facilities[one].id for one in matricules] if dossier.reach is Reach.FACILITY else [None]
            for facility_id in opened:
                session.add(
                    Grant(
                        organiser_id=membership.organiser_id, membership_id=membership.id, dossier=dossier,
                        facility_id=facility_id, valid_from=_SINCE, granted_at=dt.datetime.combine(_SINCE, dt.time(9), dt.UTC),
                    )
                )  # fmt: skip


#: Title, text, colour, first day and last day from today on, sectors, kinds of organisers, agents too, Flash Accueil.
_COMMUNICATIONS = (
    ("Présences du troisième trimestre", "Les relevés de juillet, août et septembre se soumettent jusqu’au 31 décembre.",
     "bleu", -7, 60, (Sector.EARLY_CHILDHOOD,), (), True, False),
    ("Flash Accueil de saison", "Formations de l’hiver et questions fréquentes : https://www.one.be/professionnel/",
     "bleu", -2, 40, (), (), False, True),
    ("Communes : votre convention", "Une convention nouvelle vous sera proposée au printemps ; rien à faire d’ici là.",
     "vert", -3, 30, (), (OrganiserKind.COMMUNE,), False, False),
    ("Fermeture du helpdesk", "Le helpdesk sera fermé le premier vendredi du mois prochain, après-midi.",
     "jaune", -1, 20, (), (), True, False),
    ("Séances d’information de l’an dernier", "Les présentations restent sur https://www.one.be/", "bleu", -300, -200,
     (), (), True, False),
)  # fmt: skip


def _communications(session: Session, today: dt.date) -> None:
    for title, body, colour, first, last, sectors, kinds, agents, flash in _COMMUNICATIONS:
        session.add(
            Communication(
                title=title, body=body, colour=colour, valid_from=today + dt.timedelta(days=first),
                valid_until=today + dt.timedelta(days=last), sectors=[one.value for one in sectors],
                organiser_kinds=[one.value for one in kinds], for_agents=agents, flash=flash,
            )
        )  # fmt: skip

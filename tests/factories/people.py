"""People who sign in, and what they may act for."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from app import clock
from app.keyring import keyring
from app.models import (
    AccessRequest,
    AgentVisit,
    Assignment,
    Dossier,
    Facility,
    Grant,
    Membership,
    MembershipEvent,
    Organiser,
    Profile,
    User,
)
from tests.factories.niss import niss as new_niss

_numbers = itertools.count(1)


def person(
    session: Session, mark: str = "Durand", *, niss: str | None = None, password: str = "", **values: Any
) -> User:
    """Somebody with an eID (`niss`: a new one unless given, "" for none) and, when given, a password."""
    number = next(_numbers)
    niss = new_niss() if niss is None else niss
    row = User(
        **{
            "first_name": f"Camille {mark}",
            "last_name": f"{mark}{number}",
            "username": f"{mark.lower()}.{number}",
            "email": f"{mark.lower()}.{number}@exemple.invalid",
            "active": True,
            # A cheap hash: the tests of the sign-in page give their own.
            "password": generate_password_hash(password, "pbkdf2:sha256:1000") if password else "",
            "niss_hash": keyring().fingerprint(niss) if niss else None,
            "niss_sealed": niss or None,
        }
        | values
    )
    session.add(row)
    session.flush()
    return row


def agent(
    session: Session,
    mark: str = "Peeters",
    profile: Profile = Profile.SUBSIDY_AGENT,
    *,
    everywhere: bool = True,
    **values: Any,
) -> User:
    """An agent of the agency, to whom the whole territory is entrusted or, not `everywhere`, nothing."""
    role = session.scalars(select(Role).where(Role.name == profile.label)).one()
    row = person(session, mark, **({"roles": [role]} | values))
    if everywhere:
        session.add(Assignment(user_id=row.id))
        session.flush()
    return row


def member(session: Session, owner: Organiser, user: User | None = None, mark: str = "Lemaire") -> Membership:
    """Somebody of an organiser, to whom nothing is opened yet."""
    user = user or person(session, mark)
    row = Membership(
        user_id=user.id,
        organiser_id=owner.id,
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
    )
    session.add(row)
    session.flush()
    session.add(MembershipEvent(organiser_id=owner.id, membership_id=row.id, state=row.state))
    session.flush()
    return row


def grant(session: Session, to: Membership, dossier: Dossier, **values: Any) -> Grant:
    """A dossier opened since long ago."""
    since = {"valid_from": dt.date(2020, 1, 1)}
    row = Grant(organiser_id=to.organiser_id, membership_id=to.id, dossier=dossier, **(since | values))
    session.add(row)
    session.flush()
    return row


def administrator(session: Session, owner: Organiser, user: User | None = None, mark: str = "Durand") -> User:
    """Somebody who acts for all of an organiser."""
    row = member(session, owner, user, mark)
    grant(session, row, Dossier.ADMINISTRATION)
    return row.user


def data_manager(
    session: Session, owner: Organiser, *facilities: Facility, user: User | None = None, mark: str = "Lemaire"
) -> User:
    """A gestionnaire des données of those facilities only."""
    row = member(session, owner, user, mark)
    for one in facilities:
        grant(session, row, Dossier.SUBSIDES, facility_id=one.id)
    return row.user


def visit(session: Session, owner: Organiser, agent_id: int, mark: str = "Remplacement") -> AgentVisit:
    """An agent who came in from outside their portfolio."""
    now = clock.now()
    row = AgentVisit(
        organiser_id=owner.id,
        user_id=agent_id,
        reason=f"{mark} d’une collègue",
        at=now,
        until=now + dt.timedelta(hours=1),
    )
    session.add(row)
    session.flush()
    return row


def access_request(session: Session, by: Membership, mark: str = "Remplacement") -> AccessRequest:
    """Somebody asks for an access."""
    row = AccessRequest(
        organiser_id=by.organiser_id,
        membership_id=by.id,
        dossier=Dossier.TEAM,
        place=mark,
        why=mark,
        asked_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row

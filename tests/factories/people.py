"""People who sign in, and what they may act for."""

from __future__ import annotations

import itertools
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from app.keyring import keyring
from app.models import Dossier, Facility, Grant, Membership, Organiser, Profile, User
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
    session: Session, mark: str = "Peeters", profile: Profile = Profile.SUBSIDY_AGENT, **values: Any
) -> User:
    """An agent of the agency."""
    role = session.scalars(select(Role).where(Role.name == profile.label)).one()
    return person(session, mark, **({"roles": [role]} | values))


def administrator(session: Session, owner: Organiser, user: User | None = None, mark: str = "Durand") -> User:
    """Somebody who acts for all of an organiser."""
    user = user or person(session, mark)
    session.add(Membership(user_id=user.id, organiser_id=owner.id, profile=Profile.ADMINISTRATOR))
    session.flush()
    return user


def data_manager(
    session: Session, owner: Organiser, *facilities: Facility, user: User | None = None, mark: str = "Lemaire"
) -> User:
    """A gestionnaire des données of those facilities only."""
    user = user or person(session, mark)
    membership = Membership(user_id=user.id, organiser_id=owner.id, profile=Profile.DATA_MANAGER)
    session.add(membership)
    session.flush()
    for one in facilities:
        session.add(
            Grant(
                organiser_id=owner.id,
                membership_id=membership.id,
                facility_id=one.id,
                dossier=Dossier.SUBSIDES,
            )
        )
    session.flush()
    return user

"""Closing and opening a person's access, with its trace."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.journal import Who
from app.models import JournalEntry, UserSession
from app.services import people
from tests import factories
from tests.client import PortalClient
from tests.conftest import System

AGENCY = Who(None, "Nadia Peeters")


def test_access_is_closed_with_its_sessions_and_told(client: PortalClient, system: System) -> None:
    with system() as session:
        user = factories.person(session)
        user_id, epoch = user.id, user.epoch
    client.login(user_id)
    with system() as session:
        user = session.get_one(type(user), user_id)
        people.disable(session, AGENCY, user)
        people.disable(session, AGENCY, user)
        assert (user.active, user.epoch) == (False, epoch + 1)
        assert session.scalar(select(func.count()).select_from(UserSession)) == 0
        people.reactivate(session, AGENCY, user)
        assert (user.active, user.epoch) == (True, epoch + 1)
        entries = session.scalars(select(JournalEntry).order_by(JournalEntry.id)).all()
        assert [(entry.action, entry.object_id, entry.actor) for entry in entries] == [
            ("desactivation", user_id, "Nadia Peeters"),
            ("reactivation", user_id, "Nadia Peeters"),
        ]
        assert [(c.old, c.new) for entry in entries for c in entry.changes] == [
            ("oui", "non"),
            ("non", "oui"),
        ]


def test_nobody_closes_their_own_access(db_session: Session) -> None:
    user = factories.person(db_session)
    with pytest.raises(people.OwnAccount):
        people.disable(db_session, Who(user.id, "Soi-même"), user)
    assert user.active


def test_a_person_is_signed_out_everywhere(client: PortalClient, system: System) -> None:
    with system() as session:
        user_id = factories.administrator(session, factories.organiser(session)).id
    client.login(user_id)
    assert client.get("/").status_code == 200
    with system() as session:
        people.end_sessions(session, AGENCY, session.get_one(factories.people.User, user_id))
    assert client.get("/").status_code == 302
    assert client.login(user_id).get("/").status_code == 200

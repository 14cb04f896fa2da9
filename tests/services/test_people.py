"""Closing and opening a person's access, with its trace."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import scope
from app.db import db
from app.journal import Who
from app.models import JournalEntry, Profile, Role, User, UserSession
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


def _at_once(app: Flask, *acts: tuple[Who, int]) -> list[str]:
    """Each closes the other's access, at the same time."""
    with app.app_context():
        engine = db.engine
    results: list[str] = []
    start = threading.Barrier(len(acts))

    def close(who: Who, theirs: int) -> None:
        with app.app_context(), Session(engine) as session, scope.system("test", session):
            user = session.get_one(User, theirs)
            assert user.active
            start.wait()
            try:
                people.disable(session, who, user)
                results.append("done")
            except people.NoLongerAdministrator as refusal:
                results.append(type(refusal).__name__)

    threads = [threading.Thread(target=close, args=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


def test_two_administrators_of_the_agency_who_close_each_other_at_once(app: Flask, system: System) -> None:
    with system() as session:
        users = [factories.agent(session, name, Profile.AGENCY_ADMINISTRATOR) for name in ("Nadia", "Paul")]
        first, second = (Who(user.id, user.last_name) for user in users)
        ids = [user.id for user in users]
    assert _at_once(app, (first, ids[1]), (second, ids[0])) == ["NoLongerAdministrator", "done"]
    with system() as session:
        assert sorted(session.scalars(select(User.active).where(User.id.in_(ids)))) == [False, True]


def test_who_lost_the_role_changes_no_agent_any_more(db_session: Session) -> None:
    nadia, paul = (
        factories.agent(db_session, name, Profile.AGENCY_ADMINISTRATOR) for name in ("Nadia", "Paul")
    )
    people.lock_agents(db_session, Who(paul.id, "Paul"))
    subsidies = db_session.scalars(select(Role).where(Role.name == Profile.SUBSIDY_AGENT.label)).one()
    paul.roles = [subsidies]
    db_session.commit()
    with pytest.raises(people.NoLongerAdministrator):
        people.disable(db_session, Who(paul.id, "Paul"), nadia)
    assert nadia.active

"""The people of an organiser: adding, closing, opening, deleting, and what is opened to them."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import clock, scope
from app.db import db
from app.journal import Who
from app.models import (
    Dossier,
    Grant,
    JournalChange,
    JournalEntry,
    Membership,
    MembershipEvent,
    MembershipState,
    Organiser,
    User,
)
from app.rules.access import Objection, Opened
from app.rules.niss import Niss, parse_niss
from app.services.members import access, adding, desk, states
from app.services.members.desk import LastAdministrator, Manager, Refused
from tests import factories
from tests.conftest import System

TODAY = clock.today()
TEAM = Opened(Dossier.TEAM, first=TODAY)
ADMINISTRATION = Opened(Dossier.ADMINISTRATION, first=TODAY)


@dataclass
class Office:
    """An organiser with an administrator, a user manager and somebody else."""

    session: Session
    organiser: Organiser
    boss: Manager
    clerk: Manager
    other: Membership

    def give(self, *wanted: Opened, by: Manager | None = None, to: Membership | None = None) -> int:
        row = to or self.other
        seen = {row.id: access.seal(desk.opened(self.session, row.id))}
        return access.change(self.session, by or self.boss, {row.id: list(wanted)}, seen)


def _manager(row: Membership) -> Manager:
    return Manager(Who(row.user_id, row.name), row.id, row.organiser_id)


@pytest.fixture
def office(db_session: Session) -> Office:
    owner = factories.organiser(db_session, "Aulne")
    boss, clerk, other = (
        factories.member(db_session, owner, mark=mark) for mark in ("Chef", "Clerc", "Autre")
    )
    factories.grant(db_session, boss, Dossier.ADMINISTRATION)
    factories.grant(db_session, clerk, Dossier.USERS)
    db_session.commit()
    return Office(db_session, owner, _manager(boss), _manager(clerk), other)


def _details(niss: str, first: str = "Zoé", last: str = "Martin") -> adding.Details:
    number = parse_niss(niss)
    assert isinstance(number, Niss)
    return adding.Details(first, last, "zoe@exemple.invalid", number)


def test_a_person_is_added_with_consent_and_nothing_opened(office: Office) -> None:
    niss = factories.niss()
    row = adding.add(office.session, office.clerk, _details(niss))
    assert (row.name, row.state, row.consent_at is not None) == ("Zoé Martin", MembershipState.ACTIVE, True)
    assert desk.opened(office.session, row.id) == []
    entry = office.session.scalars(select(JournalEntry).where(JournalEntry.action == "ajout")).one()
    values = [change.new for change in entry.changes]
    assert entry.organiser_id == office.organiser.id
    assert niss not in " ".join(str(value) for value in values)
    with pytest.raises(adding.AlreadyThere):
        adding.add(office.session, office.clerk, _details(niss))


def test_a_person_of_another_organiser_is_linked_under_the_name_given_here(office: Office) -> None:
    niss = factories.niss()
    stranger = factories.person(office.session, "Ailleurs", niss=niss)
    factories.administrator(office.session, factories.organiser(office.session, "Bouleau"), stranger)
    office.session.commit()
    row = adding.add(office.session, office.boss, _details(niss))
    assert row.user_id == stranger.id
    assert row.name == "Zoé Martin"
    assert stranger.last_name != "Martin", "the account is not renamed by one of its organisers"
    assert office.session.scalar(select(func.count(User.id)).where(User.niss_hash == stranger.niss_hash)) == 1


def test_who_was_deleted_comes_back_with_nothing_opened(office: Office) -> None:
    niss = factories.niss()
    row = adding.add(office.session, office.boss, _details(niss))
    office.give(TEAM, to=row)
    states.remove(office.session, office.boss, row.id)
    again = adding.add(office.session, office.boss, _details(niss, "Zoë"))
    assert (again.id, again.first_name, again.state) == (row.id, "Zoë", MembershipState.ACTIVE)
    assert desk.opened(office.session, row.id) == []
    told = office.session.scalars(
        select(JournalEntry).where(JournalEntry.action == "ajout").order_by(JournalEntry.id.desc()).limit(1)
    ).one()
    taken = [(change.field, change.new) for change in told.changes if (change.old or "").startswith("ouvert")]
    assert taken == [("Mon équipe (Accueil petite enfance)", None)], "what was taken away is in the history"


def test_a_change_keeps_its_past_and_says_it_in_the_history(office: Office) -> None:
    assert office.give(TEAM) == 1
    until = Opened(Dossier.TEAM, first=TODAY, last=TODAY + dt.timedelta(days=30))
    assert office.give(until) == 1
    assert office.give(until) == 0
    assert office.give() == 1
    rows = office.session.scalars(select(Grant).where(Grant.membership_id == office.other.id)).all()
    assert [(row.valid_until is None, row.revoked_at is None) for row in rows] == [
        (True, False),
        (False, False),
    ]
    changes = office.session.scalars(
        select(JournalChange).where(JournalChange.object_type == "membership")
    ).all()
    assert [change.field for change in changes] == ["Mon équipe (Accueil petite enfance)"] * 3
    assert changes[1].old == f"ouvert dès le {TODAY:%d/%m/%Y}"


def test_every_objection_is_told_at_once_and_nothing_is_written(office: Office) -> None:
    with pytest.raises(Refused) as refused:
        office.give(TEAM, ADMINISTRATION, Opened(Dossier.USERS, first=TODAY), by=office.clerk)
    assert [one.objection for one in refused.value.refusals] == [
        Objection.NOT_HELD, Objection.MAKES_ADMINISTRATOR,
    ]  # fmt: skip
    assert desk.opened(office.session, office.other.id) == []


def test_a_facility_or_project_of_another_organiser_is_refused(office: Office) -> None:
    elsewhere = factories.organiser(office.session, "Bouleau")
    facility = factories.facility(office.session, elsewhere, "Loin").id
    project = factories.project(office.session, elsewhere).id
    other = office.other.id
    office.session.commit()
    with scope.within(scope.Scope.whole_organiser(office.organiser.id), office.session):
        for wrong in (
            Opened(Dossier.SUBSIDES, facility_id=facility, first=TODAY),
            Opened(Dossier.CIGOGNE, project_id=project, first=TODAY),
        ):
            with pytest.raises(Refused) as refused:
                office.give(wrong, to=office.session.get_one(Membership, other))
            assert {one.objection for one in refused.value.refusals} == {Objection.WRONG_OBJECT}


def test_rights_changed_meanwhile_are_not_overwritten(office: Office) -> None:
    seen = {office.other.id: access.seal([])}
    office.give(TEAM)
    with pytest.raises(access.Changed):
        access.change(office.session, office.boss, {office.other.id: []}, seen)
    assert desk.opened(office.session, office.other.id) == [TEAM]


def test_the_last_administrator_stays(office: Office) -> None:
    boss = office.session.get_one(Membership, office.boss.membership_id)
    second = adding.add(office.session, office.boss, _details(factories.niss()))
    office.give(ADMINISTRATION, to=second)
    manager = _manager(second)
    states.disable(office.session, manager, boss.id)
    with pytest.raises(Refused):
        states.disable(office.session, manager, second.id)  # nobody closes their own access
    states.reactivate(office.session, manager, boss.id)
    limited = Opened(Dossier.ADMINISTRATION, first=TODAY, last=TODAY + dt.timedelta(days=9))
    office.give(limited, to=second)
    # The second is an administrator for nine days only: the first is the last one that stays.
    for act in (
        lambda: states.disable(office.session, manager, boss.id),
        lambda: states.remove(office.session, manager, boss.id),
        lambda: office.give(by=manager, to=boss),
        lambda: office.give(limited, by=manager, to=boss),
    ):
        with pytest.raises(LastAdministrator):
            act()
    assert office.session.get_one(Membership, boss.id).state is MembershipState.ACTIVE


def test_two_administrators_who_remove_each_other_at_once(app: Flask, system: System) -> None:
    with system() as session:
        owner = factories.organiser(session, "Aulne")
        rows = [factories.member(session, owner, mark=f"Chef{number}") for number in (1, 2)]
        for row in rows:
            factories.grant(session, row, Dossier.ADMINISTRATION)
        managers = [_manager(row) for row in rows]
    with app.app_context():
        engine = db.engine
    results: list[str] = []
    start = threading.Barrier(2)

    def attack(mine: Manager, theirs: Manager) -> None:
        limits = scope.Scope.whole_organiser(mine.organiser_id)
        with app.app_context(), scope.within(limits), Session(engine) as session:
            start.wait()
            try:
                states.disable(session, mine, theirs.membership_id)
                results.append("done")
            except (LastAdministrator, Refused) as refusal:
                results.append(type(refusal).__name__)

    threads = [threading.Thread(target=attack, args=pair) for pair in (managers, managers[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["Refused", "done"], "the second is no administrator any more"
    with system() as session:
        left = session.scalars(select(Membership.state).order_by(Membership.state)).all()
        assert left == [MembershipState.ACTIVE, MembershipState.DISABLED]


@pytest.mark.parametrize("close", [states.disable, states.remove])
def test_closing_ends_the_sessions_and_keeps_the_rights(
    office: Office, close: Callable[[Session, Manager, int], Membership]
) -> None:
    office.give(TEAM)
    epoch = office.other.user.epoch
    close(office.session, office.clerk, office.other.id)
    office.session.refresh(office.other.user)
    assert office.other.user.epoch == epoch + 1
    assert desk.opened(office.session, office.other.id) == [TEAM]
    moments = select(func.count(MembershipEvent.id)).where(MembershipEvent.membership_id == office.other.id)
    assert office.session.scalar(moments) == 2


def test_a_user_manager_does_not_touch_administrators(office: Office) -> None:
    for act in (states.disable, states.remove, states.reactivate):
        with pytest.raises(Refused) as refused:
            act(office.session, office.clerk, office.boss.membership_id)
        assert refused.value.refusals[0].objection is Objection.ADMINISTRATOR


def test_a_deletion_is_undone_within_its_days_and_then_purged(office: Office) -> None:
    office.give(TEAM)
    helpdesk = Who(None, "Olivia Stassart", "agent : helpdesk")
    states.remove(office.session, office.boss, office.other.id)
    with pytest.raises(desk.Unknown):
        desk.member(office.session, office.other.id)
    assert states.purge(office.session) == 0
    assert states.restore(office.session, helpdesk, office.other.id).state is MembershipState.ACTIVE
    assert desk.opened(office.session, office.other.id) == [TEAM]
    states.remove(office.session, office.boss, office.other.id)
    number, user_id = office.other.id, office.other.user_id
    long_ago = clock.now() - dt.timedelta(days=31)
    office.session.execute(update(Membership).where(Membership.id == number).values(state_since=long_ago))
    office.session.commit()
    with pytest.raises(states.TooLate):
        states.restore(office.session, helpdesk, number)
    assert states.purge(office.session) == 1
    assert office.session.get(User, user_id) is None
    with pytest.raises(desk.Unknown):
        states.restore(office.session, helpdesk, number)


def test_two_organisers_add_the_same_new_person_at_once(app: Flask, system: System) -> None:
    with system() as session:
        managers = []
        for mark in ("Aulne", "Bouleau"):
            row = factories.member(session, factories.organiser(session, mark))
            factories.grant(session, row, Dossier.ADMINISTRATION)
            managers.append(_manager(row))
    niss, done, together = factories.niss(), [], threading.Barrier(2)
    with app.app_context():
        engine = db.engine

    def work(manager: Manager) -> None:
        inside = scope.Scope.whole_organiser(manager.organiser_id)
        with app.app_context(), Session(engine) as session, scope.within(inside, session):
            together.wait()
            adding.add(session, manager, _details(niss))
            done.append(manager.organiser_id)

    threads = [threading.Thread(target=work, args=(manager,)) for manager in managers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == sorted(one.organiser_id for one in managers)
    with system() as session:
        people = session.scalars(select(Membership.user_id).where(Membership.last_name == "Martin")).all()
        assert len(people) == 2
        assert len(set(people)) == 1

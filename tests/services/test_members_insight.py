"""Who could see what, and why; the review; asking for an access."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.journal import Who
from app.models import Dossier, Facility, Grant, Membership, MembershipEvent, Notice, RequestState
from app.rules.access import Opened
from app.services.members import access, asking, desk, insight, review, states
from app.services.members.desk import Manager, Refused
from tests import factories

NOW = clock.now()
TODAY = clock.today()
LONG_AGO = NOW - dt.timedelta(days=400)


@dataclass
class Office:
    """An organiser with a facility, an administrator and a colleague who has its subsidies since long ago."""

    session: Session
    organiser: int
    facility: Facility
    boss: Manager
    other: Membership


@pytest.fixture
def office(db_session: Session) -> Office:
    owner = factories.organiser(db_session, "Aulne")
    facility = factories.facility(db_session, owner, "Creche1")
    boss, other = (factories.member(db_session, owner, mark=mark) for mark in ("Chef", "Autre"))
    factories.grant(db_session, boss, Dossier.ADMINISTRATION, granted_at=LONG_AGO)
    factories.grant(db_session, other, Dossier.SUBSIDES, facility_id=facility.id, granted_at=LONG_AGO)
    db_session.execute(update(MembershipEvent).values(at=LONG_AGO))
    db_session.execute(update(Membership).values(state_since=LONG_AGO, last_entered_at=NOW))
    db_session.commit()
    manager = Manager(Who(boss.user_id, boss.name), boss.id, owner.id)
    return Office(db_session, owner.id, facility, manager, other)


def _names(office: Office, day: dt.date) -> set[str]:
    return {one.name for one in insight.of_facility(office.session, office.organiser, office.facility, day)}


def test_a_facility_on_a_past_day_and_today(office: Office) -> None:
    boss = office.session.get_one(Membership, office.boss.membership_id)
    both = {boss.name, office.other.name}
    yesterday = TODAY - dt.timedelta(days=1)
    assert _names(office, TODAY) == _names(office, yesterday) == both
    assert _names(office, LONG_AGO.date() - dt.timedelta(days=1)) == set(), "before they came"
    access.change(
        office.session, office.boss, {office.other.id: []},
        {office.other.id: access.seal(desk.opened(office.session, office.other.id))},
    )  # fmt: skip
    assert _names(office, TODAY) == {boss.name}
    assert _names(office, yesterday) == both, "what was taken away today was open yesterday"


def test_why_somebody_sees_something_is_said_in_words(office: Office) -> None:
    sight = insight.of_person(office.session, office.organiser, office.other.id, TODAY)
    assert sight is not None
    assert [one.name for one in sight.reasons] == [f"Subsides et présences – {office.facility.name}"]
    assert "Présences : encoder et importer" in sight.allowed
    assert "Historique de l’organisation : consulter" not in sight.allowed


def test_the_disabled_and_the_deleted_see_nothing_from_that_day_on(office: Office) -> None:
    states.disable(office.session, office.boss, office.other.id)
    assert office.other.name not in _names(office, TODAY)
    assert office.other.name in _names(office, TODAY - dt.timedelta(days=1))


def test_the_review_names_what_is_not_used_and_takes_it_away(office: Office) -> None:
    found = review.review(office.session, office.organiser, TODAY)
    assert [(one.member_id, one.name) for one in found.unused] == [
        (office.other.id, f"Subsides et présences – {office.facility.name}")
    ]
    assert (found.sleeping, found.due) == ([], True)
    one = found.unused[0]
    number = review.take_away(office.session, office.boss, one.member_id, one.key, one.seal)
    found_again = review.taken(office.session, office.organiser, number)
    assert found_again is not None
    assert (found_again.member, found_again.name) == (one.member, one.name)
    with pytest.raises(LookupError):
        review.take_away(office.session, office.boss, one.member_id, one.key, one.seal)
    review.done(office.session, office.boss)
    again = review.review(office.session, office.organiser, TODAY)
    assert (again.unused, again.due) == ([], False)


def test_what_was_used_lately_is_not_in_the_review(office: Office) -> None:
    factories.entry(
        office.session, office.organiser, "Vu", facility=office.facility, user_id=office.other.user_id
    )
    office.session.execute(
        update(Membership).where(Membership.id == office.other.id).values(last_entered_at=LONG_AGO)
    )
    found = review.review(office.session, office.organiser, TODAY)
    assert found.unused == []
    assert [row.id for row in found.sleeping] == [office.other.id]


def test_an_access_is_asked_for_once_and_closes_when_it_is_given(office: Office) -> None:
    who = Who(office.other.user_id, office.other.name)
    asked = asking.ask(office.session, who, office.other.id, Dossier.TEAM, "", "Remplacement")
    with pytest.raises(asking.Asked) as again:
        asking.ask(office.session, who, office.other.id, Dossier.TEAM, "", "encore")
    assert again.value.request.id == asked.id
    assert [request.id for request, _member in asking.waiting(office.session, office.organiser, 1).rows] == [
        asked.id
    ]
    told = office.session.scalars(select(Notice.user_id)).all()
    assert told == [office.boss.who.user_id]
    before = desk.opened(office.session, office.other.id)
    wanted = [*before, Opened(Dossier.TEAM, first=TODAY)]
    access.change(
        office.session, office.boss, {office.other.id: wanted}, {office.other.id: access.seal(before)}
    )
    assert asking.of_member(office.session, office.other.id)[0].state is RequestState.GIVEN
    assert office.session.scalars(select(Notice.user_id)).all() == [
        office.boss.who.user_id,
        office.other.user_id,
    ]


def test_a_request_for_another_place_waits_for_its_own_answer(office: Office) -> None:
    who = Who(office.other.user_id, office.other.name)
    facility = office.session.scalars(
        select(Facility).where(Facility.organiser_id == office.organiser)
    ).first()
    assert facility is not None
    there = asking.ask(office.session, who, office.other.id, Dossier.BILANS, facility.name.upper(), "")
    elsewhere = asking.ask(office.session, who, office.other.id, Dossier.BILANS, "La crèche du port", "")
    before = desk.opened(office.session, office.other.id)
    wanted = [*before, Opened(Dossier.BILANS, facility_id=facility.id, first=TODAY)]
    access.change(
        office.session, office.boss, {office.other.id: wanted}, {office.other.id: access.seal(before)}
    )
    states = {one.id: one.state for one in asking.of_member(office.session, office.other.id)}
    assert states == {there.id: RequestState.GIVEN, elsewhere.id: RequestState.WAITING}
    asking.answer(office.session, office.boss, elsewhere.id, RequestState.GIVEN, "C’est la même.")
    assert {one.state for one in asking.of_member(office.session, office.other.id)} == {RequestState.GIVEN}


def test_only_an_administrator_refuses_and_says_why(office: Office) -> None:
    who = Who(office.other.user_id, office.other.name)
    asked = asking.ask(office.session, who, office.other.id, Dossier.TEAM, "", "")
    stranger = Manager(who, office.other.id, office.organiser)
    with pytest.raises(Refused):
        asking.answer(office.session, stranger, asked.id, RequestState.REFUSED, "non")
    with pytest.raises(asking.NotOpen):
        asking.answer(office.session, office.boss, asked.id, RequestState.GIVEN, "")
    asking.answer(
        office.session, office.boss, asked.id, RequestState.REFUSED, "Pas nécessaire pour l’instant"
    )
    assert asking.of_member(office.session, office.other.id)[0].answer == "Pas nécessaire pour l’instant"
    with pytest.raises(asking.Answered):
        asking.answer(office.session, office.boss, asked.id, RequestState.REFUSED, "encore")


def test_nobody_leaves_requests_without_end(office: Office) -> None:
    who = Who(office.other.user_id, office.other.name)
    for number in range(asking.MOST):
        asking.ask(office.session, who, office.other.id, Dossier.BILANS, f"milieu {number}", "")
    with pytest.raises(asking.TooMany):
        asking.ask(office.session, who, office.other.id, Dossier.BILANS, "un de trop", "")


def test_grants_answer_about_every_day_of_a_period(office: Office) -> None:
    until = TODAY - dt.timedelta(days=100)
    office.session.execute(
        update(Grant).where(Grant.membership_id == office.other.id).values(valid_until=until)
    )
    assert office.other.name in _names(office, until)
    assert office.other.name not in _names(office, until + dt.timedelta(days=1))

"""Rows of one person: what a scope lets be read and written, for each wall taken alone."""

# ruff: noqa: ARG005  # every attack of a table has the same signature

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.exc import StaleDataError

from app import scope
from app.models import Channel, Facility, Preferences, User
from app.scope import OutOfScope, Scope
from app.security import actors
from tests import factories
from tests.conftest import System
from tests.isolation import WALLS, Inside, Pair, pair, standing

_REFUSED = (OutOfScope, DBAPIError, StaleDataError)
_NEW = {"flash": Channel.NONE, "notices": Channel.NONE}


@pytest.fixture
def both(system: System) -> Pair:
    with system() as session:
        return pair(session)


@pytest.fixture(params=WALLS)
def inside(app: Flask, request: pytest.FixtureRequest) -> Iterator[Inside]:
    with standing(app, request.param) as opened:
        yield opened


_other = aliased(Preferences)

_WAYS: dict[str, Callable[[Session], set[Any]]] = {
    "select": lambda s: {row.user_id for row in s.scalars(select(Preferences))},
    "column": lambda s: set(s.scalars(select(Preferences.user_id))),
    "get": lambda s: {row.user_id for number in range(1, 9) if (row := s.get(Preferences, number))},
    "alias": lambda s: set(s.scalars(select(_other.user_id))),
    "join": lambda s: set(s.scalars(select(Preferences.user_id).join(User, User.id == Preferences.user_id))),
    "outer join": lambda s: (
        set(s.scalars(select(_other.user_id).select_from(User).outerjoin(_other, _other.user_id == User.id)))
        - {None}
    ),
    "exists": lambda s: set(
        s.scalars(select(User.id).where(select(Preferences).where(Preferences.user_id == User.id).exists()))
    ),
    "legacy query": lambda s: {row.user_id for row in s.query(Preferences)},
}


def test_every_way_to_read_stops_at_the_person(both: Pair, inside: Inside) -> None:
    everyone = {both.person_a, both.person_b}
    mine: dict[str, tuple[Scope, set[int]]] = {
        "a person of A": (both.all_of_a, {both.person_a}),
        "a person without organiser": (Scope(person=both.person_b), {both.person_b}),
        "the same organiser is not enough": (replace(both.all_of_a, person=both.person_b), {both.person_b}),
        "nobody": (Scope(), set()),
        "a door to all organisers": (scope.door("contrôle"), set()),
        "the door to people": (scope.people_door("aide"), everyone),
    }
    wrong = {}
    for who, (limits, expected) in mine.items():
        for way, read in _WAYS.items():
            with inside(limits) as session:
                if (found := read(session)) != expected:
                    wrong[who, way] = found
    assert not wrong


#: What a person of A tries on the row of a person of B.
_ATTACKS: dict[str, Callable[[Session, Pair, int], Any]] = {
    "add": lambda s, p, third: (s.add(Preferences(user_id=third, **_NEW)), s.flush()),
    "insert rows": lambda s, p, third: s.execute(insert(Preferences), [{"user_id": third, **_NEW}]),
    "insert values": lambda s, p, third: s.execute(insert(Preferences).values(user_id=third, **_NEW)),
    "update all": lambda s, p, third: s.execute(update(Preferences).values(notices=Channel.NONE)),
    "update theirs": lambda s, p, third: s.execute(
        update(Preferences).where(Preferences.user_id == p.person_b).values(notices=Channel.NONE)
    ),
    "give one's own away": lambda s, p, third: s.execute(update(Preferences).values(user_id=third)),
    "give a loaded row away": lambda s, p, third: (
        setattr(s.scalars(select(Preferences)).one(), "user_id", third),
        s.flush(),
    ),
    "delete all": lambda s, p, third: s.execute(delete(Preferences)),
}


def test_every_way_to_write_stops_at_the_person(both: Pair, inside: Inside, system: System) -> None:
    with system() as session:
        third = factories.person(session, "Tiers").id
    wrong = []
    for way, attack in _ATTACKS.items():
        with inside(both.all_of_a) as session:
            try:
                attack(session, both, third)
                session.commit()
            except _REFUSED:
                session.rollback()
        with system() as session:
            rows = {row.user_id: row.notices for row in session.scalars(select(Preferences))}
        if rows.get(both.person_b) is not Channel.EMAIL or third in rows:
            wrong.append(way)
    assert not wrong


def test_ones_own_rows_are_written(both: Pair, inside: Inside) -> None:
    with inside(both.all_of_a) as session:
        row = session.scalars(select(Preferences)).one()
        row.notices = Channel.PORTAL
        session.commit()
        session.execute(update(Preferences).values(flash=Channel.NONE))
        session.execute(delete(Preferences))
        session.add(Preferences(user_id=both.person_a, **_NEW))
        session.flush()
        session.commit()
        assert session.scalars(select(Preferences.notices)).all() == [Channel.NONE]


def test_the_door_to_people_opens_nothing_of_organisers(both: Pair, inside: Inside) -> None:
    with inside(scope.people_door("aide")) as session:
        assert session.scalar(select(func.count(Facility.id))) == 0


def test_a_door_keeps_the_agents_own_rows(both: Pair, inside: Inside) -> None:
    with scope.within(Scope(person=both.person_a)):
        behind = scope.door("contrôle", both.b)
    with inside(behind) as session:
        assert session.scalars(select(Preferences.user_id)).all() == [both.person_a]


def test_whoever_acts_reaches_their_own_rows(both: Pair, app: Flask, system: System) -> None:
    """In each capacity, as an agent too, and before they chose one."""
    with system() as session:
        agent = factories.agent(session)
        factories.administrator(session, factories.organiser(session, "Charme"), user=agent)
        people = [actors.load(session, number, 1) for number in (both.person_a, agent.id)]
        session.commit()
        for person in people:
            nowhere = actors.Actor(person, None, actors.Strength.WEAK)
            found = {context.scope.person for context in person.contexts} | {nowhere.scope.person}
            assert found == {person.user_id}

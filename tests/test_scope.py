"""What a scope lets through: every way to read, for each wall taken alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, union_all
from sqlalchemy.orm import Session, aliased, joinedload, selectinload, undefer

from app import scope
from app.db import db
from app.models import (
    AttendanceLine,
    AttendanceSheet,
    AttendanceSubmission,
    Dossier,
    Facility,
    Membership,
    Organiser,
)
from app.models.base import PersonOwned
from app.scope import Scope, owned_mappers
from tests.conftest import System
from tests.isolation import WALLS, Inside, Pair, pair, standing


@pytest.fixture
def both(system: System) -> Pair:
    with system() as session:
        return pair(session)


@pytest.fixture(params=WALLS)
def inside(app: Flask, request: pytest.FixtureRequest) -> Iterator[Inside]:
    with standing(app, request.param) as opened:
        yield opened


def _through(statement: Any) -> Callable[[Session], set[Any]]:
    return lambda session: set(session.scalars(statement).unique())


_other = aliased(Facility)
_by_line = select(Facility.id).join(AttendanceLine, Facility.id == AttendanceLine.facility_id)
_any_other = select(_other.id).select_from(Facility).outerjoin(_other, _other.id != -Facility.id)


def _exists(facility_id: int) -> Any:
    return select(select(Facility).where(Facility.id == facility_id).exists())


_FACILITIES: dict[str, Callable[[Session], set[Any]]] = {
    "select": lambda s: {row.id for row in s.scalars(select(Facility))},
    "columns": _through(select(Facility.id)),
    "legacy query": lambda s: {row.id for row in s.query(Facility)},
    "legacy columns": lambda s: {row.id for row in s.query(Facility.id)},
    "get": lambda s: {i for i in range(1, 50) if s.get(Facility, i)},
    "alias": _through(select(_other.id)),
    "alias of a subquery": _through(select(aliased(Facility, select(Facility).subquery()).id)),
    "union": _through(union_all(select(Facility.id), select(Facility.id))),
    "from_statement": lambda s: {
        row.id for row in s.scalars(select(Facility).from_statement(select(Facility)))
    },
    "common table": _through(select(select(Facility.id).cte().c.id)),
    "subquery": _through(select(select(Facility.id).subquery().c.id)),
    "join": _through(select(Facility.id).join(Facility.organiser)),
    "join to children": _through(_by_line),
    "outer join to an alias": _through(_any_other.where(_other.id > 0)),
    "exists": lambda s: {i for i in range(1, 50) if s.scalar(_exists(i))},
    "lazy load": lambda s: {row.id for owner in s.scalars(select(Organiser)) for row in owner.facilities},
    "select in load": lambda s: {
        row.id
        for owner in s.scalars(select(Organiser).options(selectinload(Organiser.facilities)))
        for row in owner.facilities
    },
    "joined load": lambda s: {
        row.id
        for owner in s.scalars(select(Organiser).options(joinedload(Organiser.facilities))).unique()
        for row in owner.facilities
    },
    "lazy load of a parent": lambda s: {row.facility.id for row in s.scalars(select(AttendanceSheet))},
    "group by": _through(select(Facility.id).group_by(Facility.id).having(func.count() > 0)),
}


def test_every_way_to_read_stops_at_the_scope(both: Pair, inside: Inside) -> None:
    expected = {
        "all of A": (both.all_of_a, {both.a1, both.a2}),
        "one facility": (both.only_a1, {both.a1}),
        "nobody": (Scope(), set()),
        "a door to B": (scope.door("contrôle", both.b), {both.b3}),
        "a door to all": (scope.door("file d’attente"), {both.a1, both.a2, both.b3}),
    }
    wrong = {}
    for who, (limits, facilities) in expected.items():
        for way, read in _FACILITIES.items():
            with inside(limits) as session:
                if (found := read(session)) != facilities:
                    wrong[who, way] = found
    assert not wrong


def test_counts_stop_at_the_scope(both: Pair, inside: Inside) -> None:
    with inside(both.only_a1) as session:
        assert session.scalar(select(func.count()).select_from(Facility)) == 1
        assert session.scalar(select(func.count(AttendanceLine.id))) == 2
        assert session.query(AttendanceLine).count() == 2
        assert session.scalar(select(select(func.count(Facility.id)).scalar_subquery())) == 1


def test_every_owned_table_shows_the_rows_of_the_scope_and_no_other(
    both: Pair, inside: Inside, system: System
) -> None:
    for limits in (both.all_of_a, both.only_a1, Scope(), scope.door("contrôle", both.b)):
        for mapper in owned_mappers():
            model: Any = mapper.class_
            with system() as session:
                expected = {row.id for row in session.scalars(select(model)) if _admitted(limits, row)}
                everything = session.scalar(select(func.count()).select_from(model))
            with inside(limits) as session:
                found = set(session.scalars(select(model.id)))
            assert found == expected, model.__name__
            assert everything > len(found), f"{model.__name__}: nothing to hide in this test"


def _admitted(limits: Scope, row: Any) -> bool:
    """The rule in its own words, apart from the code under test."""
    if isinstance(row, PersonOwned):
        return limits.person is None or row.user_id == limits.person
    owner = row.id if isinstance(row, Organiser) else row.organiser_id
    if limits.organisers is None or owner not in limits.organisers:
        return limits.organisers is None
    facilities = limits.facilities.get(Dossier.SUBSIDES, frozenset())
    if facilities is None or isinstance(row, Organiser | Membership) or not _narrowed(row):
        return True
    return (row.id if isinstance(row, Facility) else row.facility_id) in facilities


def _narrowed(row: Any) -> bool:
    if isinstance(row, Facility):
        return True
    if type(row).__name__ == "Closure":
        return row.facility_id is not None
    if type(row).__name__ == "Grant":
        return row.facility_id is not None
    return hasattr(type(row), "facility_id")


def test_a_deferred_column_of_a_row_that_left_the_scope_is_not_read(both: Pair, app: Flask) -> None:
    with app.app_context(), Session(db.engine) as session:
        with scope.within(both.all_of_a, session):
            row = session.scalars(select(AttendanceSubmission).limit(1)).one()
            assert row in session
        with scope.within(Scope.whole_organiser(both.b), session):
            assert row not in session
            assert {one.organiser_id for one in session.scalars(select(AttendanceSubmission))} == {both.b}


def test_a_change_of_scope_with_unsaved_rows_is_refused(both: Pair, app: Flask) -> None:
    with app.app_context(), Session(db.engine) as session, scope.within(both.all_of_a):
        session.get_one(Facility, both.a1).name = "Autre"
        with pytest.raises(scope.OutOfScope, match="unsaved"), scope.system("test", session):
            pass


def test_the_scope_ends_with_the_transaction(both: Pair, app: Flask) -> None:
    with app.app_context(), Session(db.engine) as session:
        with scope.within(both.all_of_a, session):
            assert session.scalar(select(func.count(Facility.id))) == 2
        with session.connection() as connection:
            assert connection.execute(text("SELECT count(*) FROM facility")).scalar_one() == 0
    with app.app_context(), db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM facility")).scalar_one() == 0


def test_threads_do_not_share_a_scope(both: Pair, app: Flask) -> None:
    seen: list[tuple[int, set[int]]] = []
    ready = threading.Barrier(8)

    def look(owner: int) -> None:
        with app.app_context(), scope.within(Scope.whole_organiser(owner)), Session(db.engine) as session:
            ready.wait(10)
            for _ in range(10):
                seen.append((owner, set(session.scalars(select(Facility.organiser_id)))))
                session.commit()

    threads = [threading.Thread(target=look, args=(owner,)) for owner in (both.a, both.b) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 80
    assert all(found == {owner} for owner, found in seen)


def test_undeferred_columns_are_of_the_scope_only(both: Pair, inside: Inside) -> None:
    with inside(both.only_a1) as session:
        rows = session.scalars(select(AttendanceLine).options(undefer(AttendanceLine.niss_sealed))).all()
        assert {row.facility_id for row in rows} == {both.a1}
        assert all(row.niss_sealed for row in rows)

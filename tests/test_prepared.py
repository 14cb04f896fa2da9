"""Prepared statements stand behind the same walls as the ORM's, each taken alone, and forget no change of scope."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask
from sqlalchemy import bindparam, select, update

from app import journal, scope
from app.db import autocommit, committing, pooled, read_fixed
from app.models import AttendanceLine, AttendanceSheet, Facility
from app.prepared import Prepared, insert_rows
from app.scope import OutOfScope, Scope
from app.walls import bare
from tests.conftest import System
from tests.isolation import WALLS, Inside, Pair, pair, standing

_FACILITIES = Prepared(select(Facility.id).order_by(Facility.id))
_LINES = Prepared(select(AttendanceLine.facility_id).distinct().order_by(AttendanceLine.facility_id))
_RENAME = Prepared(
    update(AttendanceLine)
    .where(AttendanceLine.facility_id == bindparam("facility", None))
    .values(last_name=bindparam("name", None))
)


@pytest.fixture
def both(system: System) -> Pair:
    with system() as session:
        return pair(session)


@pytest.fixture(params=WALLS)
def inside(app: Flask, request: pytest.FixtureRequest) -> Iterator[Inside]:
    with standing(app, request.param) as opened:
        yield opened


def _seen(inside: Inside, within: Scope, statement: Prepared) -> list[int]:
    with inside(within) as session:
        return [row[0] for row in statement.rows(session)]


def test_only_rows_inside_are_read(both: Pair, inside: Inside) -> None:
    assert _seen(inside, both.all_of_a, _FACILITIES) == [both.a1, both.a2]
    assert _seen(inside, both.only_a1, _LINES) == [both.a1]
    assert _seen(inside, Scope(), _FACILITIES) == []
    # What was compiled for one scope is not run for the next.
    assert _seen(inside, Scope.whole_organiser(both.b), _FACILITIES) == [both.b3]


def test_only_rows_inside_are_written(both: Pair, inside: Inside, system: System) -> None:
    with inside(both.only_a1) as session:
        rows = [{"facility": number, "name": "Changé"} for number in (both.a1, both.a2, both.b3)]
        _RENAME.write(session, rows)
        session.commit()
    assert _renamed(system) == [both.a1]


def test_rows_are_inserted_only_inside(both: Pair, inside: Inside, system: System) -> None:
    with system() as session:
        sheets = {one.facility_id: one for one in session.scalars(select(AttendanceSheet))}
        rows = {facility: _new_line(sheet) for facility, sheet in sheets.items()}
    with inside(both.only_a1) as session:
        insert_rows(session, AttendanceLine, [rows[both.a1]] * 2)
        session.commit()
    for outside in (both.a2, both.b3):
        with (
            inside(both.only_a1) as session,
            pytest.raises((OutOfScope, psycopg.errors.InsufficientPrivilege)),
        ):
            insert_rows(session, AttendanceLine, [rows[both.a1], rows[outside]])
    with system() as session:
        added = select(AttendanceLine).where(AttendanceLine.last_name == "Neuve")
        assert [(one.facility_id, one.niss_sealed) for one in session.scalars(added)] == [
            (both.a1, "85073003328")
        ] * 2


def test_a_row_is_of_its_sheets_organiser_and_facility(both: Pair, system: System) -> None:
    """The sheet's key alone says so: a line has no other towards its facility."""
    with system() as session:
        (sheet,) = session.scalars(select(AttendanceSheet).where(AttendanceSheet.facility_id == both.a1))
        for elsewhere in ({"facility_id": both.a2}, {"organiser_id": both.b}):
            with pytest.raises(psycopg.errors.ForeignKeyViolation), session.begin_nested():
                insert_rows(session, AttendanceLine, [_new_line(sheet) | elsewhere])


def test_what_is_too_long_is_refused_and_not_cut(both: Pair, system: System) -> None:
    with system() as session:
        (sheet,) = session.scalars(select(AttendanceSheet).where(AttendanceSheet.facility_id == both.a1))
        with pytest.raises(psycopg.errors.StringDataRightTruncation), session.begin_nested():
            insert_rows(session, AttendanceLine, [_new_line(sheet) | {"last_name": "x" * 101}])


def _new_line(sheet: AttendanceSheet) -> dict[str, object]:
    return {
        "organiser_id": sheet.organiser_id, "facility_id": sheet.facility_id, "sheet_id": sheet.id, "position": 9,
        "version": 1, "last_name": "Neuve", "first_name": "Lou", "birth_date": None, "niss_sealed": "85073003328",
        "codes": "." * 31, "changed_at": sheet.changed_at,
    }  # fmt: skip


def test_an_update_never_moves_a_row() -> None:
    with pytest.raises(ValueError, match="owners"):
        Prepared(update(AttendanceLine).values(facility_id=bindparam("facility", None)))


def test_the_scope_begins_and_ends_with_the_transaction(both: Pair, app: Flask) -> None:
    asked = "SELECT current_setting('app.organisers', true)"
    with standing(app, "both") as inside, inside(both.all_of_a) as session:
        assert session.connection().exec_driver_sql(asked).scalar_one() == str(both.a)
        session.commit()
        with app.app_context(), autocommit() as connection:  # the pool gives the same connection again
            assert read_fixed(connection, asked, ()) == [("",)]


@pytest.fixture(params=[True, False], ids=["both", "rls"])
def guarded(app: Flask, request: pytest.FixtureRequest) -> Iterator[None]:
    """In the application, as it is and with the ORM guard off."""
    app.config["SCOPE_ORM_GUARD"] = request.param
    with app.app_context():
        yield
    app.config["SCOPE_ORM_GUARD"] = True


@pytest.mark.usefixtures("guarded")
def test_a_bare_transaction_stands_behind_the_same_walls(both: Pair, system: System) -> None:
    changes = [{"facility": number, "name": "Changé"} for number in (both.a1, both.a2, both.b3)]
    with scope.within(both.only_a1), bare() as work:
        assert [row.id for row in _FACILITIES.rows(work)] == [both.a1]
        with committing(work):
            _RENAME.write(work, changes)
    with scope.within(both.all_of_a), bare() as work:
        assert [row.id for row in _FACILITIES.rows(work)] == [both.a1, both.a2]
    with bare() as work:  # nobody's
        assert _FACILITIES.rows(work) == _LINES.rows(work) == []
    with (
        scope.within(both.all_of_a),
        pytest.raises(psycopg.errors.RaiseException, match="outside the scope"),
        bare() as work,
        committing(work),
    ):
        journal.record(
            work, journal.SYSTEM, "essai", organiser_id=both.b, object_type="organiser", summary=""
        )
    assert _renamed(system) == [both.a1]


@pytest.mark.usefixtures("guarded")
def test_a_bare_transaction_that_does_not_end_leaves_nothing(both: Pair, system: System) -> None:
    asked = "SELECT current_setting('app.organisers', true)"
    change = [{"facility": both.a1, "name": "Changé"}]
    for _ in range(2):  # the pool gives the same connection again
        with scope.within(both.all_of_a), bare() as work:
            _RENAME.write(work, change)
        with scope.within(both.all_of_a), pytest.raises(LookupError):
            _fail_after(change)
        with autocommit() as connection:
            assert read_fixed(connection, asked, ()) == [("",)]
    assert _renamed(system) == []
    with scope.within(both.all_of_a), bare() as work:
        _RENAME.write(work, change)
        work.commit()
    assert _renamed(system) == [both.a1]


@pytest.mark.usefixtures("guarded")
def test_what_fails_leaves_no_statement_behind_on_the_connection(both: Pair) -> None:
    counts = []
    for _ in range(5):
        with scope.within(both.all_of_a), contextlib.suppress(LookupError), bare() as work:
            counts += read_fixed(pooled(work), "SELECT count(*) FROM pg_prepared_statements", ())
            _FACILITIES.rows(work)
            raise LookupError
    assert counts[1] == counts[-1]


def _fail_after(change: list[dict[str, object]]) -> None:
    with bare() as work, committing(work):
        _RENAME.write(work, change)
        raise LookupError


def _renamed(system: System) -> list[int]:
    with system() as session:
        changed = select(AttendanceLine.facility_id).where(AttendanceLine.last_name == "Changé").distinct()
        return list(session.scalars(changed))

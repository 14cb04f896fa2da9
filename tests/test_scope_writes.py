"""What a scope lets be written: every way to write, for each wall taken alone."""

# ruff: noqa: ARG005  # every attack of a table has the same signature

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.exc import StaleDataError

from app import scope
from app.db import db, owner_engine
from app.models import (
    AttendanceLine,
    AttendanceSheet,
    Closure,
    Facility,
    Grant,
    Membership,
    Organiser,
)
from app.scope import OutOfScope, Scope, owned_mappers
from tests import factories
from tests.conftest import System
from tests.isolation import WALLS, Inside, Pair, pair, standing

_REFUSED = (OutOfScope, DBAPIError, StaleDataError)


@pytest.fixture
def both(system: System) -> Pair:
    with system() as session:
        return pair(session)


@pytest.fixture(params=WALLS)
def inside(app: Flask, request: pytest.FixtureRequest) -> Iterator[Inside]:
    with standing(app, request.param) as opened:
        yield opened


def _values(organiser_id: int, facility_id: int) -> dict[str, Any]:
    return {
        "organiser_id": organiser_id,
        "facility_id": facility_id,
        "first_day": dt.date(2026, 5, 4),
        "last_day": dt.date(2026, 5, 8),
        "motive": "Intrus",
    }


def _change(session: Session, row: Any, **values: Any) -> None:
    for key, value in values.items():
        setattr(row, key, value)
    session.flush()


#: What the actor of A tries on B's rows. Each must be refused or touch nothing.
_ATTACKS: dict[str, Callable[[Session, Pair], Any]] = {
    "add": lambda s, p: (s.add(Closure(**_values(p.b, p.b3))), s.flush()),
    "add a member": lambda s, p: (
        s.add(Membership(user_id=1, organiser_id=p.b, first_name="In", last_name="Trus")),
        s.flush(),
    ),
    "add an organiser": lambda s, p: (s.add(Organiser(name="Intrus", bce="0123456789")), s.flush()),
    "insert rows": lambda s, p: s.execute(insert(Closure), [_values(p.a, p.a1), _values(p.b, p.b3)]),
    "insert values": lambda s, p: s.execute(insert(Closure).values(**_values(p.b, p.b3))),
    "insert several values": lambda s, p: s.execute(insert(Closure).values([_values(p.b, p.b3)])),
    "insert from a select": lambda s, p: s.execute(
        insert(Closure).from_select(
            ["organiser_id", "first_day", "last_day", "motive"],
            select(Facility.organiser_id, Facility.opened_on, Facility.opened_on, Facility.name),
        )
    ),
    "move one's own row there": lambda s, p: _change(s, s.get_one(Facility, p.a1), organiser_id=p.b),
    "move an expired row there": lambda s, p: (
        (row := s.get_one(Facility, p.a1)) and s.expire(row),
        _change(s, row, organiser_id=p.b),
    ),
    "update all": lambda s, p: s.execute(update(Facility).values(city="Intrus")),
    "update theirs": lambda s, p: s.execute(
        update(Facility).where(Facility.id == p.b3).values(city="Intrus")
    ),
    "update the owner": lambda s, p: s.execute(
        update(Facility).where(Facility.id == p.a1).values(organiser_id=p.b)
    ),
    "update the owner by attribute": lambda s, p: s.execute(
        update(Facility).where(Facility.id == p.a1).values({Facility.organiser_id: p.b})
    ),
    "update by key": lambda s, p: s.execute(update(Facility), [{"id": p.b3, "city": "Intrus"}]),
    "delete all": lambda s, p: s.execute(delete(Closure)),
    "delete theirs": lambda s, p: s.execute(delete(Closure).where(Closure.organiser_id == p.b)),
    "legacy update": lambda s, p: s.query(Facility).filter(Facility.id == p.b3).update({"city": "Intrus"}),
    "legacy delete": lambda s, p: s.query(Closure).filter(Closure.organiser_id == p.b).delete(),
    "merge": lambda s, p: (s.merge(Facility(id=p.b3, city="Intrus")), s.flush()),
}


def test_every_way_to_write_stops_at_the_scope(
    both: Pair, inside: Inside, app: Flask, system: System
) -> None:
    before = _everything_of(app, both.b)
    changed = {}
    for way, attack in _ATTACKS.items():
        with inside(both.all_of_a) as session:
            try:
                attack(session, both)
                session.commit()
            except _REFUSED:
                session.rollback()
        if (after := _everything_of(app, both.b)) != before:
            changed[way], before = set(after.items()) ^ set(before.items()), after
        with system() as session:  # what was rightly done to A's own rows is put back
            session.execute(update(Facility).where(Facility.id == both.a1).values(organiser_id=both.a))
    assert not changed


def _everything_of(app: Flask, organiser_id: int) -> dict[str, str]:
    """A fingerprint of each table's rows of an organiser, read as the database's owner."""
    with app.app_context():
        engine = owner_engine(app)
    found = {}
    with engine.connect() as connection:
        for mapper in owned_mappers():
            table = mapper.local_table
            owner = mapper.class_.__owner_column__
            if owner == "user_id":
                continue  # tests/test_scope_people.py
            rows = connection.execute(
                text(f"SELECT t::text FROM {table.name} t WHERE {owner} = :owner ORDER BY t.id"),
                {"owner": organiser_id},
            )
            found[table.name] = "\n".join(rows.scalars())
        found["organisers"] = str(connection.execute(text("SELECT count(*) FROM organiser")).scalar_one())
    engine.dispose()
    return found


def test_a_limited_manager_writes_to_their_facilities_only(
    both: Pair, inside: Inside, system: System
) -> None:
    attacks: dict[str, Callable[[Session], Any]] = {
        "update": lambda s: s.execute(update(AttendanceLine).values(first_name="Intrus")),
        "update the facility": lambda s: s.execute(
            update(Closure).where(Closure.facility_id == both.a1).values(facility_id=both.a2)
        ),
        "delete": lambda s: s.execute(delete(AttendanceLine).where(AttendanceLine.facility_id == both.a2)),
        "insert": lambda s: s.execute(insert(Closure), [_values(both.a, both.a2)]),
        "close all": lambda s: (
            s.add(Closure(**_values(both.a, both.a1) | {"facility_id": None})),
            s.flush(),
        ),
        "open all": lambda s: s.execute(delete(Closure).where(Closure.facility_id.is_(None))),
        "change what closes all": lambda s: s.execute(
            update(Closure).where(Closure.facility_id.is_(None)).values(motive="Intrus")
        ),
        "add": lambda s: (s.add(Closure(**_values(both.a, both.a2))), s.flush()),
        "make oneself administrator": lambda s: (
            s.add(Grant(organiser_id=both.a, membership_id=2, dossier="administration")),
            s.flush(),
        ),
        "open a facility to oneself": lambda s: (
            s.add(Grant(organiser_id=both.a, membership_id=2, facility_id=both.a2, dossier="subsides")),
            s.flush(),
        ),
    }
    for way, attack in attacks.items():
        with inside(both.only_a1) as session:
            try:
                attack(session)
                session.commit()
            except _REFUSED:
                session.rollback()
        with system() as session:
            lines = session.scalars(select(AttendanceLine).where(AttendanceLine.facility_id == both.a2)).all()
            assert len(lines) == 2, way
            assert not [one for one in lines if one.first_name == "Intrus"], way
            motives = session.scalars(select(Closure.motive).where(Closure.facility_id == both.a2)).all()
            assert motives == ["Aulne2"], way
            assert session.query(Grant).filter(Grant.facility_id == both.a2).count() == 1, way
            assert session.query(Grant).filter(Grant.facility_id.is_(None)).count() == 2, way
            common = session.scalars(select(Closure.motive).where(Closure.facility_id.is_(None))).all()
            assert sorted(common) == ["Aulne partout", "Bouleau partout"], way
        with inside(both.only_a1) as session:
            assert session.scalars(select(AttendanceLine.first_name)).all() == ["Intrus"] * 2


def test_without_a_scope_nothing_is_written(both: Pair, inside: Inside, app: Flask) -> None:
    before = {owner: _everything_of(app, owner) for owner in (both.a, both.b)}
    for attack in (
        lambda s: s.execute(update(Facility).values(city="Intrus")),
        lambda s: s.execute(delete(Closure)),
        lambda s: (s.add(Closure(**_values(both.a, both.a1))), s.flush()),
        lambda s: s.execute(insert(Closure), [_values(both.a, both.a1)]),
    ):
        with inside(Scope()) as session:
            try:
                attack(session)
                session.commit()
            except _REFUSED:
                session.rollback()
    assert {owner: _everything_of(app, owner) for owner in (both.a, both.b)} == before


def test_ones_own_rows_are_written(both: Pair, inside: Inside, system: System) -> None:
    with inside(both.all_of_a) as session:
        session.add(Closure(**_values(both.a, both.a1)))
        session.flush()
        session.execute(insert(Closure), [_values(both.a, both.a2)])
        session.execute(insert(Closure).values(**_values(both.a, both.a2)))
        session.execute(update(Facility).values(city="Neuve"))
        session.get_one(Facility, both.a2).name = "Autre nom"
        session.delete(session.scalars(select(Closure).where(Closure.motive == "Aulne1")).one())
        session.commit()
    with system() as session:
        assert session.query(Closure).filter(Closure.motive == "Intrus").count() == 3
        assert not session.query(Closure).filter(Closure.motive == "Aulne1").count()
        cities = dict(session.execute(select(Facility.id, Facility.city)).all())
        assert cities == {both.a1: "Neuve", both.a2: "Neuve", both.b3: "Bouleau1"}


def test_the_orm_guard_follows_a_relationship_that_was_set(both: Pair, app: Flask, system: System) -> None:
    """Its foreign key moves during the flush, after the first look at the row."""
    month = dt.date(2026, 9, 1)
    with system() as session:
        factories.sheet(session, session.get_one(Facility, both.a1), month=month, lines=0)
    with standing(app, "orm") as inside, inside(both.only_a1) as session:
        other = Facility(id=both.a2, organiser_id=both.a)
        make_transient_to_detached(other)
        session.add(other)
        row = session.scalars(select(AttendanceSheet).where(AttendanceSheet.month == month)).one()
        row.facility = other
        with pytest.raises(OutOfScope):
            session.flush()


def test_what_goes_past_the_orm_meets_row_level_security(both: Pair, app: Flask) -> None:
    """Textual SQL, the bare table, bulk mappings and upserts: banned by lint, and refused all the same."""
    table = Facility.metadata.tables["facility"]
    row = {
        "organiser_id": both.b,
        "matricule": "X-1",
        "name": "Intrus",
        "capacity": 4,
        "opened_on": dt.date(2026, 1, 1),
    }
    with standing(app, "both") as inside:
        with inside(both.all_of_a) as session:
            assert set(session.scalars(text("SELECT organiser_id FROM facility"))) == {both.a}
            assert set(session.scalars(select(table.c.organiser_id))) == {both.a}
            found: Any = session.execute(
                text("UPDATE facility SET city = 'Intrus' WHERE organiser_id = :b"), {"b": both.b}
            )
            assert found.rowcount == 0
        matricule = _matricule(app, both.b3)
        upsert = postgres_insert(table).values(**row | {"organiser_id": both.a, "matricule": matricule})
        for attack in (
            lambda s: s.execute(table.insert().values(**row)),
            lambda s: s.bulk_insert_mappings(Facility, [row]),
            lambda s: s.bulk_update_mappings(Facility, [{"id": both.b3, "name": "Intrus"}]),
            lambda s: s.execute(
                upsert.on_conflict_do_update(index_elements=["matricule"], set_={"name": "Intrus"})
            ),
        ):
            with inside(both.all_of_a) as session, pytest.raises(_REFUSED):
                attack(session)


def _matricule(app: Flask, facility_id: int) -> str:
    with app.app_context(), Session(db.engine) as session, scope.system("test", session):
        found: str = session.get_one(Facility, facility_id).matricule
        return found


def test_a_row_cannot_mix_two_organisers_even_for_the_portal_itself(both: Pair, system: System) -> None:
    for values in (
        {"organiser_id": both.a, "facility_id": both.b3},
        {"organiser_id": both.b, "facility_id": both.a1},
    ):
        with pytest.raises(IntegrityError), system() as session:
            session.add(Closure(**_values(**values)))

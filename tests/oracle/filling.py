"""Rows of every table for the oracle's world: those that nobody wrote by hand, and the numbers of all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Column, Connection, Table, Text, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.sqltypes import Enum, LargeBinary, String
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.models.base import EncryptedText, Model
from app.scope import owned_mappers

if TYPE_CHECKING:
    from tests.oracle.world import Owner, Place

_SOME: dict[type[Any], Any] = {
    bool: True,
    int: 1,
    float: 1,
    dt.date: dt.date(2026, 2, 2),
    dt.datetime: dt.datetime(2026, 2, 2, 9, tzinfo=dt.UTC),
    dt.time: dt.time(9),
}


class Unfilled(Exception):
    """A table whose rows cannot be guessed: write some in tests/oracle/world.py."""


def number_from(connection: Connection, first: int) -> None:
    """Number the rows of each table from `first` on, ten thousand to a table."""
    sequences = connection.execute(
        text(
            "SELECT pg_get_serial_sequence(quote_ident(table_name), column_name) FROM information_schema.columns"
            " WHERE table_schema = 'public' AND pg_get_serial_sequence(quote_ident(table_name), column_name)"
            " IS NOT NULL ORDER BY 1"
        )
    ).scalars()
    for offset, sequence in enumerate(sequences.all()):
        connection.execute(
            text("SELECT setval(:sequence, :value)"), {"sequence": sequence, "value": first + offset * 10_000}
        )
    connection.commit()


def owned_tables() -> Iterator[tuple[Table, str, str]]:
    """Each owned table, parents first, with the names of its owner's column and of its facility's ("" for none)."""
    owners = {mapper.local_table: mapper.class_.__owner_column__ for mapper in owned_mappers()}
    for table in Model.metadata.sorted_tables:
        if table in owners:
            facility = (
                "id" if table.name == "facility" else "facility_id" if "facility_id" in table.columns else ""
            )
            yield table, owners[table], facility


def fill(connection: Connection, owner: Owner, personal: Mapping[int, str]) -> None:
    """A row full of canaries in each owned table that has none yet: of each facility, each person or the organiser."""
    for table, column, facility in owned_tables():
        if column == "user_id":
            for user_id in owner.people.values():
                _fill_one(connection, table, owner, f"{personal[user_id]}{table.name}-", user_id=user_id)
        elif facility:
            for place in owner.places.values():
                _fill_one(connection, table, owner, place.mark, place, organiser_id=owner.organiser_id)
        elif column == "organiser_id":
            _fill_one(connection, table, owner, owner.inner_mark, organiser_id=owner.organiser_id)
    connection.commit()


def _fill_one(
    connection: Connection, table: Table, owner: Owner, mark: str, place: Place | None = None, **whose: int
) -> None:
    known = dict(whose)
    if place is not None and table.name != "facility":
        known["facility_id"] = place.facility_id
    if place is not None and table.name == "facility":
        known["id"] = place.facility_id
    theirs = [table.c[name] == value for name, value in known.items()]
    if connection.execute(select(table.c.id).where(*theirs).limit(1)).first():
        return
    values = {
        column.name: known[column.name]
        if column.name in known
        else _value(connection, table, column, owner, known, mark)
        for column in table.columns
        if column.name in known or not (column.primary_key or column.server_default)
    }
    try:
        connection.execute(insert(table).values(values))
    except DBAPIError as refused:
        raise Unfilled(f"{table.name}: {refused.orig}. Write its rows in tests/oracle/world.py.") from refused


def _value(
    connection: Connection,
    table: Table,
    column: Column[Any],
    owner: Owner,
    known: Mapping[str, int],
    mark: str,
) -> Any:
    if column.foreign_keys or any(
        column.name in key.column_keys for key in table.foreign_key_constraints if len(key.columns) > 1
    ):
        return _parent(connection, table, column, owner, known)
    kind: TypeEngine[Any] = column.type
    if isinstance(kind, Enum):
        return next(iter(kind.enum_class)) if kind.enum_class else kind.enums[0]
    if isinstance(kind, EncryptedText | Text):
        return mark
    if isinstance(kind, String):
        return mark[: kind.length]
    if isinstance(kind, LargeBinary | TypeDecorator):
        return mark.encode()
    if isinstance(kind, JSON):
        return {mark: mark}
    return _SOME.get(kind.python_type, 1)


def _parent(
    connection: Connection, table: Table, column: Column[Any], owner: Owner, known: Mapping[str, int]
) -> int | None:
    """A row that a foreign key may point to: of the same organiser and facility where it has them."""
    for key in table.foreign_key_constraints:
        if column.name not in key.column_keys:
            continue
        target = key.elements[key.column_keys.index(column.name)].column
        if target.table.name == "ab_user":
            return next(iter(owner.people.values()))
        same = [target.table.c[name] == value for name, value in known.items() if name in target.table.c]
        return connection.execute(select(target).where(*same).order_by(target).limit(1)).scalar()
    return None


def collect(connection: Connection, owner: Owner) -> None:
    """The ids of every row of the organiser and its people, by facility where it has one. Fails on a table without."""
    places = {place.facility_id: place for place in owner.places.values()}
    people = list(owner.people.values())
    for table, column, facility in owned_tables():
        owners = people if column == "user_id" else [owner.organiser_id]
        rows = connection.execute(
            text(
                f"SELECT id, {facility or 'NULL'} FROM {table.name} WHERE {column} = ANY (:owners) ORDER BY id"
            ),
            {"owners": owners},
        ).all()
        for number, facility_id in rows:
            holder = places[facility_id].ids if facility_id in places else owner.ids
            holder.setdefault(table.name, []).append(number)
        bare = [key for key, place in owner.places.items() if facility and not place.ids.get(table.name)]
        if not rows or bare:
            raise Unfilled(f"{table.name} has no row of {bare or owner.mark}: see tests/oracle/world.py")
    owner.ids["ab_user"] = people
    owner.ids["user_session"] = sorted(
        connection.execute(
            text("SELECT number FROM user_session WHERE user_id = ANY (:owners)"), {"owners": people}
        ).scalars()
    )
    connection.rollback()


def common_rows(connection: Connection) -> dict[str, list[int]]:
    """A row of each table that belongs to nobody, where it has any."""
    owned = {table.name for table, _column, _facility in owned_tables()}
    found = {}
    for table in Model.metadata.sorted_tables:
        if table.name not in owned and "id" in table.columns:
            number = connection.execute(text(f"SELECT min(id) FROM {table.name}")).scalar()
            if number is not None:
                found[table.name] = [number]
    connection.rollback()
    return found

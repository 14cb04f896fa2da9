"""Statements on the path of every save: compiled once with the criteria of a scope, then given to the driver.

Through the ORM each call builds, keys and wraps its statement again, which takes several times as long as
PostgreSQL takes to answer it. The SQL here is the one that the ORM writes, with the criteria that app/walls.py adds to it;
row-level security stands under it as under everything.
"""

from __future__ import annotations

import re
import threading
from collections import namedtuple
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import psycopg
from sqlalchemy import Select, String, Update
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.orm import Session
from sqlalchemy.orm.interfaces import ORMOption

from app import scope
from app.db import Work, driver, pooled, read_fixed, write_fixed
from app.walls import guarded

_MAX_KEPT: Final = 5000
_DIALECT: Final = PGDialect_psycopg()  # type: ignore[no-untyped-call]
_NAMED: Final = re.compile(r"%\((\w+)\)s")


def insert_rows(session: Session, model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of one shape in one statement: the values travel as one JSON. Flushes first.

    A statement a row takes PostgreSQL five times as long, and the driver three times as long to write down an array a
    column. Each row is judged as the guard judges it. Raises OutOfScope.
    """
    if not rows:
        return
    if guarded():
        inside = scope.current()
        for row in rows:
            if not inside.admits(row.get(model.__owner_column__), row.get("facility_id"), model):
                raise scope.OutOfScope(f"bulk write to {model.__name__}")
    session.flush()
    dialect = session.get_bind().dialect
    columns = {name: model.__mapper__.columns[name] for name in rows[0]}
    sealed = {name: seal for name, column in columns.items() if (seal := column.type.bind_processor(dialect))}
    # What is cast to a length would be cut when it is too long; as text, the column refuses it.
    kinds = {
        column.name: "text" if isinstance(column.type, String) else column.type.compile(dialect)
        for column in columns.values()
    }
    given = [
        {
            column.name: sealed[name](row[name]) if name in sealed else row[name]
            for name, column in columns.items()
        }
        for row in rows
    ]
    driver(session).execute(
        f"INSERT INTO {model.__tablename__} ({', '.join(kinds)}) "  # noqa: S608
        f"SELECT * FROM json_to_recordset(%s) AS given({', '.join(map(' '.join, kinds.items()))})",
        (msgspec.json.encode(given, enc_hook=_hexadecimal).decode(),),
    )


def _hexadecimal(value: psycopg.Binary) -> str:
    """Bytes as PostgreSQL reads them from a text."""
    return f"\\x{bytes(value.obj).hex()}"


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The SQL for one scope ($1, $2…), the names of its values in that order, and those that the scope gives."""

    sql: str
    names: Sequence[str]
    fixed: Mapping[str, Any]

    def given(self, values: Mapping[str, Any]) -> list[Any]:
        return [values[name] if name in values else self.fixed[name] for name in self.names]


class Prepared:
    """A select or an update of mapped classes; what changes from call to call is a `bindparam(name, None)`.

    Values go to the driver as they are: columns whose type seals or translates them are not for here, nor is an
    update that moves a row to another owner or facility.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]] | Update) -> None:
        if isinstance(statement, Update):
            assigned = {getattr(column, "key", column) for column in statement._values or {}}
            if assigned & {"id", "organiser_id", "facility_id"}:
                raise ValueError("an update of owners goes through the session, whose guard judges it")
        self.statement = statement
        returned = (
            [str(column.key) for column in statement.exported_columns]
            if isinstance(statement, Select)
            else []
        )
        self._row: Any = namedtuple("Row", returned)  # type: ignore[misc]
        self._kept: dict[tuple[object, ...], _Compiled] = {}
        self._lock = threading.Lock()

    def rows(self, work: Work, **values: Any) -> list[Any]:
        """Run it in a transaction; its rows as named tuples, in the driver's own types."""
        one = self._compiled()
        found = read_fixed(pooled(work), one.sql, one.given(values))
        return [self._row(*row) for row in found]

    def write(self, work: Work, values: Sequence[dict[str, Any]]) -> None:
        """Run it once for each set of values."""
        one = self._compiled()
        for each in values:
            write_fixed(work, one.sql, one.given(each))

    def _compiled(self) -> _Compiled:
        """The SQL for the scope in force, and the values of its criteria."""
        inside, standing = scope.current(), guarded()
        key = (standing, *inside.settings.values())
        found = self._kept.get(key)
        if found is None:
            found = self._compile(inside if standing else None)
            with self._lock:
                if len(self._kept) >= _MAX_KEPT:
                    self._kept.clear()
                self._kept[key] = found
        return found

    def _compile(self, inside: scope.Scope | None) -> _Compiled:
        criteria: tuple[ORMOption, ...] = ()
        if inside is not None:
            criteria = inside.write_criteria if isinstance(self.statement, Update) else inside.criteria
        compiled = self.statement.options(*criteria).compile(
            dialect=_DIALECT, compile_kwargs={"render_postcompile": True}
        )
        named = str(compiled)
        names = list(dict.fromkeys(_NAMED.findall(named)))
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        sql = _NAMED.sub(lambda found: f"${names.index(found[1]) + 1}", named).replace("%%", "%")
        return _Compiled(sql, names, fixed)

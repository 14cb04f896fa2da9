"""The two walls of app/scope.py, put on every session: criteria and checks in the ORM, settings in PostgreSQL.

- ORM: `do_orm_execute` adds the criteria of the scope to every statement on an owned table, the flush refuses a
  write outside them, bulk inserts are checked row by row, bulk updates by what they assign;
- PostgreSQL: the scope is set at the start of each transaction (`app.organisers`, `app.facilities`, `app.person`, …)
  and row-level security keys on it (`app/migrations/policies.py`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from flask import current_app, has_app_context
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn
from sqlalchemy import event
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from app.db import Bare, db
from app.models import Facility
from app.scope import KEPT, OutOfScope, Scope, current


def guarded() -> bool:
    """Whether the ORM wall stands (only a test of row-level security alone takes it away)."""
    return not has_app_context() or current_app.config["SCOPE_ORM_GUARD"]


def _on_execute(state: ORMExecuteState) -> None:
    if not guarded() or state.is_column_load:
        return
    scope = current()
    if scope.unlimited:
        return
    if state.is_insert or state.is_update:
        _check_assigned(state, scope)
    if state.is_select:
        state.statement = state.statement.options(*scope.criteria)
    elif state.is_update or state.is_delete:
        state.statement = state.statement.options(*scope.write_criteria)


def _check_assigned(state: ORMExecuteState, scope: Scope) -> None:
    """What an insert or an update makes of rows must be inside; the criteria only choose which rows."""
    statement: Any = state.statement
    if state.is_insert and statement.select is not None:
        raise OutOfScope("insert from a select")  # the criteria would not reach what it reads
    mapper = state.bind_mapper
    if mapper is None or not hasattr(mapper.class_, "__owner_column__"):
        return
    model, rows = mapper.class_, _assigned(state)
    by_key = state.is_update and isinstance(state.parameters, list) and not statement._where_criteria
    if by_key or (state.is_insert and not rows):
        # An "UPDATE by primary key" gets no criteria; an insert without values gets the database's.
        raise OutOfScope(f"bulk write to {model.__name__}")
    for row in rows:
        owner = row.get(model.__owner_column__, KEPT if state.is_update else None)
        facility = row.get("id" if model is Facility else "facility_id", KEPT if state.is_update else None)
        if not scope.admits(owner, facility, model):
            raise OutOfScope(f"bulk write to {model.__name__}")


def _assigned(state: ORMExecuteState) -> list[dict[str, Any]]:
    """What an insert or update assigns, a dict a row: from its parameters and from `values()`."""
    statement: Any = state.statement
    fixed = statement._values or {}
    values = {getattr(name, "key", name): getattr(value, "value", value) for name, value in fixed.items()}
    given: list[Any] = state.parameters if isinstance(state.parameters, list) else [state.parameters or {}]
    rows = [{**values, **row} for row in given]
    return [row for row in rows if row]


def _on_flush(session: Session, *_context: Any) -> None:
    """Before the flush, and after it: only then do foreign keys follow the relationships that were set."""
    if not guarded():
        return
    scope = current()
    for instance in (*session.new, *session.dirty, *session.deleted):
        model = type(instance)
        if not hasattr(model, "__owner_column__"):
            continue
        for owner, facility in _owners(instance, model):
            created = model.__owner_column__ == "id" and owner is None and scope.organisers is None
            if not created and not scope.admits(owner, facility, model):
                raise OutOfScope(f"write to {model.__name__}")


def _owners(instance: Any, model: type[Any]) -> Iterator[tuple[int | None, int | None]]:
    """Owner and facility of a row as it is and, when they changed, as it was."""
    state = sa_inspect(instance)
    facility_key = "id" if model is Facility else "facility_id"
    yield getattr(instance, model.__owner_column__), getattr(instance, facility_key, None)
    before = [state.attrs[model.__owner_column__].history.deleted]
    if facility_key in state.attrs:
        before.append(state.attrs[facility_key].history.deleted)
    if any(before):
        yield (
            before[0][0] if before[0] else getattr(instance, model.__owner_column__),
            before[1][0] if len(before) > 1 and before[1] else getattr(instance, facility_key, None),
        )


def _after_begin(_session: Session, _transaction: SessionTransaction, connection: Any) -> None:
    _begin(connection.connection.driver_connection.pgconn)


def _begin(pq: PGconn) -> None:
    """Begin and set the scope in one round trip; the values are ids and commas of ours, never a text."""
    steps = [f"SET LOCAL {name} = '{ids}'" for name, ids in current().settings.items()]
    if pq.transaction_status == TransactionStatus.IDLE:
        steps.insert(0, "BEGIN")
    begun = pq.exec_("; ".join(steps).encode())
    if begun.status != ExecStatus.COMMAND_OK:
        raise RuntimeError(f"the scope could not be set: {begun.get_error_message()}")


@contextlib.contextmanager
def bare() -> Iterator[Bare]:
    """A transaction of fixed statements alone, inside the scope like any other; what is not committed is undone."""
    connection = db.engine.raw_connection()
    pq: PGconn = connection.driver_connection.pgconn  # type: ignore[union-attr]
    try:
        _begin(pq)
        yield Bare(connection)
    finally:
        # Here rather than by the pool, after whose ROLLBACK every prepared statement is prepared anew.
        if pq.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
            pq.exec_(b"ROLLBACK")
        connection.close()


def install() -> None:
    """Put the guards on every session of the process (idempotent)."""
    for name, listener in (
        ("do_orm_execute", _on_execute),
        ("before_flush", _on_flush),
        ("after_flush", _on_flush),
        ("after_begin", _after_begin),
    ):
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)

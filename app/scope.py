"""THE isolation point: what the current actor may read and write, for the ORM and for PostgreSQL.

Two walls with one definition, `Scope`:
- ORM: `do_orm_execute` adds the criteria to every statement on an owned table, the flush refuses a
  write outside them, bulk inserts are checked row by row, bulk updates by what they assign;
- PostgreSQL: the same scope is set at the start of each transaction (`app.organiser`,
  `app.facilities`, …) and row-level security keys on it (migrations, `app/migrations/policies.py`).

No scope: no rows, no writes. The ways out are named (`system`, `door`) and journalled by their callers.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from flask import current_app, has_app_context
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn
from sqlalchemy import event
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, SessionTransaction, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption

from app.models import Dossier, Facility
from app.models.base import Model

#: Every facility of the organisers in scope.
ALL: Final = None
Facilities = frozenset[int] | None
#: In an update: what the row has already, which the criteria judge.
_KEPT: Final = -1


class OutOfScope(Exception):
    """A write outside what the actor may touch. A defect or an attack: answered 404, and logged."""


@dataclass(frozen=True)
class Scope:
    """What may be seen: organisers (None = all, through a named door) and facilities by dossier."""

    organisers: frozenset[int] | None = frozenset()
    facilities: Mapping[Dossier, Facilities] = field(default_factory=dict)
    #: Why this scope reaches beyond one organiser ("" when it does not).
    reason: str = ""

    @classmethod
    def whole_organiser(cls, organiser_id: int) -> Scope:
        return cls(frozenset({organiser_id}), dict.fromkeys(Dossier, ALL))

    def facilities_of(self, dossier: Dossier | None) -> Facilities:
        """Facilities open for a dossier; for None, those of any dossier."""
        if dossier is not None:
            return self.facilities.get(dossier, frozenset())
        union: set[int] = set()
        for ids in self.facilities.values():
            if ids is ALL:
                return ALL
            union |= ids
        return frozenset(union)

    def admits(self, owner: int | None, facility: int | None, model: type[Any]) -> bool:
        """Whether a row of this owner and facility may be written."""
        if owner != _KEPT and self.organisers is not None and owner not in self.organisers:
            return False
        allowed = self.facilities_of(getattr(model, "__dossier__", None))
        if facility is None:  # of the whole organiser: for who has all of its facilities
            return allowed is ALL or not getattr(model, "__facility_optional__", False)
        return facility == _KEPT or allowed is ALL or facility in allowed

    @cached_property
    def settings(self) -> dict[str, str]:
        """The scope as PostgreSQL sees it: "*" is all, "" none, else ids between commas."""
        values = {"app.organisers": _as_setting(self.organisers)}
        values["app.facilities"] = _as_setting(self.facilities_of(None))
        for dossier in Dossier:
            values[f"app.facilities_{dossier.value}"] = _as_setting(self.facilities_of(dossier))
        return values

    @cached_property
    def criteria(self) -> tuple[ORMOption, ...]:
        """What is read, as SQLAlchemy options; () for the all-seeing."""
        return tuple(one for mapper in owned_mappers() for one in _criteria(mapper.class_, self))

    @cached_property
    def write_criteria(self) -> tuple[ORMOption, ...]:
        """What may be updated or deleted in bulk."""
        return tuple(one for m in owned_mappers() for one in _criteria(m.class_, self, writing=True))

    def __hash__(self) -> int:
        return id(self)


def _as_setting(ids: frozenset[int] | None) -> str:
    return "*" if ids is None else ",".join(str(value) for value in sorted(ids))


_NOWHERE: Final = Scope()
_current: ContextVar[Scope] = ContextVar("scope", default=_NOWHERE)


def current() -> Scope:
    """The scope in force; the empty one when nobody set any."""
    return _current.get()


@contextlib.contextmanager
def within(scope: Scope, *sessions: Session) -> Iterator[Scope]:
    """Work inside a scope. A session that already began must be given, to begin anew inside it."""
    _renew(sessions)
    token = _current.set(scope)
    try:
        yield scope
        _renew(sessions)
    except BaseException:
        for session in sessions:
            session.rollback()
        raise
    finally:
        _current.reset(token)


def enter(scope: Scope) -> None:
    """Set the scope for the rest of this context: the web layer, once per request."""
    _current.set(scope)


def leave() -> None:
    """Back to no scope."""
    _current.set(_NOWHERE)


@contextlib.contextmanager
def system(reason: str, *sessions: Session) -> Iterator[Scope]:
    """Named way out for the portal's own work (sign-in, bootstrap, CLI, clean-up). Never for a page."""
    everything = Scope(None, dict.fromkeys(Dossier, ALL), reason)
    with within(everything, *sessions) as scope:
        yield scope


def door(reason: str, organiser_id: int | None = None) -> Scope:
    """An agent's way in: all organisers (a queue) or one (a file). The caller journals the reason."""
    scope = Scope(None, dict.fromkeys(Dossier, ALL), reason)
    return scope if organiser_id is None else replace(scope, organisers=frozenset({organiser_id}))


def _renew(sessions: tuple[Session, ...]) -> None:
    """End the sessions' transactions and forget owned rows, so that nothing crosses a change of scope."""
    for session in sessions:
        if session.new or session.dirty or session.deleted:
            raise OutOfScope("unsaved changes at a change of scope")
        for instance in list(session):
            if hasattr(type(instance), "__owner_column__"):
                session.expunge(instance)
        session.commit()


def owned_mappers() -> list[Mapper[Any]]:
    """Every mapped class whose rows belong to an organiser."""
    return [
        mapper
        for mapper in Model.registry.mappers
        if getattr(mapper.class_, "__owner_column__", None) is not None
    ]


def _criteria(model: type[Any], scope: Scope, *, writing: bool = False) -> Iterator[ORMOption]:
    # Callables, not expressions: SQLAlchemy 2.1 does not adapt an expression to the alias in the ON clause of
    # a join, and the alias would go unfiltered.
    if scope.organisers is not None:
        owners = sorted(scope.organisers)
        if model.__owner_column__ == "id":
            yield _option(model, lambda table: table.id.in_(owners))
        else:
            yield _option(model, lambda table: table.organiser_id.in_(owners))
    allowed = scope.facilities_of(getattr(model, "__dossier__", None))
    if allowed is ALL:
        return
    facilities = sorted(allowed)
    if model is Facility:
        yield _option(model, lambda table: table.id.in_(facilities))
    elif getattr(model, "__facility_optional__", False) and not writing:
        yield _option(model, lambda table: table.facility_id.in_(facilities) | table.facility_id.is_(None))
    elif hasattr(model, "facility_id"):
        yield _option(model, lambda table: table.facility_id.in_(facilities))


def _option(model: type[Any], criterion: Callable[[Any], Any]) -> ORMOption:
    return with_loader_criteria(model, criterion, include_aliases=True)


def guarded() -> bool:
    """Whether the ORM wall stands (only a test of row-level security alone takes it away)."""
    return not has_app_context() or current_app.config["SCOPE_ORM_GUARD"]


def _unlimited(scope: Scope) -> bool:
    return scope.organisers is None and all(scope.facilities_of(dossier) is ALL for dossier in Dossier)


def _on_execute(state: ORMExecuteState) -> None:
    if not guarded() or state.is_column_load:
        return
    scope = current()
    if _unlimited(scope):
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
        owner = row.get(model.__owner_column__, _KEPT if state.is_update else None)
        facility = row.get("id" if model is Facility else "facility_id", _KEPT if state.is_update else None)
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
    """Begin and set the scope in one round trip; the values are ids and commas of ours, never a text."""
    to_set = ", ".join(f"set_config('{name}', '{ids}', true)" for name, ids in current().settings.items())
    pq: PGconn = connection.connection.driver_connection.pgconn
    begin = "BEGIN; " if pq.transaction_status == TransactionStatus.IDLE else ""
    begun = pq.exec_(f"{begin}SELECT {to_set}".encode())
    if begun.status != ExecStatus.TUPLES_OK:
        raise RuntimeError(f"the scope could not be set: {begun.get_error_message()}")


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

"""THE isolation point: what the current actor may read and write, for the ORM and for PostgreSQL.

One definition, `Scope`, of which app/walls.py makes two walls. No scope: no rows, no writes. The ways out are
named (`system`, `door`, `people_door`) and journalled by their callers.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from sqlalchemy.orm import Mapper, Session, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption

from app.models import Dossier, Facility
from app.models.base import Model, PersonOwned

#: Every facility of the organisers in scope.
ALL: Final = None
Facilities = frozenset[int] | None
#: In an update: what the row has already, which the criteria judge.
KEPT: Final = -1
#: Whose rows are reached before anybody signed in.
NOBODY: Final = 0


class OutOfScope(Exception):
    """A write outside what the actor may touch. A defect or an attack: answered 404, and logged."""


@dataclass(frozen=True)
class Scope:
    """What may be seen: organisers (None = all, through a named door), facilities by dossier, one's own rows."""

    organisers: frozenset[int] | None = frozenset()
    facilities: Mapping[Dossier, Facilities] = field(default_factory=dict)
    #: Whose personal rows (`PersonOwned`); None = everybody's, through a named door.
    person: int | None = NOBODY
    #: Why this scope reaches beyond one organiser ("" when it does not).
    reason: str = ""

    @classmethod
    def whole_organiser(cls, organiser_id: int) -> Scope:
        return cls(frozenset({organiser_id}), dict.fromkeys(Dossier, ALL))

    def facilities_of(self, *dossiers: Dossier | None) -> Facilities:
        """Facilities open for one of these dossiers; for None, those of any dossier."""
        union: set[int] = set()
        for dossier in self.facilities if None in dossiers else dossiers:
            ids = self.facilities.get(dossier, frozenset())  # type: ignore[arg-type]
            if ids is ALL:
                return ALL
            union |= ids
        return frozenset(union)

    @property
    def unlimited(self) -> bool:
        everywhere = self.organisers is None and self.person is None
        return everywhere and all(self.facilities_of(dossier) is ALL for dossier in Dossier)

    def owners_of(self, model: type[Any]) -> frozenset[int] | None:
        """Whose rows of an owned table: people or organisers; None: everyone's."""
        if issubclass(model, PersonOwned):
            return None if self.person is None else frozenset({self.person})
        return self.organisers

    def admits(self, owner: int | None, facility: int | None, model: type[Any]) -> bool:
        """Whether a row of this owner and facility may be written."""
        owners = self.owners_of(model)
        if owner != KEPT and owners is not None and owner not in owners:
            return False
        allowed = self.facilities_of(getattr(model, "__dossier__", None))
        if facility is None:  # of the whole organiser: for who has all of its facilities
            return allowed is ALL or not getattr(model, "__facility_optional__", False)
        return facility == KEPT or allowed is ALL or facility in allowed

    @cached_property
    def settings(self) -> dict[str, str]:
        """The scope as PostgreSQL sees it: "*" is all, "" none, else ids between commas."""
        values = {"app.organisers": _as_setting(self.organisers)}
        values["app.facilities"] = _as_setting(self.facilities_of(None))
        for dossier in _walled():
            values[f"app.facilities_{dossier.value}"] = _as_setting(self.facilities_of(dossier))
        values["app.person"] = "*" if self.person is None else str(self.person)
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


@functools.cache
def _walled() -> tuple[Dossier, ...]:
    """The dossiers that some table is kept by; the others need no setting."""
    kept_by = {getattr(mapper.class_, "__dossier__", None) for mapper in owned_mappers()}
    return tuple(dossier for dossier in Dossier if dossier in kept_by)


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
    everything = Scope(None, dict.fromkeys(Dossier, ALL), None, reason)
    with within(everything, *sessions) as scope:
        yield scope


def door(reason: str, organiser_id: int | None = None) -> Scope:
    """An agent's way in: all organisers (a queue) or one (a file). The caller journals the reason.

    Of personal rows, it opens none but the agent's own.
    """
    scope = Scope(None, dict.fromkeys(Dossier, ALL), current().person, reason)
    return scope if organiser_id is None else replace(scope, organisers=frozenset({organiser_id}))


def people_door(reason: str) -> Scope:
    """An agent's way to everybody's personal rows (tickets), and to nothing more of organisers."""
    return replace(current(), person=None, reason=reason)


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
    """Every mapped class whose rows belong to an organiser or to a person."""
    return [one for one in Model.registry.mappers if getattr(one.class_, "__owner_column__", None)]


def _criteria(model: type[Any], scope: Scope, *, writing: bool = False) -> Iterator[ORMOption]:
    # Callables, not expressions: SQLAlchemy 2.1 does not adapt an expression to the alias in the ON clause of
    # a join, and the alias would go unfiltered.
    within_owners = scope.owners_of(model)
    if within_owners is not None:
        owners = sorted(within_owners)
        if issubclass(model, PersonOwned):
            yield _option(model, lambda table: table.user_id.in_(owners))
            return
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

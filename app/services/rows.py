"""Writing rows of generated pages (reference data, closures, people, roles): journalled, one commit each.

What the database refuses is a named exception, never its own message.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from psycopg.errors import ForeignKeyViolation, IntegrityError, NotNullViolation, UniqueViolation
from sqlalchemy import inspect as sa_inspect
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import journal
from app.journal import Change, Who
from app.models import Facility

#: Columns whose values the history does not hold.
_HIDDEN = frozenset({"password", "niss_hash", "niss_sealed"})
#: What was done, as the history's summaries begin.
_ACTS = {
    "creation": "Création",
    "modification": "Modification",
    "suppression": "Suppression",
    "consultation": "Consultation",
}


class RowRefused(Exception):
    """Nothing was written. `columns`: those concerned, when known; `constraint`: the table's, "" for none."""

    def __init__(self, columns: tuple[str, ...] = (), constraint: str = "") -> None:
        super().__init__(constraint)
        self.columns, self.constraint = columns, constraint


class DuplicateRow(RowRefused):
    """Another row holds the same value of a unique column."""


class RowInUse(RowRefused):
    """Other rows need this one, or it needs one that is gone."""


class RowGone(RowRefused):
    """Somebody deleted it meanwhile, or the person may read it and no more."""


class MissingValue(RowRefused):
    """A column that may not be empty."""


class ContradictoryRow(RowRefused):
    """A check of the table."""


class UnfitRow(RowRefused):
    """A value that its column cannot hold."""


def save(
    session: Session, who: Who, row: Any, texts: Mapping[str, Callable[[Any], str]] | None = None
) -> list[Change]:
    """Write a new or changed row and its history; commits. Answers what changed in a row that was there. Raises RowRefused.

    `texts`: relation → how the history names a row of it.
    """
    created = not sa_inspect(row).persistent
    with session.no_autoflush:
        changes = [*journal.model_changes(row, _kind(row), _HIDDEN), *_linked(row, texts or {})]
    if not changes and not created:
        return []
    session.add(row)
    try:
        session.flush()
        changes = [dataclasses.replace(change, object_id=row.id) for change in changes]
        _record(session, who, "creation" if created else "modification", row, changes)
        session.commit()
    except DBAPIError as error:
        session.rollback()
        raise _refusal(error) from None
    return [] if created else changes


def remove(session: Session, who: Who, row: Any) -> None:
    """Delete a row, keeping its values in the history; commits. Raises RowGone, RowInUse (other rows need it)."""
    kind, state = _kind(row), sa_inspect(row)
    # PostgreSQL says nothing of a row that is not there to delete, and the history would tell what never happened.
    # It locks what may be changed, which is less than what may be read.
    mine = select(state.mapper).filter_by(id=row.id).with_for_update(of=state.mapper)
    if session.scalars(mine).one_or_none() is None:
        session.rollback()
        raise RowGone
    last = [
        Change(kind, row.id, attribute.key, str(getattr(row, attribute.key)), None)
        for attribute in state.mapper.column_attrs
        if attribute.key not in _HIDDEN | state.unloaded and getattr(row, attribute.key) is not None
    ]
    try:
        _record(session, who, "suppression", row, last)
        session.delete(row)
        session.commit()
    except DBAPIError as error:
        session.rollback()
        raise _refusal(error) from None


def consulted(session: Session, who: Who, row: Any) -> None:
    """Keep who opened a row of personal data; commits."""
    _record(session, who, "consultation", row, [])
    session.commit()


def listed(session: Session, who: Who, model: Any, organiser_id: int | None, what: str) -> None:
    """Keep who opened a list of personal data, once for the list; commits."""
    journal.record(
        session, who, "consultation", organiser_id=organiser_id, object_type=str(model.__tablename__),
        summary=f"Consultation : liste « {what} »",
    )  # fmt: skip
    session.commit()


def _record(session: Session, who: Who, action: str, row: Any, changes: list[Change]) -> None:
    journal.record(
        session,
        who,
        action,
        organiser_id=getattr(row, "organiser_id", None),
        # What is said of a facility is for those who see that facility.
        facility_id=row.id if isinstance(row, Facility) else getattr(row, "facility_id", None),
        object_type=_kind(row),
        object_id=row.id,
        summary=f"{_ACTS[action]} : {row}"[:300],
        changes=changes,
    )


def _linked(row: Any, texts: Mapping[str, Callable[[Any], str]]) -> Iterator[Change]:
    """What was tied to the row and what was untied from it: the roles of a person, the permissions of a role."""
    state = sa_inspect(row)
    for relation in state.mapper.relationships:
        if relation.secondary is None or relation.viewonly:
            continue
        history, named = state.attrs[relation.key].history, texts.get(relation.key, str)
        yield from (
            Change(_kind(row), row.id, relation.key, named(one), None) for one in history.deleted or ()
        )
        yield from (Change(_kind(row), row.id, relation.key, None, named(one)) for one in history.added or ())


def _kind(row: Any) -> str:
    return str(sa_inspect(row).mapper.local_table.name)


def _refusal(error: DBAPIError) -> RowRefused:
    cause: Any = error.orig
    constraint = (cause.diag.constraint_name or "") if hasattr(cause, "diag") else ""
    if isinstance(cause, UniqueViolation):
        # "Key (key, valid_from)=(…) already exists.": the columns stand between the first parentheses.
        named = re.search(r"\(([^)]+)\)=\(", cause.diag.message_detail or "")
        return DuplicateRow(tuple(named.group(1).split(", ")) if named else (), constraint)
    if isinstance(cause, ForeignKeyViolation):
        return RowInUse((), constraint)
    if isinstance(cause, NotNullViolation):
        return MissingValue((cause.diag.column_name or "",), constraint)
    if isinstance(cause, IntegrityError):
        return ContradictoryRow((), constraint)
    return UnfitRow((), constraint)

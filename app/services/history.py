"""Reading the history: one page of a chain by criteria, one entry, what an export holds.

A chain can have a million entries: nothing here counts them all. Pages follow `seq`, the place in the chain, which
is also the order of time, and each criterion has an index that ends with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, bindparam, false, func, select, true
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from app.clock import BRUSSELS
from app.journal import Change, unfolded
from app.models import AttendanceLine, Facility, JournalChange, JournalEntry
from app.models.folding import folded
from app.models.journal import CONSULTATIONS
from app.rules.french import unaccented

PAGE: Final = 50
#: Changed values shown beside an entry of a list; its own page has more.
FEW: Final = 4
#: Changed values on the page of one entry (an import changes thousands); the export has them all.
MANY: Final = 500
#: Person criterion: what the portal did by itself.
PORTAL: Final = 0
_BATCH: Final = 500
#: How far a server's clock may have stepped back: places of a period are looked up that much wider.
_SLACK: Final = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Criteria:
    """What is looked for; None and "" leave a criterion out. Days are Brussels', both included."""

    person: int | None = None
    facility: int | None = None
    kind: str = ""
    object_id: int | None = None
    #: "consultation" or "modification".
    action: str = ""
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True)
class Entry:
    """An entry with the first of its changed values; `more`: it has others."""

    row: JournalEntry
    changes: Sequence[Change]
    more: bool = False


@dataclass(frozen=True)
class Page:
    """Entries in the order asked for. `older`, `newer`: the place to go on from, None at the end."""

    entries: Sequence[Entry]
    older: int | None = None
    newer: int | None = None


@dataclass(frozen=True)
class Person:
    """Somebody who stands in a chain, as their latest entry there names them."""

    user_id: int
    name: str
    door: str


def read(
    session: Session, chain: int | None, criteria: Criteria, *,
    before: int | None = None, after: int | None = None, oldest_first: bool = False, size: int = PAGE,
) -> Page:  # fmt: skip
    """The entries of a chain (None: the platform's) on either side of a place, or the first page.

    At most three statements, none of which reads more than a page and what the criteria do not tell by index.
    """
    where = _where(session, chain, criteria)
    upwards = after is not None or (before is None and oldest_first)
    query = select(JournalEntry).where(*where).options(joinedload(JournalEntry.facility))
    if after is not None:
        query = query.where(JournalEntry.seq > after)
    elif before is not None:
        query = query.where(JournalEntry.seq < before)
    order = JournalEntry.seq.asc() if upwards else JournalEntry.seq.desc()
    rows = list(session.scalars(query.order_by(order).limit(size + 1)))
    further = len(rows) > size
    rows = sorted(rows[:size], key=lambda row: row.seq, reverse=not oldest_first)
    if not rows:
        return Page([])
    lowest, highest = min(row.seq for row in rows), max(row.seq for row in rows)
    is_older, is_newer = (after is not None, further) if upwards else (further, before is not None)
    return Page(
        _with_changes(session, rows, FEW), lowest if is_older else None, highest if is_newer else None
    )


def one(session: Session, chain: int | None, entry_id: int) -> Entry:
    """An entry of that chain with MANY of its changes. Raises LookupError."""
    row = session.scalars(
        select(JournalEntry)
        .where(_of(JournalEntry, chain), JournalEntry.id == entry_id)
        .options(selectinload(JournalEntry.facility))
    ).one_or_none()
    if row is None:
        raise LookupError("no such entry")
    return _with_changes(session, [row], MANY)[0]


def latest_of(session: Session, chain: int | None, kind: str, object_id: int) -> JournalEntry | None:
    """The last entry of one object: all that is left of one that was deleted."""
    return session.scalars(
        select(JournalEntry)
        .where(
            _of(JournalEntry, chain), JournalEntry.object_type == kind, JournalEntry.object_id == object_id
        )
        .order_by(JournalEntry.seq.desc())
        .limit(1)
    ).one_or_none()


def people(session: Session, chain: int | None) -> list[Person]:
    """Everybody who stands in the chain, by name: from one to the next in the index, whatever they did."""
    first = (
        select(JournalEntry.user_id)
        .where(_of(JournalEntry, chain), JournalEntry.user_id.is_not(None))
        .order_by(JournalEntry.user_id)
        .limit(1)
        .cte("people", recursive=True)
    )
    other = aliased(JournalEntry)
    following = (
        select(other.user_id)
        .where(_of(other, chain), other.user_id > first.c.user_id)
        .order_by(other.user_id)
        .limit(1)
        .scalar_subquery()
    )
    ids = first.union_all(select(following).where(first.c.user_id.is_not(None)))
    theirs = aliased(JournalEntry)
    latest = (
        select(theirs.actor, theirs.door)
        .where(_of(theirs, chain), theirs.user_id == ids.c.user_id)
        .order_by(theirs.seq.desc())
        .limit(1)
        .lateral()
    )
    rows = session.execute(
        select(ids.c.user_id, latest.c.actor, latest.c.door).join_from(ids, latest, true())
    )
    return sorted((Person(*row) for row in rows), key=lambda one: (unaccented(one.name), one.user_id))


def facilities(session: Session) -> Sequence[Facility]:
    """The facilities in scope, by name."""
    return session.scalars(select(Facility).order_by(folded(Facility.name))).all()


def children(session: Session, changes: Sequence[Change]) -> dict[int, str]:
    """Line → the child's name today, of the changed lines that are in scope."""
    ids = {change.object_id for change in changes if change.object_type == AttendanceLine.__tablename__}
    if not ids:
        return {}
    rows = session.execute(
        select(AttendanceLine.id, AttendanceLine.last_name, AttendanceLine.first_name).where(
            AttendanceLine.id.in_(ids)
        )
    )
    return {number: f"{last} {first}".strip() for number, last, first in rows}


def measure(session: Session, chain: int | None, criteria: Criteria, limit: int) -> int:
    """How many lines an export would have at least (one a kept change), counted no further than `limit`."""
    where = _where(session, chain, criteria)
    lines = (
        select(JournalEntry.id)
        .outerjoin(JournalChange, JournalChange.entry_id == JournalEntry.id)
        .where(*where)
        .limit(limit)
    )
    return session.scalars(select(func.count()).select_from(lines.subquery())).one()


def walk(session: Session, chain: int | None, criteria: Criteria) -> Iterator[Sequence[Entry]]:
    """All entries, newest first, some hundreds at a time with every change; each batch is let go after use."""
    before: int | None = None
    where = _where(session, chain, criteria)
    while True:
        query = select(JournalEntry).where(*where).options(selectinload(JournalEntry.facility))
        if before is not None:
            query = query.where(JournalEntry.seq < before)
        rows = session.scalars(query.order_by(JournalEntry.seq.desc()).limit(_BATCH)).all()
        if not rows:
            return
        before = rows[-1].seq
        yield _with_changes(session, rows, None)
        session.expunge_all()


def _of(model: Any, chain: int | None) -> ColumnElement[bool]:
    found: ColumnElement[bool] = (
        model.organiser_id.is_(None) if chain is None else model.organiser_id == chain
    )
    return found


def _where(session: Session, chain: int | None, criteria: Criteria) -> list[ColumnElement[bool]]:
    """The criteria as SQL."""
    found = [_of(JournalEntry, chain)]
    if criteria.person is not None:
        person = JournalEntry.user_id
        found.append(person.is_(None) if criteria.person == PORTAL else person == criteria.person)
    if criteria.facility is not None:
        found.append(JournalEntry.facility_id == criteria.facility)
    if criteria.kind:
        found.append(JournalEntry.object_type == criteria.kind)
    if criteria.object_id is not None:
        found.append(JournalEntry.object_id == criteria.object_id)
    if criteria.action == "modification":
        # Words, not parameters: PostgreSQL must recognise the condition of the partial index to use it.
        words: BindParameter[str] = bindparam(None, CONSULTATIONS, expanding=True, literal_execute=True)
        found.append(JournalEntry.action.not_in(words))
    elif criteria.action:
        found.append(JournalEntry.action.in_(CONSULTATIONS))
    since = None if criteria.first is None else _midnight(criteria.first)
    until = None if criteria.last is None else _midnight(criteria.last + dt.timedelta(days=1))
    if since or until:
        before, behind = _around(session, chain, since, until)
        found += [JournalEntry.at >= since] if since else []
        found += [JournalEntry.at < until] if until else []
        found += [JournalEntry.seq > before] if before is not None else []
        found += [JournalEntry.seq < behind] if behind is not None else []
    return found


def _around(
    session: Session, chain: int | None, since: dt.datetime | None, until: dt.datetime | None
) -> tuple[int | None, int | None]:
    """Places of the chain before and behind a period: with them, every index that ends with `seq` serves it."""
    low, high = aliased(JournalEntry), aliased(JournalEntry)
    before = select(low.seq).where(_of(low, chain)).order_by(low.at.desc()).limit(1)
    behind = select(high.seq).where(_of(high, chain)).order_by(high.at).limit(1)
    before = before.where(low.at < since - _SLACK if since else false())
    behind = behind.where(high.at >= until + _SLACK if until else false())
    found = session.execute(select(before.scalar_subquery(), behind.scalar_subquery())).one()
    return found[0], found[1]


def _with_changes(session: Session, rows: Sequence[JournalEntry], limit: int | None) -> list[Entry]:
    """The entries with up to `limit` changes each (None: all); one statement, none when nothing changed.

    A line changed as a whole counts for each of its fields: readers know of fields only.
    """
    changed = [row.id for row in rows if row.digest]
    found: dict[int, list[Change]] = {}
    if changed:
        firsts = (
            select(JournalChange)
            .where(JournalChange.entry_id == JournalEntry.id)
            .order_by(JournalChange.id)
            .limit(None if limit is None else limit + 1)
            .lateral()
        )
        change = aliased(JournalChange, firsts)
        for one_ in session.scalars(
            select(change)
            .select_from(JournalEntry)
            .join(firsts, true())
            .where(JournalEntry.id.in_(changed))
            .order_by(change.entry_id, change.id)
        ):
            found.setdefault(one_.entry_id, []).extend(unfolded(one_))
    whole = [Entry(row, found.get(row.id, [])) for row in rows]
    if limit is None:
        return whole
    return [replace(one_, changes=one_.changes[:limit], more=len(one_.changes) > limit) for one_ in whole]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=BRUSSELS)

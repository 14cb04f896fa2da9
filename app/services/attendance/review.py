"""The agent's side: the queue of submitted months, what it is narrowed to, and who comes before and after.

The months of the organisers that the agent sees into; of the others, only that they are there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from app import clock
from app.models import AttendanceSheet, AttendanceSubmission, Facility, FacilityKind, Organiser
from app.models.folding import folded, speaks_of
from app.rules.months import Month
from app.rules.workflow import SheetState
from app.services.agency import portfolio
from app.services.pages import spread

PAGE: Final = 25
#: Organisers outside the portfolio that are named at once; more are looked for.
OUTSIDE: Final = 10

#: What the queue can be ordered by: the name in addresses, and the column.
ORDERS: Final[dict[str, Any]] = {
    "soumis": AttendanceSubmission.submitted_at,
    "milieu": folded(Facility.name),
    "organisateur": folded(Organiser.name),
    "mois": AttendanceSheet.month,
}


@dataclass(frozen=True)
class Wanted:
    """What an agent looks for. `state` None: all; `waiting`: submitted at least that many days ago."""

    #: The agent: nobody sees more than is open to them.
    user_id: int
    organiser: str = ""
    #: Words of the facility's name or matricule.
    facility: str = ""
    month: Month | None = None
    state: SheetState | None = SheetState.SUBMITTED
    waiting: int = 0
    order: str = "soumis"
    descending: bool = False


@dataclass(frozen=True)
class QueueRow:
    """One submitted month, as the queue shows it."""

    sheet_id: int
    organiser: str
    facility: str
    matricule: str
    month: Month
    state: SheetState
    version: int
    submitted_at: dt.datetime
    totals: dict[str, int]
    #: When it was first submitted: what comes after an agent sent it back is never late.
    first_at: dt.datetime


@dataclass(frozen=True)
class Queue:
    """A page of the queue, counted from 1. `counts`: by state, whatever the one wanted; `months`: those to choose from."""

    rows: Sequence[QueueRow]
    page: int
    pages: int
    total: int
    counts: dict[SheetState, int]
    months: Sequence[Month]

    @property
    def first(self) -> int:
        """Number of the first row shown, counted from 1."""
        return (self.page - 1) * PAGE + 1


@dataclass(frozen=True)
class Outside:
    """Organisers that the agent sees nothing of without a reason, at most OUTSIDE of `total`: (id, name, facilities)."""

    rows: Sequence[tuple[int, str, Sequence[str]]]
    total: int
    #: Whether anything is entrusted to the agent at all.
    portfolio: bool


@dataclass(frozen=True)
class Neighbours:
    """Where a month stands in the queue: its rank from 1, and the sheets before and after it.

    `inside`: whether it is in the queue; when it has left it and none comes after, `next` is the queue's first.
    """

    rank: int
    total: int
    previous: int | None
    next: int | None
    inside: bool


def queue(session: Session, wanted: Wanted, page: int, now: dt.datetime) -> Queue:
    """Months submitted at least once. Two statements, whatever the rows."""
    first = aliased(AttendanceSubmission)
    found = _narrowed(
        select(
            AttendanceSheet.id, Organiser.name, Facility.name, Facility.matricule, AttendanceSheet.month,
            AttendanceSheet.state, AttendanceSubmission.version, AttendanceSubmission.submitted_at,
            AttendanceSubmission.totals, first.submitted_at,
        ),
        wanted, now,
    )  # fmt: skip
    found = found.join(first, and_(first.sheet_id == AttendanceSheet.id, first.version == 1))
    # Under every other criterion: how many in each state, and which months one could choose.
    counted = _narrowed(
        select(AttendanceSheet.state, AttendanceSheet.month, func.count()), replace(wanted, month=None), now
    ).group_by(AttendanceSheet.state, AttendanceSheet.month)
    counts: dict[SheetState, int] = {}
    months = {wanted.month} if wanted.month else set()
    for state, day, count in session.execute(counted):
        months.add(Month.of(day))
        if wanted.month in (None, Month.of(day)):
            counts[state] = counts.get(state, 0) + count
    total = sum(counts.values()) if wanted.state is None else counts.get(wanted.state, 0)
    shown = spread(page, total, PAGE)
    if wanted.state is not None:
        found = found.where(AttendanceSheet.state == wanted.state)
    rows = session.execute(found.order_by(*_order(wanted)).limit(PAGE).offset(shown.offset))
    return Queue(
        [
            QueueRow(number, organiser, facility, matricule, Month.of(month), state, version, at, totals, first_at)
            for number, organiser, facility, matricule, month, state, version, at, totals, first_at in rows
        ],
        shown.page, shown.pages, total, counts, sorted(months, reverse=True),
    )  # fmt: skip


class ToCheck(NamedTuple):
    """How many months wait in an agent's queue, and since when the oldest does (None without one)."""

    number: int
    oldest: dt.datetime | None


def to_check(session: Session, user_id: int, now: dt.datetime) -> ToCheck:
    """What waits for the agent, all of their portfolio. One statement."""
    found = _narrowed(
        select(func.count(), func.min(AttendanceSubmission.submitted_at)), Wanted(user_id), now
    ).where(AttendanceSheet.state == SheetState.SUBMITTED)
    return ToCheck(*session.execute(found).one())


def outside(session: Session, wanted: Wanted) -> Outside:
    """Who else has facilities, by what is publicly known of them: not whether, what or when they submitted."""
    rows = session.execute(
        select(
            Organiser.id, Organiser.name, func.array_agg(aggregate_order_by(Facility.name, folded(Facility.name))),
            func.count().over(), portfolio.has_one(wanted.user_id),
        )
        .join(Facility, Facility.organiser_id == Organiser.id)
        .where(Facility.kind == FacilityKind.CRECHE, ~portfolio.open_to(wanted.user_id), _named(wanted))
        .group_by(Organiser.id)
        .order_by(folded(Organiser.name), Organiser.id)
        .limit(OUTSIDE)
    ).all()  # fmt: skip
    _number, _name, _places, total, has_portfolio = rows[0] if rows else (0, "", [], 0, True)
    return Outside([(row[0], row[1], row[2]) for row in rows], total, has_portfolio)


def neighbours(session: Session, wanted: Wanted, sheet_id: int, now: dt.datetime) -> Neighbours:
    """Who comes before and after a month in the queue, also once the month has left it.

    By its place in the order rather than by its being there: after a decision, « Suivant » goes on from where
    the agent was. Raises LookupError for a month that was never submitted.
    """
    key = ORDERS[wanted.order]
    here = _joined(select(key)).where(AttendanceSheet.id == sheet_id)
    value = session.scalars(here).one_or_none()
    if value is None:
        raise LookupError("never submitted")
    place, this = tuple_(key, AttendanceSheet.id), tuple_(value, sheet_id)
    all_ = _narrowed(select(AttendanceSheet.id), wanted, now)
    if wanted.state is not None:
        all_ = all_.where(AttendanceSheet.state == wanted.state)
    back = replace(wanted, descending=not wanted.descending)
    before, after = (place > this, place < this) if wanted.descending else (place < this, place > this)
    first = all_.order_by(*_order(wanted)).limit(1)
    ahead, total, inside, previous, following, again = session.execute(
        select(
            select(func.count()).select_from(all_.where(before).subquery()).scalar_subquery(),
            select(func.count()).select_from(all_.subquery()).scalar_subquery(),
            all_.where(AttendanceSheet.id == sheet_id).exists(),
            all_.where(before).order_by(*_order(back)).limit(1).scalar_subquery(),
            all_.where(after).order_by(*_order(wanted)).limit(1).scalar_subquery(),
            first.scalar_subquery(),
        )
    ).one()
    return Neighbours(ahead + 1, total, previous, following or (None if inside else again), inside)


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """From the months to their latest version, their facility and its organiser."""
    return (
        statement.select_from(AttendanceSheet)
        .join(Facility, Facility.id == AttendanceSheet.facility_id)
        .join(Organiser, Organiser.id == AttendanceSheet.organiser_id)
        .join(
            AttendanceSubmission,
            and_(
                AttendanceSubmission.sheet_id == AttendanceSheet.id,
                AttendanceSubmission.version == AttendanceSheet.submissions,
            ),
        )
    )


def _narrowed(
    statement: Select[*tuple[Any, ...]], wanted: Wanted, now: dt.datetime
) -> Select[*tuple[Any, ...]]:
    """What is wanted, save the state."""
    statement = _joined(statement).where(portfolio.open_to(wanted.user_id), _named(wanted))
    if wanted.month is not None:
        statement = statement.where(AttendanceSheet.month == wanted.month.first)
    if wanted.waiting:
        # Days of Brussels, as the page counts them: submitted before the midnight that ended the last such day.
        after = clock.day_of(now) - dt.timedelta(days=wanted.waiting - 1)
        midnight = dt.datetime.combine(after, dt.time(), clock.BRUSSELS)
        statement = statement.where(AttendanceSubmission.submitted_at < midnight)
    return statement


def _named(wanted: Wanted) -> ColumnElement[bool]:
    """The organiser and the facility that are looked for, by their words."""
    return and_(
        speaks_of(wanted.organiser, folded(Organiser.name)),
        speaks_of(wanted.facility, folded(Facility.name, Facility.matricule)),
    )


def _order(wanted: Wanted) -> tuple[Any, ...]:
    columns = (ORDERS[wanted.order], AttendanceSheet.id)
    return tuple(column.desc() if wanted.descending else column.asc() for column in columns)

"""Cells encoded on days that a closure closes: told before it is recorded, and on the months that hold some."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, extract, func, literal, or_, select
from sqlalchemy.orm import Session

from app.models import AttendanceLine, AttendanceSheet, Closure, Facility
from app.models.folding import folded
from app.rules.months import Month
from app.rules.workflow import SheetState, editable

_DRAFTS = [state for state in SheetState if editable(state)]


@dataclass(frozen=True)
class Touched:
    """A month with cells (or only with a sheet: `cells` 0) on the days of a period."""

    facility: str
    month: Month
    cells: int
    #: Submitted: it keeps the calendar that it was signed with.
    frozen: bool


def in_period(
    session: Session, first: dt.date, last: dt.date, facility_id: int | None, besides: Closure | None = None
) -> list[Touched]:
    """The months that a closure of one facility (None: of all in scope) from `first` to `last` would touch.

    `besides`: the closure as it stands, whose own days are no news. One statement.
    """
    counted = _cells(literal(first), literal(last))
    if besides is not None:
        overlap = max(first, besides.first_day), min(last, besides.last_day)
        if overlap[0] <= overlap[1]:
            already = _cells(*map(literal, overlap))
            if besides.facility_id is not None:
                already = case((AttendanceSheet.facility_id == besides.facility_id, already), else_=0)
            counted = counted - already
    query = (
        select(
            Facility.name, AttendanceSheet.month, AttendanceSheet.state, func.coalesce(func.sum(counted), 0)
        )
        .select_from(AttendanceSheet)
        .join(Facility, Facility.id == AttendanceSheet.facility_id)
        .outerjoin(
            AttendanceLine,
            (AttendanceLine.sheet_id == AttendanceSheet.id) & AttendanceLine.deleted_at.is_(None),
        )
        .where(AttendanceSheet.month.between(first.replace(day=1), last))
        .group_by(AttendanceSheet.id, Facility.name)
        .order_by(AttendanceSheet.month, folded(Facility.name))
    )
    if facility_id is not None:
        query = query.where(AttendanceSheet.facility_id == facility_id)
    return [
        Touched(name, Month.of(month), int(cells), not editable(state))
        for name, month, state, cells in session.execute(query)
    ]


def to_review(session: Session, facility_ids: Sequence[int], year: int) -> set[tuple[int, Month]]:
    """The (facility, month) of a year, still to submit, with cells on days that a closure closes. One statement."""
    rows = session.execute(
        select(AttendanceSheet.facility_id, AttendanceSheet.month)
        .join(AttendanceLine, AttendanceLine.sheet_id == AttendanceSheet.id)
        .join(
            Closure,
            (Closure.organiser_id == AttendanceSheet.organiser_id)
            & or_(Closure.facility_id.is_(None), Closure.facility_id == AttendanceSheet.facility_id)
            & (Closure.first_day < AttendanceSheet.month + func.make_interval(0, 1))
            & (Closure.last_day >= AttendanceSheet.month),
        )
        .where(
            AttendanceSheet.facility_id.in_(facility_ids),
            AttendanceSheet.month.between(dt.date(year, 1, 1), dt.date(year, 12, 31)),
            AttendanceSheet.state.in_(_DRAFTS),
            AttendanceLine.deleted_at.is_(None),
            _cells(Closure.first_day, Closure.last_day) > 0,
        )
        .distinct()
    )
    return {(facility_id, Month.of(month)) for facility_id, month in rows}


def _cells(first: Any, last: Any) -> ColumnElement[int]:
    """How many cells of a line are filled in from one date to another, within its month."""
    month = AttendanceSheet.month
    start = case((first > month, extract("day", first)), else_=1).cast(Integer)
    end = case((last < month + func.make_interval(0, 1), extract("day", last)), else_=31).cast(Integer)
    part = func.substr(AttendanceLine.codes, start, func.greatest(end - start + 1, 0))
    return func.length(func.replace(part, ".", ""), type_=Integer)

"""What waits for the person: months that are over and not submitted, or sent back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AttendanceSheet, Facility
from app.rules.months import Month
from app.rules.workflow import SheetState, editable
from app.services.attendance import deadlines, months
from app.services.attendance.deadlines import Deadline


@dataclass(frozen=True)
class Awaited:
    """A facility's months, oldest first, each with whether it was sent back; `deadline` is the oldest one's."""

    facility: Facility
    months: list[tuple[Month, bool]]
    deadline: Deadline


def awaited(session: Session, today: dt.date, mine: Callable[[int], bool]) -> list[Awaited]:
    """The last year's months to submit, in three statements; the facility of the earliest deadline first.

    `mine`: whether the person writes the presences of a facility.
    """
    current, since = Month.of(today), Month(today.year - 1, today.month)
    states = {
        (row.facility_id, Month.of(row.month)): row.state
        for row in session.execute(
            select(AttendanceSheet.facility_id, AttendanceSheet.month, AttendanceSheet.state).where(
                AttendanceSheet.month >= since.first
            )
        )
    }
    waiting: dict[Facility, list[Month]] = {}
    for facility in months.facilities(session):
        month = max(since, Month.of(facility.opened_on))
        while month < current and mine(facility.id):
            state = states.get((facility.id, month))
            if state is None or editable(state):
                waiting.setdefault(facility, []).append(month)
            month = month.next()
    limits = deadlines.of_months(session, {found[0] for found in waiting.values()})
    rows = [
        Awaited(
            facility,
            [(month, states.get((facility.id, month)) is SheetState.RETURNED) for month in found],
            limits[found[0]],
        )
        for facility, found in waiting.items()
    ]
    return sorted(rows, key=lambda row: row.deadline.before)

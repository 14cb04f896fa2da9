"""What waits for the person: months that are over and not submitted, or sent back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AttendanceSheet, Facility
from app.rules.months import Month
from app.rules.workflow import SheetState, editable
from app.services.attendance import deadlines, months
from app.services.attendance.deadlines import Deadline

_GIVEN_BACK: Final = (SheetState.RETURNED, SheetState.REOPENED)


@dataclass(frozen=True)
class Group:
    """Months of one deadline, oldest first. `again`: an agent gave them back, hence they are never late."""

    deadline: Deadline
    again: bool
    months: list[Month]


@dataclass(frozen=True)
class Awaited:
    """What a facility has to submit, by deadline, the earliest first."""

    facility: Facility
    groups: list[Group]


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
    waiting: dict[Facility, list[tuple[Month, bool]]] = {}
    for facility in months.facilities(session):
        month = max(since, Month.of(facility.opened_on))
        while month < current and mine(facility.id):
            state = states.get((facility.id, month))
            if state is None or editable(state):
                waiting.setdefault(facility, []).append((month, state in _GIVEN_BACK))
            month = month.next()
    limits = deadlines.of_months(session, {month for found in waiting.values() for month, _again in found})
    rows = [Awaited(facility, _by_deadline(found, limits)) for facility, found in waiting.items()]
    return sorted(rows, key=lambda row: row.groups[0].deadline.before)


def _by_deadline(found: list[tuple[Month, bool]], limits: dict[Month, Deadline]) -> list[Group]:
    together: dict[tuple[Deadline, bool], list[Month]] = {}
    for month, again in found:
        together.setdefault((limits[month], again), []).append(month)
    groups = [Group(deadline, again, months) for (deadline, again), months in together.items()]
    return sorted(groups, key=lambda one: (one.deadline.before, not one.again))

"""What a month is judged against, and which month needs work."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.db import Work, session_of
from app.models import AttendanceSheet, Closure, Facility, FacilityKind, Holiday, OpeningHours, RightsVersion
from app.models.folding import folded
from app.rules.attendance import MonthContext
from app.rules.calendar import closed_days
from app.rules.months import Month
from app.rules.workflow import SheetState, editable
from app.services.attendance import closed_cells
from app.services.parameters import values_on

#: Field of the context → the parameter that it is read from.
_PARAMETERS: Final = {
    "max_lines": "presences.lignes-max",
    "max_age_months": "presences.age-max",
    "include_justified": "presences.absences-justifiees",
}
_MAX_KEPT: Final = 2000
_kept: dict[tuple[int, Month, dt.date], tuple[int, MonthContext]] = {}
_lock = threading.Lock()


def context(
    work: Work, facility_id: int, month: Month, today: dt.date, version: int | None = None
) -> MonthContext:
    """The month's closed days with their reasons, the capacity and the limits, as they stand.

    `version` is the reference version that came with the session; without it (CLI), it is read. Kept per
    process under that version: the caller has already shown that the facility is theirs to see. What is not kept
    yet needs a session (SessionNeeded).
    """
    if version is None:
        version = session_of(work).scalars(select(RightsVersion.reference)).one()
    key = (facility_id, month, today)
    found = _kept.get(key)
    if found is not None and found[0] == version:
        return found[1]
    built = _read(session_of(work), facility_id, month, today)
    with _lock:
        if len(_kept) >= _MAX_KEPT:
            _kept.clear()
        _kept[key] = (version, built)
    return built


def _read(session: Session, facility_id: int, month: Month, today: dt.date) -> MonthContext:
    facility = session.scalars(select(Facility).where(Facility.id == facility_id)).one()
    hours = session.scalars(
        select(OpeningHours)
        .where(OpeningHours.facility_id == facility_id, OpeningHours.valid_from <= month.last)
        .order_by(OpeningHours.valid_from)
    )
    opened = list(hours)

    def opens(day: dt.date) -> bool:
        valid = [row for row in opened if row.weekday == day.weekday() and row.valid_from <= day]
        return bool(valid) and valid[-1].opens_at is not None

    holidays = session.scalars(select(Holiday).where(Holiday.day.between(month.first, month.last)))
    closures = session.scalars(
        select(Closure).where(
            or_(Closure.facility_id == facility_id, Closure.facility_id.is_(None)),
            Closure.organiser_id == facility.organiser_id,
            Closure.first_day <= month.last,
            Closure.last_day >= month.first,
        )
    )
    values = values_on(session, month.last)
    unofficial = frozenset(name for name, key in _PARAMETERS.items() if not values[key].official)
    return MonthContext(
        month=month,
        today=today,
        closed=closed_days(
            month,
            facility.opened_on,
            opens,
            {row.day: row.label for row in holidays},
            [(row.first_day, row.last_day, row.motive) for row in closures],
        ),
        capacity=facility.capacity,
        max_lines=int(values[_PARAMETERS["max_lines"]].value),
        max_age_months=int(values[_PARAMETERS["max_age_months"]].value),
        include_justified=values[_PARAMETERS["include_justified"]].value == 1,
        unofficial=unofficial,
    )


def within_reach(facility: Facility, month: Month, today: dt.date) -> bool:
    """Whether a month can be opened: from the facility's first to the one after the current."""
    return Month.of(facility.opened_on) <= month <= Month.of(today).next()


@dataclass(frozen=True)
class MonthStatus:
    """One month on the year's strip. `state` None: nothing made yet."""

    month: Month
    state: SheetState | None
    #: Over and not submitted: it waits for the person.
    due: bool
    #: After today, or before the facility opened.
    closed: bool
    #: It holds cells on days that were closed since.
    review: bool = False

    @property
    def never_submitted(self) -> bool:
        """Whether it waits for its first submission: what an agent sent back is never late."""
        return self.due and self.state in (None, SheetState.DRAFT)


def year(session: Session, facility: Facility, year_number: int, today: dt.date) -> list[MonthStatus]:
    """The twelve months of a year for one facility."""
    return strips(session, [facility], year_number, today)[facility.id]


def _status(month: Month, states: dict[Month, SheetState], opened: dt.date, today: dt.date) -> MonthStatus:
    state = states.get(month)
    outside = month.first > today or month.last < opened
    due = not outside and month.last < today and (state is None or editable(state))
    return MonthStatus(month, state, due, outside)


def month_to_open(session: Session, facility: Facility, today: dt.date) -> Month:
    """The month that needs work: one sent back or reopened, else the oldest of the last year that is over and
    not submitted, else the current one."""
    current = Month.of(today)
    since = Month(today.year - 1, today.month)
    rows = session.execute(
        select(AttendanceSheet.month, AttendanceSheet.state).where(
            AttendanceSheet.facility_id == facility.id, AttendanceSheet.month >= since.first
        )
    ).all()
    states = {Month.of(month): state for month, state in rows}
    for month in sorted(states):
        if states[month] in (SheetState.RETURNED, SheetState.REOPENED):
            return month
    month = max(since, Month.of(facility.opened_on))
    while month < current:
        if month not in states or editable(states[month]):
            return month
        month = month.next()
    return current


def facilities(session: Session) -> Sequence[Facility]:
    """The facilities in scope whose presences are declared, by name."""
    return session.scalars(
        select(Facility).where(Facility.kind == FacilityKind.CRECHE).order_by(folded(Facility.name))
    ).all()


def strips(
    session: Session, rows: Sequence[Facility], year_number: int, today: dt.date
) -> dict[int, list[MonthStatus]]:
    """The year's strip of several facilities, in two statements."""
    first, last = dt.date(year_number, 1, 1), dt.date(year_number, 12, 31)
    found: dict[int, dict[Month, SheetState]] = {facility.id: {} for facility in rows}
    for facility_id, month, state in session.execute(
        select(AttendanceSheet.facility_id, AttendanceSheet.month, AttendanceSheet.state).where(
            AttendanceSheet.facility_id.in_(found), AttendanceSheet.month.between(first, last)
        )
    ):
        found[facility_id][Month.of(month)] = state
    review = closed_cells.to_review(session, list(found), year_number)
    return {
        facility.id: [
            replace(
                _status(Month(year_number, n), found[facility.id], facility.opened_on, today),
                review=(facility.id, Month(year_number, n)) in review,
            )
            for n in range(1, 13)
        ]
        for facility in rows
    }

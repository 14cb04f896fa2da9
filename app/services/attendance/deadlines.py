"""Until when months can be submitted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import clock
from app.rules.calendar import too_late
from app.rules.months import Month
from app.services.parameters import over_time


@dataclass(frozen=True)
class Deadline:
    """`before`: the first day that is too late; `official`: whether a source confirms the number behind it."""

    before: dt.date
    official: bool

    def passed(self, on: dt.date | dt.datetime) -> bool:
        """Whether a day, or an instant, is too late."""
        return (clock.day_of(on) if isinstance(on, dt.datetime) else on) >= self.before


def of_months(session: Session, months: Iterable[Month]) -> dict[Month, Deadline]:
    """The deadline of each month, in one statement."""
    delay = over_time(session, "presences.delai")
    found = {}
    for month in months:
        value = delay(month.last)
        found[month] = Deadline(too_late(month, int(value.value)), value.official)
    return found

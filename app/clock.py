"""Now and today: instants are UTC, days are Brussels' (31 March 22:30 UTC is 1 April)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")


def now() -> dt.datetime:
    """This instant, in UTC."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The day it is in Brussels."""
    return day_of(now())


def day_of(instant: dt.datetime) -> dt.date:
    """The day an instant falls on in Brussels."""
    return instant.astimezone(BRUSSELS).date()

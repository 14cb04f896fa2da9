"""Which days of a month a facility is closed, with the reason that its screens show; until when it can be submitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from app.rules.months import WEEKDAY_NAMES, Month, short_date

Closure = tuple[date, date, str]

_SATURDAY = 5

#: How the reason of a day before the facility opened begins; static/js/grid/view.js reads it as well.
BEFORE_OPENING = "avant l’ouverture"


def closed_days(
    month: Month,
    opened: date,
    opens: Callable[[date], bool],
    holidays: Mapping[date, str],
    closures: Sequence[Closure],
) -> dict[int, str]:
    """The closed days of `month` (1 to 31), in order, each with its reason in French.

    `opened`: the facility's first day. `opens`: whether the opening hours valid on a day open it. `holidays`: the name
    of each public holiday. `closures`: first day, last day (both closed) and motive. A day closed for several reasons
    tells the one that explains it best: that there was no facility yet, the holiday, the weekday, then the closure.
    """
    reasons: dict[int, str] = {}
    for number in range(1, month.days + 1):
        day = month.day(number)
        if day < opened:
            reasons[number] = f"{BEFORE_OPENING}, le {short_date(opened)}"
        elif day in holidays:
            reasons[number] = f"jour férié : {holidays[day]}"
        elif not opens(day):
            reasons[number] = _weekly(day.weekday())
        else:
            motive = next((motive for start, end, motive in closures if start <= day <= end), None)
            if motive is not None:
                reasons[number] = motive
    return reasons


def too_late(month: Month, months_after: int) -> date:
    """The first day on which `month` is late: its quarter's end, and so many whole months after it.

    Source of the quarter: one.be, questions fréquentes sur les subsides en ligne.
    """
    last = (month.month + 2) // 3 * 3 + months_after
    years, place = divmod(last, 12)
    return date(month.year + years, place + 1, 1)


def _weekly(weekday: int) -> str:
    return "week-end" if weekday >= _SATURDAY else f"fermé le {WEEKDAY_NAMES[weekday]}"

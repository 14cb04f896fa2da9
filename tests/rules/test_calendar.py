"""Closed days and their reasons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.calendar import closed_days, too_late
from app.rules.months import Month
from tests.rules.examples import MONTHS, OCTOBER, WEEKENDS


def opening(*weekdays: int) -> Callable[[date], bool]:
    """Hours that open these weekdays, 0 Monday to 6 Sunday."""
    return lambda day: day.weekday() in weekdays


LONG_AGO = date(2000, 1, 1)
WORKING_DAYS = opening(0, 1, 2, 3, 4)


def test_weekends_are_closed() -> None:
    assert closed_days(OCTOBER, LONG_AGO, WORKING_DAYS, {}, []) == WEEKENDS


def test_every_reason_is_told() -> None:
    november = Month(2026, 11)
    holidays = {date(2026, 11, 1): "Toussaint", date(2026, 11, 11): "Armistice"}
    closures = [(date(2026, 10, 28), date(2026, 11, 3), "Fermeture annuelle")]
    found = closed_days(november, LONG_AGO, opening(0, 1, 2, 3), holidays, closures)
    assert found[1] == "jour férié : Toussaint"  # a Sunday, within the closure too
    assert found[2] == found[3] == "Fermeture annuelle"
    assert 4 not in found
    assert found[6] == "fermé le vendredi"
    assert found[7] == "week-end"
    assert found[11] == "jour férié : Armistice"


def test_before_it_opened_a_facility_is_closed() -> None:
    found = closed_days(OCTOBER, date(2026, 10, 12), WORKING_DAYS, {date(2026, 10, 6): "Fête"}, [])
    assert set(found.values()) == {"avant l’ouverture, le 12/10/2026", "week-end"}
    assert [day for day, reason in found.items() if reason.startswith("avant")] == list(range(1, 12))


def test_a_closure_written_backwards_closes_nothing() -> None:
    assert (
        closed_days(
            OCTOBER, LONG_AGO, opening(*range(7)), {}, [(date(2026, 10, 9), date(2026, 10, 5), "Grève")]
        )
        == {}
    )


@pytest.mark.parametrize(
    ("month", "delay", "day"),
    [
        (Month(2026, 1), 3, date(2026, 7, 1)),
        (Month(2026, 3), 3, date(2026, 7, 1)),
        (Month(2026, 4), 3, date(2026, 10, 1)),
        (Month(2026, 9), 3, date(2027, 1, 1)),
        (Month(2026, 12), 3, date(2027, 4, 1)),
        (Month(2026, 12), 0, date(2027, 1, 1)),
        (Month(2026, 10), 12, date(2028, 1, 1)),
    ],
)
def test_a_month_is_late_so_many_months_after_its_quarter(month: Month, delay: int, day: date) -> None:
    assert too_late(month, delay) == day


@given(
    MONTHS,
    st.frozensets(st.integers(0, 6)),
    st.frozensets(st.integers(1, 31)),
    st.lists(st.tuples(st.integers(-10, 40), st.integers(0, 20))),
    st.integers(-10, 40),
)
def test_a_day_is_closed_when_and_only_when_something_closes_it(
    month: Month, weekdays: frozenset[int], free: frozenset[int], spans: list[tuple[int, int]], since: int
) -> None:
    start = month.first.toordinal()
    opened = date.fromordinal(start + since)
    holidays = {date.fromordinal(start + number - 1): "Fête" for number in free}
    closures = [
        (date.fromordinal(start + place), date.fromordinal(start + place + length), "Travaux")
        for place, length in spans
    ]
    found = closed_days(month, opened, opening(*weekdays), holidays, closures)
    assert list(found) == sorted(found)
    for number in range(1, month.days + 1):
        day = month.day(number)
        reasons = [
            day < opened,
            day.weekday() not in weekdays,
            day in holidays,
            any(first <= day <= last for first, last, _ in closures),
        ]
        assert (number in found) == any(reasons)
        assert found.get(number, "reason")

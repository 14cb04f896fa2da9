"""Months, and dates in French."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given

from app.rules.months import Month, day_number, long_date, short_date
from tests.rules.examples import DATES, MONTHS


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-1", "2026-13", "2026-00", "26-10", "2026-10 ", "٢٠٢٦-10", "1899-12"]
)
def test_only_a_month_is_parsed(text: str) -> None:
    with pytest.raises(ValueError, match="month"):
        Month.parse(text)


def test_a_month_knows_its_days() -> None:
    february = Month.parse("2028-02")
    assert (february.first, february.last, february.days) == (date(2028, 2, 1), date(2028, 2, 29), 29)
    assert february.day(29) == february.last
    with pytest.raises(ValueError, match="day"):
        february.day(30)


def test_a_month_is_said_in_french() -> None:
    assert Month(2026, 10).label == "octobre 2026"
    assert Month(2026, 8).label == "août 2026"


def test_a_date_is_said_in_french() -> None:
    assert long_date(date(2026, 10, 3)) == "samedi 3 octobre 2026"
    assert long_date(date(2026, 10, 1)) == "jeudi 1er octobre 2026"
    assert short_date(date(2026, 3, 5)) == "05/03/2026"
    assert (day_number(1), day_number(21)) == ("1er", "21")


@given(MONTHS)
def test_months_follow_each_other(month: Month) -> None:
    assert Month.parse(str(month)) == month
    assert month.next().previous() == month == month.previous().next()
    assert month.previous() < month < month.next()
    assert month.last + timedelta(days=1) == month.next().first
    assert (month.last - month.first).days + 1 == month.days


@given(DATES, MONTHS)
def test_a_month_contains_the_days_between_its_first_and_its_last(day: date, month: Month) -> None:
    assert month.contains(day) == (month.first <= day <= month.last)
    assert Month.of(day).contains(day)

"""Children, months and numbers that the tests of the rules are made of. All fictional."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from app.rules.attendance import ChildLine, MonthContext
from app.rules.codes import BLANK, CHARACTERS, DAYS_STORED, EMPTY_MONTH
from app.rules.months import FIRST_YEAR, LAST_YEAR, Month

OCTOBER = Month(2026, 10)
WEEKENDS = dict.fromkeys((3, 4, 10, 11, 17, 18, 24, 25, 31), "week-end")


def context(**changes: Any) -> MonthContext:
    """October 2026 seen from November: weekends closed, 60 places, no age limit."""
    usual = MonthContext(
        month=OCTOBER,
        today=date(2026, 11, 22),
        closed=WEEKENDS,
        capacity=60,
        max_lines=500,
        max_age_months=None,
        include_justified=False,
    )
    return replace(usual, **changes)


def month(codes: Mapping[int, str] | None = None) -> str:
    """A month of codes from the days that have one."""
    given = codes or {}
    return "".join(given.get(day, BLANK) for day in range(1, DAYS_STORED + 1))


def child(**changes: Any) -> ChildLine:
    """A child without fault, present on Thursday 1 October 2026."""
    usual = ChildLine(
        last_name="Vermeulen",
        first_name="Nour",
        birth_date=date(2025, 3, 5),
        entry_date=date(2025, 9, 1),
        pfp_rate=Decimal("12.50"),
        codes=month({1: "P"}),
    )
    return replace(usual, **changes)


def niss(nine: str, *, since_2000: bool) -> str:
    """The 11 digits of a number from its first nine."""
    return f"{nine}{97 - int('2' + nine if since_2000 else nine) % 97:02d}"


CODES = st.text(alphabet=CHARACTERS + BLANK, min_size=DAYS_STORED, max_size=DAYS_STORED)
MONTHS = st.builds(Month, st.integers(FIRST_YEAR + 1, LAST_YEAR - 1), st.integers(1, 12))
DATES = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))
RATES = st.decimals(Decimal("-999999.99"), Decimal("999999.99"), places=2, allow_nan=False)
NAMES = st.sampled_from(["", "Amrani", "De Smet", "D'Hondt", "Élise", "Zoé", "Lê-Van"])
LINES = st.builds(
    ChildLine,
    last_name=NAMES,
    first_name=NAMES,
    birth_date=st.none() | DATES,
    entry_date=st.none() | DATES,
    exit_date=st.none() | DATES,
    pfp_rate=st.none() | RATES,
    codes=CODES | st.just(EMPTY_MONTH),
    key=st.integers(),
)

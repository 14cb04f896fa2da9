"""Which column is which day: a day twice, halves of days, the days of other months."""

from __future__ import annotations

from datetime import date

import pytest

from app.spreadsheets.tables import Table
from app.spreadsheets.workbook import CellValue
from tests.spreadsheets.made import DAYS, TWO_NAMES, Rows, book, find_table, refusal

CODES: list[CellValue] = ["P"] * 31


def table(rows: Rows) -> Table:
    return find_table(book(rows))


def test_a_day_twice_is_read_once_and_said() -> None:
    found = table([[*TWO_NAMES, *DAYS, "Heures", *DAYS], ["Dupont", "Léa", *CODES, 8, *[7.5] * 31]])
    assert found.days[31] == 32
    assert "Plusieurs colonnes" in found.warnings[0]


def test_two_blocks_of_the_same_codes_are_refused() -> None:
    rows: Rows = [[*TWO_NAMES, *DAYS, "Réel", *DAYS], ["Dupont", "Léa", *CODES, None, *["J"] * 30, "P"]]
    assert refusal(book(rows)).code == "deux-colonnes"


def test_days_of_the_months_beside_are_left_out() -> None:
    found = table([[*TWO_NAMES, 29, 30, *DAYS, 1], ["Dupont", "Léa", "J", "J", *CODES, "J"]])
    assert found.days == {day: day + 3 for day in DAYS}
    assert "29, 30, 1." in found.warnings[0]


def test_several_months_side_by_side() -> None:
    dates = [date(2026, 9, day) for day in range(28, 31)] + [date(2026, 10, day) for day in DAYS]
    found = table([[*TWO_NAMES, *dates], ["Dupont", "Léa", "J", "J", "J", *CODES]])
    assert found.days == {day: day + 4 for day in DAYS}


@pytest.mark.parametrize("second", [None, "bis"])
def test_two_columns_a_day_are_refused_and_never_read_by_half(second: str | None) -> None:
    header = [cell for day in DAYS for cell in (day, day if second else None)]
    codes = [cell for _ in DAYS for cell in ("P", "J")]
    rows: Rows = [[*TWO_NAMES, *header], [None, None, *["M", "AM"] * 31], ["Dupont", "Léa", *codes]]
    assert refusal(book(rows)).code == "deux-colonnes"
    assert refusal(book([rows[0], rows[2]])).code == "deux-colonnes"


def test_a_blank_column_between_weeks_is_nothing() -> None:
    header = [cell for day in DAYS for cell in ((day, None) if day % 7 == 0 else (day,))]
    codes = [cell for day in DAYS for cell in (("P", None) if day % 7 == 0 else ("P",))]
    assert len(table([[*TWO_NAMES, *header], ["Dupont", "Léa", *codes]]).days) == 31

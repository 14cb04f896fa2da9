"""What is shown reads back as it was, whatever the value; and no cell breaks the reading."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.rules.attendance import (
    DAY_KEYS,
    FIELD_BY_KEY,
    NISS_PRESENT,
    ChildLine,
    format_field,
    parse_field,
    read_line,
)
from app.rules.codes import BLANK, CHARACTERS
from tests.rules.examples import DATES, LINES, RATES


@given(DATES)
def test_a_date_shown_reads_back(day: date) -> None:
    shown = format_field("exit_date", day)
    assert parse_field("exit_date", shown) == (day, None)
    assert parse_field("exit_date", day.isoformat()) == (day, None)


@given(RATES)
def test_an_amount_shown_reads_back(amount: Decimal) -> None:
    assert parse_field("pfp_rate", format_field("pfp_rate", amount)) == (amount, None)


@given(st.sampled_from(CHARACTERS + BLANK), st.sampled_from(DAY_KEYS))
def test_a_code_shown_reads_back(char: str, day: str) -> None:
    assert parse_field(day, format_field(day, char)) == (char, None)


@given(LINES)
def test_a_line_exported_reads_back(line: ChildLine) -> None:
    cells: dict[str, object] = {key: format_field(key, getattr(line, key)) for key in FIELD_BY_KEY}
    cells |= {day: format_field(day, char) for day, char in zip(DAY_KEYS, line.codes, strict=True)}
    again, violations = read_line(cells | {"niss": NISS_PRESENT})
    assert violations == []
    assert {**vars(again), "key": line.key} == vars(line)


@given(
    st.sampled_from([*FIELD_BY_KEY, *DAY_KEYS]),
    st.text() | st.integers() | st.floats() | st.dates() | st.datetimes() | st.none() | st.booleans(),
)
def test_no_cell_breaks_the_reading(field: str, raw: object) -> None:
    value, violation = parse_field(field, raw)
    if violation is None:
        shown = format_field(field, value)
        assert field == "niss" or parse_field(field, shown) == (value, None)
    else:
        assert violation.message
        assert violation.help

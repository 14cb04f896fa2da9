"""Presence codes: what people type, what vendors export, and the six totals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.codes import (
    BLANK,
    CHARACTERS,
    DISPLAYS,
    EMPTY_MONTH,
    Code,
    Totals,
    is_formula_error,
    normalise_code,
    parse_code,
    totals,
)
from tests.rules.examples import CODES

VENDOR = {"M": "J", "M/2": "j", "A": "I", "A/2": "i"}


@pytest.mark.parametrize(
    ("typed", "char"),
    [
        ("P", "P"),
        ("p", "P"),
        ("P½", "p"),
        ("p½", "p"),
        ("P1/2", "p"),
        ("\ufeffP\u200b½", "p"),
        ("P 1/2", "p"),
        ("P/2", "p"),
        ("P0,5", "p"),
        ("P 0.5", "p"),
        ("p,5", "p"),
        ("J", "J"),
        ("j½", "j"),
        ("I", "I"),
        ("\u00a0i ½\u202f", "i"),
        ("1", "P"),
        ("1,0", "P"),
        (1, "P"),
        (1.0, "P"),
        ("0,5", "p"),
        ("0.5", "p"),
        (",5", "p"),
        (0.5, "p"),
        (0.49999999999999994, "p"),
        (1.0000000000000002, "P"),
        (Decimal("0.50"), "p"),
        ("½", "p"),
        ("1/2", "p"),
        (None, BLANK),
        ("", BLANK),
        (" \t\u00a0", BLANK),
        (".", BLANK),
    ],
)
def test_what_people_type_is_understood(typed: object, char: str) -> None:
    assert parse_code(typed) == char


@pytest.mark.parametrize(
    "typed",
    ["X", "PP", "P2", "P1", "JP", "½P", "0", 0, 2, 2.0, "1.5", "-1", "-", True, float("nan"), float("inf")],
)
def test_anything_else_is_no_code(typed: object) -> None:
    assert parse_code(typed) is None


def test_a_failing_formula_is_told_from_a_code_that_begins_alike() -> None:
    assert all(map(is_formula_error, ["#N/A", "#DIV/0!", "#NAME?", "#VALUE!", "#FORMULE!"]))
    assert not any(map(is_formula_error, ["#", "#1", "M", 1, None]))


def test_half_a_day_that_a_spreadsheet_took_for_a_date_is_no_code() -> None:
    assert parse_code(date(2026, 2, 1)) is None


@pytest.mark.parametrize(
    ("typed", "char"), [("m", "J"), ("M / 2", "j"), ("A", "I"), ("a/2", "i"), (1.0, "P")]
)
def test_the_codes_an_organiser_confirmed_are_understood(typed: object, char: str) -> None:
    assert parse_code(typed, VENDOR) == char


def test_a_confirmed_code_wins_over_ours() -> None:
    assert parse_code("i", {"I": "J"}) == "J"
    assert parse_code("0", {"0": BLANK}) == BLANK


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (None, ""),
        (0.5, "0.5"),
        ("0,50", "0.5"),
        (1.0, "1"),
        (10, "10"),
        ("100", "100"),
        (" m /2 ", "M/2"),
        (True, "VRAI"),
        (False, "FAUX"),
        (date(2026, 2, 1), "01/02/2026"),
    ],
)
def test_a_cell_has_one_canonical_text(raw: object, text: str) -> None:
    assert normalise_code(raw) == text


@given(st.text() | st.floats() | st.integers() | st.none() | st.booleans())
def test_no_cell_breaks_the_reading(raw: object) -> None:
    assert parse_code(raw) in {None, BLANK, *CHARACTERS}
    assert normalise_code(normalise_code(raw)) == normalise_code(raw)


@given(st.sampled_from(list(Code)))
def test_what_is_shown_reads_back(code: Code) -> None:
    assert parse_code(code.display) == code.char
    assert parse_code(code.display.lower()) == code.char
    assert DISPLAYS[code.char] == code.display


def test_totals_are_named_as_on_the_screens() -> None:
    counted = totals("PPpJjjIi" + BLANK * 23)
    assert counted == Totals(P=2, p=1, J=1, j=2, I=1, i=1)
    assert counted.as_display() == {"P": 2, "P½": 1, "J": 1, "J½": 2, "I": 1, "I½": 1}
    assert totals(EMPTY_MONTH) == Totals()


@given(CODES, CODES)
def test_totals_add_up(first: str, second: str) -> None:
    assert totals(first + second) == totals(first) + totals(second)
    assert sum(totals(first).as_display().values()) == len(first) - first.count(BLANK)

"""Dates, numbers and messages as templates write them."""

from __future__ import annotations

import datetime as dt
import decimal

import pytest
from flask_babel import lazy_gettext

from app.views.components import amount, date, flat, instant, number, yes_no


def test_days_and_moments_are_those_of_brussels() -> None:
    late = dt.datetime(2026, 3, 31, 22, 30, tzinfo=dt.UTC)
    assert date(late) == "01/04/2026"
    assert instant(late) == "01/04/2026 à 00:30"
    assert date(dt.date(2026, 10, 31)) == "31/10/2026"
    assert date(None) == instant(None) == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (decimal.Decimal("1234.5000"), "1\u202f234,5"),
        (decimal.Decimal("1E+3"), "1\u202f000"),
        (500, "500"),
        (0.25, "0,25"),
        (decimal.Decimal("-1234567.89"), "-1\u202f234\u202f567,89"),
        (None, ""),
    ],
)
def test_numbers(value: decimal.Decimal | float | None, shown: str) -> None:
    assert number(value) == shown


def test_amounts() -> None:
    assert amount(decimal.Decimal("1234.5")) == "1\u202f234,50\u00a0€"
    assert amount(None) == ""


def test_yes_and_no() -> None:
    assert (yes_no(True), yes_no(None)) == ("Oui", "Non")


def test_messages_of_nested_fields_are_found() -> None:
    assert flat(["a", {"x": ["b"]}, [("c",)]]) == ["a", "b", "c"]
    assert len(flat([lazy_gettext("un texte à traduire")])) == 1

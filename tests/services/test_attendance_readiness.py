"""What a signer and an agent should look at: days and dates that look forgotten."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from app.rules.attendance import ChildLine
from app.services.attendance.readiness import obstacles
from app.services.attendance.sheets import Line
from tests.rules.examples import context

KNOWN = ChildLine("Petit", "Lou", dt.date(2025, 3, 4), None, dt.date(2025, 9, 1), codes="P" + "." * 30)


def told(*children: ChildLine) -> list[tuple[int | None, str, str]]:
    rows = [
        Line(number, 1, replace(child, first_name=f"Lou {number}")) for number, child in enumerate(children)
    ]
    return [
        (line and line.id, violation.code, violation.message)
        for line, violation in obstacles(rows, context())
        if violation.code in ("aucun-jour", "enfant-sans-jour", "fiche-incomplete")
    ]


def test_nothing_is_said_of_a_month_that_is_filled_in() -> None:
    assert told(KNOWN, KNOWN) == []


def test_children_without_a_day_are_told_once_at_the_first() -> None:
    idle = replace(KNOWN, codes="." * 31)
    assert told(KNOWN, idle) == [(1, "enfant-sans-jour", "Aucun jour n’est encodé pour cet enfant.")]
    (found,) = told(KNOWN, idle, idle, idle)
    assert found[2] == "Aucun jour n’est encodé pour cet enfant, et pour 2 autres."
    assert [code for _line, code, _message in told(idle, idle)] == ["aucun-jour"]


def test_what_is_missing_of_children_is_told_once_a_column() -> None:
    bare = replace(KNOWN, birth_date=None, entry_date=None)
    assert told(KNOWN, bare, bare) == [
        (1, "fiche-incomplete", "La date de naissance de cet enfant manque, et celle d’un autre."),
        (1, "fiche-incomplete", "La date d’entrée de cet enfant manque, et celle d’un autre."),
    ]

"""The sample workbooks, from their bytes to the totals and faults expected of them."""

from __future__ import annotations

import json
from datetime import date

import pytest

from app.rules.attendance import MonthContext, judge_sheet, read_line
from app.rules.calendar import closed_days
from app.rules.codes import Totals, normalise_code, parse_code, totals
from app.rules.violations import Violation
from app.spreadsheets.cage import read_workbook
from app.spreadsheets.tables import Table
from tests.spreadsheets.hostile import SAMPLES, sample
from tests.spreadsheets.made import OCTOBER, find_table

EXPECTED = json.loads((SAMPLES / "attendu.json").read_text())
VENDOR_CODES = {"M": "J", "M/2": "j", "A": "I", "A/2": "i"}

MODEL = "presences-modele-2026-10.xlsx"
VENDOR = "presences-logiciel-2026-10.xls"
FAULTY = "presences-erreurs-2026-10.xlsx"


def table(name: str) -> Table:
    return find_table(read_workbook(sample(name), name), OCTOBER)


@pytest.mark.parametrize("name", [MODEL, VENDOR])
def test_totals(name: str) -> None:
    month = Totals()
    for row in table(name).rows:
        line, violations = read_line(row.raw, VENDOR_CODES if name == VENDOR else None)
        assert violations == []
        assert line.last_name
        assert line.first_name
        month += totals(line.codes)
    assert month.as_display() == EXPECTED[name]


def test_only_the_vendors_codes_need_a_mapping() -> None:
    assert _unknown(table(VENDOR)) == set(VENDOR_CODES)
    assert _unknown(table(MODEL)) == set()


def _unknown(found: Table) -> set[str]:
    codes = (row.raw[str(day)] for row in found.rows for day in found.days)
    return {normalise_code(code) for code in codes if code is not None and parse_code(code) is None}


def test_every_planted_fault_is_named_at_its_cell() -> None:
    found = table(FAULTY)
    blocking: dict[str, list[Violation]] = {}
    lines = []
    for row in found.rows:
        line, violations = read_line(row.raw)
        lines.append(line)
        for violation in violations:
            blocking.setdefault(row.cell(violation.field), []).append(violation)
    context = MonthContext(
        month=OCTOBER,
        today=date(2026, 11, 2),
        closed=closed_days(OCTOBER, OCTOBER.first, lambda day: day.weekday() < 5, {}, []),
        capacity=60,
        max_lines=500,
        max_age_months=None,
        include_justified=False,
    )
    for index, violation in judge_sheet(lines, context):
        if violation.blocking:
            assert index is not None
            blocking.setdefault(found.rows[index].cell(violation.field), []).append(violation)
    assert set(blocking) == set(EXPECTED[FAULTY])
    assert all(len(violations) == 1 for violations in blocking.values())

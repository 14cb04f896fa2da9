"""Which sheets of a workbook hold the month: a group of children each, and no other month's."""

from __future__ import annotations

from datetime import date

import pytest

from app.rules.months import Month
from app.spreadsheets.layout import find_tables
from app.spreadsheets.workbook import CellValue, Sheet, Workbook
from tests.spreadsheets.made import DAYS, OCTOBER, TWO_NAMES, find_table, sheet

CODES: list[CellValue] = ["P"] * 31


def test_one_sheet_a_month() -> None:
    header: list[CellValue] = [*TWO_NAMES, *DAYS]
    sheets = [
        sheet([header, ["Dupont", month, *CODES]], f"{month} 2026")
        for month in ("Août", "Septembre", "Octobre")
    ]
    found = find_table(Workbook(tuple(sheets), "xlsx"), OCTOBER)
    assert found.sheet_name == "Octobre 2026"
    assert "« Août 2026 », « Septembre 2026 »" in found.warnings[0]
    assert find_table(Workbook(tuple(sheets), "xlsx"), Month(2026, 9)).sheet_name == "Septembre 2026"


def group(
    name: str, *above: list[CellValue], visible: bool = True, days: list[CellValue] | None = None
) -> Sheet:
    """A sheet with one child."""
    header: list[CellValue] = [*TWO_NAMES, *(DAYS if days is None else days)]
    return sheet([*above, header, ["Dupont", name, *CODES]], name, visible)


def read(*sheets: Sheet) -> tuple[list[str], str]:
    """The sheets read, and what is said of the others."""
    found = find_tables(Workbook(sheets, "xlsx"), OCTOBER)
    assert all(one.rows for one in found)
    return [one.sheet_name for one in found], " ".join(note for one in found for note in one.warnings)


def test_one_sheet_a_group() -> None:
    legend = sheet([["Légende"], ["P", "présent"]], "Légende")
    statistics = sheet([["Groupe", "Total"], ["Bébés", 12]], "Chiffres")
    recap = group("Récap annuel")
    names, said = read(recap, group("Bébés"), legend, group("Grands"), statistics)
    assert names == ["Bébés", "Grands"]
    assert "« Récap annuel », « Légende », « Chiffres »" in said
    assert read(group("Bébés"), sheet([[*TWO_NAMES, *DAYS]], "Vide"))[0] == ["Bébés"]


@pytest.mark.parametrize(
    "other",
    [
        group("Septembre"),
        group("Sept."),
        group("2026-09"),
        group("09-2026"),
        group("09"),
        group("Grands septembre"),
        group("Grands", ["Mois : septembre"]),
        group("Grands", ["Période du 01/09 au 30/09", date(2026, 9, 1)]),
        group("Grands", ["Relevé de septembre 2026"]),
        group("Grands", days=[date(2026, 9, day) for day in range(1, 31)]),
        group(
            "Grands",
            days=[f"{['ma', 'me', 'je', 've', 'sa', 'di', 'lu'][day % 7]} {day + 1:02}" for day in range(30)],
        ),
    ],
    ids=lambda sheet: sheet.name,
)
def test_another_months_sheet_is_not_mixed_in(other: Sheet) -> None:
    assert read(group("Octobre"), other)[0] == ["Octobre"]
    names, said = read(other, group("Bébés octobre"))
    assert names == ["Bébés octobre"]
    assert f"« {other.name} »" in said


def test_what_was_not_read_is_said_even_when_the_fullest_table_has_no_children() -> None:
    blank, notes = sheet([[*TWO_NAMES, *DAYS]], "Vierge"), sheet([["à faire"]], "Notes")
    group = sheet([[*TWO_NAMES, *DAYS[:30]], ["Dupont", "Léa", "P"]], "Grands")
    (found,) = find_tables(Workbook((blank, group, notes), "xlsx"), OCTOBER)
    assert (found.sheet_name, len(found.warnings)) == ("Grands", 1)
    assert "«\u00a0Notes\u00a0»" in found.warnings[0]


def test_a_hidden_sheet_is_read_only_when_it_is_alone() -> None:
    names, said = read(group("Bébés"), group("Grands", visible=False), group("Septembre 2026", visible=False))
    assert names == ["Bébés"]
    assert "cachées et n’ont pas été lues : « Grands ». Si" in said
    assert read(group("Grands", visible=False))[0] == ["Grands"]

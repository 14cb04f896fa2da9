"""Our own workbooks: what stands in them, and that text is only ever text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from xlsxwriter import worksheet

from app.rules.attendance import ChildLine, read_line
from app.rules.months import Month
from app.spreadsheets.cage import read_workbook
from app.spreadsheets.paper import Book
from app.spreadsheets.refusals import UnusableFile
from app.spreadsheets.tables import Table
from app.spreadsheets.writing import SHEET, MonthSheet, export, template
from tests.spreadsheets.hostile import sample
from tests.spreadsheets.made import FIELDS, OCTOBER, find_table

CLOSED = {3: "samedi", 4: "dimanche", 12: "Fermeture annuelle"}
NISS = "25010200123"
ODD = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "=cmd|'/c calc'!A1",
    "http://example.org/",
    "mailto:a@b.be",
    "internal:Légende!A1",
    "{=1}",
    "0123",
    "<b>&amp;</b>",
    "é\t\n\x07",
    "𝓛𝓮́𝓪",
]
CHILDREN = [
    ChildLine(
        "Dupont", "Léa", date(2025, 1, 2), NISS, date(2025, 6, 1), None, Decimal("12.50"), "PpJjIi" + "." * 25
    ),
    ChildLine(
        "D’Hondt", "Noé", date(2024, 1, 2), None, None, date(2026, 10, 30), None, "PP" + "." * 28 + "i"
    ),
    *(ChildLine(text, text) for text in ODD),
]
MONTH = MonthSheet("=Crèche & Cie", "123", OCTOBER, CHILDREN, CLOSED, "Brouillon du 2 novembre 2026")
EMPTY = MonthSheet("Crèche", "123", Month(2026, 2), [], {})


def written(sheet: MonthSheet) -> Iterator[bytes]:
    yield template(sheet, max_lines=500)
    yield export(sheet)


def opened(data: bytes) -> Worksheet:
    return openpyxl.load_workbook(BytesIO(data))[SHEET]


def read(data: bytes, month: Month = OCTOBER) -> Table:
    return find_table(read_workbook(data, "x.xlsx"), month, "123")


@pytest.mark.parametrize("sheet", [MONTH, EMPTY])
def test_what_is_written_reads_back_the_same(sheet: MonthSheet) -> None:
    for data in written(sheet):
        found = read(data, sheet.month)
        assert list(found.days) == list(range(1, sheet.month.days + 1))
        assert list(found.columns.values()) == list(range(7))
        assert found.warnings == ()
        lines = [read_line(row.raw) for row in found.rows]
        assert all(violations == [] for _, violations in lines)
        for (line, _), child in zip(lines, sheet.lines, strict=True):
            assert line.codes == child.codes
            assert line.last_name == " ".join(child.last_name.replace("\x07", "").split())
            assert (line.birth_date, line.entry_date, line.exit_date, line.pfp_rate) == (
                child.birth_date,
                child.entry_date,
                child.exit_date,
                child.pfp_rate,
            )


def test_no_formula_no_link_and_no_niss() -> None:
    for data in written(MONTH):
        with ZipFile(BytesIO(data)) as archive:
            for name in archive.namelist():
                part = archive.read(name).decode()
                assert "<f>" not in part
                assert "<f " not in part
                assert "<hyperlink" not in part
                assert NISS not in part
                assert "externalLink" not in name
        assert {cell.data_type for row in opened(data).iter_rows() for cell in row} <= {"s", "n", "d"}


def test_the_template_is_laid_out_like_the_sample() -> None:
    page = opened(template(MONTH, max_lines=500))
    assert [cell.value for cell in page[1]] == [*FIELDS, *range(1, 32)]
    assert page.freeze_panes == "C2"
    assert page["C2"].number_format == "dd/mm/yyyy"
    assert page["H2"].value == "P"
    assert page["I2"].value == "P½"
    assert page["D2"].value is None


def test_closed_days_are_grey_with_their_reason() -> None:
    for data, row in zip(written(MONTH), (1, 5), strict=True):
        page = opened(data)
        header = page.cell(row, 7 + 12)
        assert header.value == 12
        assert header.fill.fgColor.rgb == "FFD9D9D9"
        assert header.comment is not None
        assert "12/10/2026 : fermé (Fermeture annuelle)" in header.comment.text
        assert page.cell(row + 1, 7 + 12).fill.fgColor.rgb == "FFD9D9D9"
        assert page.cell(row + 1, 7 + 13).fill.fgColor.rgb == "00000000"


def test_the_template_offers_codes_on_open_days_and_refuses_closed_ones() -> None:
    page = opened(template(MONTH, max_lines=500))
    rules = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    assert rules["H2:H501"].type == "list"
    assert rules["H2:H501"].formula1 == '"P,P½,J,J½,I,I½"'
    assert rules["J2:J501"].type == "custom"
    assert "samedi" in rules["J2:J501"].error
    assert rules["C2:C501"].type == "date"


def test_long_reasons_and_names_fit_what_excel_takes() -> None:
    sheet = MonthSheet(
        "C" * 40_000, "1", OCTOBER, [ChildLine("N" * 40_000, "x")], {5: "travaux " * 100}, "s" * 40_000
    )
    for data in written(sheet):
        assert len(find_table(read_workbook(data, "x.xlsx"), OCTOBER).rows) == 1


def test_the_export_counts_by_child_by_day_and_for_the_month() -> None:
    page = opened(export(MONTH))
    titles = [page.cell(5, column).value for column in range(39, 45)]
    assert titles == ["Total P", "Total P½", "Total J", "Total J½", "Total I", "Total I½"]
    assert [page.cell(6, column).value for column in range(39, 45)] == [1, 1, 1, 1, 1, 1]
    assert [page.cell(7, column).value for column in range(39, 45)] == [2, 0, 0, 0, 0, 1]
    under = 6 + len(CHILDREN)
    assert [page.cell(under + row, 1).value for row in range(6)] == titles
    assert [page.cell(under + row, 8).value for row in range(6)] == [2, 0, 0, 0, 0, 0]
    assert [page.cell(under + row, 39 + row).value for row in range(6)] == [3, 1, 1, 1, 1, 2]
    assert page["A1"].value == "Relevé de présences – octobre 2026"
    assert page["A2"].value == "=Crèche & Cie (matricule 123)"
    assert page["A3"].value == "Brouillon du 2 novembre 2026"
    assert page["H4"].value == "je"


def test_the_legend_names_codes_and_closed_days() -> None:
    for data in written(MONTH):
        page = openpyxl.load_workbook(BytesIO(data))["Légende"]
        rows = [(row[0].value, row[1].value) for row in page.iter_rows()]
        assert ("J½", "absence justifiée d’un demi-jour") in rows
        assert ("12/10/2026", "Fermeture annuelle") in rows


def test_our_workbooks_know_their_month_and_facility() -> None:
    for data in written(MONTH):
        workbook = read_workbook(data, "x.xlsx")
        assert [sheet.visible for sheet in workbook.sheets] == [True, True, False]
        with pytest.raises(UnusableFile, match="octobre 2026"):
            find_table(workbook, Month(2026, 11), "123")
        with pytest.raises(UnusableFile, match="autre milieu"):
            find_table(workbook, OCTOBER, "456")


def test_template_and_sample_are_one_layout() -> None:
    name = "presences-modele-2026-10.xlsx"
    theirs = find_table(read_workbook(sample(name), name), OCTOBER)
    assert read(template(MONTH, 500)).signature == theirs.signature


def test_our_way_of_writing_cells_gives_the_librarys_own_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    def parts() -> list[dict[str, bytes]]:
        books = [ZipFile(BytesIO(data)) for data in written(MONTH)]
        return [{name: book.read(name) for name in book.namelist()} for book in books]

    ours = parts()
    monkeypatch.setattr(Book, "worksheet_class", worksheet.Worksheet)
    for mine, theirs in zip(ours, parts(), strict=True):
        del mine["docProps/core.xml"], theirs["docProps/core.xml"]  # the time of writing
        assert mine == theirs

"""What stands in the cells comes out of the cage as it is, where it is."""

from __future__ import annotations

import struct
import zipfile
from datetime import date, datetime, time
from io import BytesIO

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from app.spreadsheets.cage import read_workbook
from app.spreadsheets.workbook import Workbook, cell_name, cell_place
from tests.spreadsheets import hostile
from tests.spreadsheets.hostile import sample, workbook
from tests.spreadsheets.made import file, find_table


def read(data: bytes) -> Workbook:
    return read_workbook(data, "presences.xlsx")


def test_values_keep_their_types_and_places() -> None:
    written = BytesIO()
    with xlsxwriter.Workbook(written) as book:
        page = book.add_worksheet("A")
        page.write_string("C4", 'Dupont "Léa"\n\\ \t=1+1')
        page.write_number("C5", 12.5)
        page.write("D5", True)
        page.write_datetime("E5", date(2026, 10, 1), book.add_format({"num_format": "ddd d"}))
        page.write_datetime(
            "F5", datetime.fromisoformat("2026-10-01T08:30"), book.add_format({"num_format": "d/m hh:mm"})
        )
        page.write_datetime("G5", time(8, 30), book.add_format({"num_format": "hh:mm"}))
        page.write_formula("H5", '="a"', None, "a")
        page.write_string("I5", "   ")
        page.write_string("J5", "x")
    only = read(written.getvalue()).sheets[0]
    assert only.rows[:3] == [[], [], []]
    assert only.rows[3] == [None, None, 'Dupont "Léa"\n\\ \t=1+1']
    values = only.rows[4][2:]
    assert values == [
        12.5,
        True,
        date(2026, 10, 1),
        datetime.fromisoformat("2026-10-01T08:30"),
        "08:30:00",
        "a",
        None,
        "x",
    ]
    assert [type(value) for value in values[1:4]] == [bool, date, datetime]
    assert only.at(99, 0) is None
    assert only.at(3, 99) is None


def test_a_code_over_merged_days_is_read_for_each_of_them() -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(["Octobre 2026"])
    page.append(["Nom", "Prénom", *range(1, 32)])
    for name in ("Dupont", "Martin", "Petit"):
        page.append([name, "Léa", *["P"] * 31])
    page["A7"] = "Signature"
    page["G3"], page["G4"] = "J", "I"
    for merged in ("A1:AG1", "G3:K3", "G4:H7"):
        page.merge_cells(merged)
    saved = BytesIO()
    book.save(saved)
    rows = find_table(read(saved.getvalue())).rows
    assert ["".join(str(row.raw[str(day)]) for day in range(4, 11)) for row in rows] == [
        "PJJJJJP",
        "PIIPPPP",
        "PIIPPPP",
    ]


def test_a_code_merged_over_two_weeks_is_not_read_for_the_weekend_between() -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(["Nom", "Prénom", *range(1, 32)])
    page.append(["Dupont", "Léa", *["P"] * 31])
    page.append(["Certifié exact", None, *[None] * 6, "Cachet :"])
    page["G2"] = "J"  # Monday 5 to Friday 16
    for merged in ("G2:R2", "I3:O3"):
        page.merge_cells(merged)
    saved = BytesIO()
    book.save(saved)
    (row,) = find_table(read(saved.getvalue())).rows
    assert [row.raw[str(day)] for day in range(5, 18)] == [*"JJJJJ", None, None, *"JJJJJ", "P"]


@pytest.mark.parametrize("block", ["C2:ZZZZZZ99999999999", "C2:XFD1048576", "G4:E3", "A1:XFD1048576"])
def test_merged_blocks_that_no_spreadsheet_program_writes_cost_nothing(block: str) -> None:
    rows = [
        ["Nom", "Prénom", *range(1, 32)],
        *(["Dupont", f"L{number}", *["P"] * 31] for number in range(90)),
    ]
    plain = file(("Feuil1", rows))
    written = BytesIO()
    with zipfile.ZipFile(BytesIO(plain)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name.startswith("xl/worksheets/"):
                cells = f'<mergeCell ref="{block}"/>'.encode() * 5_000
                part = part.replace(b"</sheetData>", b"</sheetData><mergeCells>" + cells + b"</mergeCells>")
            new.writestr(name, part)
    assert len(find_table(read(written.getvalue())).rows) == 90


def test_dates_counted_from_1904() -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    page = book.worksheets[0]
    page["B2"] = date(2026, 10, 1)
    page["B2"].number_format = "dd/mm/yyyy"
    saved = BytesIO()
    book.save(saved)
    assert read(saved.getvalue()).sheets[0].at(1, 1) == date(2026, 10, 1)


def test_errors_are_read_as_such_not_as_blank() -> None:
    written = BytesIO()
    with xlsxwriter.Workbook(written) as book:
        for name, cell in (("Autre", "A1"), ("L’été & co", "C7")):
            page = book.add_worksheet(name)
            page.write_string("D9", "fin")
            page.write_formula(cell, "=1/0", None, "#DIV/0!")
            page.write_formula("AB3", "=NA()", None, "#N/A")
    first, second = read(written.getvalue()).sheets
    assert first.at(0, 0) == "#DIV/0!"
    assert second.at(6, 2) == "#DIV/0!"
    assert second.at(2, 27) == "#N/A"
    assert second.at(8, 3) == "fin"


def test_a_formula_whose_result_was_not_written_is_not_blank() -> None:
    cells = (
        '<row r="2"><c r="A2"><f>A1</f></c><c r="B2" s="1"><f>A1</f><v></v></c><c r="C2"><f>A1</f><v/></c>'
        '<c r="D2"><f t="shared" si="0"/></c><c r="E2" t="str"><f>A1</f><v></v></c><c r="F2" t="str"><f>A1</f></c>'
        '<c r="G2"><v>1</v></c></row>'
    )
    bare = "#FORMULE!"
    assert read(workbook(hostile.HEADER + cells)).sheets[0].rows[1] == [bare] * 4 + [None, bare, 1]
    computed = '<row r="3"><c r="A3"><f>A1</f><v>3</v></c></row>'
    assert read(workbook(hostile.HEADER + cells + computed)).sheets[0].rows[1] == [None] * 6 + [1]


def test_errors_of_an_xls_are_read_as_such() -> None:
    """The sample's number in I5 turned into an error: the same record, of another kind."""
    original = sample("presences-logiciel-2026-10.xls")
    number = struct.pack("<HHHH", 0x27E, 10, 4, 8)
    at = original.index(number) + len(number)
    error = struct.pack("<HHHH", 0x205, 10, 4, 8) + original[at : at + 2] + bytes([0x17, 1])
    altered = original.replace(original[at - 8 : at + 4], error)
    assert read_workbook(original, "x.xls").sheets[0].at(4, 8) == 0.5
    found = read_workbook(altered, "x.xls").sheets[0]
    assert found.at(4, 8) == "#REF!"
    assert found.rows[5:] == read_workbook(original, "x.xls").sheets[0].rows[5:]


def test_a_short_xls_keeps_its_errors_and_merged_cells() -> None:
    """Two children, as LibreOffice saves them: so short a stream is kept in sectors of 64 bytes."""
    found = read_workbook(sample("petit-releve.xls"), "petit-releve.xls").sheets[0]
    assert found.rows[1][:7] == ["DUPONT", "Léa", "P", "#DIV/0!", None, None, "P½"]
    assert [(block.top, block.left, block.bottom, block.right) for block in found.merged] == [(1, 6, 1, 10)]


def test_hidden_sheets_are_read_and_said_to_be() -> None:
    written = BytesIO()
    with xlsxwriter.Workbook(written) as book:
        for name in ("Vue", "Cachée", "Très cachée"):
            book.add_worksheet(name).write_string("A1", name)
        book.worksheets()[1].hide()
        book.worksheets()[2].very_hidden()
    assert [(each.name, each.visible) for each in read(written.getvalue()).sheets] == [
        ("Vue", True),
        ("Cachée", False),
        ("Très cachée", False),
    ]


def test_a_large_hidden_sheet_does_not_spoil_the_file() -> None:
    written = BytesIO()
    with xlsxwriter.Workbook(written) as book:
        book.add_worksheet("Vue").write_string("A1", "Nom")
        page = book.add_worksheet("Base")
        for row in range(3_000):
            page.write_number(row, 0, row)
        page.hide()
    found = read(written.getvalue())
    assert [each.name for each in found.sheets] == ["Vue"]
    assert "cachée" in found.warnings[0]


def test_formats_far_down_the_sheet_are_not_cells() -> None:
    empty = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert read(workbook(hostile.HEADER + empty)).sheets[0].rows == [["Nom"]]


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/macrosheets/sheet1.xml", "macros"),
        ("xl/externalLinks/externalLink1.xml", "liens"),
        ("xl/connections.xml", "liens"),
    ],
)
def test_macros_and_links_are_left_alone_and_said(name: str, word: str) -> None:
    found = read(hostile.with_parts({name: "<x/>"}))
    assert found.active
    assert found.sheets[0].at(0, 0) == "Nom"
    assert word in found.warnings[0]


def test_an_ordinary_file_has_no_warning() -> None:
    found = read(file(("Feuil1", [["Nom"]])))
    assert not found.active
    assert found.warnings == ()


def test_an_xls_is_read_with_its_dates() -> None:
    found = read_workbook(sample("presences-logiciel-2026-10.xls"), "presences.xls")
    assert found.kind == "xls"
    assert found.sheets[0].name == "Relevé"
    assert found.sheets[0].rows[3][:5] == ["N°", "Enfant", "Né(e) le", date(2026, 10, 1), date(2026, 10, 2)]


def test_an_xls_with_macros_is_said() -> None:
    data = sample("presences-logiciel-2026-10.xls") + "_VBA_PROJECT_CUR".encode("utf-16-le")
    assert "macros" in read_workbook(data, "presences.xls").warnings[0]


@pytest.mark.parametrize(
    ("place", "name"), [((0, 0), "A1"), ((6, 7), "H7"), ((0, 26), "AA1"), ((1_048_575, 16_383), "XFD1048576")]
)
def test_names_of_cells(place: tuple[int, int], name: str) -> None:
    assert cell_name(*place) == name
    assert cell_place(name) == place


@pytest.mark.parametrize("name", ["", "7", "H", "h7", "H7x", "É7"])
def test_what_is_no_cell(name: str) -> None:
    with pytest.raises(ValueError, match="not a cell"):
        cell_place(name)

"""A person's workbook given back: theirs, coloured and commented, and nothing that acts."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from app.rules.violations import Severity
from app.spreadsheets import cage
from app.spreadsheets.cage import read_workbook
from app.spreadsheets.marking import MAX_COMMENTS, annotated
from app.spreadsheets.refusals import UnusableFile
from app.spreadsheets.writing import MonthSheet, template
from tests.spreadsheets import hostile
from tests.spreadsheets.hostile import sample
from tests.spreadsheets.made import OCTOBER

RED, YELLOW = "FFC7CE", "FFEB9C"
BLOCKING, WARNING = Severity.BLOCKING, Severity.WARNING


def own_file() -> bytes:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "Relevé"
    page["A1"] = "Nom"
    page["A1"].font = Font(bold=True, name="Courier New")
    page["B2"] = date(2026, 10, 1)
    page["B2"].number_format = "dd/mm/yyyy"
    page["C3"] = "=1+1"
    page["A5"] = "fusion"
    page.merge_cells("A5:C6")
    page.column_dimensions["A"].width = 33
    page["D4"].comment = Comment("À moi", "Moi")
    book.create_sheet("Autre")["A1"] = "intacte"
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def opened(data: bytes, name: str = "Relevé") -> Worksheet:
    return openpyxl.load_workbook(BytesIO(data))[name]


def colour(page: Worksheet, cell: str) -> str:
    return str(page[cell].fill.fgColor.rgb)[2:]


def note(page: Worksheet, cell: str) -> str:
    comment = page[cell].comment
    return comment.text if comment else ""


def test_cells_are_coloured_and_commented_and_all_else_is_as_it_was() -> None:
    marks = {
        "Relevé": [
            ("B2", WARNING, "Âge à vérifier"),
            ("Z9", BLOCKING, "Le nom manque"),
            ("B2", BLOCKING, "Date impossible"),
            ("B6", WARNING, "Dans une fusion"),
            ("D4", WARNING, "Aussi"),
        ],
        "Absente": [("A1", BLOCKING, "nulle part")],
    }
    page = opened(annotated(own_file(), "xlsx", marks))
    assert colour(page, "B2") == RED
    assert note(page, "B2") == "À vérifier : Âge à vérifier\nÀ corriger : Date impossible"
    assert colour(page, "Z9") == RED
    assert colour(page, "A5") == YELLOW
    assert note(page, "A5") == "À vérifier : Dans une fusion"
    assert note(page, "D4") == "À moi\nÀ vérifier : Aussi"
    assert colour(page, "A1") == "000000"
    assert page["A1"].font.name == "Courier New"
    assert page["C3"].value == "=1+1"
    assert page["B2"].number_format == "dd/mm/yyyy"
    assert page.column_dimensions["A"].width == 33
    assert opened(annotated(own_file(), "xlsx", marks), "Autre")["A1"].value == "intacte"


def test_an_xls_comes_back_as_values_in_their_places() -> None:
    original = sample("presences-logiciel-2026-10.xls")
    data = annotated(
        original, "xls", {"Relevé": [("D5", BLOCKING, "Code inconnu"), ("AZ60", WARNING, "Vide")]}
    )
    assert read_workbook(data, "x.xlsx").sheets == read_workbook(original, "x.xls").sheets
    page = opened(data)
    assert colour(page, "D5") == RED
    assert note(page, "D5") == "À corriger : Code inconnu"
    assert colour(page, "AZ60") == YELLOW
    assert page["D4"].number_format == "dd/mm/yyyy"


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml"])
def test_macros_and_links_are_not_handed_on(part: str) -> None:
    data = annotated(hostile.with_parts({part: "<x/>"}), "xlsx", {"Feuil1": [("A1", BLOCKING, "Non")]})
    with ZipFile(BytesIO(data)) as archive:
        assert not {"vba", "external"} & {
            word for name in archive.namelist() for word in name.lower().split("/")
        }
        assert part not in archive.namelist()
    page = opened(data, "Feuil1")
    assert (page["A1"].value, colour(page, "A1")) == ("Nom", RED)


def test_what_openpyxl_cannot_take_comes_back_as_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.spreadsheets.marking.MARKING", cage.Limits(512 << 20, 2, 3, 24 << 20))
    data = annotated(hostile.merged_bomb(), "xlsx", {"Feuil1": [("A1", BLOCKING, "Non")]})
    assert colour(opened(data, "Feuil1"), "A1") == RED


def test_formulas_in_text_stay_text_when_rebuilt() -> None:
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>=cmd|1</t></is></c></row>'
    macro = hostile.packed({**hostile.parts({"F": hostile.sheet(rows)}), "xl/vbaProject.bin": "x"})
    with ZipFile(BytesIO(annotated(macro, "xlsx", {}))) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", sample("presences-modele-2026-10.xlsx")[:4_000]])
def test_what_cannot_be_read_cannot_be_marked(kind: str, data: bytes) -> None:
    with pytest.raises(UnusableFile):
        annotated(data, "xlsx" if kind == "xlsx" else "xls", {})


def test_many_marks_are_all_coloured_and_the_first_commented() -> None:
    cells = [f"{letter}{row}" for row in range(2, 252) for letter in "ABCDEFGHIJ"]
    data = annotated(own_file(), "xlsx", {"Autre": [(cell, WARNING, "Non") for cell in cells]})
    page = opened(data, "Autre")
    assert all(colour(page, cell) == YELLOW for cell in cells)
    assert sum(page[cell].comment is not None for cell in cells) == MAX_COMMENTS


def test_our_own_template_keeps_its_marker_and_nothing_touches_the_disk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    original = template(MonthSheet("Crèche", "123", OCTOBER, [], {3: "samedi"}), 500)
    data = annotated(original, "xlsx", {"Présences": [("A2", BLOCKING, "Le nom manque")]})
    assert read_workbook(data, "x.xlsx").sheets == read_workbook(original, "x.xlsx").sheets
    assert list(tmp_path.iterdir()) == []

"""A person's own workbook given back with its faults marked: coloured cells, and comments saying why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from io import BytesIO

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from app.rules.violations import Severity
from app.spreadsheets.cage import Limits, check_size, in_cage, read_workbook
from app.spreadsheets.paper import AUTHOR, Book
from app.spreadsheets.refusals import UnusableFile
from app.spreadsheets.workbook import CellValue, Kind, Sheet, Workbook, cell_place

MARKING = Limits(memory=768 << 20, processor=15, clock=20, answer=24 << 20)
MAX_COMMENTS = 2_000  # beyond, cells are only coloured: spreadsheet programs crawl under more

_COLOURS = {Severity.BLOCKING: "FFC7CE", Severity.WARNING: "FFEB9C"}
_WORDS = {Severity.BLOCKING: "À corriger", Severity.WARNING: "À vérifier"}

Mark = tuple[str, Severity, str]  # cell, severity, message
_Cell = tuple[str, str, str | None]  # cell, colour, comment


def annotated(original: bytes, kind: Kind, marks: Mapping[str, Iterable[Mark]]) -> bytes:
    """An .xlsx: `original`, with the cells of `marks` coloured and commented.

    `marks`: {sheet name: [(cell, severity, message)]}. An .xls, a workbook with macros or links and one that
    openpyxl cannot take within the cage's limits come back as values only, in the same sheets and places:
    what acts in a file is never handed on. Raises UnusableFile where `read_workbook` would.
    """
    check_size(original)
    cells = {sheet: _merged(listed) for sheet, listed in marks.items()}
    if kind == "xlsx":
        given = json.dumps(cells).encode()
        with suppress(UnusableFile):  # the values alone are better than nothing
            return in_cage("marking", len(given).to_bytes(8, "big") + given + original, MARKING)
    return _rebuilt(read_workbook(original, ""), cells)


def _merged(marks: Iterable[Mark]) -> list[_Cell]:
    """One entry a cell: the colour of its gravest mark, all its messages in one comment."""
    by_cell: dict[str, dict[tuple[Severity, str], None]] = {}
    for cell, severity, message in marks:
        by_cell.setdefault(cell, {})[Severity(severity), message] = None
    merged: list[_Cell] = []
    for cell, found in by_cell.items():
        severities = {severity for severity, _ in found}
        gravest = Severity.BLOCKING if Severity.BLOCKING in severities else Severity.WARNING
        comment = "\n".join(f"{_WORDS[severity]} : {message}" for severity, message in found)
        merged.append((cell, _COLOURS[gravest], comment if len(merged) < MAX_COMMENTS else None))
    return merged


def _rebuilt(workbook: Workbook, cells: Mapping[str, list[_Cell]]) -> bytes:
    """The same sheets and places, values only."""
    written = BytesIO()
    with Book(written) as book:
        formats = _Formats(book)
        for number, sheet in enumerate(workbook.sheets, start=1):
            try:
                page = book.add_worksheet(sheet.name)
            except XlsxWriterException:  # a name that only an .xls allows
                page = book.add_worksheet(f"Feuille {number}")
            if not sheet.visible and number > 1:
                page.hide()
            _write_sheet(page, sheet, cells.get(sheet.name, []), formats)
    return written.getvalue()


class _Formats:
    """The few formats that values and colours combine to, each made once."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._made: dict[tuple[str, str], object] = {}

    def get(self, number_format: str, colour: str) -> object:
        """The format of a cell, None for a plain one. `colour` is RRGGBB or ""."""
        if not number_format and not colour:
            return None
        key = (number_format, colour)
        if key not in self._made:
            wanted: dict[str, object] = {"num_format": number_format} if number_format else {}
            if colour:
                wanted |= {"bg_color": f"#{colour}", "border": 1, "border_color": "#9C0006"}
            self._made[key] = self._book.add_format(wanted)
        return self._made[key]


def _write_sheet(
    page: xlsxwriter.worksheet.Worksheet, sheet: Sheet, cells: list[_Cell], formats: _Formats
) -> None:
    colours = {cell_place(cell): colour for cell, colour, _ in cells}
    for row, values in enumerate(sheet.rows):
        for column, value in enumerate(values):
            if value is not None:
                _write_value(page, (row, column), value, colours.pop((row, column), ""), formats)
    for (row, column), colour in colours.items():
        page.write_blank(row, column, None, formats.get("", colour))
    for cell, _, text in cells:
        if text is not None:
            page.write_comment(*cell_place(cell), text, {"author": AUTHOR, "x_scale": 2.5, "y_scale": 1.5})


def _write_value(
    page: xlsxwriter.worksheet.Worksheet,
    place: tuple[int, int],
    value: CellValue,
    colour: str,
    formats: _Formats,
) -> None:
    if isinstance(value, bool):
        page.write_boolean(*place, value, formats.get("", colour))
    elif isinstance(value, int | float):
        page.write_number(*place, value, formats.get("", colour))
    elif isinstance(value, datetime):
        page.write_datetime(*place, value, formats.get("dd/mm/yyyy hh:mm", colour))
    elif isinstance(value, date):
        page.write_datetime(*place, value, formats.get("dd/mm/yyyy", colour))
    else:
        page.write_string(*place, str(value), formats.get("", colour))

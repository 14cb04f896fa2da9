"""In the cage: the cells of a workbook, as JSON.

The answer is {"kind", "notes", "sheets": [{"name", "visible", "rows", "merged"}]}; a date is {"d": "2026-10-01"}, a
moment {"t": "2026-10-01T08:30:00"}, an empty cell null. It is written by hand: the values are few kinds of
plain scalars, and importing `json` would cost more than the reading itself.
"""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO

import python_calamine as calamine

from app.spreadsheets.caged import biff, faults
from app.spreadsheets.caged.entry import Refused
from app.spreadsheets.caged.parts import acting, kind_of, parts

MAX_ROWS = 2_000
MAX_COLUMNS = 200
MAX_AREA = 1_000_000  # empty cells included, before trimming
MAX_CELLS = MAX_ROWS * MAX_COLUMNS  # in all sheets together
MAX_MERGED = 5_000  # merged blocks of one sheet: a month of weeks for every child has fewer
MAX_TEXT = 500  # characters of one cell: longer text has no place in a column of ours
MAX_ANSWER = 8 << 20  # bytes

_ESCAPES = {number: f"\\u{number:04x}" for number in range(0x20)}
_ESCAPES |= {ord('"'): '\\"', ord("\\"): "\\\\"}


def text(value: str) -> str:
    """A JSON string."""
    return f'"{value.translate(_ESCAPES)}"'


def scalar(value: object) -> str:
    """A JSON value for one cell."""
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value) if -1e300 < value < 1e300 else text(str(value))
    if isinstance(value, int):
        return repr(value)
    if isinstance(value, datetime):
        return f'{{"t":"{value.isoformat()}"}}'
    if isinstance(value, date):
        return f'{{"d":"{value.isoformat()}"}}'
    shown = str(value)[:MAX_TEXT]
    return text(shown) if shown.strip() else "null"


class _Writer:
    """Cells as JSON, counted. The same few codes fill most of a month, so each value is written once."""

    def __init__(self) -> None:
        self.cells = 0
        self.texts: dict[str, str] = {"": "null"}

    def row(self, values: list[object]) -> list[str]:
        """One row's cells, without the empty ones at its end."""
        texts = self.texts
        written = []
        for value in values:
            if value.__class__ is str:
                cell = texts.get(value)
                if cell is None:
                    cell = texts[value] = scalar(value)
            else:
                cell = scalar(value)
            written.append(cell)
        while written and written[-1] == "null":
            written.pop()
        self.cells += len(written)
        if self.cells > MAX_CELLS:
            raise Refused("trop-de-cellules")
        return written


def _rows(sheet: calamine.CalamineSheet, errors: dict[tuple[int, int], str], writer: _Writer) -> list[str]:
    """The rows of a sheet as JSON; the first is Excel's row 1, whatever the first filled one is."""
    if sheet.end is None:
        return []
    too_large = Refused("trop-grand", sheet=sheet.name[:60], rows=MAX_ROWS, columns=MAX_COLUMNS)
    if (sheet.end[0] + 1) * (sheet.end[1] + 1) > MAX_AREA:
        raise too_large
    values: list[list[object]] = sheet.to_python(skip_empty_area=False)  # type: ignore[assignment]
    for (row, column), shown in errors.items():
        if row < len(values) and column < len(values[row]):
            values[row][column] = shown
    rows: list[str] = []
    filled = 0
    for number, cells in enumerate(values):
        written = writer.row(cells)
        if written:
            if number >= MAX_ROWS or len(written) > MAX_COLUMNS:
                raise too_large
            filled = number + 1
        rows.append("[" + ",".join(written) + "]")
    return rows[:filled]


def _merged(sheet: calamine.CalamineSheet) -> str:
    """The merged blocks, [[first row, first column, last row, last column]…], as JSON."""
    within = [
        f"[{top},{left},{min(bottom, MAX_ROWS - 1)},{min(right, MAX_COLUMNS - 1)}]"
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        if top < MAX_ROWS and left < MAX_COLUMNS
    ]
    return "[" + ",".join(within[:MAX_MERGED]) + "]"


def reading(data: bytes) -> bytes:
    """The whole workbook. Hidden sheets too large to be ours are left out; visible ones refuse the file."""
    kind = kind_of(data)
    if kind == "xlsx":
        found = parts(data)
        notes, errors = acting(found), faults.error_cells(found)
        del found
    else:
        notes = ["macros"] if "_VBA_PROJECT".encode("utf-16-le") in data else []
        errors = biff.error_cells(data)
    try:
        book = calamine.load_workbook(BytesIO(data))
    except calamine.PasswordError:
        raise Refused("protege") from None
    writer = _Writer()
    sheets = []
    for index, sheet in enumerate(book.sheets_metadata):
        if sheet.typ in (calamine.SheetTypeEnum.MacroSheet, calamine.SheetTypeEnum.Vba):
            notes.append("macros")
        if sheet.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        visible = sheet.visible == calamine.SheetVisibleEnum.Visible
        try:
            cells = book.get_sheet_by_index(index)
            rows = _rows(cells, errors.get(sheet.name, {}), writer)
        except Refused:
            if visible:
                raise
            notes.append("feuille-cachee")
            continue
        shown = "true" if visible else "false"
        sheets.append(
            f'{{"name":{text(sheet.name)},"visible":{shown},"rows":[{",".join(rows)}],"merged":{_merged(cells)}}}'
        )
    listed = ",".join(map(text, dict.fromkeys(notes)))
    answer = f'{{"kind":"{kind}","notes":[{listed}],"sheets":[{",".join(sheets)}]}}'.encode()
    if len(answer) > MAX_ANSWER:
        raise Refused("trop-de-cellules")
    return answer

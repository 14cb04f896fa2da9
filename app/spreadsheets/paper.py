"""How our workbooks are written: options, colours and formats shared by all that we write."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell_fast
from xlsxwriter.worksheet import Worksheet

AUTHOR = "Portail"

# Text stays text, and nothing is written to the disk on the way: a temporary file would hold children's data.
_OPTIONS: dict[str, Any] = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

_HEADER = {"bold": True, "bg_color": "#DCE9DC", "border": 1, "border_color": "#7F7F7F", "valign": "vcenter"}
_CLOSED = {"bg_color": "#D9D9D9", "font_color": "#595959"}
_GRID = {"border": 1, "border_color": "#BFBFBF"}

FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "text": {**_GRID},
    "niss": {**_GRID, "num_format": "@"},  # a text, or the leading zero goes
    "date": {**_GRID, "num_format": "dd/mm/yyyy", "align": "center"},
    "rate": {**_GRID, "num_format": "#,##0.00"},
    "code": {**_GRID, "align": "center"},
    "closed": {**_GRID, **_CLOSED, "align": "center"},
    "header": {**_HEADER, "text_wrap": True},
    "header-day": {**_HEADER, "align": "center"},
    "header-closed": {**_HEADER, **_CLOSED, "align": "center"},
    "weekday": {"align": "center", "font_color": "#595959"},
    "total": {"bold": True, "border": 1, "border_color": "#7F7F7F", "bg_color": "#F2F2F2", "align": "center"},
    "total-label": {"bold": True, "border": 1, "border_color": "#7F7F7F", "bg_color": "#F2F2F2"},
    "justified": {"bg_color": "#DDEBF7"},
    "unjustified": {"bg_color": "#FCE4D6"},
}


class _Page(Worksheet):  # type: ignore[misc]  # the library is untyped
    """A sheet whose plain cells are written in one go: the library's own way costs twice as much for a month."""

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        look = cell.format
        kind = type(cell).__name__ if look else ""
        if kind not in ("String", "Blank", "Number", "Datetime"):
            super()._write_cell(row, col, cell)
            return
        start = f'<c r="{xl_rowcol_to_cell_fast(row, col)}" s="{look._get_xf_index()}"'
        if kind == "Blank":
            written = f"{start}/>"
        elif kind == "String":  # its place among the strings of the workbook
            written = f'{start} t="s"><v>{cell.string}</v></c>'
        else:
            written = f"{start}><v>{cell.number:.16G}</v></c>"
        self.fh.write(written)


class Book(xlsxwriter.Workbook):  # type: ignore[misc]
    """A workbook to write into `written`."""

    worksheet_class = _Page

    def __init__(self, written: BytesIO) -> None:
        super().__init__(written, _OPTIONS)


def formats(book: xlsxwriter.Workbook) -> dict[str, Any]:
    """Every format of FORMATS, made for that workbook."""
    return {name: book.add_format(wanted) for name, wanted in FORMATS.items()}

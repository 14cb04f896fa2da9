"""In the cage: an .xlsx given back with some cells coloured and commented, all else as it was.

The request is the length of the marks (8 bytes), the marks as JSON, {sheet: [[cell, colour, comment or
null]]}, then the workbook.
"""

from __future__ import annotations

import json
import warnings
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import load_workbook
from openpyxl.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import PatternFill
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from app.spreadsheets.caged.entry import Refused
from app.spreadsheets.caged.parts import acting, kind_of, parts

HEADER = 8  # bytes that give the length of the marks
AUTHOR = "Portail"


class _Writer(ExcelWriter):
    """Without openpyxl's temporary file for each sheet: a killed process leaves children's data behind."""

    _archive: ZipFile

    def write_worksheet(self, ws: Any) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts = ws._charts
        ws._drawing.images = ws._images
        writer: Any = WorksheetWriter(ws, out=BytesIO())
        writer.write()
        ws._rels = writer._rels
        self._archive.writestr(ws.path[1:], writer.read())
        self.manifest.append(ws)


def marking(request: bytes) -> bytes:
    """The marked workbook; Refused for one with macros or links, of which the values alone are given back."""
    size = int.from_bytes(request[:HEADER], "big")
    marks = json.loads(request[HEADER : HEADER + size])
    data = request[HEADER + size :]
    if kind_of(data) != "xlsx" or acting(parts(data)):
        raise Refused("endommage")
    warnings.simplefilter("ignore")  # what openpyxl cannot keep (pictures of odd kinds) it tells nobody here
    book = load_workbook(BytesIO(data))
    for name, cells in marks.items():
        if name in book.sheetnames:
            _mark(book[name], cells)
    written = BytesIO()
    _Writer(book, ZipFile(written, "w", ZIP_DEFLATED)).save()
    return written.getvalue()


def _mark(sheet: Worksheet, cells: list[tuple[str, str, str | None]]) -> None:
    anchors = {
        place: (merged.min_row, merged.min_col)
        for merged in sheet.merged_cells.ranges
        for place in merged.cells
    }
    for name, colour, text in cells:
        cell = sheet[name]
        if isinstance(cell, MergedCell):
            cell = sheet.cell(*anchors[cell.row, cell.column])
        cell.fill = PatternFill("solid", fgColor=colour)
        if text is not None:
            before = f"{cell.comment.text}\n" if cell.comment else ""
            cell.comment = Comment(before + text, AUTHOR, width=320, height=40 + 18 * (len(text) // 40 + 1))

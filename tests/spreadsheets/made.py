"""Workbooks as the cage answers them, made without a file, and files made of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest

from app.rules.months import Month
from app.spreadsheets.layout import find_tables
from app.spreadsheets.refusals import UnusableFile
from app.spreadsheets.tables import Table
from app.spreadsheets.workbook import CellValue, Sheet, Workbook

OCTOBER = Month(2026, 10)
DAYS = list(range(1, 32))
FIELDS = ["Nom", "Prénom", "Date de naissance", "NISS", "Date d'entrée", "Date de sortie", "Tarif PFP"]
TWO_NAMES = ["Nom", "Prénom"]

Rows = Sequence[Sequence[CellValue]]


def sheet(rows: Rows, name: str = "Feuil1", visible: bool = True) -> Sheet:
    """A sheet of these rows, trimmed as the cage trims them."""
    trimmed: list[list[CellValue]] = []
    for row in rows:
        cells = [None if isinstance(value, str) and not value.strip() else value for value in row]
        while cells and cells[-1] is None:
            cells.pop()
        trimmed.append(cells)
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    return Sheet(name, trimmed, visible)


def book(rows: Rows, name: str = "Feuil1") -> Workbook:
    """A workbook of one sheet."""
    return Workbook((sheet(rows, name),), "xlsx")


def find_table(workbook: Workbook, month: Month = OCTOBER, matricule: str | None = None) -> Table:
    """The month's table of a workbook that holds it on one sheet."""
    (table,) = find_tables(workbook, month, matricule)
    return table


def refusal(workbook: Workbook, month: Month = OCTOBER, matricule: str | None = None) -> UnusableFile:
    """Why a workbook is refused."""
    with pytest.raises(UnusableFile) as refused:
        find_table(workbook, month, matricule)
    return refused.value


def file(*sheets: tuple[str, Rows]) -> bytes:
    """An .xlsx as openpyxl writes it, of these sheets."""
    written = openpyxl.Workbook()
    written.remove(written.worksheets[0])
    for name, rows in sheets:
        page = written.create_sheet(name)
        for row_number, row in enumerate(rows, start=1):
            for column_number, value in enumerate(row, start=1):
                if value is not None:
                    cell = page.cell(row_number, column_number)
                    if isinstance(value, str):
                        cell.data_type = "s"
                    cell.value = value
                    if isinstance(value, date) and not isinstance(value, datetime):
                        cell.number_format = "dd/mm/yyyy"
    saved = BytesIO()
    written.save(saved)
    return saved.getvalue()

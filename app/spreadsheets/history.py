"""The history as a workbook: one line for each changed value, text as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from io import BytesIO
from typing import NamedTuple

from app.spreadsheets.paper import Book, formats

_TITLES = (
    ("Date et heure", 17), ("Personne", 26), ("Par", 30), ("Action", 14), ("Quoi", 60), ("Objet", 22),
    ("Milieu d’accueil", 30), ("Donnée", 36), ("Ancienne valeur", 26), ("Nouvelle valeur", 26),
)  # fmt: skip
_LONGEST_TEXT = 32_767  # what a cell can hold


class Row(NamedTuple):
    """One line; `at` is Brussels' time, without a zone."""

    at: dt.datetime
    person: str
    way: str
    action: str
    what: str
    kind: str
    facility: str
    field: str
    old: str
    new: str


def write(title: str, rows: Iterable[Row]) -> tuple[bytes, int]:
    """The .xlsx, and how many lines it has."""
    written = BytesIO()
    count = 0
    with Book(written) as book:
        made = formats(book)
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm", "align": "left"})
        book.set_properties({"title": "Historique"})
        page = book.add_worksheet("Historique")
        page.write_string(0, 0, title[:_LONGEST_TEXT], made["title"])
        for column, (label, width) in enumerate(_TITLES):
            page.set_column(column, column, width)
            page.write_string(2, column, label, made["header"])
        for count, row in enumerate(rows, start=1):
            page.write_datetime(count + 2, 0, row.at, moment)
            for column, value in enumerate(row[1:], start=1):
                if value:
                    page.write_string(count + 2, column, str(value)[:_LONGEST_TEXT])
        page.freeze_panes(3, 0)
        page.autofilter(2, 0, max(count + 2, 3), len(_TITLES) - 1)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(2)
    return written.getvalue(), count

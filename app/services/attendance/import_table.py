"""A workbook's rows while they wait for « Confirmer »: as read, with the person's corrections.

It travels sealed, as compact JSON, in `AttendanceImport.table`: it holds national numbers.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Self

from app.rules.attendance import FIELDS
from app.rules.months import Month, short_date
from app.rules.violations import holds_number
from app.spreadsheets import marker
from app.spreadsheets.cage import read_workbook
from app.spreadsheets.layout import find_table
from app.spreadsheets.refusals import UnusableFile
from app.spreadsheets.tables import IgnoredRow, Table
from app.spreadsheets.workbook import CellValue, Kind, Workbook, column_letters

#: Format of the JSON; another one is an import to start again.
_FORMAT: Final = 1
MASKED: Final = "(masqué)"


class Unreadable(Exception):
    """The stored rows are of another version of the portal: the file must be sent again."""


@dataclass
class ImportTable:
    """The month's table of a workbook. Rows go by their Excel numbers, columns by field or day ("1" to "31").

    `ours` tells our own template's layout: there, an unknown code is a typing error and no vendor's word.
    `fixes` are texts typed in the preview, which take the place of the cells; `skipped` are rows set aside.
    """

    sheet_name: str
    header_row: int
    signature: str
    ours: bool
    #: field or day -> 0-based column
    columns: dict[str, int]
    #: Excel row -> values, in the order of `columns`
    rows: dict[int, list[CellValue]]
    ignored: tuple[IgnoredRow, ...] = ()
    notes: tuple[str, ...] = ()
    fixes: dict[int, dict[str, str]] = field(default_factory=dict)
    skipped: set[int] = field(default_factory=set)
    #: Excel row -> what `merging.read_rows` read of it, so that the preview and « Confirmer » need not read again
    readings: dict[int, list[str | None]] = field(default_factory=dict)

    @cached_property
    def _places(self) -> list[str]:
        return list(self.columns)

    @property
    def whole_name(self) -> bool:
        """Whether one column holds last and first name, taken apart by guess."""
        return self.columns["last_name"] == self.columns["first_name"]

    def kept(self) -> Iterator[int]:
        """The rows to import, in their order."""
        return (number for number in self.rows if number not in self.skipped)

    def raw(self, number: int) -> dict[str, CellValue]:
        """A row's cells by column, corrections included."""
        cells = dict(zip(self._places, self.rows[number], strict=True))
        cells.update(self.fixes.get(number, {}))
        return cells

    def says(self, number: int, key: str) -> bool:
        """Whether the file (or a correction) has something to say of that field or day."""
        return key in self.columns or key in self.fixes.get(number, ())

    def cell(self, number: int, key: str) -> str:
        """The Excel cell of a field or day, "H7"; the name's where the file has no such column."""
        column = self.columns.get(key, self.columns["last_name"])
        return f"{column_letters(column)}{number}"

    def header_cell(self, key: str) -> str:
        """The cell of a column's title."""
        return self.cell(self.header_row, key)

    def dump(self) -> str:
        """The JSON to seal."""
        return json.dumps(
            {
                "v": _FORMAT, "sheet": self.sheet_name, "header": self.header_row, "layout": self.signature,
                "ours": self.ours, "columns": self.columns,
                "rows": [[number, *values] for number, values in self.rows.items()],
                "ignored": [[row.number, row.text, row.reason] for row in self.ignored],
                "notes": self.notes, "fixes": self.fixes, "skipped": sorted(self.skipped),
                "readings": self.readings,
            },
            ensure_ascii=False, separators=(",", ":"), default=_tagged,
        )  # fmt: skip

    @classmethod
    def load(cls, text: str) -> Self:
        """The reverse of `dump`. Raises Unreadable."""
        try:
            kept = json.loads(text, object_hook=_untagged)
            if kept["v"] != _FORMAT:
                raise Unreadable
            return cls(
                kept["sheet"], kept["header"], kept["layout"], kept["ours"], kept["columns"],
                {row[0]: row[1:] for row in kept["rows"]},
                tuple(IgnoredRow(*row) for row in kept["ignored"]), tuple(kept["notes"]),
                {int(number): texts for number, texts in kept["fixes"].items()}, set(kept["skipped"]),
                {int(number): read for number, read in kept["readings"].items()},
            )  # fmt: skip
        except (KeyError, TypeError, ValueError):
            raise Unreadable from None


def _tagged(value: object) -> dict[str, str]:
    """A date among JSON's own types; a datetime is one as well."""
    if isinstance(value, dt.datetime):
        return {"t": value.isoformat()}
    if isinstance(value, dt.date):
        return {"d": value.isoformat()}
    raise TypeError(type(value))


def _untagged(value: dict[str, Any]) -> Any:
    if len(value) == 1:
        if "d" in value:
            return dt.date.fromisoformat(value["d"])
        if "t" in value:
            return dt.datetime.fromisoformat(value["t"])
    return value


def read_table(data: bytes, filename: str, month: Month, matricule: str) -> tuple[ImportTable, Kind]:
    """The month's table of a file that somebody sent. Raises UnusableFile, with its French sentences."""
    workbook = read_workbook(data, filename)
    table = find_table(workbook, month, matricule)
    if not table.rows:
        raise UnusableFile(
            "sans-enfant",
            "Le tableau a bien été trouvé, mais aucune ligne d’enfant ne s’y trouve.",
            "Complétez une ligne par enfant sous les titres des colonnes, puis renvoyez le fichier.",
        )
    return _of(workbook, table), workbook.kind


def _of(workbook: Workbook, table: Table) -> ImportTable:
    columns = {**table.columns, **{str(day): column for day, column in table.days.items()}}
    notes = [*workbook.warnings, *table.warnings]
    unknown = [title for title in table.ignored_columns if not holds_number(title)]
    if unknown:
        notes.append(
            f"Ces colonnes ne font pas partie du relevé et n’ont pas été lues : {', '.join(unknown)}."
        )
    return ImportTable(
        sheet_name=table.sheet_name,
        header_row=table.header_row,
        signature=table.signature,
        ours=_is_ours(workbook, table),
        columns=columns,
        rows={row.number: [row.raw[key] for key in columns] for row in table.rows},
        ignored=table.ignored,
        notes=tuple(notes),
    )


def _is_ours(workbook: Workbook, table: Table) -> bool:
    if any(marker.is_marker(sheet) for sheet in workbook.sheets):
        return True
    return list(table.columns) == [spec.key for spec in FIELDS] and not table.ignored_columns


def shown(key: str, value: object) -> str:
    """A cell's content as the preview may show it: MASKED for a NISS, or for what could hold one."""
    if isinstance(value, dt.date):
        return short_date(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else " ".join(str(value).split())
    if text and (key == "niss" or holds_number(text)):
        return MASKED
    return text.replace(".", ",") if isinstance(value, float) else text

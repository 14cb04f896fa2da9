"""A workbook's rows while they wait for « Confirmer »: as read, with the person's corrections.

It travels sealed, as compact JSON, in `AttendanceImport.table`: it holds national numbers.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from app.rules.attendance import FIELDS
from app.rules.codes import normalise_code
from app.rules.months import Month, short_date
from app.rules.violations import holds_number
from app.spreadsheets import marker
from app.spreadsheets.cage import read_workbook
from app.spreadsheets.joining import continued
from app.spreadsheets.layout import find_tables
from app.spreadsheets.refusals import UnusableFile
from app.spreadsheets.tables import IgnoredRow, Table
from app.spreadsheets.workbook import CellValue, Kind, Workbook, cell_name

#: Format of the JSON; another one is an import to start again.
_FORMAT: Final = 3
#: From one part's rows to the next one's: more rows than a sheet may have.
STRIDE: Final = 10_000
MASKED: Final = "(masqué)"
#: As many digits as a NISS, where an amount was expected: said, and not shown either.
TOO_LONG: Final = "(trop de chiffres)"


class Unreadable(Exception):
    """The stored rows are of another version of the portal: the file must be sent again."""


@dataclass(frozen=True)
class Part:
    """One table's part of the month: its sheet, title row (Excel's number) and field or day → 0-based column."""

    sheet_name: str
    header_row: int
    columns: dict[str, int]

    @property
    def whole_name(self) -> bool:
        """Whether one column holds last and first name, taken apart by guess."""
        return self.columns["last_name"] == self.columns["first_name"]


@dataclass
class ImportTable:
    """The month's table of a workbook, in one part or several; columns go by field or day ("1" to "31").

    Rows go by a number: Excel's on the first part, `STRIDE` more on each part that follows.
    `ours` tells our own template's layout: there, an unknown code is a typing error and no vendor's word.
    `fixes` are texts typed in the preview, which take the place of the cells; `skipped` are rows set aside;
    `answers`: row → id of a line of the month → whether it is the same child, as the person said.
    """

    parts: tuple[Part, ...]
    signature: str
    ours: bool
    #: row -> values, in the order of its part's `columns`
    rows: dict[int, list[CellValue]]
    #: row -> the other rows that tell more days of the same child, a week each, with their values
    rest: dict[int, dict[int, list[CellValue]]] = field(default_factory=dict)
    ignored: tuple[IgnoredRow, ...] = ()
    notes: tuple[str, ...] = ()
    #: the month that the titles name, in French, when it is not the one asked
    other_month: str = ""
    fixes: dict[int, dict[str, str]] = field(default_factory=dict)
    skipped: set[int] = field(default_factory=set)
    answers: dict[int, dict[int, bool]] = field(default_factory=dict)
    #: row -> what `merging.read_rows` read of it, so that the preview and « Confirmer » need not read again
    readings: dict[int, list[str | None]] = field(default_factory=dict)

    def place(self, number: int) -> tuple[int, int]:
        """A row's part and Excel number."""
        return divmod(number, STRIDE)

    def part(self, number: int) -> Part:
        """The part that a row is of."""
        return self.parts[number // STRIDE]

    @property
    def sheets(self) -> list[str]:
        """The names of the sheets that it stands on."""
        return list(dict.fromkeys(part.sheet_name for part in self.parts))

    def rows_on(self, sheet_name: str) -> list[int]:
        """The rows of a sheet."""
        return [number for number in self.rows if self.part(number).sheet_name == sheet_name]

    def lines_of(self, place: int) -> int:
        """How many rows a part holds."""
        every = [*self.rows, *(number for more in self.rest.values() for number in more)]
        return sum(number // STRIDE == place for number in every)

    def kept(self) -> Iterator[int]:
        """The rows to import, in their order."""
        return (number for number in self.rows if number not in self.skipped)

    def pieces(self, number: int) -> Iterator[tuple[int, list[CellValue]]]:
        """A row, and those that tell more of its child: their numbers and values."""
        yield number, self.rows[number]
        yield from self.rest.get(number, {}).items()

    def cells(self, number: int) -> dict[str, CellValue]:
        """A row's cells by column, as in the file; where several tell the same, the first that is filled."""
        cells = dict(zip(self.part(number).columns, self.rows[number], strict=True))
        for other, values in self.rest.get(number, {}).items():
            for key, value in zip(self.part(other).columns, values, strict=True):
                if cells.get(key) is None:
                    cells[key] = value
        return cells

    def raw(self, number: int) -> dict[str, CellValue]:
        """A row's cells by column, corrections included."""
        cells = self.cells(number)
        cells.update(self.fixes.get(number, {}))
        return cells

    def says(self, number: int, key: str) -> bool:
        """Whether the file (or a correction) has something to say of that field or day."""
        if key in self.part(number).columns or key in self.fixes.get(number, ()):
            return True
        return bool(self.rest) and key in self.cells(number)

    def holder(self, number: int, key: str) -> int:
        """The row that tells a field or day: the row itself, or one that tells more of its child."""
        if number not in self.rest:
            return number
        having = [
            (place, values[list(columns).index(key)])
            for place, values in self.pieces(number)
            if key in (columns := self.part(place).columns)
        ]
        filled = [place for place, value in having if value is not None]
        return next(iter(filled or [place for place, _ in having]), number)

    def cell(self, number: int, key: str) -> str:
        """The Excel cell of a field or day, "H7"; the name's where the file has no such column.

        With its sheet, "Grands!H7", where the month stands on several.
        """
        holder = self.holder(number, key)
        columns = self.part(holder).columns
        column = columns.get(key, columns["last_name"])
        name = cell_name(self.place(holder)[1] - 1, column)
        if len(self.sheets) == 1:
            return name
        sheet = self.part(holder).sheet_name
        quoted = sheet if sheet.isalnum() else "'" + sheet.replace("'", "''") + "'"  # as Excel writes it
        return f"{quoted}!{name}"

    def header(self, key: str) -> int:
        """The title row of the first part that has a column for it; of the first part when none has."""
        place = next((place for place, part in enumerate(self.parts) if key in part.columns), 0)
        return place * STRIDE + self.parts[place].header_row

    def row_name(self, number: int) -> str:
        """How a person finds a row: "7", or « 7 de « Grands » » where the month stands on several sheets."""
        row = self.place(number)[1]
        return (
            str(row)
            if len(self.sheets) == 1
            else f"{row} de «\N{NO-BREAK SPACE}{self.part(number).sheet_name}\N{NO-BREAK SPACE}»"
        )

    def dump(self) -> str:
        """The JSON to seal."""
        return json.dumps(
            {
                "v": _FORMAT, "parts": [[part.sheet_name, part.header_row, part.columns] for part in self.parts],
                "layout": self.signature, "ours": self.ours,
                "rows": [[number, *values] for number, values in self.rows.items()], "rest": self.rest,
                "ignored": [[row.number, row.text, row.reason] for row in self.ignored],
                "notes": self.notes, "other_month": self.other_month, "fixes": self.fixes, "skipped": sorted(self.skipped),
                "answers": self.answers, "readings": self.readings,
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
                tuple(Part(*part) for part in kept["parts"]), kept["layout"], kept["ours"],
                {row[0]: row[1:] for row in kept["rows"]},
                {
                    int(number): {int(other): values for other, values in more.items()}
                    for number, more in kept["rest"].items()
                },
                tuple(IgnoredRow(*row) for row in kept["ignored"]), tuple(kept["notes"]),
                kept["other_month"],
                {int(number): texts for number, texts in kept["fixes"].items()}, set(kept["skipped"]),
                {
                    int(number): {int(line): same for line, same in said.items()}
                    for number, said in kept["answers"].items()
                },
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
    tables = find_tables(workbook, month, matricule)
    if not any(table.rows for table in tables):
        raise UnusableFile(
            "sans-enfant",
            "Le tableau a bien été trouvé, mais aucune ligne d’enfant ne s’y trouve.",
            "Complétez une ligne par enfant sous les titres des colonnes, puis renvoyez le fichier.",
        )
    return _of(workbook, tables), workbook.kind


def _of(workbook: Workbook, tables: Sequence[Table]) -> ImportTable:
    parts: list[Part] = []
    rows: dict[int, list[CellValue]] = {}
    rest: dict[int, dict[int, list[CellValue]]] = {}
    joined = continued(tables)
    ignored: list[IgnoredRow] = []
    notes = [*workbook.warnings]
    for place, table in enumerate(tables):
        columns = {**table.columns, **{str(day): column for day, column in table.days.items()}}
        parts.append(Part(table.sheet_name, table.header_row, columns))
        first = place * STRIDE
        for row in table.rows:
            values = [row.raw[key] for key in columns]
            if (main := joined.get((place, row.number))) is None:
                rows[first + row.number] = values
            else:
                rest.setdefault(main[0] * STRIDE + main[1], {})[first + row.number] = values
        ignored += [replace(row, number=first + row.number) for row in table.ignored]
        notes += [note for note in table.warnings if note not in notes]
        unknown = [title for title in table.ignored_columns if not holds_number(title)]
        note = f"Ces colonnes ne font pas partie du relevé et n’ont pas été lues : {', '.join(unknown)}."
        if unknown and note not in notes:
            notes.append(note)
    return ImportTable(
        tuple(parts), tables[0].signature, _is_ours(workbook, tables[0]), rows, rest,
        tuple(ignored), tuple(notes), next((table.other_month for table in tables if table.other_month), ""),
    )  # fmt: skip


def _is_ours(workbook: Workbook, table: Table) -> bool:
    if any(marker.is_marker(sheet) for sheet in workbook.sheets):
        return True
    return list(table.columns) == [spec.key for spec in FIELDS] and not table.ignored_columns


def shown(key: str, value: object) -> str:
    """A cell's content as the preview may show it: MASKED for a NISS, or for what could hold one."""
    if isinstance(value, dt.date):
        return short_date(value)
    if isinstance(value, bool):
        return normalise_code(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else " ".join(str(value).split())
    if text and (key == "niss" or holds_number(text)):
        return TOO_LONG if key == "pfp_rate" else MASKED
    return text.replace(".", ",") if isinstance(value, float) else text

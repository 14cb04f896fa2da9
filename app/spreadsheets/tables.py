"""What a month's table is once found in a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.spreadsheets.workbook import CellValue, column_letters


@dataclass(frozen=True, slots=True)
class TableRow:
    """One child's line: its Excel row number, and what was read under each field and day ("1" to "31").

    A blank cell is None. A name in one column is there as `last_name` and `first_name`, both at that cell.
    """

    number: int
    raw: dict[str, CellValue]
    letters: Mapping[str, str]  # key -> column letters, the same for all rows of a table

    @property
    def cells(self) -> dict[str, str]:
        """Key -> the cell's name, "H7"."""
        return {key: f"{letters}{self.number}" for key, letters in self.letters.items()}

    def cell(self, key: str) -> str:
        """The cell of a field or day; for one that the table has no column for, the cell of the name."""
        return f"{self.letters.get(key) or self.letters['last_name']}{self.number}"


@dataclass(frozen=True, slots=True)
class IgnoredRow:
    """A line under the headers that is no child's: `reason` in French."""

    number: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """The month's table: columns are 0-based, `header_row` is the Excel row of the day headers.

    `signature` is the same for every file of that layout, whatever its month and children: the key under
    which an organiser's confirmed mapping of codes is remembered. `other_month`: the month that its titles name,
    in French, when it is not the one asked; "" else.
    """

    sheet_name: str
    header_row: int
    columns: dict[str, int]
    days: dict[int, int]
    signature: str
    rows: list[TableRow]
    ignored: tuple[IgnoredRow, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    other_month: str = ""


def letters_of(columns: Mapping[str, int], days: Mapping[int, int]) -> dict[str, str]:
    """Key -> column letters, for every field and day of a table."""
    places = {**columns, **{str(day): column for day, column in days.items()}}
    return {key: column_letters(column) for key, column in places.items()}

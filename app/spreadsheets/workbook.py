"""What a workbook is once read: sheets of typed cells, at the places where the person sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple, TypeAlias

CellValue: TypeAlias = str | int | float | bool | date | datetime | None
Kind: TypeAlias = Literal["xlsx", "xls"]


class Merged(NamedTuple):
    """Cells shown as one, 0-based, both ends included; the value is that of the first."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet. `rows[0][0]` is A1, whatever stands there; rows end at their last filled cell.

    A cell of spaces is empty: None.
    """

    name: str
    rows: list[list[CellValue]]
    visible: bool = True
    merged: tuple[Merged, ...] = ()

    def at(self, row: int, column: int) -> CellValue:
        """The value at 0-based `row` and `column`; None for an empty cell and beyond the filled area."""
        if row >= len(self.rows) or column >= len(self.rows[row]):
            return None
        return self.rows[row][column]

    @property
    def width(self) -> int:
        """Number of columns up to the last filled one."""
        return max(map(len, self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook's sheets in their order; `warnings` are French sentences for the person who sent it.

    `active` tells that the file carries something that acts (macros, links to other files): it was not run.
    """

    sheets: tuple[Sheet, ...]
    kind: Kind
    warnings: tuple[str, ...] = ()
    active: bool = False


def column_letters(column: int) -> str:
    """0 -> "A", 25 -> "Z", 26 -> "AA"."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """0-based row 6, column 7 -> "H7", as spreadsheet programs name it."""
    return f"{column_letters(column)}{row + 1}"


def cell_place(name: str) -> tuple[int, int]:
    """ "H7" -> (6, 7): the reverse of `cell_name`. ValueError when it is not a cell's name."""
    letters = name.rstrip("0123456789")
    digits = name[len(letters) :]
    if not (letters.isascii() and letters.isalpha() and letters.isupper() and digits):
        raise ValueError(f"not a cell: {name!r}")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits) - 1, column - 1

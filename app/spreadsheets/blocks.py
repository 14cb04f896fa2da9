"""Find the header blocks of a sheet: one to three rows that name the children's column and the days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property

from app.rules.months import Month
from app.spreadsheets.columns import FULL_NAME, FULL_NAME_FIRST
from app.spreadsheets.headers import (
    DayMark,
    day_of,
    field_of,
    lone_months,
    months_in,
    numbered_month,
    weekday_of,
)
from app.spreadsheets.refusals import unusable
from app.spreadsheets.workbook import CellValue, Sheet

HEADER_ROWS = 40  # the first rows of a sheet, in which a header must stand
BLOCK_ROWS = 3
MAX_REPEATS = 200  # of a title in one sheet: a header for each page, or week and group
MIN_DAYS = 5  # fewer day columns are something else, but where the month is spread over several tables

NAMES = frozenset({"last_name", FULL_NAME, FULL_NAME_FIRST})


@dataclass(slots=True)
class _Row:
    """What the cells of one row would mean, were it a header; columns are 0-based."""

    fields: dict[str, int] = field(default_factory=dict)
    days: dict[int, DayMark] = field(default_factory=dict)
    weekdays: dict[int, int] = field(default_factory=dict)
    strange: set[int] = field(default_factory=set)

    def names_days(self, days: dict[int, DayMark]) -> bool:
        """Whether it names the weekdays of these days under it, beside « Semaine 41 » or nothing; codes do not follow so."""
        named = self.weekdays.keys() & days.keys()
        alike = len({(self.weekdays[column] - days[column].day) % 7 for column in named}) == 1
        return alike and not (self.fields or self.days) and (len(named) > 1 or not self.strange)


@dataclass(frozen=True, eq=False)
class Block:
    """A header block: 0-based rows `first` to `last`, the days in `day_row`, columns 0-based.

    Its lines end before row `stop`; the sheet's titles stand above row `top`.
    """

    sheet: Sheet
    first: int
    last: int
    day_row: int
    fields: dict[str, int]
    days: dict[int, DayMark]
    weekdays: dict[int, int]
    top: int
    stop: int

    @cached_property
    def titles(self) -> set[tuple[int, int | None]]:
        """The (month, year) that the sheet's name and the lines above the children name; the year may be missing.

        Above a further table, the nearest line that begins with a month counts alone.
        """
        if self.first > self.top:
            above = self.sheet.rows[max(self.top, self.first - BLOCK_ROWS) : self.first]
            begins = (next((cell for cell in row if cell is not None), None) for row in reversed(above))
            own = (months_in(cell) for cell in begins if isinstance(cell, str))
            if nearest := next(filter(None, own), None):
                return {(month, year) for year, month in nearest}
        cells = [cell for row in self.sheet.rows[: self.top] for cell in row if cell is not None]
        header = [
            cell
            for row in self.sheet.rows[self.first : self.last + 1]
            for cell in row
            if isinstance(cell, str)
        ]
        texts = [self.sheet.name, *header, *(cell for cell in cells if isinstance(cell, str))]
        found: set[tuple[int, int | None]] = {
            (month, year) for year, month in set[tuple[int, int]]().union(*map(months_in, texts))
        }
        # « octobre 2026 » is often a date that only looks so.
        found |= {(cell.month, cell.year) for cell in cells if isinstance(cell, date) and cell.day == 1}
        if found:
            return found
        alone = numbered_month(self.sheet.name).union(*map(lone_months, texts[:1] + texts[1 + len(header) :]))
        return {(month, None) for month in alone}

    def values(self, columns: Iterable[int]) -> set[CellValue]:
        """What the lines hold in these columns."""
        lines = self.sheet.rows[self.last + 1 : self.stop]
        found = {row[column] for column in columns for row in lines if column < len(row)}
        return found - {None}

    def texts(self) -> frozenset[str]:
        """The texts of its cells."""
        cells = (cell for row in self.sheet.rows[self.first : self.last + 1] for cell in row)
        return frozenset(cell.strip() for cell in cells if isinstance(cell, str))

    @property
    def different_days(self) -> int:
        """How many days it has a column for."""
        return len({(mark.month, mark.day) for mark in self.days.values()})

    @property
    def places(self) -> tuple[dict[str, int], dict[int, DayMark]]:
        """What stands in which column: the same for a header printed again on each page."""
        return self.fields, self.days

    def fit(self, month: Month) -> int:
        """2: its dates, or else its titles, are of that month; 1: nothing says; 0: they are of another."""
        dated = [mark for mark in self.days.values() if mark.month]
        if dated:
            return 2 if any(in_month(mark, month) for mark in dated) else 0
        if self.titles:
            return 2 if {(month.month, month.year), (month.month, None)} & self.titles else 0
        return 1


def in_month(mark: DayMark, month: Month) -> bool:
    """Whether a day header that names its month (and perhaps its year) names this one."""
    return mark.month == month.month and mark.year in (None, month.year)


def blocks(sheet: Sheet) -> list[Block]:
    """The sheet's header blocks from top to bottom, those of few days included.

    The first rows show the most convincing one (most days, then fields, then fewest rows). A month may stand in several
    tables, a week each: theirs repeat its title of the names, but other days. The same header again is no new table.
    UnusableFile where it comes back without end.
    """
    row_of = cache(lambda number: _classified(sheet, number))
    head = range(min(HEADER_ROWS, len(sheet.rows)))
    seed = _best(sheet, row_of, head, MIN_DAYS) or _best(sheet, row_of, head, 1)
    if seed is None:
        return []
    found = [seed]
    repeats = list(_repeats(seed))
    if len(repeats) > MAX_REPEATS:
        raise unusable("trop-de-cellules")
    for number in repeats:
        near = range(max(0, number - BLOCK_ROWS + 1), min(len(sheet.rows), number + BLOCK_ROWS))
        block = _best(sheet, row_of, near, 1)
        if block is not None and all(block.first > other.last or block.last < other.first for other in found):
            found.append(block)
    found.sort(key=lambda block: block.first)
    kept: list[Block] = []
    for block in found:
        if kept and block.places == kept[-1].places:
            continue
        if kept:
            kept[-1] = replace(kept[-1], stop=block.first - row_of(block.first - 1).names_days(block.days))
        kept.append(replace(block, top=found[0].first))
    return kept


def _repeats(seed: Block) -> Iterator[int]:
    """The rows beside the block that repeat its title of the names at its place."""
    column = next(seed.fields[name] for name in seed.fields if name in NAMES)
    titles = {seed.sheet.at(number, column) for number in range(seed.first, seed.last + 1)} - {None}
    for number in range(len(seed.sheet.rows)):
        if not seed.first <= number <= seed.last and seed.sheet.at(number, column) in titles:
            yield number


def _best(sheet: Sheet, row_of: Callable[[int], _Row], rows: range, least: int) -> Block | None:
    """The most convincing block in these rows with at least so many days, None if none."""
    best: tuple[tuple[int, int, int, int], Block] | None = None
    for first in rows:
        for last in range(first, min(first + BLOCK_ROWS, rows.stop)):
            block = _block(sheet, row_of, range(first, last + 1), least)
            if block is None:
                continue
            score = (block.different_days, len(block.fields), first - last, -first)
            if best is None or score > best[0]:
                best = (score, block)
    return best[1] if best else None


def missing(sheets: list[Sheet]) -> str:
    """What kept every sheet from having a block, in French: the names, the days, or both."""
    rows = [
        _classified(sheet, number) for sheet in sheets for number in range(min(HEADER_ROWS, len(sheet.rows)))
    ]
    named = any(row.fields.keys() & NAMES for row in rows)
    days = any(len(row.days) >= MIN_DAYS for row in rows)
    if named and not days:
        return "les colonnes des jours manquent"
    if days and not named:
        return "la colonne du nom des enfants manque"
    return "aucune ligne de titres avec le nom des enfants et les jours"


def _classified(sheet: Sheet, number: int) -> _Row:
    row = _Row()
    for column, value in enumerate(sheet.rows[number]):
        if value is None:
            continue
        name = field_of(value)
        mark = None if name else day_of(value)
        weekday = weekday_of(value)
        if name is not None:
            row.fields.setdefault(name, column)
        elif mark is not None:
            row.days[column] = mark
        elif weekday is not None:
            row.weekdays[column] = weekday
        else:
            row.strange.add(column)
    return row


def _fields(row_of: Callable[[int], _Row], block: range, day_row: int) -> dict[str, int]:
    """Field -> column: what the day row names, then what the rows above and below it add beside that.

    A row below may be the first child's, whose name can be a title's word (Né, Fin): it only counts where the
    names are still missing, or when it holds nothing but titles.
    """
    days = row_of(day_row).days
    fields: dict[str, int] = {}
    for number in (day_row, *range(day_row - 1, block.start - 1, -1), *range(day_row + 1, block.stop)):
        row = row_of(number)
        strange = (row.strange | row.days.keys()) - days.keys()
        if number > day_row and strange and fields.keys() & NAMES:
            continue
        for name, column in row.fields.items():
            if name not in fields and column not in fields.values() and column not in days:
                fields[name] = column
    return fields


def _block(sheet: Sheet, row_of: Callable[[int], _Row], rows: range, least: int) -> Block | None:
    day_row = max(rows, key=lambda number: len(row_of(number).days))
    days = row_of(day_row).days
    if len(days) < least:
        return None
    fields = _fields(row_of, rows, day_row)
    if not fields.keys() & NAMES:
        return None
    weekdays: dict[int, int] = {}
    for number in range(max(0, rows.start - 1), min(len(sheet.rows), rows.stop + 1)):
        weekdays |= row_of(number).weekdays  # weekdays often stand in a row of their own
    weekdays |= {column: mark.weekday for column, mark in days.items() if mark.weekday is not None}
    first, last = rows.start, rows.stop - 1
    block = Block(sheet, first, last, day_row, fields, days, weekdays, top=first, stop=len(sheet.rows))
    return block if block.different_days >= least else None

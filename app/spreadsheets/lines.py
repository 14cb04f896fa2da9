"""The lines under a header: which are children's, and what each holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from app.rules.codes import is_formula_error, parse_code
from app.spreadsheets.headers import day_of, plain, weekday_of
from app.spreadsheets.line_words import CLOSINGS, COUNTS, FOOTERS, HEADINGS, is_total
from app.spreadsheets.names import split
from app.spreadsheets.tables import IgnoredRow, TableRow, letters_of
from app.spreadsheets.workbook import CellValue, Sheet

_NAMES = ("last_name", "first_name")
_IDENTITY = ("birth_date", "niss", "entry_date", "exit_date")
_SAME_DAYS = 5  # so many day cells that repeat their own header: the header again
_LONGEST_CODE = 5  # what stands under the days of a footer is longer
_FOOTER_CELLS = 2  # so many texts at most stand under the days of a footer
_SOME_DAYS = 2  # so many weekdays in their order, in words
_PRESENCES = frozenset({0.5, 1.0})  # the numbers that are codes; any other is a sum
_LONGEST_HEADING = 60
_TITLES = "ligne de titres"
_SMALLEST_DATE = 10_000  # dates and NISS are larger numbers; counts of children are smaller


@dataclass(frozen=True)
class Shape:
    """Field -> column, day -> column, the headers' texts, and whether one column holds the whole name.

    `ours`: a workbook that we wrote, where a name alone is a child, never a heading.
    """

    columns: dict[str, int]
    days: dict[int, int]
    titles: frozenset[str]
    whole_name: bool = False
    first_name_first: bool = False
    ours: bool = False

    @cached_property
    def letters(self) -> dict[str, str]:
        """Key -> column letters."""
        return letters_of(self.columns, self.days)

    @cached_property
    def places(self) -> list[tuple[str, int]]:
        """(key, column) of every field and day."""
        return [*self.columns.items(), *((str(day), column) for day, column in self.days.items())]

    @cached_property
    def day_columns(self) -> frozenset[int]:
        """The columns of the days."""
        return frozenset(self.days.values())


def read_lines(
    sheet: Sheet, lines: range, shape: Shape, weekend: Container[int] = ()
) -> tuple[list[TableRow], list[IgnoredRow]]:
    """The children's lines among these 0-based rows, and the lines that are none, blank ones aside."""
    rows: list[TableRow] = []
    ignored: list[IgnoredRow] = []
    sums: Counter[str] = Counter()
    closed = False
    covered = _covered(sheet, lines, shape, weekend)
    for number in lines:
        raw = _raw(sheet.rows[number], shape) | covered.get(number, {})
        if all(value is None for value in raw.values()):
            continue
        line = _Line(raw, sheet.rows[number], shape, closed=closed)
        reason = line.reason_to_ignore(sums)
        if reason:
            closed &= reason != _TITLES
            closed |= plain(line.text).startswith(CLOSINGS)
            ignored.append(IgnoredRow(number + 1, line.text[:_LONGEST_HEADING], reason))
            continue
        rows.append(TableRow(number + 1, raw, shape.letters))
        sums.update(line.numbers)
    return rows, ignored


def _covered(
    sheet: Sheet, lines: range, shape: Shape, weekend: Container[int]
) -> dict[int, dict[str, CellValue]]:
    """Row -> day -> value, of the days that lie under a merged cell: a code over a week is read for each of its days,
    one over two weeks not for the weekend between.

    Only of a merged cell that begins on a day of these lines, and holds no remark: no heading, no name.
    """
    days = {column: str(day) for day, column in shape.days.items()}
    found: dict[int, dict[str, CellValue]] = {}
    begun: set[tuple[int, int]] = set()
    for block in sheet.merged:
        if block.top not in lines or block.left not in days:
            continue
        value = sheet.at(block.top, block.left)
        if value is None or (isinstance(value, str) and _is_remark(value)):
            continue
        under = [key for column, key in days.items() if block.left <= column <= block.right]
        under = [key for key in under if int(key) not in weekend] or under
        for number in range(block.top, min(block.bottom + 1, lines.stop)):
            below = number > block.top and sheet.at(number, shape.columns["last_name"]) is None
            if below or (number, block.left) in begun:
                break  # under the last child; or under another merged cell, which no spreadsheet program writes
            begun.add((number, block.left))
            found.setdefault(number, {}).update(dict.fromkeys(under, value))
    return found


def _is_remark(text: str) -> bool:
    """« Signature : », « Page 1/1 »."""
    return text.rstrip().endswith(":") or plain(text).startswith(FOOTERS)


def _raw(cells: list[CellValue], shape: Shape) -> dict[str, CellValue]:
    width = len(cells)
    raw: dict[str, CellValue] = {}
    for key, column in shape.places:
        raw[key] = cells[column] if column < width else None
    if shape.whole_name and raw["last_name"] is not None:
        last, first = split(str(raw["last_name"]), shape.first_name_first)
        raw |= {"last_name": last or None, "first_name": first or None}
    return raw


def _tells_of_a_child(value: CellValue) -> bool:
    """Whether a date's or NISS's cell holds one, well written or not: not a count, a label or a signature."""
    if isinstance(value, str):
        return any(map(str.isdigit, value)) and not is_total(value) and not _is_heading([value], alone=False)
    return isinstance(value, date) or (value is not None and value >= _SMALLEST_DATE)


def _is_heading(texts: Iterable[str], alone: bool) -> bool:
    """Whether a line with nothing but these texts is a heading; `alone`: one cell of two name columns."""
    for text in texts:
        words = plain(text)
        if ":" in text or "=" in text or len(text) > _LONGEST_HEADING:
            return True
        if any(words == word or words.startswith(f"{word} ") for word in HEADINGS):
            return True
    return alone


def _follow(written: Iterable[tuple[int, str]], week: str) -> bool:
    """Whether what is written at each day is its place in the week, whatever the weekday of the first."""
    days = list(written)
    return any(
        all(text == week[(day + first) % len(week)] for day, text in days) for first in range(len(week))
    )


class _Line:
    """One filled line, looked at to tell a child from headings and sums. `closed`: a signature or legend came before."""

    def __init__(
        self, raw: dict[str, CellValue], cells: list[CellValue], shape: Shape, *, closed: bool
    ) -> None:
        self.raw = raw
        self.shape = shape
        self.closed = closed
        self.codes = {key: raw[key] for day in shape.days if raw[key := str(day)] is not None}
        places = dict.fromkeys(shape.columns[key] for key in _NAMES)
        self.names = [
            str(cells[place]) for place in places if place < len(cells) and cells[place] is not None
        ]
        self.texts = [
            value
            for column, value in enumerate(cells)
            if isinstance(value, str) and column not in shape.day_columns
        ]

    @property
    def text(self) -> str:
        """What a person recognises the line by."""
        return " ".join(" ".join(self.names or self.texts[:1]).split())

    @cached_property
    def numbers(self) -> dict[str, float]:
        """The day cells that are numbers."""
        return {
            key: float(value)
            for key, value in self.codes.items()
            if isinstance(value, int | float) and not isinstance(value, bool)
        }

    @cached_property
    def sums(self) -> bool:
        """Whether nothing but numbers stands under the days; a formula in error is one that could not be computed."""
        return all(key in self.numbers or is_formula_error(value) for key, value in self.codes.items())

    @cached_property
    def identified(self) -> bool:
        """Whether it tells something of a child beside the name: sums and headings do not."""
        return any(_tells_of_a_child(self.raw.get(key)) for key in _IDENTITY)

    def reason_to_ignore(self, sums: Counter[str]) -> str:
        """Why this is not a child's line, in French; "" when it is one. `sums`: the days' numbers so far."""
        if self._repeats_header():
            return _TITLES
        if self.identified:
            return ""
        if self._is_labelled_total() or self._is_bare_total(sums):
            return "ligne de totaux"
        if self._is_heading() or self._is_footer() or self._is_padding():
            return "titre ou remarque"
        return ""

    def _repeats_header(self) -> bool:
        if not self.shape.titles.issuperset(map(str.strip, self.names)):
            return False
        marks = [(int(key), day_of(value)) for key, value in self.codes.items()]
        same = sum(mark is not None and mark.day == day for day, mark in marks)
        enough = min(_SAME_DAYS, len(self.shape.days)) if self.names else _SAME_DAYS
        if same >= enough and same * 2 >= len(marks):
            return True
        return not marks if self.names else self._names_weekdays()

    def _names_weekdays(self) -> bool:
        """Whether its words are weekdays, or its letters L, M, M, J, V, S, D, as they follow each other: no codes."""
        weekdays = [weekday_of(value) for value in self.codes.values()]
        if len(weekdays) >= _SAME_DAYS and None not in weekdays:
            return True
        words = [(int(key), str(weekday_of(value))) for key, value in self.codes.items()]
        letters = [(int(key), plain(value)) for key, value in self.codes.items()]
        return (len(words) >= _SOME_DAYS and _follow(words, "0123456")) or (
            len(letters) >= _SAME_DAYS and _follow(letters, "lmmjvsd")
        )

    def _is_labelled_total(self) -> bool:
        if not self.names:
            return any(map(is_total, self.texts))
        if not self.sums:
            return False
        return is_total(" ".join(self.names)) or self._is_count() or self._counts()

    def _is_count(self) -> bool:
        """« Nb présents 1 0 1… », « J½ 0 1 2… »: one text, of a count; or of a code, beside a number above a presence, since
        a child may be called « J »."""
        label = self.names[0] if len(self.names) == 1 else ""
        sums = any(number > 1 for number in self.numbers.values())
        return (sums and parse_code(label) is not None) or plain(label).startswith(COUNTS)

    def _counts(self) -> bool:
        """« Capacité 60 60 60… »: numbers of which none is a presence, beside less than a first and a last name."""
        presences = not _PRESENCES.isdisjoint(self.numbers.values())
        alone = self._alone and self.raw["first_name"] is None
        return bool(self.codes) and not presences and _is_heading(self.names, alone)

    def _is_bare_total(self, sums: Counter[str]) -> bool:
        """No name, and only numbers that cannot all be presences, or that are the sums of the lines above."""
        if self.names or not self.codes or not self.sums:
            return False
        if len(self.numbers) < len(self.codes) or any(
            number not in _PRESENCES for number in self.numbers.values()
        ):
            return True
        return all(number == sums[key] for key, number in self.numbers.items())

    def _is_footer(self) -> bool:
        """« Imprimé le 02/11 … Page 1/1 », « Certifié exact … Cachet : »: a remark that reaches under the days."""
        under = [
            value for value in self.codes.values() if isinstance(value, str) and len(value) > _LONGEST_CODE
        ]
        if self.shape.ours or not 0 < len(self.codes) == len(under) <= _FOOTER_CELLS:
            return False
        titled = len(self.names) == 1 and _is_heading(self.names, alone=False)
        return titled or all(map(_is_remark, under))

    def _is_padding(self) -> bool:
        """« 0 | 0 »: what a link to an empty line gives; not a letter in its name, no code."""
        written = bool(self.names) and not any(map(str.isalpha, "".join(self.names)))
        return written and not self.shape.ours and not any(self.codes.values())

    def _is_heading(self) -> bool:
        if self.codes:
            return False
        if not self.names:
            return True
        if self.shape.ours or self.raw.get("pfp_rate") is not None:
            return False
        return _is_heading(self.names, self._alone)

    @property
    def _alone(self) -> bool:
        """« Les Coccinelles », « Semaine 41 »: nothing beside it, not even the birth date that the others have."""
        if self.closed and len(self.names) == 1:
            return True
        if not self.shape.whole_name:
            return self.raw["first_name"] is None
        return "birth_date" in self.shape.columns or any(map(str.isdigit, "".join(self.names)))

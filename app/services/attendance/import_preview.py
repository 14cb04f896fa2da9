"""What « Confirmer » would do, and everything that is wrong with the file, at its cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Final

from app.rules.attendance import DAY_KEYS, FIELDS, ChildLine, MonthContext, day_of, format_field, judge_sheet
from app.rules.codes import DISPLAYS, Totals, parse_code, totals
from app.rules.violations import Violation
from app.services.attendance.import_questions import (
    ALERTS,
    DOUBT,
    EMPTYING,
    NAMESAKE,
    born,
    codeless,
    columnless,
    emptying,
    name_of,
    other_month,
    question,
)
from app.services.attendance.import_table import MASKED, TOO_LONG, ImportTable, shown
from app.services.attendance.merging import Merge, MergedRow, ReadRow, merge, read_rows
from app.services.attendance.sheets import Line, display

TITLES: Final = {spec.key: spec.label.replace("'", "’") for spec in FIELDS} | {
    day: f"Jour {day}" for day in DAY_KEYS
}
_ORDER: Final = {key: place for place, key in enumerate(TITLES)}

#: A code on a closed day, and on any day that takes none: no other presence code mends it.
CLOSED: Final = "jour-ferme"
OFF: Final = frozenset({CLOSED, "jour-futur"})
_A_FEW: Final = 3


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong, where the person finds it. `number`: its Excel row, None (and no child) for the whole file.

    `value` is the cell as it may be shown, `typed` what its input holds: "" instead of what could be a NISS.
    `line`: the line of the month that it asks about, when it is a question.
    """

    number: int | None
    key: str
    sheet: str
    cell: str
    child: str
    value: str
    typed: str
    violation: Violation
    message: str
    line: Line | None = None

    @property
    def column(self) -> str:
        """The column's title."""
        return TITLES[self.key]

    @property
    def off(self) -> bool:
        """Whether it is a code on a day that takes none."""
        return self.violation.code in OFF

    @property
    def is_day(self) -> bool:
        """Whether it stands on a day."""
        return day_of(self.key) is not None


@dataclass(frozen=True, slots=True)
class RowFaults:
    """What is wrong on one row."""

    number: int
    child: str
    faults: list[Fault]


@dataclass(frozen=True, slots=True)
class Correction:
    """What was typed over a cell of the file, or over several days at once."""

    number: int
    keys: tuple[str, ...]
    cell: str
    title: str
    was: str
    now: str

    @property
    def undo(self) -> str:
        """What its button sends to take it back."""
        return " ".join(f"{self.number}-{key}" for key in self.keys)


@dataclass(frozen=True)
class Preview:
    """An import as it stands: nothing of it is in the month."""

    table: ImportTable
    merge: Merge
    faults: list[Fault]
    before: Totals
    #: State of the draft that it was made against; "" without a draft.
    base: str

    @cached_property
    def blocking(self) -> list[Fault]:
        """What must be mended first."""
        return [fault for fault in self.faults if fault.violation.blocking]

    @cached_property
    def warnings(self) -> list[Fault]:
        """What deserves a look; `alerts` apart."""
        return [
            fault
            for fault in self.faults
            if not fault.violation.blocking and fault.violation.code not in ALERTS
        ]

    @property
    def alerts(self) -> list[Fault]:
        """What says that it may be the wrong file."""
        return [fault for fault in self.faults if fault.violation.code in ALERTS]

    @property
    def elsewhere(self) -> bool:
        """Whether most children have codes on closed days: often another month's file."""
        shut = {fault.number for fault in self.blocking if fault.violation.code == CLOSED}
        return len(shut) > _A_FEW and len(shut) * 2 > len(self.merge.rows)

    @cached_property
    def after(self) -> Totals:
        """The six totals once stored."""
        return self.merge.totals

    @property
    def changes_nothing(self) -> bool:
        """Whether the month already is what the file says, in its order."""
        return not self.merge.moves and self.only_moves

    @property
    def only_moves(self) -> bool:
        """Whether the file says nothing else than the month does, but perhaps in another order."""
        return not (self.merge.added or self.merge.changed or self.merge.removed)

    def by_row(self, faults: Sequence[Fault]) -> Iterator[RowFaults]:
        """Faults of rows, row by row; those of the whole file aside."""
        for number, found in groupby(faults, key=lambda fault: fault.number):
            if number is not None:
                listed = list(found)
                yield RowFaults(number, listed[0].child, listed)

    @property
    def emptying(self) -> Fault | None:
        """Says that most of the month's children leave, when they do."""
        return next((fault for fault in self.faults if fault.violation.code == EMPTYING), None)

    def corrections(self) -> Iterator[Correction]:
        """What was typed here, by row; a row's emptied days as one."""
        for number, texts in sorted(self.table.fixes.items()):
            cells = self.table.cells(number)
            emptied = [key for key, text in texts.items() if day_of(key) and not text]
            for key in sorted(texts, key=_ORDER.__getitem__):
                if key not in emptied or len(emptied) == 1:
                    was, now = shown(key, cells.get(key)), shown(key, texts[key])
                    yield Correction(number, (key,), self.table.cell(number, key), TITLES[key], was, now)
            if len(emptied) > 1:
                days = ", ".join(sorted(emptied, key=int))
                row = f"Ligne {self.table.row_name(number)}"
                yield Correction(number, tuple(emptied), row, f"Jours {days}", "", "")

    def answers(self) -> Iterator[tuple[int, int, str, bool]]:
        """What was said of who is who: row, line, its child, whether it is the same."""
        lines = [*self.merge.removed, *(row.line for row in self.merge.rows if row.line), *self.merge.kept]
        names = {line.id: born(line.child) for line in lines}
        for number, said in sorted(self.table.answers.items()):
            for line, same in said.items():
                if line in names:
                    yield number, line, names[line], same


def build(
    table: ImportTable, mapping: Mapping[str, str], draft: Sequence[Line], ctx: MonthContext, base: str,
    *, judged: bool = False, presumed: bool | None = None,
) -> Preview:  # fmt: skip
    """Read, merge with the draft and judge the month that results, unless it was `judged` without a fault.

    `presumed` answers the doubts about who is who that must be answered: the same child, or another.
    """
    aliases = aliases_of(mapping)
    rows = read_rows(table, aliases)
    merged = merge(table, rows, draft, presumed=presumed)
    faults = [] if judged else list(_faults(table, rows, merged, ctx, aliases))
    before = totals("".join(line.child.codes for line in draft))
    return Preview(table, merged, faults, before, base)


def aliases_of(mapping: Mapping[str, str]) -> dict[str, str]:
    """A confirmed mapping as the rules take it: without the codes that stay errors."""
    return {code: char for code, char in mapping.items() if char in DISPLAYS}


def _faults(
    table: ImportTable, rows: Sequence[ReadRow], merged: Merge, ctx: MonthContext, aliases: Mapping[str, str]
) -> Iterator[Fault]:
    """Faults of reading and of judging, by row and column; those of the whole file first."""
    children = {row.number: row for row in merged.rows}
    read = {row.number: row.child for row in rows}
    found: list[tuple[int | None, Violation]] = []
    unread = set()
    for row in rows:
        if row.number in children:
            for violation in row.faults:
                found.append((row.number, violation))
                unread.add((row.number, violation.field))
    numbers = [None] * len(merged.kept) + [row.number for row in merged.rows]
    for index, violation in judge_sheet(list(merged.children()), ctx):
        number = None if index is None else numbers[index]
        # A line kept as it is belongs to the draft; a cell that cannot be read has its fault already.
        if (index is not None and number is None) or (number, violation.field) in unread:
            continue
        found.append((number, violation))
    found += [(number, question(read[number], doubt)) for number, doubt in merged.doubts.items()]
    if (leaving := emptying(merged)) is not None:
        found.append((None, leaving))
    pieces = (piece for number in table.kept() for piece, _ in table.pieces(number))
    columns = {key for piece in pieces for key in table.part(piece).columns}
    if (leaving := codeless(merged, columns)) is not None:
        found.append((None, leaving))
    if columns and (missing := columnless(columns, ctx)) is not None:
        found.append((None, missing))
    if table.other_month:
        found.append((None, other_month(table.other_month, ctx.month)))
    found.sort(key=lambda item: (item[0] or 0, _ORDER[item[1].field]))
    for number, violation in found:
        fault = _fault(table, number, violation, children, numbers, ctx, aliases)
        if number is not None and violation.code in (DOUBT, NAMESAKE):
            fault = replace(fault, line=merged.doubts[number].line)
        yield fault


def _fault(
    table: ImportTable, number: int | None, violation: Violation, children: Mapping[int, MergedRow],
    numbers: Sequence[int | None], ctx: MonthContext, aliases: Mapping[str, str],
) -> Fault:  # fmt: skip
    key, message = violation.field, violation.message
    other = None if violation.other_line is None else numbers[violation.other_line]
    if other is not None:
        message = f"{message} C’est la ligne {table.row_name(other)} du classeur."
    if number is None:
        rows = [row for row in numbers if row is not None]
        too_many = violation.code == "ligne-max" and len(rows) > ctx.max_lines
        at = rows[ctx.max_lines] if too_many else table.header(key)
        return Fault(
            None, key, table.part(at).sheet_name, table.cell(at, key), "", "", "", violation, message
        )
    child = children[number].child
    value, typed = _value(table, number, key, child, aliases)
    sheet, cell = table.part(table.holder(number, key)).sheet_name, table.cell(number, key)
    return Fault(number, key, sheet, cell, name_of(child), value, typed, violation, message)


def _value(
    table: ImportTable, number: int, key: str, child: ChildLine, aliases: Mapping[str, str]
) -> tuple[str, str]:
    """A cell as shown, and as its input holds it: what was typed stays, a code takes our own writing."""
    day = day_of(key)
    if not table.says(number, key):
        known = DISPLAYS[child.codes[day - 1]] if day else display(child, key)
        return known, "" if key == "niss" else known
    raw = table.raw(number)[key]
    value = shown(key, raw)
    if day and (char := parse_code(raw, aliases)) is not None:
        return value, DISPLAYS[char]
    return value, "" if value in (MASKED, TOO_LONG) else value


def day_changes(before: str, after: str) -> Iterator[tuple[int, str, str]]:
    """The days that differ between two months of codes: day, old and new as displayed."""
    for day, (old, new) in enumerate(zip(before, after, strict=True), 1):
        if old != new:
            yield day, DISPLAYS[old], DISPLAYS[new]


def field_changes(before: ChildLine, after: ChildLine) -> Iterator[tuple[str, str, str]]:
    """The fields that differ: title, old and new as displayed; a NISS shows that there is one, and no more."""
    for spec in FIELDS:
        if spec.key == "niss":
            if before.niss_hash != after.niss_hash:
                yield TITLES["niss"], display(before, "niss"), "remplacé" if before.niss_hash else "ajouté"
        elif (old := getattr(before, spec.key)) != (new := getattr(after, spec.key)):
            yield TITLES[spec.key], format_field(spec.key, old), format_field(spec.key, new)

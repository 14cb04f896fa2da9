"""A workbook's children against the draft's: what each line becomes, who is added, who leaves.

The file is the month: its children are updated or added, the others leave. A column that the file does not have
says nothing, and what the draft knows stays; neither does a blank NISS, since a NISS is never shown again and
so cannot come back in a workbook.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from app.keyring import keyring
from app.rules.attendance import DAY_KEYS, FIELDS, ChildLine, is_blank, read_line
from app.rules.codes import EMPTY_MONTH, Totals, totals
from app.rules.violations import Violation
from app.services.attendance.import_table import ImportTable
from app.services.attendance.matching import Doubt, pair
from app.services.attendance.sheets import Line

_FIELD_KEYS: Final = tuple(spec.key for spec in FIELDS)
_EVERY_KEY: Final = frozenset(_FIELD_KEYS) | frozenset(DAY_KEYS)
_DAYS: Final = frozenset(DAY_KEYS)


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row as the rules read it. `silent`: fields and days of which it tells nothing that can be read."""

    number: int
    child: ChildLine
    silent: frozenset[str]
    faults: list[Violation]


@dataclass(frozen=True, slots=True)
class MergedRow:
    """A row to import: the child's line as it will stand, and the draft's line it takes the place of."""

    number: int
    child: ChildLine
    line: Line | None

    @property
    def changed(self) -> bool:
        """Whether it changes a line of the draft."""
        return self.line is not None and self.child != self.line.child


@dataclass(frozen=True, slots=True)
class Merge:
    """What an import does. `kept`: the draft's lines of rows set aside in the preview; `blank`: empty lines.

    `doubts`: number of a row → the line that may be its child's own, until a person says.
    """

    rows: list[MergedRow]
    kept: list[Line]
    removed: list[Line]
    blank: list[Line]
    doubts: dict[int, Doubt] = field(default_factory=dict)
    #: The month once stored, in the order of the file: ids of the draft's lines, None for a child who is added.
    order: list[int | None] = field(default_factory=list)
    #: Whether that is not the draft's order with the new children at the end.
    moves: bool = False

    @property
    def added(self) -> list[MergedRow]:
        """The children who are not in the draft."""
        return [row for row in self.rows if row.line is None]

    @property
    def changed(self) -> list[MergedRow]:
        """The children whose line becomes another."""
        return [row for row in self.rows if row.changed]

    @property
    def unchanged(self) -> int:
        """How many children stay as they are."""
        return sum(row.line is not None and not row.changed for row in self.rows) + len(self.kept)

    @property
    def totals(self) -> Totals:
        """The six totals of the month after the import."""
        return totals("".join(child.codes for child in self.children()))

    def children(self) -> Iterator[ChildLine]:
        """The month after the import: lines kept as they are first, then the rows."""
        yield from (line.child for line in self.kept)
        yield from (row.child for row in self.rows)


def read_rows(table: ImportTable, aliases: Mapping[str, str]) -> list[ReadRow]:
    """Every row of the table, those set aside included. `aliases`: a vendor's codes.

    What could be read stays in `table.readings`: whoever changes a cell or the aliases takes it out.
    """
    unsaid = [_EVERY_KEY.difference(part.columns) for part in table.parts]
    days = [part.columns.keys() & _DAYS for part in table.parts]
    if any(
        one.isdisjoint(other) for one, other in pairwise(days)
    ):  # a table a week: in none, not expected then
        unsaid = [keys.difference(*days) for keys in unsaid]
    found = []
    for number in table.rows:
        faults: list[Violation] = []
        if number in table.readings:
            child = _recalled(table.readings[number])
        else:
            child, faults = read_line(table.raw(number), aliases)
            if not faults:
                table.readings[number] = _noted(child)
            if child.niss is not None:
                child = replace(child, niss_hash=keyring().fingerprint(child.niss))
        more = table.cells(number) if number in table.rest else ()
        silent = (
            unsaid[table.place(number)[0]]
            .difference(table.fixes.get(number, ()), more)
            .union(fault.field for fault in faults)
        )
        if child.niss is None:
            silent |= {"niss"}
        found.append(ReadRow(number, child, silent, faults))
    return found


def _noted(child: ChildLine) -> list[str | None]:
    """A line as JSON keeps it."""
    values = (getattr(child, key) for key in _FIELD_KEYS)
    return [None if value is None else str(value) for value in values] + [child.codes]


def _recalled(noted: Sequence[str | None]) -> ChildLine:
    """The reverse of `_noted`."""
    last, first, birth, niss, entry, leave, rate, codes = noted
    return ChildLine(
        last or "", first or "", _date(birth), niss, _date(entry), _date(leave),
        None if rate is None else Decimal(rate), codes or EMPTY_MONTH,
        niss_hash=None if niss is None else keyring().fingerprint(niss),
    )  # fmt: skip


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def merge(
    table: ImportTable, rows: Sequence[ReadRow], draft: Sequence[Line], *, presumed: bool | None = None
) -> Merge:
    """What the month becomes. `presumed` answers the doubts that must be answered, None leaves them open."""
    filled = [line for line in draft if not is_blank(line.child)]
    pairs = pair(
        filled,
        [row.child for row in rows],
        lambda index, line_id: table.answers.get(rows[index].number, {}).get(line_id),
    )
    matched = pairs.lines
    if presumed is not None:
        asked = [index for index, doubt in pairs.doubts.items() if doubt.open]
        answered = {index: pairs.doubts.pop(index).line for index in asked}
        matched |= answered if presumed else {}
    result = Merge([], [], [], [line for line in draft if is_blank(line.child)])
    order: list[int | None] = []
    for index, row in enumerate(rows):
        line = matched.get(index)
        if line is not None or row.number not in table.skipped:
            order.append(line.id if line else None)
        if row.number in table.skipped:
            if line is not None:
                result.kept.append(line)
        elif line is None:
            result.rows.append(MergedRow(row.number, row.child, None))
            if index in pairs.doubts:
                result.doubts[row.number] = pairs.doubts[index]
        else:
            child = _merged(line.child, row, same_column=table.part(row.number).whole_name)
            result.rows.append(MergedRow(row.number, child, line))
    staying = {line.id for line in matched.values()}
    result.removed.extend(line for line in filled if line.id not in staying)
    standing = [line.id for line in filled if line.id in staying]
    moves = order != standing + [None] * (len(order) - len(standing))
    return replace(result, order=order, moves=moves)


def _merged(before: ChildLine, row: ReadRow, *, same_column: bool) -> ChildLine:
    """The draft's line with what the row says."""
    said = {key: getattr(row.child, key) for key in _FIELD_KEYS if key not in row.silent}
    if "niss" in said:
        if row.child.niss_hash == before.niss_hash:
            del said["niss"]
        else:
            said["niss_hash"] = row.child.niss_hash
    if same_column and _letters(row.child).casefold() == _letters(before).casefold():
        # One column was taken apart by guess, often in capitals: the draft's way of writing is better.
        said.pop("last_name", None)
        said.pop("first_name", None)
    silent_days = row.silent & _DAYS
    codes = row.child.codes
    if silent_days:
        kept = (before.codes[day] if key in silent_days else codes[day] for day, key in enumerate(DAY_KEYS))
        codes = "".join(kept)
    return replace(before, **said, codes=codes)


def _letters(child: ChildLine) -> str:
    return "".join(f"{child.last_name}{child.first_name}".split())

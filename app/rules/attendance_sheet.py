"""The rules on a whole month of presences, its occupancy, and how the next month starts from it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from app.rules.attendance_line import is_blank, judge_line
from app.rules.attendance_types import ChildLine, MonthContext
from app.rules.codes import EMPTY_MONTH, Code, Totals, totals
from app.rules.french import count
from app.rules.months import Month, long_date, short_date
from app.rules.violations import Severity, Violation

#: The index of the line that a violation is about; None for the whole month.
Finding = tuple[int | None, Violation]
SheetRule = Callable[[Sequence[ChildLine], MonthContext], Iterable[Finding]]

_NOT_A_LETTER = re.compile(r"[\W_]+")
_PRESENCES = (Code.PRESENT, Code.PRESENT_HALF)
_JUSTIFIED = (Code.JUSTIFIED, Code.JUSTIFIED_HALF)


@dataclass(frozen=True, slots=True)
class Occupancy:
    """How full a month is.

    `per_day` holds the six counts of each day of the month, `per_day[0]` the 1st; `occupied` the places taken
    each day, a half day counting for half a place; `rate` the share of the places of the opening days that is
    taken, 1 for a full month, None without a known capacity or an opening day.
    """

    per_day: tuple[Totals, ...]
    occupied: tuple[Decimal, ...]
    opening_days: int
    rate: Decimal | None

    @property
    def total(self) -> Totals:
        """The six counts of the month."""
        return sum(self.per_day, Totals())


def occupancy(codes: Iterable[str], ctx: MonthContext) -> Occupancy:
    """The occupancy of a month, from the codes of its lines.

    Rate = (j + ½·½j) / (capacity × opening days), on the opening days, where j counts presences, with
    justified absences when `ctx.include_justified` [default formula: nothing official was found].
    """
    columns = ["".join(column) for column in zip(*codes, strict=True)][: ctx.days] or [""] * ctx.days
    counted = _PRESENCES + _JUSTIFIED if ctx.include_justified else _PRESENCES
    occupied = tuple(_parts(column, counted) for column in columns)
    places = (ctx.capacity or 0) * ctx.opening_days
    taken = sum((part for day, part in enumerate(occupied, 1) if day not in ctx.closed), Decimal(0))
    rate = taken / places if places else None
    return Occupancy(tuple(map(totals, columns)), occupied, ctx.opening_days, rate)


def _parts(column: str, counted: tuple[Code, ...]) -> Decimal:
    return sum((code.part * column.count(code.char) for code in counted), Decimal(0))


def _too_many_lines(lines: Sequence[ChildLine], ctx: MonthContext) -> Iterator[Finding]:
    if len(lines) > ctx.max_lines:
        yield (
            None,
            Violation(
                "ligne-max",
                f"Le relevé compte {len(lines)} lignes, pour {ctx.max_lines} au plus{ctx.mark('max_lines')}.",
                "Supprimez les lignes en trop : une seule ligne par enfant.",
                Severity.BLOCKING,
                "last_name",
            ),
        )


def _over_capacity(lines: Sequence[ChildLine], ctx: MonthContext) -> Iterator[Finding]:
    # Two children of half a day can share a place: only more than the sum of parts is surely too many.
    if ctx.capacity is None:
        return
    present = "".join(code.char for code in _PRESENCES)
    for day, column in enumerate(zip(*(line.codes for line in lines), strict=True), 1):
        if day > ctx.days:
            return
        text = "".join(column)
        places = _parts(text, _PRESENCES)
        if places > ctx.capacity:
            children = sum(text.count(char) for char in present)
            noted = count(children, "enfant est noté présent", "enfants sont notés présents")
            yield (
                None,
                Violation(
                    "capacite-depassee",
                    f"Le {long_date(ctx.month.day(day))}, {noted} : "
                    f"{count(places, 'place occupée', 'places occupées')} pour une capacité de {ctx.capacity}.",
                    "Vérifiez les présences de ce jour ; si elles sont exactes, laissez-les ainsi.",
                    Severity.WARNING,
                    str(day),
                    (day,),
                ),
            )


def children_twice(lines: Sequence[ChildLine], _ctx: MonthContext) -> Iterator[Finding]:
    """The lines whose child stands, or may stand, on an earlier line already: at most one violation each."""
    by_number: dict[str, int] = {}
    by_name: dict[tuple[str, str], list[int]] = {}
    for index, line in enumerate(lines):
        namesakes: list[int] = []
        if line.last_name and line.first_name:
            namesakes = by_name.setdefault((_plain(line.last_name), _plain(line.first_name)), [])
        same_number = [by_number[number] for number in _numbers(line) if number in by_number]
        violation = _namesake(lines, index, namesakes)
        if same_number and (violation is None or not violation.blocking):
            violation = _same_number(same_number[0])
        if violation is not None:
            yield index, violation
        namesakes.append(index)
        for number in _numbers(line):
            by_number.setdefault(number, index)


def twin(line: ChildLine, others: Iterable[ChildLine], ctx: MonthContext) -> Violation | None:
    """Why a line is refused beside the others of its month: the same child stands there already. Or None."""
    numbers, name = set(_numbers(line)), (_plain(line.last_name), _plain(line.first_name))
    near = [
        other
        for other in others
        if numbers.intersection(_numbers(other))
        or (_plain(other.last_name), _plain(other.first_name)) == name
    ]
    for index, violation in children_twice([*near, line], ctx):
        if index == len(near) and violation.blocking:
            return violation
    return None


def _numbers(line: ChildLine) -> Iterator[str]:
    """The equality keys of a line's NISS; the clear number and the opaque key never look alike."""
    if line.niss:
        yield "niss:" + line.niss
    if line.niss_hash:
        yield "hash:" + line.niss_hash


def _namesake(lines: Sequence[ChildLine], index: int, namesakes: Sequence[int]) -> Violation | None:
    line = lines[index]
    others = [other for other in namesakes if not _numbers_differ(line, lines[other])]
    for other in others:
        if lines[other].birth_date == line.birth_date:
            return _same_child(line, other)
    for other in others:
        if lines[other].birth_date is None or line.birth_date is None:
            return _perhaps_same_child(line, other)
    return None


def _numbers_differ(line: ChildLine, other: ChildLine) -> bool:
    """Whether two lines are known to be two children; keys of different kinds cannot be compared."""
    if line.niss and other.niss:
        return line.niss != other.niss
    if line.niss_hash and other.niss_hash:
        return line.niss_hash != other.niss_hash
    return False


def _same_number(other: int) -> Violation:
    return Violation(
        "enfant-en-double",
        "Le même NISS figure déjà sur une ligne plus haut dans ce relevé.",
        "Gardez une seule ligne par enfant, ou corrigez le NISS de l’une des deux.",
        Severity.BLOCKING,
        "niss",
        other_line=other,
    )


def _same_child(line: ChildLine, other: int) -> Violation:
    return Violation(
        "enfant-en-double",
        f"{_child(line)} figure déjà sur une ligne plus haut dans ce relevé.",
        "Gardez une seule ligne par enfant ; pour deux enfants différents, corrigez les dates de naissance.",
        Severity.BLOCKING,
        "last_name",
        other_line=other,
    )


def _perhaps_same_child(line: ChildLine, other: int) -> Violation:
    return Violation(
        "enfant-en-double",
        f"{_child(line)} figure peut-être déjà plus haut : même nom, et une date de naissance manque.",
        "Complétez la date de naissance, ou supprimez la ligne en trop.",
        Severity.WARNING,
        "last_name",
        other_line=other,
    )


def _child(line: ChildLine) -> str:
    name = f"{line.last_name} {line.first_name}"
    return name if line.birth_date is None else f"{name} (né·e le {short_date(line.birth_date)})"


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    """A name as people compare names: without case, accents, hyphens, apostrophes or spaces."""
    letters = name.casefold() if name.isascii() else unicodedata.normalize("NFKD", name.casefold())
    return _NOT_A_LETTER.sub("", letters)


SHEET_RULES: tuple[SheetRule, ...] = (_too_many_lines, children_twice, _over_capacity)


def judge_sheet(lines: Sequence[ChildLine], ctx: MonthContext) -> list[Finding]:
    """Everything wrong with a month: each line's own violations in order, then those of the whole.

    Each violation comes with the index in `lines` of the line it is about, None for the whole month.
    """
    found: list[Finding] = [
        (index, violation) for index, line in enumerate(lines) for violation in judge_line(line, ctx)
    ]
    for rule in SHEET_RULES:
        found.extend(rule(lines, ctx))
    return found


def from_previous(lines: Iterable[ChildLine], previous: Month, month: Month) -> list[ChildLine]:
    """The lines that `month` starts with: the children of `previous` still present, without any code.

    Names, dates, NISS and rate are kept, and so is `key`, which tells the caller where each line comes from.
    Blank lines and children whose last day of care is before `month` are left out. ValueError when `previous`
    is not before `month`.
    """
    if not previous < month:
        raise ValueError("a month starts from an earlier one")
    return [
        replace(line, codes=EMPTY_MONTH)
        for line in lines
        if not is_blank(line) and (line.exit_date is None or line.exit_date >= month.first)
    ]

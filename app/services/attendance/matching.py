"""Who is who between a workbook and a month: sure pairs, and pairs that a person must judge.

Nothing is merged on a resemblance alone: twins and namesakes are other children, and a wrong pair would give one
child's national number and days to another.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from typing import Final

from app.rules.attendance import ChildLine
from app.services.attendance.sheets import Line

_NOT_A_LETTER: Final = re.compile(r"[\W_]+")
#: Share of common letters from which two names of children born the same day may be one name written twice.
_NEAR: Final = 0.8
_SAME_PARTS: Final = 2
#: Lines of one birth date beyond which that date tells nothing (a placeholder), and comparing every name takes minutes.
_MOST_BORN_THEN: Final = 20


#: (index of a child, id of a line) → whether a person said that they are one child; None: nobody said.
Answer = Callable[[int, int], bool | None]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A child and a line of the month that look alike. `open`: it must be answered; else they are most likely two.

    `numbers_differ`: each has a NISS, and they are not the same.
    """

    line: Line
    open: bool
    numbers_differ: bool = False


@dataclass(frozen=True, slots=True)
class Pairs:
    """Index of a child → its line of the draft; index → the line that could be its own, as nobody said yet."""

    lines: dict[int, Line]
    doubts: dict[int, Doubt] = field(default_factory=dict)


def pair(draft: Sequence[Line], children: Sequence[ChildLine], answer: Answer) -> Pairs:
    """By NISS, else by name and birth date, else by a lone name of which a side has no birth date: these are sure,
    unless each side has a NISS and they differ.

    The rest is asked: the same name and birth date with another NISS, the same name with another birth date (or none,
    among namesakes), the same birth date with nearly the same name. Until it is answered, it is another child.
    """
    if not draft:
        return Pairs({})
    pairs = Pairs(_sure(draft, children))
    sure = {line.id for line in pairs.lines.values()}
    free = [line for line in draft if line.id not in sure]
    left = [index for index in range(len(children)) if index not in pairs.lines]
    by_name = _grouped(free, _name)
    by_birth = _grouped(free, lambda child: child.birth_date)
    taken: set[int] = set()

    def ask(index: int, candidates: Iterable[Line]) -> None:
        for line in candidates:
            said = answer(index, line.id)
            if line.id in taken or said is False or _surely_two(line.child, children[index]):
                continue
            taken.add(line.id)
            if said:
                pairs.lines[index] = line
            else:
                child = children[index]
                pairs.doubts[index] = Doubt(
                    line,
                    _mistyped(line.child.birth_date, child.birth_date),
                    _numbers_differ(line.child, child),
                )
            return

    for index in left:
        born = children[index].birth_date
        namesakes = by_name.get(_name(children[index]), ())
        ask(index, sorted(namesakes, key=lambda line: line.child.birth_date != born))
    for index in left:
        if index not in pairs.lines and index not in pairs.doubts:
            child = children[index]
            born_then = by_birth.get(child.birth_date, ())
            if len(born_then) > _MOST_BORN_THEN:
                continue
            ask(index, (line for line in born_then if _nearly_same_name(line.child, child)))
    return pairs


def _mistyped(one: date | None, other: date | None) -> bool:
    """Whether one date may be the other written wrongly: two of its three parts are the same, or day and month swapped."""
    if one is None or other is None:
        return True
    same = (one.day == other.day) + (one.month == other.month) + (one.year == other.year)
    return same >= _SAME_PARTS or (one.day, one.month, one.year) == (other.month, other.day, other.year)


def _grouped(lines: Iterable[Line], key: Callable[[ChildLine], Hashable]) -> dict[Hashable, list[Line]]:
    """Lines by what they have in common, those without it left out."""
    found: dict[Hashable, list[Line]] = {}
    for line in lines:
        if (value := key(line.child)) not in ("", None):
            found.setdefault(value, []).append(line)
    return found


def _sure(draft: Sequence[Line], children: Sequence[ChildLine]) -> dict[int, Line]:
    found: dict[int, Line] = {}
    taken: set[int] = set()
    drafted = [(_name(line.child), line) for line in draft]
    named = [_name(child) for child in children]

    def match(lines: Iterable[tuple[Hashable, Line]], keys: Iterable[Hashable]) -> None:
        waiting: dict[Hashable, list[Line]] = {}
        for key, line in lines:
            if key is not None and line.id not in taken:
                waiting.setdefault(key, []).append(line)
        for index, key in enumerate(keys):
            if key is None or index in found:
                continue
            same = waiting.get(key, [])
            own = next((line for line in same if not _numbers_differ(line.child, children[index])), None)
            if own is not None:
                found[index] = own
                same.remove(own)
                taken.add(own.id)

    match(((line.child.niss_hash, line) for line in draft), (child.niss_hash for child in children))
    match(
        (((name, line.child.birth_date) if name else None, line) for name, line in drafted),
        ((name, child.birth_date) if name else None for name, child in zip(named, children, strict=True)),
    )
    alone_here = {name for name, count in Counter(name for name, _ in drafted).items() if name and count == 1}
    alone_there = {name for name, count in Counter(named).items() if count == 1}
    lone = {name: line for name, line in drafted if name in alone_here & alone_there and line.id not in taken}
    for index, (name, child) in enumerate(zip(named, children, strict=True)):
        line = lone.get(name)
        if index in found or line is None or _numbers_differ(line.child, child):
            continue
        if line.child.birth_date is None or child.birth_date is None:
            found[index] = line
    return found


def _name(child: ChildLine) -> str:
    """A child's name without case, accents, hyphens or spaces, in whichever way it was taken apart."""
    return _letters(f"{child.last_name}{child.first_name}")


def _letters(text: str) -> str:
    text = text.casefold()
    return _NOT_A_LETTER.sub("", text if text.isascii() else unicodedata.normalize("NFKD", text))


def _nearly_same_name(one: ChildLine, other: ChildLine) -> bool:
    """A letter or two apart, a name the more, or both names swapped."""
    mine, theirs = _words(one), _words(other)
    if not mine or not theirs:
        return False
    shorter, longer = sorted((mine, theirs), key=len)
    if len(shorter) > 1 and shorter <= longer:
        return True
    names = SequenceMatcher(None, _name(one), _name(other), autojunk=False)
    # The first two are bounds of the third, and cost much less.
    return names.real_quick_ratio() >= _NEAR and names.quick_ratio() >= _NEAR and names.ratio() >= _NEAR


def _words(child: ChildLine) -> set[str]:
    parts = re.split(r"[\W_]+", f"{child.last_name} {child.first_name}")
    return {letters for part in parts if (letters := _letters(part))}


def _surely_two(one: ChildLine, other: ChildLine) -> bool:
    """Whether their NISS tell them apart. With one name and one birth date, the NISS itself may be mistyped."""
    alike = one.birth_date == other.birth_date and _name(one) == _name(other)
    return _numbers_differ(one, other) and not alike


def _numbers_differ(one: ChildLine, other: ChildLine) -> bool:
    return bool(one.niss_hash and other.niss_hash and one.niss_hash != other.niss_hash)

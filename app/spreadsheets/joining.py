"""A month spread over several tables, a week each: which lines are one child's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.rules.months import Month
from app.spreadsheets.headers import plain
from app.spreadsheets.tables import Table, TableRow

__all__ = ["absent_days", "continued"]

_NAMES = ("last_name", "first_name")
_MOST_NAMESAKES = 20  # beyond, nobody tells them apart, and comparing them all takes minutes
#: A line: the place of its table, and its Excel row.
Place = tuple[int, int]


def continued(tables: Sequence[Table]) -> dict[Place, Place]:
    """Each line that only adds days to a child's -> the child's first line.

    It has the same name, accents aside, other days, and contradicts nothing that was said of the child. Else, and where
    it could be of one namesake or the other, it is a line of its own: two that are one child's after all are an error
    like any other.
    """
    found: dict[Place, Place] = {}
    if not any(one.days.keys().isdisjoint(other.days) for one, other in pairwise(tables)):
        return found
    known: defaultdict[str, list[_Child]] = defaultdict(list)
    for place, table in enumerate(tables):
        for row in table.rows:
            written = " ".join(" ".join(str(row.raw[key] or "") for key in _NAMES).split()).casefold()
            name = plain(written) or written
            namesakes = known[name] if name else []
            takers = [one for one in namesakes if one.takes(table, row)]
            if len(takers) > 1:  # « Zoé » and « Zoë » are two, where both are there
                takers = [one for one in takers if one.written == written]
            if len(takers) == 1:
                (child,) = takers
                found[place, row.number] = child.first
            else:
                child = _Child((place, row.number), written)
                known[name] = [*namesakes, child][:_MOST_NAMESAKES]
            child.add(table, row)
    return found


class _Child:
    """What the lines so far say of a child."""

    def __init__(self, first: Place, written: str) -> None:
        self.first = first
        self.written = written
        self.days: set[int] = set()
        self.said: dict[str, object] = {}

    def takes(self, table: Table, row: TableRow) -> bool:
        return self.days.isdisjoint(table.days) and all(
            self.said.get(key, value) == value for key, value in _said(table, row)
        )

    def add(self, table: Table, row: TableRow) -> None:
        self.days.update(table.days)
        self.said.update(_said(table, row))


def _said(table: Table, row: TableRow) -> Iterator[tuple[str, object]]:
    return ((key, row.raw[key]) for key in table.columns if key not in _NAMES and row.raw[key] is not None)


def absent_days(days: set[int], others: Sequence[set[int]], month: Month) -> list[int]:
    """The weekdays of the month that neither a table with these days nor those beside it have a column for."""
    covered = days.union(*(other for other in others if other.isdisjoint(days)))
    return [day for day in range(1, month.days + 1) if day not in covered and month.day(day).weekday() < 5]

"""Which column is which day of the month."""

from __future__ import annotations

from app.rules.months import Month
from app.spreadsheets.blocks import Block, in_month
from app.spreadsheets.headers import DayMark
from app.spreadsheets.refusals import unusable

__all__ = ["SO_MANY_TWICE", "day_columns"]

SO_MANY_TWICE = 5  # so many days in two columns: one for each half of a day
_LAST_OF_MONTH = 28  # from this day on, a month may end
_WEEK = 7
_MONTH_AND_WEEK = 31 + 6  # so many columns at most, where the days of another month complete a week


def day_columns(block: Block, month: Month) -> tuple[dict[int, int], list[str]]:
    """Day -> column. Where headers are dates, bare numbers are something else; the first column counts."""
    marks, warnings = _without_neighbours(block, month)
    dated = any(mark.month for mark in marks.values())
    days: dict[int, int] = {}
    twice = {}
    for column, mark in sorted(marks.items()):
        if dated and not in_month(mark, month):
            continue
        if days.setdefault(mark.day, column) != column:
            twice[column] = mark.day
    side_by_side = [
        day
        for day, column in days.items()
        if (next_one := block.days.get(column + 1)) and next_one.day == day
    ]
    alike = block.values(twice) & block.values(days.values())
    if len(side_by_side) >= SO_MANY_TWICE or (alike and len(set(twice.values())) >= SO_MANY_TWICE):
        raise unusable("deux-colonnes")
    if twice:
        listed = ", ".join(map(str, sorted(set(twice.values()))))
        warnings.append(f"Plusieurs colonnes portent le même jour ({listed}) : seule la première a été lue.")
    return days, warnings


def _without_neighbours(block: Block, month: Month) -> tuple[dict[int, DayMark], list[str]]:
    """The day columns without those of the month before or after, where whole weeks are numbered: 28, 29, 30, 1, 2…"""
    runs: list[dict[int, DayMark]] = [{}]
    before = None
    for column, mark in sorted(block.days.items()):
        if before is not None and mark.day == 1 and before >= _LAST_OF_MONTH:
            runs.append({})
        runs[-1][column] = mark
        before = mark.day
    own = _own_run(runs, block, month)
    whole = len(own) + max(len(run) for run in runs if run is not own) if len(runs) > 1 else 0
    if len(runs) == 1 or any(mark.month for mark in block.days.values()) or whole > _MONTH_AND_WEEK:
        return block.days, []
    left = ", ".join(str(mark.day) for run in runs if run is not own for mark in run.values())
    return own, [f"Ces colonnes sont d’un autre mois et n’ont pas été lues : {left}."]


def _own_run(runs: list[dict[int, DayMark]], block: Block, month: Month) -> dict[int, DayMark]:
    """The longest run; in one week, the one whose month is told by the weekday of the 1st (from Monday on if not named)."""
    if len(runs) == 2 and len(block.days) <= _WEEK:
        ended, begun = runs
        last, first = list(ended.values())[-1].day, next(iter(begun))
        turn = last, block.weekdays.get(first, len(ended))
        for run, around in ((ended, month), (begun, month.previous())):
            if turn == (around.days, around.next().first.weekday()):
                return run
    return max(runs, key=len)

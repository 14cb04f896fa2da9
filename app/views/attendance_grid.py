"""The table of a month of presences, written as one string: a template's loop takes three times as long.

The markup is kept to what cannot be derived, because it is repeated 15,500 times: a cell's day is its place
in the row, its line stands once on the row, and only days and codes that look different carry a class. The
classes are read by app/static/css/grid.css and written again by app/static/js/grid/view.js:

    c  closed day              o  outside the child's stay      f  day to come
    j  justified absence       i  unjustified absence
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache, partial
from operator import attrgetter, getitem

from markupsafe import Markup, escape

from app.rules.attendance import (
    FIELDS,
    NISS_PRESENT,
    ChildLine,
    MonthContext,
    Occupancy,
    children_twice,
    format_field,
    occupancy,
)
from app.rules.codes import BLANK, CHARACTERS, DISPLAYS, Totals, totals
from app.rules.months import MONTH_NAMES, WEEKDAY_NAMES
from app.rules.violations import Violation

#: A <tbody> is what `content-visibility` leaves out of the layout, and a layer to draw: 25 lines are about one screen.
LINES_PER_BODY = 25
#: Lines from which that is worth its price: what is out of sight leaves the accessibility tree too.
HEAVY = 200

_CODE_CLASSES = {"J": "j", "j": "j", "I": "i", "i": "i"}
_FOOTER = ("Présences", "Abs. justifiées", "Abs. injustifiées")

# Stored character -> the cell, for one state of the day.
_Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class GridLine:
    """A line as the grid shows it.

    `id` and `version` are the stored row's. `line.niss` is never read: `has_niss` says that a number is
    stored. `warnings` is what `app.rules` says of the line, blocking or not.
    """

    id: int
    version: int
    line: ChildLine
    has_niss: bool
    warnings: Sequence[Violation] = ()
    #: Tells which number is stored, without telling it: two people may correct one at once.
    niss_mark: str = ""


def month_figures(lines: Sequence[GridLine], ctx: MonthContext) -> dict[str, Totals | str | bool]:
    """The figures under the table, as the script shows them: {"totals": counts, "occupancy": "72,4 %"}.

    "unofficial": whether what counts as occupied is not official.
    """
    found = _occupancy(lines, ctx)
    unofficial = "include_justified" in ctx.unofficial
    return {"totals": found.total, "occupancy": _percent(found.rate), "unofficial": unofficial}


def render_grid(lines: Sequence[GridLine], ctx: MonthContext, *, readonly: bool) -> Markup:
    """The table, the empty line that additions are made from, and the JSON that the script starts from.

    Pure: no database, no request, no clock. 500 lines take less than 10 ms. The answer is the `grid` of
    attendance/_grid.html, which says what else the page needs.
    """
    by_day = _occupancy(lines, ctx).per_day
    rows = _Rows(ctx)
    bodies = [
        "<tbody>"
        + "".join([rows.write(line, number) for number, line in enumerate(part, start)])
        + "</tbody>"
        for start, part in _parts(lines)
    ]
    blank = rows.write(GridLine(0, 0, ChildLine(), has_niss=False), 0)
    parts = [
        _opening(len(lines), ctx, readonly=readonly),
        _head(ctx),
        *bodies,
        _foot(by_day, len(lines) + 2),
        "</table>",
        f"<template data-line>{blank}</template>",
        f"<script type=application/json data-grid>{_facts(lines, by_day, ctx)}</script>",
    ]
    return Markup("".join(parts))  # noqa: S704  every text that a person wrote went through escape or _facts


def _opening(lines: int, ctx: MonthContext, *, readonly: bool) -> str:
    rows = lines + 1 + len(_FOOTER)
    columns = 1 + len(FIELDS) + ctx.month.days + len(CHARACTERS)
    frozen = " aria-readonly=true" if readonly else ""
    classes = '"grid-table light first"' if lines > HEAVY else "grid-table"
    return (
        f"<table role=grid class={classes} aria-multiselectable=true{frozen}"
        f" aria-rowcount={rows} aria-colcount={columns}"
        f' aria-label="Présences, {ctx.month.label}" aria-describedby=grid-keys>'
    )


def _parts(lines: Sequence[GridLine]) -> Iterable[tuple[int, Sequence[GridLine]]]:
    for start in range(0, len(lines), LINES_PER_BODY):
        yield start + 1, lines[start : start + LINES_PER_BODY]


class _Rows:
    """Writes lines; what those of a month have in common is worked out once."""

    def __init__(self, ctx: MonthContext) -> None:
        self.month = ctx.month
        self.days = ctx.month.days
        future, closed = set(ctx.future_days), set(ctx.closed_days)
        status = ["c" if day in closed else "f" if day in future else "" for day in range(1, self.days + 1)]
        self.inside = [_cells(letter) for letter in status]
        # A closed day is closed before it is outside anyone's stay.
        self.outside = [_cells("c" if letter == "c" else "o") for letter in status]

    def write(self, shown: GridLine, number: int) -> str:
        line = shown.line
        niss = NISS_PRESENT if shown.has_niss else ""
        mark = f" data-n={shown.niss_mark}" if shown.niss_mark else ""
        days = "".join(map(getitem, self._cells_of(line), line.codes))
        return (
            f"<tr data-l={shown.id} data-v={shown.version}{mark} aria-rowindex={number + 1}><td>{number}"
            f"<th scope=row>{escape(line.last_name)}<td>{escape(line.first_name)}"
            f"<td>{_date(line.birth_date)}<td>{niss}<td>{_date(line.entry_date)}<td>{_date(line.exit_date)}"
            f"<td>{_rate(line.pfp_rate)}{days}{_sums(totals(line.codes))}"
        )

    def _cells_of(self, line: ChildLine) -> Sequence[_Cells]:
        first, last = self._stay(line.entry_date, line.exit_date)
        if first == 1 and last == self.days:
            return self.inside
        return self.outside[: first - 1] + self.inside[first - 1 : last] + self.outside[last:]

    def _stay(self, entry: date | None, leave: date | None) -> tuple[int, int]:
        """First and last day on which the child may have a code; (days + 1, days) when there is none."""
        if entry is not None and leave is not None and leave < entry:
            return 1, self.days  # the dates are wrong, which is said of them and not of the days
        first, last = 1, self.days
        if entry is not None and entry > self.month.first:
            first = entry.day if self.month.contains(entry) else self.days + 1
        if leave is not None and leave < self.month.last:
            last = leave.day if self.month.contains(leave) else 0
        return (first, last) if first <= last else (self.days + 1, self.days)


def _cells(status: str) -> _Cells:
    """The cell of each stored character on a day of that status."""

    def cell(char: str) -> str:
        classes = " ".join(filter(None, [status, _CODE_CLASSES.get(char, "")]))
        quoted = f'"{classes}"' if " " in classes else classes
        return f"<td class={quoted}>{DISPLAYS[char]}" if classes else f"<td>{DISPLAYS[char]}"

    return {char: cell(char) for char in CHARACTERS + BLANK}


# Children of one facility share dates and rates by the dozen.
_date = lru_cache(maxsize=4096)(partial(format_field, "birth_date"))
_rate = lru_cache(maxsize=1024)(partial(format_field, "pfp_rate"))
_counts = attrgetter(*CHARACTERS)


def _sums(counts: Totals) -> str:
    return "".join([f"<td>{count or ''}" for count in _counts(counts)])


def _head(ctx: MonthContext) -> str:
    fields = "".join(
        f"<th scope=col aria-colindex={index}>{escape(spec.label)}" for index, spec in enumerate(FIELDS, 2)
    )
    days = "".join(_day_head(day, ctx) for day in range(1, ctx.month.days + 1))
    sums = "".join(f'<th scope=col aria-label="Total {name}">{name}' for name in Totals().as_display())
    number = '<th scope=col aria-label="Numéro de ligne">n°'
    return f"<thead><tr aria-rowindex=1>{number}{fields}{days}{sums}</thead>"


def _day_head(day: int, ctx: MonthContext) -> str:
    weekday = WEEKDAY_NAMES[ctx.month.day(day).weekday()]
    name = f"{weekday} {'1er' if day == 1 else day} {MONTH_NAMES[ctx.month.month - 1]}"
    shown = f"{day}<small>{weekday[:2]}</small>"
    if day not in ctx.closed:
        return f'<th scope=col aria-label="{name}">{shown}'
    reason = escape(ctx.closed[day])
    return f'<th scope=col class=c aria-label="{name}, fermé : {reason}" title="Fermé : {reason}">{shown}'


def _occupancy(lines: Sequence[GridLine], ctx: MonthContext) -> Occupancy:
    return occupancy([line.line.codes for line in lines], ctx)


def _percent(rate: Decimal | None) -> str:
    if rate is None:
        return "–"
    tenths = (rate * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{tenths:f}".replace(".", ",") + "\u00a0%"


def _foot(by_day: Sequence[Totals], index: int) -> str:
    month = sum(by_day, Totals())
    span = 1 + len(FIELDS)
    rows = []
    for place, label in enumerate(_FOOTER):
        full, half = CHARACTERS[2 * place], CHARACTERS[2 * place + 1]
        days = "".join(f"<td>{_amount(getattr(day, full), getattr(day, half))}" for day in by_day)
        sums = _sums(month) if place == 0 else "<td>" * len(CHARACTERS)
        rows.append(f"<tr aria-rowindex={index + place}><th scope=row colspan={span}>{label}{days}{sums}")
    return "<tfoot>" + "".join(rows) + "</tfoot>"


def _amount(full: int, half: int) -> str:
    """Days, a half counted as such, as the screen writes them: "12,5", "" for none."""
    whole, rest = divmod(2 * full + half, 2)
    return f"{whole}{',5' * rest}" if whole or rest else ""


def _facts(lines: Sequence[GridLine], by_day: Sequence[Totals], ctx: MonthContext) -> str:
    """What app/static/js/grid/config.js reads; nothing in it can end the script element it stands in."""
    facts = {
        "month": str(ctx.month),
        "label": ctx.month.label,
        "days": ctx.month.days,
        "today": ctx.today.isoformat(),
        "closed": {day: ctx.closed[day] for day in ctx.closed_days},
        "capacity": ctx.capacity,
        "justified": ctx.include_justified,
        "maxLines": ctx.max_lines,
        "maxLinesMark": ctx.mark("max_lines"),
        "fields": [[spec.key, spec.label] for spec in FIELDS],
        "totals": _counts(sum(by_day, Totals())),
        "byDay": [_counts(day) for day in by_day],
        "issues": {line.id: [_issue(found) for found in line.warnings] for line in lines if line.warnings},
        "twins": {
            lines[index].id: _issue(found)
            for index, found in children_twice([line.line for line in lines], ctx)
            if index is not None
        },
    }
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _issue(found: Violation) -> dict[str, object]:
    """A violation as the JSON API gives it too."""
    return {
        "field": found.field,
        "days": list(found.days),
        "message": found.message,
        "help": found.help,
        "severity": str(found.severity),
    }

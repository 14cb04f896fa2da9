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
    format_field,
    occupancy,
)
from app.rules.codes import BLANK, CHARACTERS, DISPLAYS, Totals, totals
from app.rules.months import MONTH_NAMES, WEEKDAY_NAMES
from app.rules.violations import Violation

#: A <tbody> is what `content-visibility` leaves out of the layout: 25 lines are about one screen.
LINES_PER_BODY = 25

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

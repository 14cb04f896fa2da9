"""The rules of a crèche's month of presences (guide 10.1.2): one place for grid, import, CLI and review.

It stands in five rooms, and callers import from here: `attendance_types` (shapes), `attendance_fields` (one
value read or shown), `attendance_line` (one child's line), `attendance_sheet` (the whole month) and
`attendance_forgotten` (what a signer should look at).
"""

from __future__ import annotations

from app.rules.attendance_fields import LONGEST_TEXT, NISS_PRESENT, format_field, parse_field, read_line
from app.rules.attendance_forgotten import forgotten
from app.rules.attendance_line import is_blank, judge_line, refusal
from app.rules.attendance_sheet import (
    Finding,
    Occupancy,
    children_twice,
    from_previous,
    judge_sheet,
    occupancy,
    twin,
)
from app.rules.attendance_types import (
    DAY_KEYS,
    FIELD_BY_KEY,
    FIELDS,
    ChildLine,
    FieldKind,
    FieldSpec,
    MonthContext,
    day_of,
)

__all__ = [
    "DAY_KEYS",
    "FIELDS",
    "FIELD_BY_KEY",
    "LONGEST_TEXT",
    "NISS_PRESENT",
    "ChildLine",
    "FieldKind",
    "FieldSpec",
    "Finding",
    "MonthContext",
    "Occupancy",
    "children_twice",
    "day_of",
    "forgotten",
    "format_field",
    "from_previous",
    "is_blank",
    "judge_line",
    "judge_sheet",
    "occupancy",
    "parse_field",
    "read_line",
    "refusal",
    "twin",
]

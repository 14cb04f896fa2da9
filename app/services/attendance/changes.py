"""What happened to a month: a cell's history, the last hand on it, what others changed since a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import journal
from app.models import AttendanceLine, AttendanceSheet, JournalChange, JournalEntry
from app.rules.attendance import DAY_KEYS, FIELDS, day_of
from app.rules.codes import DISPLAYS, EMPTY_MONTH
from app.rules.workflow import SheetState
from app.services.attendance.sheets import Line, display, lines

#: How far back a look at others' changes reaches over the one before; versions tell what is known already.
OVERLAP = dt.timedelta(minutes=1)

#: What an action of the history is called beside a cell.
_HOW = {"encodage": "grille", "import": "import", "creation": "reprise", "annulation": "annulation"}


@dataclass(frozen=True)
class CellChange:
    """One change of one cell."""

    at: dt.datetime
    who: str
    old: str
    new: str
    how: str


def of_cell(session: Session, sheet_id: int, line_id: int, field: str) -> list[CellChange]:
    """A cell's changes, newest first; empty out of scope."""
    day = day_of(field)
    fields = [field, journal.WHOLE, *(["codes"] if day else [])]
    rows = session.execute(
        select(JournalChange, JournalEntry.at, JournalEntry.actor, JournalEntry.action)
        .join(JournalEntry, JournalEntry.id == JournalChange.entry_id)
        .join(
            AttendanceLine,
            (AttendanceLine.id == JournalChange.object_id) & (AttendanceLine.sheet_id == sheet_id),
        )
        .where(
            JournalChange.object_type == "attendance_line",
            JournalChange.object_id == line_id,
            JournalChange.field.in_(fields),
        )
        .order_by(JournalChange.id.desc())
        .limit(200)
    )  # fmt: skip
    return [
        CellChange(at, who, old, new, _HOW.get(action, action))
        for change, at, who, action in rows
        for old, new in _cell(change, field, day)
    ]


def _cell(change: JournalChange, field: str, day: int | None) -> Iterator[tuple[str, str]]:
    """What a change says of one cell, old and new as displayed."""
    for one in journal.unfolded(change):
        old, new = one.old or "", one.new or ""
        if one.field == field:
            yield old, new
        elif one.field == "codes" and day:
            # A whole month as two strings: this cell is one character of them.
            old, new = (DISPLAYS[(codes or EMPTY_MONTH)[day - 1]] for codes in (old, new))
            if old != new:
                yield old, new


@dataclass(frozen=True)
class Since:
    """What moved in a month since a moment; `now` is the moment to ask from next time.

    `lines`: those that changed; `all`: every line, when anything did.
    """

    facility_id: int
    month: dt.date
    state: SheetState
    now: dt.datetime
    lines: list[Line]
    deleted: list[int]
    all: list[Line]


def since(session: Session, sheet_id: int, moment: dt.datetime) -> Since:
    """Lines changed after a moment, by anyone. Raises LookupError out of scope."""
    head = session.execute(
        select(AttendanceSheet.facility_id, AttendanceSheet.month, AttendanceSheet.state, func.now()).where(
            AttendanceSheet.id == sheet_id
        )
    ).one_or_none()
    if head is None:
        raise LookupError("no such sheet")
    moved: Sequence[tuple[int, bool]] = [
        (number, deleted)
        for number, deleted in session.execute(
            select(AttendanceLine.id, AttendanceLine.deleted_at.is_not(None)).where(
                AttendanceLine.sheet_id == sheet_id, AttendanceLine.changed_at > moment
            )
        )
    ]
    changed = {number for number, deleted in moved if not deleted}
    every = lines(session, sheet_id) if moved else []
    rows = [row for row in every if row.id in changed]
    # A save under way now carries an earlier instant than its commit: the next look starts a minute back.
    facility_id, month, state, now = head
    deleted = [number for number, gone in moved if gone]
    return Since(facility_id, month, state, now - OVERLAP, rows, deleted, every)


def values(row: Line) -> dict[str, str]:
    """A line as the grid shows it: every field and day, as displayed."""
    shown = {spec.key: display(row.child, spec.key) for spec in FIELDS}
    return shown | {day: DISPLAYS[char] for day, char in zip(DAY_KEYS, row.child.codes, strict=True)}

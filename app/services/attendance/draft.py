"""« Enregistrer le brouillon » and « Annuler les modifications ».

Each cell is stored as it is typed, so that nothing is lost. A draft is therefore no copy kept apart, but a place in
the history: giving up one's modifications undoes what the history says that one did after it, and nobody else's.
It never reaches behind a step in the month's life: what was signed and submitted stands.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import journal
from app.db import committing
from app.journal import Change, Who
from app.models import AttendanceSheet, JournalChange, JournalEntry
from app.rules.attendance import ChildLine, MonthContext, parse_field, refusal, twin
from app.rules.french import count
from app.rules.months import Month
from app.services.attendance.cell_values import (
    IDENTITY,
    SAVE_CODES,
    change,
    shown,
    with_value,
    write_fields,
)
from app.services.attendance.line_changes import set_deleted
from app.services.attendance.sheets import Line, TooManyLines, lines, lock_editable

#: What one does in the grid, cell by cell. An import is confirmed as a whole, and is no modification of a draft.
_BY_HAND = ("encodage", "lignes-ajoutees", "lignes-retirees", "lignes-retablies", "annulation")


@dataclass(frozen=True)
class PutBack:
    """One cell and both its values, as displayed."""

    line: Line
    field: str
    standing: str
    before: str


@dataclass(frozen=True)
class Left:
    """What is not put back, and why. `field` "" for a whole line."""

    line: Line
    field: str
    why: str


class Step(NamedTuple):
    """One change of one cell, as displayed."""

    old: str
    new: str


@dataclass
class Plan:
    """What giving up would do: cells put back, lines added since taken away, lines taken away since put back.

    `since`: the entry of the history that the month goes back to.
    """

    since: int = 0
    cells: list[PutBack] = field(default_factory=list)
    added: list[Line] = field(default_factory=list)
    removed: list[Line] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    @property
    def lines(self) -> int:
        """How many lines come or go."""
        return len(self.added) + len(self.removed)

    @property
    def said(self) -> str:
        """« 12 cellules et 1 ligne »; "" for nothing."""
        parts = [(len(self.cells), "cellule"), (self.lines, "ligne")]
        return " et ".join(count(number, word) for number, word in parts if number)


def save(session: Session, who: Who, sheet_id: int) -> int:
    """Say in the history that the draft is as the person wants it; give the entry to come back to. Commits.

    Raises LookupError out of scope, SheetLocked.
    """
    sheet = lock_editable(session, sheet_id)
    _record(session, who, sheet, "brouillon", "Brouillon enregistré", [])
    entry = latest(session, who, sheet_id)
    session.commit()
    return entry


def latest(session: Session, who: Who, sheet_id: int) -> int:
    """The person's last entry on a month, 0 without one."""
    found = session.scalar(
        select(func.max(JournalEntry.id)).where(
            JournalEntry.object_type == "attendance_sheet",
            JournalEntry.object_id == sheet_id,
            JournalEntry.user_id == who.user_id,
        )
    )
    return found or 0


def plan(session: Session, who: Who, sheet_id: int, since: int) -> Plan:
    """What `put_back` would do; nothing for a month out of scope."""
    since = max(since, _last_step(session, sheet_id))
    found = Plan(since)
    standing = {row.id: row for row in lines(session, sheet_id)}
    gone = {row.id: row for row in lines(session, sheet_id, removed=True)}
    mine, others = _since(session, who, sheet_id, since)
    touched = {line for line, _ in others}
    for (line, key), steps in mine.items():
        if key != "ligne":
            continue
        was_there = steps[0].new == "retirée"
        if not was_there and line in standing:
            row = standing[line]
            if line in touched:
                found.left.append(Left(row, "", "quelqu’un d’autre y a travaillé depuis"))
            else:
                found.added.append(row)
        elif was_there and line in gone:
            found.removed.append(gone[line])
    reachable = {row.id: row for row in (*standing.values(), *found.removed)}
    for row in found.added:
        del reachable[row.id]
    for (line, key), steps in mine.items():
        if key != "ligne" and line in reachable:
            _cell(found, reachable[line], key, steps, changed_by_others=(line, key) in others)
    return found


def put_back(
    session: Session, who: Who, sheet_id: int, since: int, ctx: MonthContext, now: dt.datetime
) -> Plan:
    """Undo what `who` did to the month by hand after the entry `since`; answer what was done and what was left.

    Nothing from before the month was last submitted, sent back or reopened: that was signed. One transaction, under
    the rules that any edit meets; its own entry in the history. Commits.
    Raises LookupError out of scope, SheetLocked, TooManyLines.
    """
    sheet = lock_editable(session, sheet_id)
    done = plan(session, who, sheet_id, since)
    month = {row.id: row.child for row in (*lines(session, sheet_id), *done.removed)}
    for row in done.added:
        del month[row.id]
    if len(done.removed) > len(done.added) and len(month) > ctx.max_lines:
        session.rollback()
        raise TooManyLines(ctx.max_lines, ctx.mark("max_lines"))
    before = {cell.line.id: cell.line for cell in done.cells}
    changed: dict[int, ChildLine] = {}
    for number, row in before.items():
        after = _as_before(done, row)
        wrong = _refused(done, row, after, {**month, **changed}, ctx)
        if wrong:
            done.left += [Left(row, cell.field, wrong) for cell in done.cells if cell.line.id == number]
            done.cells = [cell for cell in done.cells if cell.line.id != number]
        else:
            changed[number] = after
    if done.added:
        set_deleted(session, sheet, [row.id for row in done.added], now, now)
    if done.removed:
        set_deleted(session, sheet, [row.id for row in done.removed], None, now)
    codes = write_fields(session, changed, {number: before[number].child for number in changed}, now)
    changes = [
        *(change(cell.line.id, cell.field, cell.line.child, changed[cell.line.id]) for cell in done.cells),
        *(Change("attendance_line", row.id, "ligne", "présente", "retirée") for row in done.added),
        *(Change("attendance_line", row.id, "ligne", "retirée", "rétablie") for row in done.removed),
    ]
    if not changes:
        session.rollback()
        return done
    sheet.changed_at = now
    with committing(session):
        SAVE_CODES.write(session, codes)
        _record(session, who, sheet, "annulation", f"Modifications annulées : {done.said}", changes)
    return done


def _last_step(session: Session, sheet_id: int) -> int:
    """The entry of the last step in the month's life, whoever took it; 0 for a month that was never submitted."""
    found = session.scalar(
        select(func.max(JournalChange.entry_id)).where(
            JournalChange.object_type == "attendance_sheet",
            JournalChange.object_id == sheet_id,
            JournalChange.field == "state",
        )
    )
    return found or 0


def _cell(found: Plan, row: Line, key: str, steps: list[Step], *, changed_by_others: bool) -> None:
    standing, before = shown(row.child, key), steps[0].old
    if key == "niss":
        if before:
            # The former number is sealed nowhere any more: it cannot come back.
            found.left.append(Left(row, key, "le numéro d’avant n’est plus connu, retapez-le"))
            return
        moved = changed_by_others
    else:
        unbroken = all(one.new == two.old for one, two in pairwise(steps))
        moved = not unbroken or standing != steps[-1].new
    if standing == before:
        return
    if moved:
        found.left.append(Left(row, key, "quelqu’un d’autre y a travaillé depuis"))
    else:
        found.cells.append(PutBack(row, key, standing, before))


def _as_before(done: Plan, row: Line) -> ChildLine:
    after = row.child
    for cell in done.cells:
        if cell.line.id == row.id:
            after = with_value(after, cell.field, parse_field(cell.field, cell.before)[0])
    return after


def _refused(done: Plan, row: Line, after: ChildLine, month: dict[int, ChildLine], ctx: MonthContext) -> str:
    """Why the line as it was is refused today (a closure declared since, say); "" when it is not."""
    keys = [cell.field for cell in done.cells if cell.line.id == row.id]
    found = [violation for key in keys if (violation := refusal(after, key, ctx))]
    if not found and IDENTITY.intersection(keys):
        same = twin(after, (child for number, child in month.items() if number != row.id), ctx)
        found = [same] if same else []
    return found[0].message if found else ""


def _since(
    session: Session, who: Who, sheet_id: int, since: int
) -> tuple[dict[tuple[int, str], list[Step]], set[tuple[int, str]]]:
    """By (line, column): the person's own changes in their order, and what others, or an import, changed."""
    mine: dict[tuple[int, str], list[Step]] = {}
    others: set[tuple[int, str]] = set()
    for kept, user_id, action in session.execute(
        select(JournalChange, JournalEntry.user_id, JournalEntry.action)
        .join(JournalEntry, JournalEntry.id == JournalChange.entry_id)
        .where(
            JournalEntry.object_type == "attendance_sheet",
            JournalEntry.object_id == sheet_id,
            JournalEntry.id > since,
            JournalChange.object_type == "attendance_line",
        )
        .order_by(JournalChange.id)
    ):  # fmt: skip
        by_hand = user_id == who.user_id and action in _BY_HAND
        for one in journal.unfolded(kept):
            cell = (one.object_id or 0, one.field)
            if by_hand:
                mine.setdefault(cell, []).append(Step(one.old or "", one.new or ""))
            else:
                others.add(cell)
    return mine, others


def _record(
    session: Session, who: Who, sheet: AttendanceSheet, action: str, summary: str, changes: list[Change]
) -> None:
    journal.record(
        session, who, action, organiser_id=sheet.organiser_id, facility_id=sheet.facility_id,
        object_type="attendance_sheet", object_id=sheet.id, changes=changes,
        summary=f"{summary}, présences {Month.of(sheet.month).of_label}",
    )  # fmt: skip

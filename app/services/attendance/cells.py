"""Saving cells of the grid: each one on its own, atomically, with its history."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, TypeVar

import msgspec
from sqlalchemy import ARRAY, Integer, any_, bindparam, select
from sqlalchemy.orm import Session

from app import journal
from app.db import SessionNeeded, Work, committing, session_of
from app.journal import Change, Who
from app.models import AttendanceLine, AttendanceSheet
from app.prepared import Prepared
from app.rules.attendance import (
    DAY_KEYS,
    ChildLine,
    MonthContext,
    judge_line,
    parse_field,
    refusal,
    twin,
)
from app.rules.french import count
from app.rules.violations import Violation
from app.rules.workflow import SheetState, editable
from app.services.attendance.cell_values import (
    IDENTITY,
    SAVE_CODES,
    change,
    shown,
    with_value,
    write_fields,
)
from app.services.attendance.changes import of_cell
from app.services.attendance.sheets import SheetLocked, lines, niss_mark, twins
from app.walls import bare

_T = TypeVar("_T")
_Typed = Annotated[str, msgspec.Meta(max_length=200)]


@dataclass(frozen=True)
class Edit:
    """One cell as the person typed it. `old` is what they saw before, as displayed.

    `seen`: of a national number, which nobody sees, the `niss_mark` of the one that stood there; None when unknown.
    """

    key: _Typed
    line: Annotated[int, msgspec.Meta(gt=0, lt=2**31)]
    field: _Typed
    old: _Typed
    new: _Typed
    seen: _Typed | None = None


@dataclass(frozen=True)
class Result:
    """What became of one edit; `status` is "saved", "refused" or "conflict"."""

    key: str
    status: str
    value: str
    version: int = 0
    message: str = ""
    help: str = ""
    #: On a refusal for what these days hold: a date that leaves codes outside the stay.
    days: tuple[int, ...] = ()
    #: On a conflict: what stands there now, who put it there and when.
    theirs: str = ""
    by: str = ""
    at: dt.datetime | None = None
    #: Of a national number: the mark of the one that stands there now.
    mark: str = ""


@dataclass(frozen=True)
class Saved:
    """The answer to a batch: one result an edit, and all that the rules say of each line touched.

    `twins`: the lines of the whole month whose child stands there twice, None when no name could have moved that.
    """

    results: list[Result]
    warnings: dict[int, list[Violation]] = field(default_factory=dict)
    twins: dict[int, Violation] | None = None


@dataclass(frozen=True)
class _Locked:
    version: int
    child: ChildLine


@dataclass(frozen=True)
class SheetHead:
    """What saving needs to know of a sheet, and the lines of a batch."""

    id: int
    organiser_id: int
    facility_id: int
    month: dt.date
    lines: dict[int, _Locked] = field(default_factory=dict)


# The sheet is locked before its lines, as everywhere; lines in the order of their ids, so that two batches never
# wait for each other.
_OPEN = Prepared(
    select(
        AttendanceSheet.state, AttendanceSheet.organiser_id, AttendanceSheet.facility_id, AttendanceSheet.month,
        AttendanceLine.id, AttendanceLine.version, AttendanceLine.last_name, AttendanceLine.first_name,
        AttendanceLine.birth_date, AttendanceLine.niss_hash, AttendanceLine.entry_date, AttendanceLine.exit_date,
        AttendanceLine.pfp_rate, AttendanceLine.codes,
    )
    .join(AttendanceLine, AttendanceLine.sheet_id == AttendanceSheet.id)
    .where(
        AttendanceSheet.id == bindparam("sheet", None),
        AttendanceLine.id == any_(bindparam("lines", None, ARRAY(Integer))),
        AttendanceLine.deleted_at.is_(None),
    )
    .order_by(AttendanceLine.id)
    .with_for_update(read=True, of=AttendanceSheet)
    .suffix_with("FOR UPDATE OF attendance_line")
)  # fmt: skip
_SHEET = Prepared(
    select(
        AttendanceSheet.organiser_id, AttendanceSheet.facility_id, AttendanceSheet.month, AttendanceSheet.state
    )
    .where(AttendanceSheet.id == bindparam("sheet", None))
    .with_for_update(read=True)
)  # fmt: skip


def transact(edits: Sequence[Edit], session: Callable[[], Session], saving: Callable[[Work], _T]) -> _T:
    """Save a batch: codes alone, which is nearly all that is ever typed, without a session, as long as none is needed
    (for who is behind a conflict, for a calendar not read yet): then all of it is begun again in one.
    """
    if all(edit.field in DAY_KEYS for edit in edits):
        with contextlib.suppress(SessionNeeded), bare() as work:
            return saving(work)
    return saving(session())


def head(work: Work, sheet_id: int, line_ids: Collection[int] = ()) -> SheetHead:
    """The sheet, held against submission until the transaction ends (readers and savers share it), and of these
    lines those that are there, locked.

    Raises LookupError out of scope, SheetLocked when submitted.
    """
    rows = _OPEN.rows(work, sheet=sheet_id, lines=list(line_ids)) if line_ids else []
    if not rows:
        return _sheet_alone(work, sheet_id)
    first = rows[0]
    if not editable(SheetState(first.state)):
        raise SheetLocked
    found = {
        row.id: _Locked(
            row.version,
            ChildLine(
                row.last_name, row.first_name, row.birth_date, None, row.entry_date, row.exit_date,
                row.pfp_rate, row.codes, key=row.id, niss_hash=row.niss_hash,
            ),
        )
        for row in rows
    }  # fmt: skip
    return SheetHead(sheet_id, first.organiser_id, first.facility_id, first.month, found)


def _sheet_alone(work: Work, sheet_id: int) -> SheetHead:
    row = next(iter(_SHEET.rows(work, sheet=sheet_id)), None)
    if row is None:
        raise LookupError("no such sheet")
    if not editable(SheetState(row.state)):
        raise SheetLocked
    return SheetHead(sheet_id, row.organiser_id, row.facility_id, row.month)


def save(
    work: Work, who: Who, sheet: SheetHead, edits: Sequence[Edit], ctx: MonthContext, now: dt.datetime
) -> Saved:
    """Save what can be saved of a batch, in one transaction; refuse or report the rest, cell by cell.

    An edit already in place (sent twice) answers "saved" and writes nothing. Commits. Raises SessionNeeded.
    """
    found = sheet.lines
    known = lines(session_of(work), sheet.id) if any(edit.field in IDENTITY for edit in edits) else None
    others = {row.id: row.child for row in known} if known is not None else {}
    changed: dict[int, ChildLine] = {}
    changes: list[Change] = []
    results = []
    for edit in edits:
        before = changed.get(edit.line) or (found[edit.line].child if edit.line in found else None)
        if before is None:
            results.append(Result(edit.key, "refused", "", message="Cette ligne n’existe plus.",
                                  help="Elle a été retirée par quelqu’un d’autre. Rechargez la page."))  # fmt: skip
            continue
        result, after = _apply(edit, before, others, ctx)
        results.append(result)
        if after is not None:
            changes.append(change(edit.line, edit.field, before, after))
            changed[edit.line] = after
            others[edit.line] = after
    versions = {number: row.version + (number in changed) for number, row in found.items()}
    standing = {number: row.child for number, row in found.items()} | changed
    results = [
        _told(work, sheet.id, edit, replace(result, version=versions.get(edit.line, 0)), standing)
        for result, edit in zip(results, edits, strict=True)
    ]
    if changed:
        codes = write_fields(work, changed, {number: found[number].child for number in changed}, now)
        with committing(work):
            SAVE_CODES.write(work, codes)
            journal.record(
                work, who, "encodage", organiser_id=sheet.organiser_id, facility_id=sheet.facility_id,
                object_type="attendance_sheet", object_id=sheet.id,
                summary=f"{count(len(changes), 'cellule encodée', 'cellules encodées')}, présences {ctx.month.of_label}",
                changes=changes,
            )  # fmt: skip
    else:
        work.commit()
    return Saved(
        results,
        {number: judge_line(child, ctx) for number, child in changed.items()},
        None if known is None else twins([replace(row, child=others[row.id]) for row in known], ctx),
    )


def _told(work: Work, sheet_id: int, edit: Edit, result: Result, standing: dict[int, ChildLine]) -> Result:
    """A conflict, with the hand that wrote the other value; of a national number, its mark."""
    if edit.field == "niss" and edit.line in standing:
        result = replace(result, mark=niss_mark(standing[edit.line], edit.line))
    if result.status != "conflict":
        return result
    last = next(iter(of_cell(session_of(work), sheet_id, edit.line, edit.field)), None)
    return result if last is None else replace(result, by=last.who, at=last.at)


def _apply(
    edit: Edit, before: ChildLine, others: dict[int, ChildLine], ctx: MonthContext
) -> tuple[Result, ChildLine | None]:
    """The result of one edit, and the line after it when there is something to write."""
    standing = shown(before, edit.field)
    value, wrong = parse_field(edit.field, edit.new)
    if wrong is not None:
        return _refused(edit, standing, wrong), None
    after = with_value(before, edit.field, value)
    if after == before and edit.field != "niss":
        return Result(edit.key, "saved", standing), None
    if edit.field == "niss" and after.niss_hash == before.niss_hash:
        return Result(edit.key, "saved", standing), None
    if standing != edit.old or _other_number(edit, before):
        return Result(edit.key, "conflict", edit.new, theirs=standing), None
    wrong = refusal(after, edit.field, ctx) or _duplicate(edit, after, others, ctx)
    if wrong is not None:
        return _refused(edit, standing, wrong), None
    return Result(edit.key, "saved", shown(after, edit.field)), after


def _other_number(edit: Edit, before: ChildLine) -> bool:
    """Whether another national number than the one that the person corrects stands there now."""
    return edit.field == "niss" and edit.seen is not None and edit.seen != niss_mark(before, edit.line)


def _refused(edit: Edit, standing: str, wrong: Violation) -> Result:
    return Result(edit.key, "refused", standing, message=wrong.message, help=wrong.help, days=wrong.days)


def _duplicate(
    edit: Edit, after: ChildLine, others: dict[int, ChildLine], ctx: MonthContext
) -> Violation | None:
    if edit.field not in IDENTITY:
        return None
    return twin(after, (child for number, child in others.items() if number != edit.line), ctx)

"""Lines of a month added, taken away and put back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from app import journal
from app.journal import Change, Who
from app.models import AttendanceLine, AttendanceSheet
from app.rules.attendance import ChildLine, MonthContext
from app.services.attendance.sheets import TooManyLines, add, lines, lock_editable


def append(
    session: Session, who: Who, sheet_id: int, count: int, ctx: MonthContext, now: dt.datetime
) -> list[int]:
    """Empty lines at the end. Raises SheetLocked, TooManyLines. Commits."""
    sheet = lock_editable(session, sheet_id)
    if len(lines(session, sheet.id)) + count > ctx.max_lines:
        session.rollback()
        raise TooManyLines(ctx.max_lines)
    ids = add(session, sheet, [ChildLine()] * count, now)
    sheet.changed_at = now
    _record_lines(
        session, who, sheet, "lignes-ajoutees", f"{count} ligne(s) ajoutée(s)", ids, None, "ajoutée"
    )
    session.commit()
    return ids


def take_away(session: Session, who: Who, sheet_id: int, ids: Sequence[int], now: dt.datetime) -> list[int]:
    """Take lines away; they can be restored until the month is submitted. Commits."""
    return _set_deleted(session, who, sheet_id, ids, now, now)


def restore(session: Session, who: Who, sheet_id: int, ids: Sequence[int], now: dt.datetime) -> list[int]:
    """Undo `take_away`. Commits."""
    return _set_deleted(session, who, sheet_id, ids, None, now)


def _set_deleted(
    session: Session,
    who: Who,
    sheet_id: int,
    ids: Sequence[int],
    deleted_at: dt.datetime | None,
    now: dt.datetime,
) -> list[int]:
    sheet = lock_editable(session, sheet_id)
    is_deleted = AttendanceLine.deleted_at.is_not(None)
    done = list(
        session.scalars(
            update(AttendanceLine)
            .where(
                AttendanceLine.sheet_id == sheet.id,
                AttendanceLine.id.in_(ids),
                is_deleted if deleted_at is None else ~is_deleted,
            )
            .values(deleted_at=deleted_at, changed_at=now, version=AttendanceLine.version + 1)
            .returning(AttendanceLine.id)
            .execution_options(synchronize_session=False)
        )
    )
    sheet.changed_at = now
    if deleted_at is None:
        _record_lines(
            session,
            who,
            sheet,
            "lignes-retablies",
            f"{len(done)} ligne(s) rétablie(s)",
            done,
            "retirée",
            "rétablie",
        )
    else:
        _record_lines(
            session,
            who,
            sheet,
            "lignes-retirees",
            f"{len(done)} ligne(s) retirée(s)",
            done,
            "présente",
            "retirée",
        )
    session.commit()
    return done


def _record_lines(
    session: Session, who: Who, sheet: AttendanceSheet, action: str, summary: str, ids: Sequence[int],
    old: str | None, new: str,
) -> None:  # fmt: skip
    if ids:
        journal.record(
            session, who, action, organiser_id=sheet.organiser_id, facility_id=sheet.facility_id,
            object_type="attendance_sheet", object_id=sheet.id, summary=summary,
            changes=[Change("attendance_line", number, "ligne", old, new) for number in ids],
        )  # fmt: skip

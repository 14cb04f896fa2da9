"""Lines of a month added, taken away and put back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import journal
from app.journal import Change, Who
from app.models import AttendanceLine, AttendanceSheet
from app.rules.attendance import ChildLine
from app.rules.french import count as counted
from app.rules.months import Month
from app.rules.violations import UNOFFICIAL
from app.services.attendance.sheets import TooManyLines, add, lock_editable
from app.services.parameters import values_on


def append(session: Session, who: Who, sheet_id: int, count: int, now: dt.datetime) -> list[int]:
    """Empty lines at the end. Raises SheetLocked, TooManyLines. Commits."""
    sheet = lock_editable(session, sheet_id)
    _room_for(session, sheet, count)
    ids = add(session, sheet, [ChildLine()] * count, now)
    sheet.changed_at = now
    _record(
        session,
        who,
        sheet,
        ids,
        ("lignes-ajoutees", counted(count, "ligne ajoutée", "lignes ajoutées"), None, "ajoutée"),
    )
    session.commit()
    return ids


def take_away(session: Session, who: Who, sheet_id: int, ids: Sequence[int], now: dt.datetime) -> list[int]:
    """Take lines away; they can be restored until the month is submitted. Commits."""
    sheet = lock_editable(session, sheet_id)
    done = [number for number, _ in set_deleted(session, sheet, ids, now, now)]
    told = ("lignes-retirees", counted(len(done), "ligne retirée", "lignes retirées"), "présente", "retirée")
    _record(session, who, sheet, done, told)
    session.commit()
    return done


def restore(
    session: Session, who: Who, sheet_id: int, ids: Sequence[int], now: dt.datetime
) -> list[tuple[int, int]]:
    """Undo `take_away`: the lines put back, with their versions. Raises TooManyLines. Commits."""
    sheet = lock_editable(session, sheet_id)
    _room_for(session, sheet, len(set(ids)))
    done = set_deleted(session, sheet, ids, None, now)
    told = (
        "lignes-retablies",
        counted(len(done), "ligne rétablie", "lignes rétablies"),
        "retirée",
        "rétablie",
    )
    _record(session, who, sheet, [number for number, _ in done], told)
    session.commit()
    return done


def _room_for(session: Session, sheet: AttendanceSheet, count: int) -> None:
    allowed = values_on(session, Month.of(sheet.month).last)["presences.lignes-max"]
    limit = int(allowed.value)
    taken = session.scalar(
        select(func.count())
        .select_from(AttendanceLine)
        .where(AttendanceLine.sheet_id == sheet.id, AttendanceLine.deleted_at.is_(None))
    )
    if count > limit or (taken or 0) + count > limit:
        session.rollback()
        raise TooManyLines(limit, "" if allowed.official else UNOFFICIAL)


def set_deleted(
    session: Session,
    sheet: AttendanceSheet,
    ids: Sequence[int],
    deleted_at: dt.datetime | None,
    now: dt.datetime,
) -> list[tuple[int, int]]:
    """Take lines away, or put them back (`deleted_at` None); those that moved, with their versions."""
    is_deleted = AttendanceLine.deleted_at.is_not(None)
    rows = session.execute(
        update(AttendanceLine)
        .where(
            AttendanceLine.sheet_id == sheet.id,
            AttendanceLine.id.in_(ids),
            is_deleted if deleted_at is None else ~is_deleted,
        )
        .values(deleted_at=deleted_at, changed_at=now, version=AttendanceLine.version + 1)
        .returning(AttendanceLine.id, AttendanceLine.version)
        .execution_options(synchronize_session=False)
    )
    done = [(row.id, row.version) for row in rows]
    sheet.changed_at = now
    return done


def _record(
    session: Session,
    who: Who,
    sheet: AttendanceSheet,
    ids: Sequence[int],
    told: tuple[str, str, str | None, str],
) -> None:
    """One entry for the lines touched. `told`: action, summary, old and new word of each line."""
    action, summary, old, new = told
    if ids:
        journal.record(
            session, who, action, organiser_id=sheet.organiser_id, facility_id=sheet.facility_id,
            object_type="attendance_sheet", object_id=sheet.id,
            summary=f"{summary}, présences {Month.of(sheet.month).of_label}",
            changes=[Change("attendance_line", number, "ligne", old, new) for number in ids],
        )  # fmt: skip

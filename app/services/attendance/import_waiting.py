"""Previews that wait for their person: one a person, facility and month, kept for a week."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from sqlalchemy import Select, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, defer, undefer

from app.keyring import keyring
from app.models import AttendanceImport
from app.rules.attendance import MonthContext
from app.rules.months import Month
from app.rules.violations import holds_number
from app.services.attendance.import_table import ImportTable, Unreadable

KEPT_FOR: Final = dt.timedelta(days=7)
_LONGEST_FILENAME: Final = 120


class NothingPending(LookupError):
    """There is no such preview (any more): confirmed, given up, expired, or the month was submitted."""


@dataclass
class Waiting:
    """A preview that waits for its person: the stored row, and its table opened."""

    row: AttendanceImport
    table: ImportTable

    def seen(self, base: str) -> str:
        """What a page shows, in one word: the draft's state, the table and the codes."""
        codes = json.dumps(self.row.mapping, sort_keys=True)
        return hashlib.sha256(f"{base}|{self.row.table}|{codes}".encode()).hexdigest()


def verdict(seen: str, ctx: MonthContext) -> str:
    """Our word that what was seen had no blocking error in that context; nobody else can write it."""
    return keyring().fingerprint(f"import sans erreur|{seen}|{ctx}")


def pending(session: Session, user_id: int, facility_id: int, month: Month) -> AttendanceImport | None:
    """The person's own preview of this month that still waits, its rows left sealed; None without one."""
    mine = _mine(user_id, facility_id, month).options(defer(AttendanceImport.table))
    return session.scalars(mine).one_or_none()


def waiting(
    session: Session, user_id: int, facility_id: int, month: Month, *, lock: bool = False, file: bool = False
) -> Waiting:
    """The person's preview, opened; with its file on demand. Raises NothingPending."""
    query = _mine(user_id, facility_id, month)
    if file:
        query = query.options(undefer(AttendanceImport.file))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise NothingPending
    try:
        return Waiting(row, ImportTable.load(row.table))
    except Unreadable:
        raise NothingPending from None


def _mine(user_id: int, facility_id: int, month: Month) -> Select[Any]:
    return select(AttendanceImport).where(
        AttendanceImport.user_id == user_id,
        AttendanceImport.facility_id == facility_id,
        AttendanceImport.month == month.first,
        AttendanceImport.created_at > func.now() - KEPT_FOR,
    )


def replace(session: Session, row: AttendanceImport) -> None:
    """One preview a person, facility and month: the last one sent, also when two arrive together."""
    gone = delete(AttendanceImport).where(
        AttendanceImport.user_id == row.user_id,
        AttendanceImport.facility_id == row.facility_id,
        AttendanceImport.month == row.month,
    )
    session.execute(gone)
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        session.execute(gone)
        session.add(row)


def plain_name(filename: str) -> str:
    """A file's name as pages may show it."""
    name = PurePath(filename.replace("\\", "/")).name
    name = "".join(char for char in name if char.isprintable())[:_LONGEST_FILENAME]
    return "classeur" + PurePath(name).suffix if holds_number(name) or not name else name


def give_up(session: Session, user_id: int, facility_id: int, month: Month) -> None:
    """Throw the preview away; the month was never touched. Commits. Raises NothingPending."""
    row = pending(session, user_id, facility_id, month)
    if row is None:
        raise NothingPending
    session.execute(delete(AttendanceImport).where(AttendanceImport.id == row.id))
    session.commit()


def purge(session: Session, now: dt.datetime) -> int:
    """Remove the previews that nobody came back to. Commits; gives how many."""
    gone = session.execute(
        delete(AttendanceImport)
        .where(AttendanceImport.created_at <= now - KEPT_FOR)
        .returning(AttendanceImport.id)
        .execution_options(synchronize_session=False)
    ).all()
    session.commit()
    return len(gone)

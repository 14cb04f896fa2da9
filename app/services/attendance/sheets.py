"""Making a month and reading it: empty lines, the previous month's children, lines added and taken away."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import journal
from app.journal import Who
from app.keyring import keyring
from app.models import AttendanceLine, AttendanceSheet, Facility
from app.prepared import insert_rows
from app.rules.attendance import (
    FIELDS,
    NISS_PRESENT,
    ChildLine,
    MonthContext,
    children_twice,
    format_field,
    from_previous,
)
from app.rules.codes import EMPTY_MONTH
from app.rules.french import count as counted
from app.rules.months import Month
from app.rules.violations import Violation
from app.rules.workflow import SheetState, editable
from app.services.attendance.line_history import line_change


class SheetLocked(Exception):
    """The month is submitted: nothing changes it before an agent reopens it."""


class SheetExists(Exception):
    """The month was made by somebody else in the meantime."""


class TooManyLines(Exception):
    """More lines than the limit of the reference data; `limit` says how many, `mark` whether it is official."""

    def __init__(self, limit: int, mark: str) -> None:
        super().__init__(limit)
        self.limit, self.mark = limit, mark


@dataclass(frozen=True)
class Line:
    """A stored line: its identity, its version, the child's month."""

    id: int
    version: int
    child: ChildLine


def find(session: Session, facility_id: int, month: Month) -> AttendanceSheet | None:
    """The month's sheet, None when it is not made yet (or out of scope)."""
    return session.scalars(
        select(AttendanceSheet).where(
            AttendanceSheet.facility_id == facility_id, AttendanceSheet.month == month.first
        )
    ).one_or_none()


def lock(session: Session, sheet_id: int) -> AttendanceSheet:
    """The sheet, locked against savers and submitters alike. Raises LookupError out of scope."""
    sheet = session.scalars(
        select(AttendanceSheet)
        .where(AttendanceSheet.id == sheet_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if sheet is None:
        raise LookupError("no such sheet")
    return sheet


def lock_editable(session: Session, sheet_id: int) -> AttendanceSheet:
    """As `lock`; raises SheetLocked when the month is submitted."""
    sheet = lock(session, sheet_id)
    if not editable(sheet.state):
        raise SheetLocked
    return sheet


_COLUMNS = (
    AttendanceLine.id, AttendanceLine.version, AttendanceLine.last_name, AttendanceLine.first_name,
    AttendanceLine.birth_date, AttendanceLine.niss_hash, AttendanceLine.entry_date, AttendanceLine.exit_date,
    AttendanceLine.pfp_rate, AttendanceLine.codes,
)  # fmt: skip


def lines(session: Session, sheet_id: int, *, removed: bool = False) -> list[Line]:
    """The lines of a sheet in their order, without decrypting a national number; or those taken away from it."""
    gone = AttendanceLine.deleted_at.is_not(None)
    rows = session.execute(
        select(*_COLUMNS)
        .where(AttendanceLine.sheet_id == sheet_id, gone if removed else ~gone)
        .order_by(AttendanceLine.position, AttendanceLine.id)
    )
    return [
        Line(
            row.id, row.version,
            ChildLine(
                row.last_name, row.first_name, row.birth_date, None, row.entry_date, row.exit_date,
                row.pfp_rate, row.codes, key=row.id, niss_hash=row.niss_hash,
            ),
        )
        for row in rows
    ]  # fmt: skip


def base_of(sheet_id: int | None, draft: Sequence[Line]) -> str:
    """The state of a draft: it changes with any save, addition or removal. "" without a draft."""
    if sheet_id is None:
        return ""
    versions = ",".join(f"{line.id}.{line.version}" for line in draft)
    return hashlib.sha256(f"{sheet_id}:{versions}".encode()).hexdigest()


def twins(rows: Sequence[Line], ctx: MonthContext) -> dict[int, Violation]:
    """What the rules say of the lines, by id, whose child stands in the month already."""
    found = children_twice([row.child for row in rows], ctx)
    return {rows[index].id: violation for index, violation in found if index is not None}


def niss_mark(child: ChildLine, line: int) -> str:
    """Tells the national number that a line holds from another one, and nothing else of either; "" for none."""
    return keyring().fingerprint(f"{line}:{child.niss_hash}")[:12] if child.niss_hash else ""


def display(child: ChildLine, field: str) -> str:
    """A field as the grid and the history show it; never the national number itself."""
    if field == "niss":
        return NISS_PRESENT if child.niss or child.niss_hash else ""
    return format_field(field, getattr(child, field))


def create_empty(
    session: Session, who: Who, facility: Facility, ctx: MonthContext, count: int, now: dt.datetime
) -> AttendanceSheet:
    """A month of `count` empty lines, from 1. Raises TooManyLines (for 0 too), SheetExists. Commits."""
    if not 1 <= count <= ctx.max_lines:  # before the list is made: a count is what a stranger typed
        raise TooManyLines(ctx.max_lines, ctx.mark("max_lines"))
    return _create(
        session, who, facility, ctx, [ChildLine()] * count, now, counted(count, "ligne vide", "lignes vides")
    )


@dataclass(frozen=True)
class Earlier:
    """The latest month before another that has children; `present`: those who are still there, days empty."""

    sheet_id: int
    month: Month
    present: list[ChildLine]


def earlier(session: Session, facility_id: int, month: Month) -> Earlier | None:
    """What a month can start from; None when no month before it has a child. Months can have been left out."""
    with_children = select(AttendanceLine.sheet_id).where(
        AttendanceLine.facility_id == facility_id,
        AttendanceLine.deleted_at.is_(None),
        (AttendanceLine.last_name != "") | (AttendanceLine.first_name != ""),
    )
    found = session.execute(
        select(AttendanceSheet.id, AttendanceSheet.month)
        .where(
            AttendanceSheet.facility_id == facility_id,
            AttendanceSheet.month < month.first,
            AttendanceSheet.id.in_(with_children),
        )
        .order_by(AttendanceSheet.month.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    source = Month.of(found.month)
    children = from_previous([row.child for row in lines(session, found.id)], source, month)
    return Earlier(found.id, source, children)


def create_from_earlier(
    session: Session, who: Who, facility: Facility, ctx: MonthContext, now: dt.datetime
) -> AttendanceSheet:
    """The children of the latest month who are still present, dates and rates kept, days empty. Commits.

    Raises LookupError when no month before has a child, TooManyLines, SheetExists.
    """
    source = earlier(session, facility.id, ctx.month)
    if source is None:
        raise LookupError("no earlier month")
    numbers = session.execute(
        select(AttendanceLine.id, AttendanceLine.niss_sealed).where(
            AttendanceLine.sheet_id == source.sheet_id, AttendanceLine.niss_hash.is_not(None)
        )
    )
    sealed: dict[int, str | None] = {row.id: row.niss_sealed for row in numbers}
    kept = [_with_niss(child, sealed) for child in source.present]
    told = f"{counted(len(kept), 'enfant repris', 'enfants repris')} {source.month.of_label}"
    return _create(session, who, facility, ctx, kept, now, told)


def _with_niss(child: ChildLine, sealed: dict[int, str | None]) -> ChildLine:
    number = sealed.get(child.key) if isinstance(child.key, int) else None
    return replace(child, niss=number)


def _create(
    session: Session, who: Who, facility: Facility, ctx: MonthContext, children: Sequence[ChildLine],
    now: dt.datetime, how: str,
) -> AttendanceSheet:  # fmt: skip
    if len(children) > ctx.max_lines:
        raise TooManyLines(ctx.max_lines, ctx.mark("max_lines"))
    sheet = _without_lines(session, facility, ctx.month) or make(session, facility, ctx.month, now)
    ids = add(session, sheet, children, now)
    changes = [line_change(number, None, child) for number, child in zip(ids, children, strict=True)]
    journal.record(
        session, who, "creation", organiser_id=sheet.organiser_id, facility_id=sheet.facility_id,
        object_type="attendance_sheet", object_id=sheet.id, changes=[change for change in changes if change],
        summary=f"Relevé {ctx.month.of_label} créé : {how}",
    )  # fmt: skip
    session.commit()
    return sheet


def _without_lines(session: Session, facility: Facility, month: Month) -> AttendanceSheet | None:
    """A month that was made already, locked, of which no line is left: it is begun anew."""
    found = find(session, facility.id, month)
    if found is None or not editable(lock(session, found.id).state) or lines(session, found.id):
        return None
    return found


def make(session: Session, facility: Facility, month: Month, now: dt.datetime) -> AttendanceSheet:
    """The sheet's own row, flushed. Raises SheetExists when someone was quicker."""
    sheet = AttendanceSheet(
        organiser_id=facility.organiser_id, facility_id=facility.id, month=month.first,
        state=SheetState.DRAFT, created_at=now, changed_at=now,
    )  # fmt: skip
    session.add(sheet)
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        raise SheetExists from None
    return sheet


def add(
    session: Session, sheet: AttendanceSheet, children: Iterable[ChildLine], now: dt.datetime
) -> list[int]:
    """Append lines in one batch; give their ids in order. Does not commit."""
    given = list(children)
    if not given:
        return []
    # Ids are drawn first: the history names the lines, in the order of the children.
    ids = list(
        session.scalars(
            select(func.nextval("attendance_line_id_seq")).select_from(func.generate_series(1, len(given)))
        )
    )
    taken = session.scalars(
        select(AttendanceLine.position)
        .where(AttendanceLine.sheet_id == sheet.id)
        .order_by(AttendanceLine.position.desc())
        .limit(1)
    ).first()
    rows = [
        {
            "id": number,
            "organiser_id": sheet.organiser_id,
            "facility_id": sheet.facility_id,
            "sheet_id": sheet.id,
            "position": (taken or 0) + place,
            "version": 1,
            "changed_at": now,
            **values_of(child),
        }
        for place, (number, child) in enumerate(zip(ids, given, strict=True), 1)
    ]
    insert_rows(session, AttendanceLine, rows)
    return ids


def values_of(child: ChildLine) -> dict[str, object]:
    """A child's line as columns; the national number sealed, with its keyed hash."""
    values: dict[str, object] = {spec.key: getattr(child, spec.key) for spec in FIELDS if spec.key != "niss"}
    values["codes"] = child.codes or EMPTY_MONTH
    values["niss_sealed"] = child.niss
    values["niss_hash"] = keyring().fingerprint(child.niss) if child.niss else child.niss_hash
    return values

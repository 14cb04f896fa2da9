"""The agent's side: the queue of submitted months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from app.models import AttendanceSheet, AttendanceSubmission, Facility, Organiser
from app.rules.months import Month
from app.rules.workflow import SheetState


@dataclass(frozen=True)
class QueueRow:
    """One submitted month, as the queue shows it."""

    sheet_id: int
    organiser: str
    facility: str
    matricule: str
    month: Month
    state: SheetState
    version: int
    submitted_at: dt.datetime
    submitter: str
    totals: dict[str, int]
    #: When it was first submitted: what comes after an agent sent it back is never late.
    first_at: dt.datetime


@dataclass(frozen=True)
class Queue:
    """A page of the queue."""

    rows: Sequence[QueueRow]
    total: int
    page: int
    pages: int


PAGE = 25


def queue(session: Session, *, state: SheetState | None, search: str, page: int) -> Queue:
    """Months that were submitted at least once, the oldest waiting first. Two statements, whatever the rows."""
    conditions = [AttendanceSheet.submissions > 0]
    if state is not None:
        conditions.append(AttendanceSheet.state == state)
    for word in search.split():
        pattern = f"%{word}%"
        conditions.append(
            Organiser.name.ilike(pattern) | Facility.name.ilike(pattern) | Facility.matricule.ilike(pattern)
        )
    base = (
        select(AttendanceSheet.id)
        .join(Facility, Facility.id == AttendanceSheet.facility_id)
        .join(Organiser, Organiser.id == AttendanceSheet.organiser_id)
        .where(*conditions)
    )
    total = session.scalar(select(func.count()).select_from(base.subquery())) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    first = aliased(AttendanceSubmission)
    rows = session.execute(
        select(
            AttendanceSheet.id, Organiser.name, Facility.name, Facility.matricule, AttendanceSheet.month,
            AttendanceSheet.state, AttendanceSubmission.version, AttendanceSubmission.submitted_at,
            AttendanceSubmission.submitter, AttendanceSubmission.totals, first.submitted_at,
        )
        .join(Facility, Facility.id == AttendanceSheet.facility_id)
        .join(Organiser, Organiser.id == AttendanceSheet.organiser_id)
        .join(
            AttendanceSubmission,
            and_(
                AttendanceSubmission.sheet_id == AttendanceSheet.id,
                AttendanceSubmission.version == AttendanceSheet.submissions,
            ),
        )
        .join(first, and_(first.sheet_id == AttendanceSheet.id, first.version == 1))
        .where(*conditions)
        .order_by(
            AttendanceSheet.state != SheetState.SUBMITTED, AttendanceSubmission.submitted_at, AttendanceSheet.id
        )
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )  # fmt: skip
    found = [
        QueueRow(
            number,
            organiser,
            facility,
            matricule,
            Month.of(month),
            standing,
            version,
            at,
            submitter,
            totals,
            first_at,
        )
        for number, organiser, facility, matricule, month, standing, version, at, submitter, totals, first_at in rows
    ]
    return Queue(found, total, page, pages)

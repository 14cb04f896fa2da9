"""Who looked at a month, or took it away: in the history of consultation, one entry an act, without a name."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import journal
from app.journal import Who
from app.models import AttendanceLine, AttendanceSheet, Facility
from app.rules.attendance import FIELD_BY_KEY
from app.rules.months import Month


def of_month(
    session: Session, who: Who, facility: Facility, sheet: AttendanceSheet | None, summary: str
) -> None:
    """A facility's month, made (`sheet`) or not yet. Does not commit."""
    journal.record(
        session, who, "consultation", organiser_id=facility.organiser_id, facility_id=facility.id,
        object_type="attendance_sheet", object_id=sheet.id if sheet else None, summary=summary,
    )  # fmt: skip


def of_cell(session: Session, who: Who, sheet_id: int, line_id: int, field: str) -> None:
    """The history of one cell. Commits. Raises LookupError for a line that is not of that sheet, or out of scope."""
    found = session.execute(
        select(AttendanceLine.organiser_id, AttendanceLine.facility_id, AttendanceSheet.month)
        .join(AttendanceSheet, AttendanceSheet.id == AttendanceLine.sheet_id)
        .where(AttendanceLine.id == line_id, AttendanceLine.sheet_id == sheet_id)
    ).one_or_none()
    if found is None:
        raise LookupError("no such line")
    spec = FIELD_BY_KEY.get(field)
    cell = spec.label if spec else f"jour {field}"
    journal.record(
        session, who, "consultation", organiser_id=found.organiser_id, facility_id=found.facility_id,
        object_type="attendance_line", object_id=line_id,
        summary=f"Historique d’une cellule ({cell}) : présences {Month.of(found.month).of_label}",
    )  # fmt: skip
    session.commit()

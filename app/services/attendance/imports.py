"""Importing a month from a workbook: previewed first, stored in one transaction on « Confirmer »."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AttendanceImport
from app.rules.months import Month


def pending(session: Session, user_id: int, facility_id: int, month: Month) -> AttendanceImport | None:
    """The person's own preview of this month that still waits; None without one."""
    return session.scalars(
        select(AttendanceImport).where(
            AttendanceImport.user_id == user_id,
            AttendanceImport.facility_id == facility_id,
            AttendanceImport.month == month.first,
        )
    ).one_or_none()

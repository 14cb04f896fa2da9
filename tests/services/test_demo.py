"""The demo loads whole, once, and holds what the samples need."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app.models import AttendanceSheet, AttendanceSubmission, Facility
from app.rules.workflow import SheetState
from app.services import demo
from tests.conftest import System


def test_the_demo_loads(system: System) -> None:
    with system() as session:
        demo.load(session, dt.date(2026, 11, 22))
        assert demo.is_loaded(session)
        months = {
            (facility.matricule, sheet.month.month): sheet.state
            for sheet, facility in session.execute(
                select(AttendanceSheet, Facility).join(Facility, Facility.id == AttendanceSheet.facility_id)
            )
        }
        assert ("CR-4021", 9) not in months
        assert ("CR-4021", 10) not in months
        assert months["CR-4022", 10] is SheetState.DRAFT
        assert months["CR-5107", 9] is SheetState.RETURNED
        assert months["CR-4022", 6] is SheetState.CHECKED
        receipt = session.scalars(select(AttendanceSubmission.receipt).limit(1)).one()
        assert receipt.startswith(b"%PDF-")

"""Importing a month from a workbook: previewed first, stored in one transaction on « Confirmer »."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, defer, undefer

from app.journal import Who
from app.models import AttendanceImport, AttendanceSheet, Facility
from app.rules.attendance import MonthContext
from app.rules.months import Month
from app.rules.violations import Severity, holds_number
from app.rules.workflow import editable
from app.services.attendance import import_preview, mapping, sheets
from app.services.attendance.import_preview import TITLES, Preview
from app.services.attendance.import_storing import Stored, store
from app.services.attendance.import_table import ImportTable, Unreadable, read_table
from app.spreadsheets.marking import annotated as marked
from app.spreadsheets.tables import CodeUse as _CodeUse

KEPT_FOR: Final = dt.timedelta(days=7)
LONGEST_CORRECTION: Final = 200


class NothingPending(LookupError):
    """There is no such preview (any more): confirmed, given up, expired, or the month was submitted."""


class Blocked(Exception):
    """Blocking errors stand in the way; `preview` lists them."""

    def __init__(self, preview: Preview) -> None:
        super().__init__(len(preview.blocking))
        self.preview = preview


class Moved(Exception):
    """The draft, or the preview itself, is no longer what the person was looking at."""


def importable(facility: Facility, month: Month, today: dt.date) -> bool:
    """Whether a month can be imported at all: from the facility's opening to the month after this one."""
    return month <= Month.of(today).next() and month.last >= facility.opened_on


def pending(session: Session, user_id: int, facility_id: int, month: Month) -> AttendanceImport | None:
    """The person's own preview of this month that still waits, its rows unread; None without one."""
    return session.scalars(_mine(user_id, facility_id, month).options(defer(AttendanceImport.table))).one_or_none()

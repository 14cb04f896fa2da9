"""A month to save cells in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from app.models import AttendanceLine
from tests import factories
from tests.conftest import System

MONTH = dt.date(2026, 10, 1)


@dataclass
class Place:
    """One sheet of one facility, and its administrator."""

    organiser: int
    facility: int
    sheet: int
    lines: list[int]
    admin: int

    @property
    def save(self) -> str:
        return f"/api/presences/{self.sheet}/cellules"


@pytest.fixture
def place(system: System) -> Place:
    with system() as session:
        organiser = factories.organiser(session)
        facility = factories.facility(session, organiser)
        admin = factories.administrator(session, organiser)
        sheet = factories.sheet(session, facility, month=MONTH, lines=2)
        lines = session.scalars(
            select(AttendanceLine.id)
            .where(AttendanceLine.sheet_id == sheet.id)
            .order_by(AttendanceLine.position)
        )
        return Place(organiser.id, facility.id, sheet.id, list(lines), admin.id)


def edit(line: int, field: str, old: str, new: str, key: str = "k") -> dict[str, object]:
    return {"key": key, "line": line, "field": field, "old": old, "new": new}

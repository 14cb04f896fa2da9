"""Entries of the history."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import journal
from app.journal import Change, Who
from app.models import Facility


def entry(
    session: Session,
    organiser_id: int | None,
    mark: str = "Noisette",
    *,
    facility: Facility | None = None,
    changes: int = 1,
    object_type: str = "attendance_line",
    object_id: int = 1,
    user_id: int | None = None,
    summary: str = "",
) -> None:
    """One entry with that many changed values."""
    journal.record(
        session,
        Who(user_id, f"Camille {mark}"),
        "encodage",
        organiser_id=organiser_id,
        facility_id=facility.id if facility else None,
        object_type=object_type,
        object_id=object_id,
        summary=summary or f"{changes} cellules de {mark}",
        changes=[
            Change(object_type, object_id, str(day), f"{mark} avant {day}", f"{mark} après {day}")
            for day in range(1, changes + 1)
        ],
    )

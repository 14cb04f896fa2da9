"""A few days of work on the fictional months, so that the history has something to tell."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import journal
from app.journal import Who
from app.models import AttendanceSheet, Facility, User
from app.rules.codes import DISPLAYS, Code
from app.rules.months import Month
from app.services.attendance import cells, months, sheets


def load(session: Session, today: dt.date) -> None:
    """A director corrects what a colleague encoded; an agent looks at a submitted month. Commits."""
    director, manager = _who(session, "claire.lambert"), _who(session, "sarah.benali")
    draft = _sheet(session, "CR-4022", Month(2026, 10))
    if draft is not None:
        _read(session, manager, draft, "Consultation")
        _correct(session, manager, draft, today, Code.JUSTIFIED)
        _read(session, director, draft, "Consultation")
        _correct(session, director, draft, today, Code.PRESENT)
    checked = _sheet(session, "CR-4021", Month(2026, 8))
    if checked is not None:
        _read(session, agent(session), checked, "Porte (contrôle des présences soumises)")
    session.commit()


def agent(session: Session) -> Who:
    """The subsidy agent, as a door of theirs names them."""
    return _who(session, "marc.delvaux", "agent : gestionnaire subsides")


def _who(session: Session, username: str, door: str = "") -> Who:
    user = session.scalars(select(User).where(User.username == username)).one()
    return Who(user.id, f"{user.first_name} {user.last_name}", door)


def _sheet(session: Session, matricule: str, month: Month) -> AttendanceSheet | None:
    facility_id = session.scalars(select(Facility.id).where(Facility.matricule == matricule)).one()
    return sheets.find(session, facility_id, month)


def _read(session: Session, who: Who, sheet: AttendanceSheet, what: str) -> None:
    journal.record(
        session, who, "consultation", organiser_id=sheet.organiser_id, facility_id=sheet.facility_id,
        object_type="attendance_sheet", object_id=sheet.id,
        summary=f"{what} : présences {Month.of(sheet.month).of_label}",
    )  # fmt: skip
    session.commit()


def _correct(session: Session, who: Who, sheet: AttendanceSheet, today: dt.date, code: Code) -> None:
    """The first child who was there on a day, or was not: the other of the two."""
    other = Code.PRESENT if code is Code.JUSTIFIED else Code.JUSTIFIED
    day = 6
    rows = sheets.lines(session, sheet.id)
    line = next((row for row in rows if row.child.codes[day - 1] == other.char), None)
    if line is None:
        return
    edit = cells.Edit("1", line.id, str(day), DISPLAYS[other.char], code.display)
    ctx = months.context(session, sheet.facility_id, Month.of(sheet.month), today)
    cells.save(session, who, cells.head(session, sheet.id, {line.id}), [edit], ctx, sheet.created_at)

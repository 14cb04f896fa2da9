"""Who is told that an agent gave a month back: whoever may write the presences of that facility."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.journal import Who
from app.models import AttendanceSheet, Facility, NoticeKind
from app.rules.months import Month
from app.rules.workflow import Verb
from app.security.rights import Right
from app.services import notices
from app.services.members import desk

_SAID: Final = {Verb.SEND_BACK: "renvoyées pour correction", Verb.REOPEN: "rouvertes"}


def tell(session: Session, who: Who, sheet: AttendanceSheet, verb: Verb) -> None:
    """Leave the notices of a decision that opens the month again; none for the others. Never commits.

    The agent's reason, which may name a child, stands on the month's page alone: reading it there is a consultation, and
    a notice outlives the rights of whom it told.
    """
    if verb not in _SAID:
        return
    name = session.scalar(select(Facility.name).where(Facility.id == sheet.facility_id))
    title = f"Présences {Month.of(sheet.month).of_label} {_SAID[verb]}, {name}"
    told = desk.who_may(session, Right.ATTENDANCE_WRITE, sheet.organiser_id, sheet.facility_id, clock.today())
    for user_id in told:
        if user_id != who.user_id:
            notices.tell(session, user_id, NoticeKind.ATTENDANCE, title, _page_of(sheet), sheet.organiser_id)


def seen(session: Session, user_id: int, sheet: AttendanceSheet, now: dt.datetime) -> None:
    """Whoever looks at the month needs no notice of it any more, by whatever way they came. Never commits."""
    notices.read_all(session, user_id, now, _page_of(sheet))


def _page_of(sheet: AttendanceSheet) -> str:
    return f"/presences/{sheet.facility_id}/{Month.of(sheet.month)}/"

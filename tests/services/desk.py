"""A person of an organiser at work on October of its crèche, and the workbooks that they send."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.journal import Who
from app.models import Facility
from app.rules.attendance import MonthContext
from app.rules.months import Month
from app.services.attendance import imports, sheets
from app.services.attendance.import_preview import Preview
from app.services.attendance.import_waiting import Waiting
from tests.spreadsheets import made

NOW = dt.datetime.now(dt.UTC)
OCTOBER = Month(2026, 10)
TITLES = [*made.FIELDS, *made.DAYS]
BORN = dt.date(2025, 1, 2)


@dataclass
class Desk:
    """A person of an organiser at work on October of its crèche."""

    session: Session
    who: Who
    facility_id: int
    ctx: MonthContext

    @property
    def facility(self) -> Facility:
        return self.session.get_one(Facility, self.facility_id)

    def send(self, data: bytes, name: str = "releve.xlsx") -> tuple[Waiting, Preview]:
        imports.receive(self.session, self.who, self.facility, self.ctx, name, data, NOW)
        return self.look()

    def look(self) -> tuple[Waiting, Preview]:
        found = imports.waiting(self.session, self.who.user_id or 0, self.facility_id, OCTOBER, file=True)
        return found, imports.preview(self.session, found, self.ctx)

    def confirm(self) -> imports.Stored:
        ticket = imports.ticket(*self.look(), self.ctx)
        return imports.confirm(self.session, self.who, self.facility, self.ctx, ticket, NOW)

    def correct(self, **given: Any) -> Preview:
        imports.correct(self.session, self.look()[0], imports.Corrections(**given), self.ctx)
        return self.look()[1]

    def lines(self) -> list[sheets.Line]:
        sheet = sheets.find(self.session, self.facility_id, OCTOBER)
        return sheets.lines(self.session, sheet.id) if sheet else []


def child(
    last: str, first: str, *codes: Any, born: Any = BORN, niss: str | None = None, rate: Any = 12.5
) -> list[Any]:
    return [last, first, born, niss, dt.date(2025, 6, 2), None, rate, *codes]


def workbook(*rows: list[Any], titles: list[Any] = TITLES) -> bytes:
    return made.file(("Présences", [titles, *rows]))


FIRST = child("Amrani", "Adam", "P", "P½")
SECOND = child("Benali", "Léa", "J")

"""A month as a workbook: our template to fill in, and the export."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.journal import Who
from app.models import AttendanceSheet, Facility
from app.rules.attendance import ChildLine, MonthContext, is_blank
from app.rules.months import short_date
from app.services.attendance import consultations, sheets, versions
from app.spreadsheets import writing
from app.spreadsheets.writing import MonthSheet


def template(session: Session, who: Who, facility: Facility, ctx: MonthContext) -> bytes:
    """Our template for that facility and month: its children, or else the latest earlier month's. Commits."""
    sheet = sheets.find(session, facility.id, ctx.month)
    children = _children(session, sheet)
    if not children and (source := sheets.earlier(session, facility.id, ctx.month)) is not None:
        children = source.present
    written = writing.template(_month(facility, ctx, children), ctx.max_lines)
    if children:
        consultations.of_month(session, who, facility, sheet, f"Modèle de {ctx.month.label} téléchargé")
    session.commit()
    return written


def export(
    session: Session, who: Who, facility: Facility, sheet: AttendanceSheet, ctx: MonthContext
) -> bytes:
    """The month as it stands, with its totals. Commits."""
    ctx = versions.as_signed(session, sheet, ctx)
    status = f"{sheet.state.label}, exporté le {short_date(ctx.today)}"
    written = writing.export(_month(facility, ctx, _children(session, sheet), status))
    consultations.of_month(session, who, facility, sheet, f"Présences de {ctx.month.label} exportées")
    session.commit()
    return written


def file_name(kind: str, facility_matricule: str, ctx: MonthContext) -> str:
    """« presences-CR-4021-2026-10.xlsx », as a download is called."""
    return f"{kind}-{facility_matricule}-{ctx.month}.xlsx"


def _children(session: Session, sheet: AttendanceSheet | None) -> list[ChildLine]:
    if sheet is None:
        return []
    return [row.child for row in sheets.lines(session, sheet.id) if not is_blank(row.child)]


def _month(
    facility: Facility, ctx: MonthContext, children: Sequence[ChildLine], status: str = ""
) -> MonthSheet:
    return MonthSheet(facility.name, facility.matricule, ctx.month, children, ctx.closed, status)

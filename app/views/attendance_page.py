"""The page of a month: what there is to see in each state."""

from __future__ import annotations

from typing import Any

from flask import abort, g, render_template, request, url_for

from app import clock, journal
from app.db import db
from app.models import AttendanceSheet, Facility
from app.rules.attendance import MonthContext, judge_line
from app.rules.months import Month
from app.rules.workflow import editable
from app.security.guards import actor
from app.security.rights import Right
from app.services.attendance import deadlines, decision_notices, draft, imports, months, sheets, versions
from app.services.attendance.changes import OVERLAP
from app.views import draft_mark
from app.views.attendance_grid import GridLine, month_figures, render_grid


def month_page(
    facility: Facility, month: Month, status: int = 200, typed: str = "", problem: str = ""
) -> Any:
    """The month of a facility: made or to be made, its grid, its submission.

    `typed`: the number of lines that was asked for; `problem`: what is wrong with it.
    """
    today = clock.today()
    if not months.within_reach(facility, month, today):
        abort(404)
    session = db.session()
    ctx = months.context(session, facility.id, month, today, g.get("reference_version"))
    sheet = sheets.find(session, facility.id, month)
    person = actor()
    page: dict[str, Any] = {
        "facility": facility,
        "month": month,
        "ctx": ctx,
        "sheet": sheet,
        "strip_items": months.year(session, facility, month.year, today),
        "today": today,
        "reach": {
            "previous": months.within_reach(facility, month.previous(), today),
            "next": months.within_reach(facility, month.next(), today),
        },
        "typed": typed,
        "problem": problem,
        "earlier": None,
        "versions": [],
        "returns": [],
        "deadline": None
        if sheet and not editable(sheet.state)
        else deadlines.of_months(session, [month])[month],
        "pending": imports.pending(session, person.user_id, facility.id, month),
    }
    if sheet is None:
        page["earlier"] = sheets.earlier(session, facility.id, month)
    else:
        ctx = page["ctx"] = versions.as_signed(session, sheet, ctx)
        if sheet.submissions:
            decision_notices.seen(session, person.user_id, sheet, clock.now())
        readonly = not editable(sheet.state) or not person.may(Right.ATTENDANCE_WRITE, facility.id)
        rows = sheets.lines(session, sheet.id)
        if not rows and not readonly:
            page["earlier"] = sheets.earlier(session, facility.id, month)
        page |= {
            **grid_page(sheet, rows, ctx, readonly=readonly),
            "versions": versions.of_sheet(session, sheet.id) if sheet.submissions else [],
            "returns": versions.returns(session, sheet.id) if sheet.submissions else [],
        }
        rendered = render_template("attendance/month.html", **page)
        consulted(sheet, "Consultation", person.who)
        if not readonly and draft_mark.since(sheet.id) is None:
            draft_mark.moved(sheet.id, draft.latest(session, person.who, sheet.id))
        return rendered, status
    return render_template("attendance/month.html", **page), status


def grid_page(
    sheet: AttendanceSheet, rows: list[sheets.Line], ctx: MonthContext, *, readonly: bool
) -> dict[str, Any]:
    """What attendance/_grid.html asks for."""
    shown = [
        GridLine(
            row.id, row.version, row.child, bool(row.child.niss_hash), judge_line(row.child, ctx),
            "" if readonly else sheets.niss_mark(row.child, row.id),
        )
        for row in rows
    ]  # fmt: skip
    return {
        "grid": render_grid(shown, ctx, readonly=readonly),
        "figures": month_figures(shown, ctx),
        "sheet_id": sheet.id,
        "user_id": actor().user_id,
        "state": sheet.state.value,
        "readonly": readonly,
        "since": (clock.now() - OVERLAP).isoformat(),
        "login_url": url_for("SignInView.login", next=request.path),
        "lines": rows,
        "urls": {
            "save": url_for("AttendanceApi.cells", sheet_id=sheet.id),
            "history": url_for(
                "AttendanceReviewView.history" if actor().is_agent else "AttendanceApi.history",
                sheet_id=sheet.id,
            ),
            "lines": url_for("AttendanceApi.lines", sheet_id=sheet.id),
            # An agent's page is a picture of what was submitted: nothing to ask for.
            "poll": "" if actor().is_agent else url_for("AttendanceApi.state", sheet_id=sheet.id),
            "draft": url_for("AttendanceDraftApi.save", sheet_id=sheet.id),
            "undo": url_for("AttendanceDraftApi.plan", sheet_id=sheet.id),
            "submit": url_for(
                "AttendanceView.submit", facility_id=sheet.facility_id, month=Month.of(sheet.month)
            ),
        },
    }


def consulted(sheet: AttendanceSheet, what: str, who: journal.Who) -> None:
    """Write the consultation into the history, once the page is made. Commits."""
    journal.record(
        db.session(), who, "consultation", organiser_id=sheet.organiser_id, facility_id=sheet.facility_id,
        object_type="attendance_sheet", object_id=sheet.id, summary=f"{what} : présences {Month.of(sheet.month).of_label}",
    )  # fmt: skip
    db.session.commit()

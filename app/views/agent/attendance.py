"""The subsidy agent's queue of submitted months, and one month with the steps out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock, journal, scope
from app.api.attendance import cell_history
from app.db import db
from app.models import AttendanceSheet
from app.rules.months import Month
from app.rules.workflow import Party, SheetState, Verb, transitions_for
from app.security.guards import actor, needs
from app.security.rights import Right
from app.services.attendance import deadlines, months, readiness, review, submission, versions
from app.views.agent import attendance_queue, door
from app.views.attendance import found_facility, send_receipt, versions_page
from app.views.attendance_page import consulted, grid_page

_DOOR = "contrôle des présences soumises"


class AttendanceReviewView(BaseView):
    """Submitted months of the organisers that the agent sees into, and the way in to the others."""

    route_base = "/controle/presences"
    default_view = "queue"

    @expose("/")
    @needs(Right.ATTENDANCE_REVIEW, personal=True)
    def queue(self) -> Any:
        wanted = _wanted()
        with scope.within(scope.door(_DOOR), db.session()):
            journal.record(
                db.session(), actor().who, "porte", organiser_id=None, object_type="attendance_queue",
                summary=f"File des présences soumises ouverte : {_DOOR}",
            )  # fmt: skip
            found = review.queue(db.session(), wanted, request.args.get("page", 1, type=int), clock.now())
            return render_template(
                "agent/attendance_queue.html",
                queue=found,
                outside=review.outside(db.session(), wanted),
                wanted=wanted,
                filters=attendance_queue,
                today=clock.today(),
                day_of=clock.day_of,
                deadlines=deadlines.of_months(db.session(), {row.month for row in found.rows}),
            )

    @expose("/<int:sheet_id>/")
    @needs(Right.ATTENDANCE_REVIEW, personal=True)
    def sheet(self, sheet_id: int) -> Any:
        with scope.within(scope.door(_DOOR), db.session()):
            organiser_id, place = _organiser_of(sheet_id), _place(sheet_id)
        return _behind_door(organiser_id, sheet_id, lambda sheet: _sheet_page(sheet, place))

    @expose("/<int:sheet_id>/accuse/<int:version>.pdf")
    @needs(Right.ATTENDANCE_REVIEW, personal=True)
    def receipt(self, sheet_id: int, version: int) -> Any:
        return _through_door(sheet_id, lambda sheet: send_receipt(sheet, version))

    @expose("/<int:sheet_id>/versions/")
    @needs(Right.ATTENDANCE_REVIEW, personal=True)
    def versions(self, sheet_id: int) -> Any:
        queue = attendance_queue.address(_wanted())
        return _through_door(sheet_id, lambda sheet: versions_page(sheet, agent=True, queue=queue))

    @expose("/<int:sheet_id>/historique/")
    @needs(Right.ATTENDANCE_REVIEW, personal=True)
    def history(self, sheet_id: int) -> Any:
        return _through_door(sheet_id, lambda sheet: cell_history(sheet.id))

    @expose("/<int:sheet_id>/decision", methods=["POST"])
    @needs(Right.ATTENDANCE_REVIEW)
    def decide(self, sheet_id: int) -> Any:
        with scope.within(scope.door(_DOOR), db.session()):
            organiser_id, place = _organiser_of(sheet_id), _place(sheet_id)
            onward = _place(sheet_id, state=SheetState.SUBMITTED).next
        return _behind_door(organiser_id, sheet_id, lambda sheet: _decide(sheet, place, onward))


def _wanted() -> review.Wanted:
    """The queue that the address carries."""
    return attendance_queue.read(request.args, actor().user_id)


def _place(sheet_id: int, **changes: Any) -> review.Neighbours:
    """Where the month stands in the queue that the address carries, with `changes` of its criteria."""
    wanted = replace(_wanted(), **changes)
    try:
        return review.neighbours(db.session(), wanted, sheet_id, clock.now())
    except LookupError:
        abort(404)


def _organiser_of(sheet_id: int) -> int:
    """Whose month it is; 404 for one that was never submitted."""
    found = db.session().scalar(
        select(AttendanceSheet.organiser_id).where(
            AttendanceSheet.id == sheet_id, AttendanceSheet.submissions > 0
        )
    )
    if found is None:
        abort(404)
    return found


def _through_door(sheet_id: int, answer: Callable[[AttendanceSheet], Any]) -> Any:
    """Find whose month it is, then answer behind that organiser's door."""
    with scope.within(scope.door(_DOOR), db.session()):
        organiser_id = _organiser_of(sheet_id)
    return _behind_door(organiser_id, sheet_id, answer)


def _behind_door(organiser_id: int, sheet_id: int, answer: Callable[[AttendanceSheet], Any]) -> Any:
    """Open one organiser's door for one file: the scope is that organiser's, the history says so."""
    session = db.session()

    def opened() -> Any:
        sheet = session.scalars(select(AttendanceSheet).where(AttendanceSheet.id == sheet_id)).one()
        # The door writes its entry itself, so that no page behind it can forget to.
        consulted(sheet, f"Porte ({_DOOR})", actor().who)
        return answer(session.scalars(select(AttendanceSheet).where(AttendanceSheet.id == sheet_id)).one())

    return door.within(organiser_id, _DOOR, opened)


def _sheet_page(
    sheet: AttendanceSheet, place: review.Neighbours, status: int = 200, reason: str = "", problem: str = "",
    tried: Verb | None = None,
) -> Any:  # fmt: skip
    """What was submitted, and the steps to take; `reason`: what was typed for the step that was `tried`,
    `problem`: what is wrong with it."""
    month = Month.of(sheet.month)
    facility = found_facility(sheet.facility_id)
    ctx = months.context(db.session(), facility.id, month, clock.today(), g.get("reference_version"))
    # What was submitted, also once it is sent back: what the organiser writes since is not the agent's to see.
    submitted = versions.submitted(db.session(), sheet.id, sheet.submissions)
    frozen = submitted.version
    rows, ctx = versions.lines_of(frozen), replace(ctx, closed=versions.closed_of(frozen))
    since = versions.difference(submitted.before, frozen) if submitted.before else None
    found = readiness.obstacles(rows, ctx)
    answers = versions.returns(db.session(), sheet.id)
    page = {
        "facility": facility,
        "organiser": facility.organiser,
        "sheet": sheet,
        "month": month,
        "ctx": ctx,
        **grid_page(sheet, rows, ctx, readonly=True),
        "blocking": [item for item in found if item[1].blocking],
        "warnings": [item for item in found if not item[1].blocking],
        "frozen": frozen,
        "since": since,
        "deadline": deadlines.of_months(db.session(), [month])[month],
        "first_at": submitted.first_at,
        "answer": next((item for item in answers if item.version == frozen.version), None),
        "asked": next((item for item in answers if item.version < frozen.version), None),
        "steps": {step.verb.value: step for step in transitions_for(sheet.state, Party.AGENT)},
        "place": place,
        "address": attendance_queue.address(_wanted()),
        "reason": reason,
        "problem": problem,
        "tried": tried,
        "longest": submission.LONGEST_REASON,
    }
    return render_template("agent/attendance_sheet.html", **page), status


def _decide(sheet: AttendanceSheet, place: review.Neighbours, onward: int | None) -> Any:
    """Take a step. `onward`: the next month that is still to be checked."""
    verbs = {step.verb.value: step.verb for step in transitions_for(SheetState.SUBMITTED, Party.AGENT)}
    verb = verbs.get(request.form.get("verbe", ""))
    if verb is None:
        abort(400)
    # A browser counts a line's end as one character and sends two.
    reason = request.form.get("motif", "").replace("\0", "").replace("\r\n", "\n").strip()
    try:
        seen = request.form.get("version", 0, type=int)
        submission.decide(db.session(), actor().who, sheet.id, seen, verb, reason, clock.now())
    except submission.ReasonUnfit as error:
        return _sheet_page(sheet, place, 422, reason, _problem(error.fault, len(reason)), verb)
    except submission.WrongState:
        flash(
            _("L’état de ce relevé vient de changer, par quelqu’un d’autre ou dans un autre onglet."),
            "warning",
        )
        return _sheet_page(sheet, place, 409, reason)
    address: dict[str, Any] = {**attendance_queue.address(_wanted())}
    after = sheet.id
    if verb is Verb.CHECK:
        month = Month.of(sheet.month).label
        flash(_("%(place)s, %(month)s : contrôlé.", place=sheet.facility.name, month=month), "success")
        # Where one reads what the rules say of the next: the button is one Tab further, never one Enter.
        after, address["_anchor"] = (onward, "a-verifier") if onward else (sheet.id, None)
    else:
        done = _("rouvert") if verb is Verb.REOPEN else _("renvoyé")
        flash(_("Le relevé est %(done)s ; l’organisateur voit votre motif.", done=done), "success")
    return redirect(url_for("AttendanceReviewView.sheet", sheet_id=after, **address))


def _problem(fault: submission.ReasonFault, length: int) -> str:
    return {
        submission.ReasonFault.MISSING: _("Donnez le motif : l’organisateur le lira."),
        submission.ReasonFault.TOO_LONG: _(
            "Votre texte compte %(length)s caractères : raccourcissez-le à %(longest)s au plus.",
            length=length,
            longest=submission.LONGEST_REASON,
        ),
        submission.ReasonFault.NATIONAL_NUMBER: _(
            "Votre texte contient un numéro de registre national : remplacez-le par le nom de l’enfant."
        ),
    }[fault]

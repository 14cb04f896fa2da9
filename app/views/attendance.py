"""The organiser's side of presences: months, the month, its making, its submission."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, send_file, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app import clock, journal
from app.db import db
from app.models import AttendanceSheet, Facility, FacilityKind
from app.rules.attendance import MonthContext, is_blank
from app.rules.months import Month
from app.rules.workflow import editable
from app.security.guards import actor, needs
from app.security.rights import Right
from app.services.attendance import deadlines, imports, months, readiness, sheets, submission, versions
from app.views.attendance_page import consulted, month_page


class AttendanceView(BaseView):
    """Presences by facility and month."""

    route_base = "/presences"
    default_view = "facilities"

    @expose("/")
    @needs(Right.ATTENDANCE_READ)
    def facilities(self) -> Any:
        today = clock.today()
        year = request.args.get("annee", today.year, type=int)
        if not 2000 <= year <= today.year + 1:
            abort(404)
        rows = months.facilities(db.session())
        if len(rows) == 1 and "annee" not in request.args:
            return redirect(url_for(".facility", facility_id=rows[0].id))
        strips = months.strips(db.session(), rows, year, today)
        asked = {item.month for strip in strips.values() for item in strip if item.due}
        return render_template(
            "attendance/facilities.html", facilities=rows, strips=strips, year=year, today=today,
            deadlines=deadlines.of_months(db.session(), sorted(asked)),
        )  # fmt: skip

    @expose("/<int:facility_id>/")
    @needs(Right.ATTENDANCE_READ)
    def facility(self, facility_id: int) -> Any:
        facility = found_facility(facility_id)
        month = months.month_to_open(db.session(), facility, clock.today())
        return redirect(url_for(".month", facility_id=facility_id, month=month))

    @expose("/<int:facility_id>/<month:month>/")
    @needs(Right.ATTENDANCE_READ, personal=True)
    def month(self, facility_id: int, month: Month) -> Any:
        return month_page(found_facility(facility_id), month)

    @expose("/<int:facility_id>/<month:month>/creer", methods=["POST"])
    @needs(Right.ATTENDANCE_WRITE)
    def create(self, facility_id: int, month: Month) -> Any:
        facility = found_facility(facility_id)
        if not months.within_reach(facility, month, clock.today()):
            abort(404)
        ctx = context_of(facility_id, month)
        now, who = clock.now(), actor().who
        try:
            if request.form.get("source") == "precedent":
                sheets.create_from_earlier(db.session(), who, facility, ctx, now)
            else:
                count = request.form.get("lignes", type=int)
                sheets.create_empty(db.session(), who, facility, ctx, count or 0, now)
        except sheets.TooManyLines as error:
            problem = _(
                "Donnez un nombre de lignes entre 1 et %(limit)s.", limit=f"{error.limit}{error.mark}"
            )
            if "lignes" in request.form and sheets.find(db.session(), facility_id, month) is None:
                return month_page(facility, month, 422, request.form["lignes"], problem)
            flash(problem, "danger")
        except LookupError:
            flash(
                _("Aucun mois précédent n’a d’enfants : créez des lignes vides ou importez un classeur."),
                "warning",
            )
        except sheets.SheetExists:
            flash(
                _("Ce relevé vient d’être créé, par quelqu’un d’autre ou dans un autre onglet : le voici."),
                "info",
            )
        return _to_month(facility_id, month)

    @expose("/<int:facility_id>/<month:month>/soumettre", methods=["GET", "POST"])
    @needs(Right.ATTENDANCE_SUBMIT, personal=True)
    def submit(self, facility_id: int, month: Month) -> Any:
        facility = found_facility(facility_id)
        sheet = found_sheet(facility_id, month)
        ctx = context_of(facility_id, month)
        rows = sheets.lines(db.session(), sheet.id)
        if request.method == "GET" or not request.form.get("certifie"):
            status = 200
            if request.method == "POST":
                flash(_("Cochez la case « Je certifie » pour signer."), "danger")
                status = 422
            return _submit_page(facility, sheet, ctx, rows, status)
        person = actor()
        signer = submission.Signer(person.who, person.strength, str(session.get("means", "")))
        try:
            done = submission.submit(
                db.session(), signer, sheet.id, request.form.get("vu", ""), ctx, clock.now()
            )
        except submission.NotReady:
            flash(_("Des erreurs bloquantes subsistent : elles sont listées ci-dessous."), "danger")
            return _submit_page(facility, found_sheet(facility_id, month), ctx, rows, 422)
        except submission.Moved:
            flash(
                _("Le relevé vient de changer : voici ce que vous signeriez maintenant. Vérifiez-le."),
                "warning",
            )
            return _submit_page(facility, found_sheet(facility_id, month), ctx, None, 409)
        except submission.WrongState:
            flash(_("Ce relevé est déjà soumis."), "info")
        else:
            flash(
                _("Les présences %(month)s sont soumises (version %(version)s). Votre accusé de réception est prêt.",
                  month=month.of_label, version=done.version),
                "success",
            )  # fmt: skip
        return _to_month(facility_id, month)

    @expose("/<int:facility_id>/<month:month>/accuse/<int:version>.pdf")
    @needs(Right.ATTENDANCE_READ, personal=True)
    def receipt(self, facility_id: int, month: Month, version: int) -> Any:
        return send_receipt(found_sheet(facility_id, month), version)

    @expose("/<int:facility_id>/<month:month>/versions/")
    @needs(Right.ATTENDANCE_READ, personal=True)
    def versions(self, facility_id: int, month: Month) -> Any:
        return versions_page(found_sheet(facility_id, month), agent=False)


def found_facility(facility_id: int) -> Facility:
    """The facility whose presences are declared, 404 when there is none in scope."""
    facility = db.session.scalars(
        select(Facility).where(Facility.id == facility_id, Facility.kind == FacilityKind.CRECHE)
    ).one_or_none()
    if facility is None:
        abort(404)
    return facility


def found_sheet(facility_id: int, month: Month) -> AttendanceSheet:
    """The month's sheet, 404 when there is none in scope."""
    sheet = sheets.find(db.session(), facility_id, month)
    if sheet is None:
        abort(404)
    return sheet


def context_of(facility_id: int, month: Month) -> MonthContext:
    """What the month is judged against today."""
    return months.context(db.session(), facility_id, month, clock.today(), g.get("reference_version"))


def send_receipt(sheet: AttendanceSheet, version: int) -> Response:
    """A version's PDF, its consultation in the history; 404 for an unknown one."""
    try:
        found = versions.one(db.session(), sheet.id, version, with_receipt=True)
    except LookupError:
        abort(404)
    journal.record(
        db.session(), actor().who, "consultation", organiser_id=sheet.organiser_id,
        facility_id=sheet.facility_id, object_type="attendance_sheet", object_id=sheet.id,
        summary=f"Accusé de réception de la version {version} téléchargé",
    )  # fmt: skip
    content, month = found.receipt, Month.of(sheet.month)
    db.session.commit()
    return send_file(
        BytesIO(content), mimetype="application/pdf", as_attachment=True,
        download_name=f"accuse-presences-{month}-v{version}.pdf",
    )  # fmt: skip


def versions_page(
    sheet: AttendanceSheet, *, agent: bool, queue: Mapping[str, str] = MappingProxyType({})
) -> Any:
    """The frozen versions and the difference between two of them (or with the draft).

    `queue`: the arguments that lead an agent back to where they came from.
    """
    known = {row.version: row for row in versions.of_sheet(db.session(), sheet.id)}
    if not known:
        abort(404)
    draft = editable(sheet.state) and not agent
    newest = max(known)
    new = request.args.get("a", 0 if draft else newest, type=int)
    old = request.args.get("de", newest if new == 0 else max(1, new - 1), type=int)
    if old not in known or (new not in known and not (new == 0 and draft)):
        abort(404)
    before = versions.one(db.session(), sheet.id, old)
    if new == 0:
        found = versions.difference_with_draft(before, sheets.lines(db.session(), sheet.id))
    else:
        found = versions.difference(before, versions.one(db.session(), sheet.id, new))
    facility = found_facility(sheet.facility_id)
    page = render_template(
        "attendance/versions.html", facility=facility, sheet=sheet, month=Month.of(sheet.month), versions=known,
        returns=versions.returns(db.session(), sheet.id), difference=found, draft=draft, agent=agent, queue=queue,
    )  # fmt: skip
    if not agent:  # an agent's door already says so
        consulted(sheet, "Versions soumises", actor().who)
    return page


def _submit_page(
    facility: Facility, sheet: AttendanceSheet, ctx: MonthContext, rows: list[sheets.Line] | None, status: int
) -> Any:
    rows = sheets.lines(db.session(), sheet.id) if rows is None else rows
    if not editable(sheet.state):
        flash(_("Ce relevé est déjà soumis."), "info")
        return _to_month(facility.id, ctx.month)
    filled = [row for row in rows if not is_blank(row.child)]
    found = readiness.obstacles(filled, ctx)
    page = (
        render_template(
            "attendance/submit.html", facility=facility, month=ctx.month, ctx=ctx, lines=filled, sheet=sheet,
            returns=versions.returns(db.session(), sheet.id) if sheet.submissions else [],
            blocking=[item for item in found if item[1].blocking],
            warnings=[item for item in found if not item[1].blocking],
            mendable=any(one.blocking and one.code != readiness.UNFINISHED for _line, one in found),
            totals=submission.whole(filled), dropped=len(rows) - len(filled),
            seen=sheets.base_of(sheet.id, rows),
            pending=imports.pending(db.session(), actor().user_id, facility.id, ctx.month),
        ),
        status,
    )  # fmt: skip
    consulted(sheet, "Page de signature", actor().who)
    return page


def _to_month(facility_id: int, month: Month) -> Response:
    return redirect(url_for("AttendanceView.month", facility_id=facility_id, month=month))

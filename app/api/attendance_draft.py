"""« Enregistrer le brouillon » and « Annuler les modifications », as the grid asks for them."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, g, jsonify
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from app import clock
from app.db import db
from app.models import AttendanceSheet, JournalEntry
from app.rules.attendance import FIELD_BY_KEY
from app.rules.months import Month
from app.security.guards import actor, needs
from app.security.rights import Right
from app.services.attendance import draft, months, sheets
from app.views import draft_mark
from app.views.components import instant

_SHOWN = 10


class AttendanceDraftApi(BaseView):
    """Answers JSON only, like the grid's other addresses."""

    route_base = "/api/presences"
    default_view = "plan"

    @expose("/<int:sheet_id>/brouillon", methods=["POST"])
    @needs(Right.ATTENDANCE_WRITE, api=True)
    def save(self, sheet_id: int) -> Any:
        try:
            draft_mark.moved(sheet_id, draft.save(db.session(), actor().who, sheet_id))
        except LookupError:
            abort(404)
        except sheets.SheetLocked:
            return _locked()
        return jsonify(saved=True)

    @expose("/<int:sheet_id>/annulation")
    @needs(Right.ATTENDANCE_WRITE, api=True)
    def plan(self, sheet_id: int) -> Any:
        _sheet(sheet_id)
        since = draft_mark.since(sheet_id)
        if since is None:
            return jsonify(said="", left=0, since="")
        found = draft.plan(db.session(), actor().who, sheet_id, since)
        start = db.session.scalars(select(JournalEntry).where(JournalEntry.id == since)).one()
        when = (
            _("quand vous avez ouvert ce mois après votre connexion")
            if start.action == "consultation"
            else _("au dernier brouillon enregistré")
        )
        return jsonify(said=found.said, left=len(found.left), since=f"{when} ({instant(start.at)})")

    @expose("/<int:sheet_id>/annulation", methods=["POST"])
    @needs(Right.ATTENDANCE_WRITE, api=True)
    def undo(self, sheet_id: int) -> Any:
        sheet = _sheet(sheet_id)
        since = draft_mark.since(sheet_id)
        if since is None:
            abort(404)
        ctx = months.context(
            db.session(), sheet.facility_id, Month.of(sheet.month), clock.today(), g.reference_version
        )
        try:
            done = draft.put_back(db.session(), actor().who, sheet_id, since, ctx, clock.now())
        except sheets.SheetLocked:
            return _locked()
        except sheets.TooManyLines as error:
            message = _("Un relevé compte au plus %(limit)s lignes.", limit=f"{error.limit}{error.mark}")
            return jsonify(error="lines", message=message), 422
        if done.said:
            flash(_("Vos modifications sont annulées : %(what)s.", what=done.said), "success")
        if done.left:
            flash(_told(done.left), "warning")
        return jsonify(done=True)


def _told(left: list[draft.Left]) -> str:
    shown = [f"{_place(item)} ({item.why})" for item in left[:_SHOWN]]
    if len(left) > _SHOWN:
        shown.append(ngettext("%(num)s autre", "%(num)s autres", len(left) - _SHOWN))
    return _("Laissé tel quel : %(cells)s.", cells=" ; ".join(shown))


def _place(item: draft.Left) -> str:
    child = item.line.child
    name = " ".join(filter(None, [child.last_name, child.first_name])) or _("ligne sans nom")
    if not item.field:
        return name
    spec = FIELD_BY_KEY.get(item.field)
    return f"{name}, {spec.label if spec else _('jour %(day)s', day=item.field)}"


def _sheet(sheet_id: int) -> AttendanceSheet:
    sheet = db.session.scalars(select(AttendanceSheet).where(AttendanceSheet.id == sheet_id)).one_or_none()
    if sheet is None:
        abort(404)
    return sheet


def _locked() -> Any:
    db.session.rollback()
    return jsonify(error="locked", message=_("Ce relevé est soumis : il ne peut plus être modifié.")), 409

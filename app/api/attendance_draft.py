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
from app.rules.months import Month, day_number
from app.rules.workflow import Verb
from app.security.guards import actor, needs
from app.security.rights import Right
from app.services.attendance import draft, months, sheets
from app.views import draft_mark
from app.views.components import instant

_SHOWN = 10
_NAMED = 8


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
        start = db.session.scalars(select(JournalEntry).where(JournalEntry.id == found.since)).one()
        return jsonify(
            said=found.said, left=len(found.left), since=f"{_when(start.action)} ({instant(start.at)})",
            named=_named(found),
        )  # fmt: skip

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
            what = _("Vos modifications sont annulées : %(what)s.", what=done.said)
            gone = _(
                "« Défaire » ne peut pas les remettre ; l’historique de chaque cellule (Alt+H) garde leur valeur."
            )
            flash(f"{what} {gone}", "success")
        if done.left:
            flash(_told(done.left), "warning")
        return jsonify(done=True)


def _when(action: str) -> str:
    """The moment that the month goes back to, by what the history calls it."""
    words = {
        "consultation": _("quand vous avez ouvert ce mois après votre connexion"),
        Verb.SEND_BACK.value: _("quand ce mois a été renvoyé pour correction"),
        Verb.REOPEN.value: _("quand ce mois a été rouvert"),
    }
    return words.get(action) or _("au dernier brouillon enregistré")


def _named(found: draft.Plan) -> list[str]:
    """What goes back, in words: the first ones, then how many others."""
    every = [
        *(
            f"{_place(cell.line, cell.field)} : {cell.standing or _('vide')} → {cell.before or _('vide')}"
            for cell in found.cells
        ),
        *(_("%(child)s : ligne ajoutée, à retirer", child=_place(row, "")) for row in found.added),
        *(_("%(child)s : ligne retirée, à remettre", child=_place(row, "")) for row in found.removed),
    ]
    more = len(every) - _NAMED
    others = [ngettext("et %(num)s autre", "et %(num)s autres", more)] if more > 0 else []
    return every[:_NAMED] + others


def _told(left: list[draft.Left]) -> str:
    shown = [f"{_place(item.line, item.field)} ({item.why})" for item in left[:_SHOWN]]
    if len(left) > _SHOWN:
        shown.append(ngettext("%(num)s autre", "%(num)s autres", len(left) - _SHOWN))
    return _("Laissé tel quel : %(cells)s.", cells=" ; ".join(shown))


def _place(line: sheets.Line, field: str) -> str:
    child = line.child
    name = " ".join(filter(None, [child.last_name, child.first_name])) or _("ligne sans nom")
    if not field:
        return name
    spec = FIELD_BY_KEY.get(field)
    return f"{name}, {spec.label if spec else _('le %(day)s', day=day_number(int(field)))}"


def _sheet(sheet_id: int) -> AttendanceSheet:
    sheet = db.session.scalars(select(AttendanceSheet).where(AttendanceSheet.id == sheet_id)).one_or_none()
    if sheet is None:
        abort(404)
    return sheet


def _locked() -> Any:
    db.session.rollback()
    return jsonify(error="locked", message=_("Ce relevé est soumis : il ne peut plus être modifié.")), 409

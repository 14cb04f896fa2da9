"""Importing a month from a workbook: the file, its codes, the preview, « Confirmer »; our template, the export."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, jsonify, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock
from app.db import db
from app.models import Facility
from app.rules.months import Month
from app.rules.workflow import editable
from app.security.guards import actor, needs
from app.security.rights import Right
from app.services.attendance import consultations, export, imports, mapping, sheets
from app.services.attendance.import_waiting import Waiting
from app.services.attendance.sheets import SheetLocked
from app.spreadsheets.refusals import UnusableFile
from app.views.attendance import context_of, found_facility, found_sheet
from app.views.attendance_import_pages import codes_page, corrections_of, preview_page, upload_page
from app.views.files import workbook

_NO_FILE = UnusableFile(
    "aucun-fichier", "Aucun classeur n’a été choisi.", "Choisissez le fichier .xlsx ou .xls de votre relevé."
)


class AttendanceImportView(BaseView):
    """One month of one facility, in and out of workbooks."""

    route_base = "/presences"
    default_view = "upload"

    @expose("/<int:facility_id>/<month:month>/importer", methods=["GET", "POST"])
    @needs(Right.ATTENDANCE_WRITE)
    def upload(self, facility_id: int, month: Month) -> Any:
        facility = _facility(facility_id, month)
        if request.method == "GET":
            return upload_page(facility, month)
        ctx = context_of(facility_id, month)
        try:
            file = request.files.get("fichier")
            if file is None or not file.filename:
                raise _NO_FILE
            found = imports.receive(
                db.session(), actor().who, facility, ctx, file.filename, file.read(), clock.now()
            )
        except UnusableFile as refused:
            db.session.rollback()
            return _refused(facility_id, month, refused)
        except SheetLocked:
            return _locked(facility_id, month)
        return _go(_step(found, facility_id, month))

    @expose("/<int:facility_id>/<month:month>/importer/codes", methods=["GET", "POST"])
    @needs(Right.ATTENDANCE_WRITE)
    def codes(self, facility_id: int, month: Month) -> Any:
        facility = _facility(facility_id, month)
        try:
            found = _waiting(facility_id, month)
        except imports.NothingPending:
            return _nothing(facility_id, month)
        if request.method == "GET":
            return codes_page(facility, month, found)
        given = request.form.to_dict()
        choices = {
            code: given.get(f"code-{place}", "") for place, code in enumerate(request.form.getlist("codes"))
        }
        missing = imports.choose_codes(db.session(), actor().who, found, choices, clock.now())
        if missing:
            return codes_page(facility, month, found, choices, missing), 422
        return redirect(url_for(".preview", facility_id=facility_id, month=month), 303)

    @expose("/<int:facility_id>/<month:month>/importer/apercu", methods=["GET", "POST"])
    @needs(Right.ATTENDANCE_WRITE, personal=True)
    def preview(self, facility_id: int, month: Month) -> Any:
        facility = _facility(facility_id, month)
        ctx = context_of(facility_id, month)
        try:
            found = _waiting(facility_id, month)
            if request.method == "POST":
                imports.correct(db.session(), found, corrections_of(request.form), ctx)
                return redirect(
                    url_for(".preview", facility_id=facility_id, month=month, _anchor="erreurs"), 303
                )
            if mapping.undecided(found.table, found.row.mapping):
                return redirect(url_for(".codes", facility_id=facility_id, month=month))
            shown = imports.preview(db.session(), found, ctx)
            return _consulted(
                facility, month, _("Aperçu d’un import"), preview_page(facility, ctx, found, shown)
            )
        except imports.NothingPending:
            return _nothing(facility_id, month)
        except SheetLocked:
            return _locked(facility_id, month)

    @expose("/<int:facility_id>/<month:month>/importer/classeur-annote.xlsx")
    @needs(Right.ATTENDANCE_WRITE, personal=True)
    def annotated(self, facility_id: int, month: Month) -> Any:
        facility = _facility(facility_id, month)
        ctx = context_of(facility_id, month)
        try:
            found = _waiting(facility_id, month, file=True)
            content = imports.annotate(found, imports.preview(db.session(), found, ctx))
        except imports.NothingPending:
            return _nothing(facility_id, month)
        except SheetLocked:
            return _locked(facility_id, month)
        except UnusableFile as refused:
            flash(f"{refused.message} {refused.help}", "danger")
            return redirect(url_for(".preview", facility_id=facility_id, month=month), 303)
        stem = found.row.filename.rpartition(".")[0] or "classeur"
        answer = workbook(content, f"{stem}-annote.xlsx")
        return _consulted(facility, month, _("Classeur annoté téléchargé"), answer)

    @expose("/<int:facility_id>/<month:month>/importer/confirmer", methods=["POST"])
    @needs(Right.ATTENDANCE_WRITE)
    def confirm(self, facility_id: int, month: Month) -> Any:
        facility = _facility(facility_id, month)
        ctx = context_of(facility_id, month)
        given = request.form.get("apercu", "")
        try:
            stored = imports.confirm(db.session(), actor().who, facility, ctx, given, clock.now())
        except imports.NothingPending:
            return _nothing(facility_id, month)
        except SheetLocked:
            return _locked(facility_id, month)
        except imports.Moved:
            flash(
                _("Rien n’a été enregistré : le relevé ou l’aperçu a changé depuis que vous avez ouvert cette "
                  "page. Voici l’aperçu à jour ; vérifiez-le, puis confirmez."),
                "warning",
            )  # fmt: skip
            return redirect(url_for(".preview", facility_id=facility_id, month=month), 303)
        except imports.Blocked:
            flash(_("Rien n’a été enregistré : des erreurs restent à corriger."), "danger")
            return redirect(url_for(".preview", facility_id=facility_id, month=month), 303)
        flash(_told(stored, month), "success")
        return redirect(url_for("AttendanceView.month", facility_id=facility_id, month=month), 303)

    @expose("/<int:facility_id>/<month:month>/importer/abandonner", methods=["POST"])
    @needs(Right.ATTENDANCE_WRITE)
    def give_up(self, facility_id: int, month: Month) -> Any:
        _facility(facility_id, month)
        try:
            imports.give_up(db.session(), actor().user_id, facility_id, month)
        except imports.NothingPending:
            return _nothing(facility_id, month)
        flash(_("Import abandonné : le relevé n’a pas changé."), "info")
        return redirect(url_for("AttendanceView.month", facility_id=facility_id, month=month), 303)

    @expose("/<int:facility_id>/<month:month>/modele.xlsx")
    @needs(Right.ATTENDANCE_READ, personal=True)
    def template(self, facility_id: int, month: Month) -> Any:
        facility = _facility(facility_id, month)
        ctx = context_of(facility_id, month)
        name = export.file_name("modele-presences", facility.matricule, ctx)
        return workbook(export.template(db.session(), actor().who, facility, ctx), name)

    @expose("/<int:facility_id>/<month:month>/export.xlsx")
    @needs(Right.ATTENDANCE_READ, personal=True)
    def export(self, facility_id: int, month: Month) -> Any:
        facility = found_facility(facility_id)
        sheet = found_sheet(facility_id, month)
        ctx = context_of(facility_id, month)
        name = export.file_name("presences", facility.matricule, ctx)
        return workbook(export.export(db.session(), actor().who, facility, sheet, ctx), name)


def _consulted(facility: Facility, month: Month, what: str, answer: Any) -> Any:
    """`answer`, once the history says that it was given."""
    session = db.session()
    sheet = sheets.find(session, facility.id, month)
    consultations.of_month(session, actor().who, facility, sheet, f"{what} : présences {month.of_label}")
    session.commit()
    return answer


def _facility(facility_id: int, month: Month) -> Facility:
    """The facility; 404 also for a month that its page does not have."""
    facility = found_facility(facility_id)
    if not imports.importable(facility, month, clock.today()):
        abort(404)
    return facility


def _waiting(facility_id: int, month: Month, *, file: bool = False) -> Waiting:
    return imports.waiting(db.session(), actor().user_id, facility_id, month, file=file)


def _step(found: Waiting, facility_id: int, month: Month) -> str:
    """Where a file just received goes on."""
    asked = mapping.undecided(found.table, found.row.mapping)
    return url_for(".codes" if asked else ".preview", facility_id=facility_id, month=month)


def _by_script() -> bool:
    """Whether static/js/import.js sent the file, rather than the form itself."""
    return request.accept_mimetypes.best == "application/json"


def _go(url: str) -> Any:
    return jsonify(suite=url) if _by_script() else redirect(url, 303)


def _refused(facility_id: int, month: Month, refused: UnusableFile) -> Any:
    if _by_script():
        return jsonify(message=refused.message, aide=refused.help), 422
    return upload_page(found_facility(facility_id), month, refused), 422


def _nothing(facility_id: int, month: Month) -> Any:
    """What waited is gone: to the month, where one sees whether it was confirmed."""
    sheet = sheets.find(db.session(), facility_id, month)
    if sheet is not None and not editable(sheet.state):
        return _locked(facility_id, month)
    flash(
        _("Cet aperçu n’attend plus : l’import a été confirmé ou abandonné entre-temps, peut-être dans un autre "
          "onglet, ou il a expiré. Regardez le mois avant d’envoyer à nouveau votre classeur."),
        "info",
    )  # fmt: skip
    return redirect(url_for("AttendanceView.month", facility_id=facility_id, month=month), 303)


def _locked(facility_id: int, month: Month) -> Any:
    flash(
        _(
            "Ce mois est soumis : rien n’a été importé. Pour corriger, demandez sa réouverture à votre gestionnaire "
            "subsides (ses coordonnées : page « Contacts ONE »)."
        ),
        "warning",
    )
    return _go(url_for("AttendanceView.month", facility_id=facility_id, month=month))


def _told(stored: imports.Stored, month: Month) -> str:
    """What « Confirmer » did, in a sentence."""
    parts = []
    if stored.added:
        parts.append(ngettext("%(num)s enfant ajouté", "%(num)s enfants ajoutés", stored.added))
    if stored.changed:
        parts.append(ngettext("%(num)s ligne modifiée", "%(num)s lignes modifiées", stored.changed))
    if stored.removed:
        parts.append(ngettext("%(num)s ligne retirée", "%(num)s lignes retirées", stored.removed))
    if not parts and stored.moved:
        return str(
            _(
                "Import enregistré : les enfants du relevé %(month)s se suivent dans l’ordre du classeur.",
                month=month.of_label,
            )
        )
    if not parts:
        return str(
            _("Le classeur ne changeait rien : le relevé %(month)s était déjà à jour.", month=month.of_label)
        )
    return str(
        _(
            "Import enregistré dans le relevé %(month)s : %(done)s.",
            month=month.of_label,
            done=", ".join(parts),
        )
    )

"""The grid's JSON: cells saved in batches, their history, lines, and what others changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Any, Final

import msgspec
from flask import Response, abort, g, jsonify, request
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from sqlalchemy import select

from app import clock
from app.db import Work, db
from app.models import AttendanceSheet
from app.rules.attendance import DAY_KEYS, FIELD_BY_KEY, MonthContext, judge_line
from app.rules.months import Month
from app.rules.violations import Violation
from app.security.guards import actor, needs
from app.security.rights import Right
from app.services.attendance import cells, changes, consultations, line_changes, months, sheets

_MAX_BATCH: Final = 500
_LOCKED: Final = (
    "Ce relevé est soumis : il ne peut plus être modifié. "
    "Pour corriger, demandez sa réouverture à votre gestionnaire subsides (ses coordonnées : page « Contacts ONE »)."
)


@dataclass(frozen=True)
class _Batch:
    """What the grid sends: at most `_MAX_BATCH` cells, in the order in which they were typed."""

    edits: Annotated[list[cells.Edit], msgspec.Meta(min_length=1, max_length=_MAX_BATCH)]


_BATCH: Final = msgspec.json.Decoder(_Batch)


class AttendanceApi(BaseView):
    """Answers JSON only; CSRF-checked like every page, signed out is 401."""

    route_base = "/api/presences"
    default_view = "cells"

    @expose("/<int:sheet_id>/cellules", methods=["POST"])
    @needs(Right.ATTENDANCE_WRITE, api=True)
    def cells(self, sheet_id: int) -> Any:
        edits = _edits()
        who, now = actor().who, clock.now()

        def saving(work: Work) -> cells.Saved:
            head = cells.head(work, sheet_id, {edit.line for edit in edits})
            return cells.save(work, who, head, edits, _context(work, head.facility_id, head.month), now)

        try:
            saved = cells.transact(edits, db.session, saving)
        except LookupError:
            abort(404)
        except sheets.SheetLocked:
            return _locked()
        told: dict[str, Any] = {
            "results": [_result(edit, result) for edit, result in zip(edits, saved.results, strict=True)],
            "warnings": _warnings(saved.warnings),
        }
        if saved.twins is not None:
            told["twins"] = _twins(saved.twins)
        return Response(msgspec.json.encode(told), mimetype="application/json")

    @expose("/<int:sheet_id>/historique")
    @needs(Right.ATTENDANCE_READ, api=True, personal=True)
    def history(self, sheet_id: int) -> Any:
        answer = cell_history(sheet_id)
        line, field = request.args.get("line", 0, type=int), request.args.get("field", "")
        try:  # an agent's door writes its own entry
            consultations.of_cell(db.session(), actor().who, sheet_id, line, field)
        except LookupError:
            abort(404)
        return answer

    @expose("/<int:sheet_id>/lignes", methods=["POST"])
    @needs(Right.ATTENDANCE_WRITE, api=True)
    def lines(self, sheet_id: int) -> Any:
        body = _body()
        session, who, now = db.session(), actor().who, clock.now()
        try:
            if isinstance(count := body.get("add"), int) and count > 0:
                added = line_changes.append(session, who, sheet_id, count, now)
                return jsonify(lines=[{"id": number, "version": 1} for number in added])
            if ids := _ids(body, "delete"):
                gone = line_changes.take_away(session, who, sheet_id, ids, now)
                return jsonify(deleted=gone, twins=_twins_of(sheet_id))
            if ids := _ids(body, "restore"):
                back = line_changes.restore(session, who, sheet_id, ids, now)
                told = [{"id": number, "version": version} for number, version in back]
                return jsonify(lines=told, twins=_twins_of(sheet_id))
        except LookupError:
            abort(404)
        except sheets.SheetLocked:
            return _locked()
        except sheets.TooManyLines as error:
            return jsonify(
                error="lines", message=f"Un relevé compte au plus {error.limit} lignes{error.mark}."
            ), 422
        return abort(400)

    @expose("/<int:sheet_id>/etat")
    @needs(Right.ATTENDANCE_READ, api=True)
    def state(self, sheet_id: int) -> Any:
        g.passive = True  # the page's own polling must not keep an abandoned session alive
        try:
            since = dt.datetime.fromisoformat(request.args.get("since", ""))
        except ValueError:
            abort(400)
        if since.tzinfo is None:
            abort(400)
        try:
            found = changes.since(db.session(), sheet_id, since)
        except LookupError:
            abort(404)
        ctx = _context(db.session(), found.facility_id, found.month)
        return jsonify(
            state=found.state.value,
            now=found.now.isoformat(),
            lines={
                str(row.id): {
                    "version": row.version,
                    "values": changes.values(row),
                    "mark": sheets.niss_mark(row.child, row.id),
                }
                for row in found.lines
            },
            deleted=found.deleted,
            warnings=_warnings({row.id: judge_line(row.child, ctx) for row in found.lines}),
            **({"twins": _twins(sheets.twins(found.all, ctx))} if found.all else {}),
        )


def cell_history(sheet_id: int) -> Any:
    """The changes of the cell that the address names, newest first."""
    line, field = request.args.get("line", type=int), request.args.get("field", "")
    if line is None or not 0 < line < 2**31 or (field not in FIELD_BY_KEY and field not in DAY_KEYS):
        abort(400)
    entries = changes.of_cell(db.session(), sheet_id, line, field)
    return jsonify(
        entries=[
            {"at": _brussels(e.at), "who": e.who, "old": e.old, "new": e.new, "how": e.how} for e in entries
        ]
    )


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        abort(400)
    return body


def _edits() -> list[cells.Edit]:
    try:
        edits = _BATCH.decode(request.get_data()).edits
    except ValueError:  # not JSON, or not a batch
        abort(400)
    if any(edit.field not in FIELD_BY_KEY and edit.field not in DAY_KEYS for edit in edits):
        abort(400)
    return edits


def _ids(body: dict[str, Any], name: str) -> list[int]:
    ids = body.get(name)
    if (
        not isinstance(ids, list)
        or len(ids) > _MAX_BATCH
        or not all(isinstance(i, int) and 0 < i < 2**31 for i in ids)
    ):
        return []
    return ids


def _context(work: Work, facility_id: int, month: dt.date) -> MonthContext:
    return months.context(work, facility_id, Month.of(month), clock.today(), g.reference_version)


def _locked() -> Any:
    db.session.rollback()
    return jsonify(error="locked", message=_LOCKED), 409


def _result(edit: cells.Edit, result: cells.Result) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "key": result.key,
        "status": result.status,
        "value": result.value,
        "version": result.version,
    }
    if edit.field == "niss":
        answer["mark"] = result.mark
    if result.message:
        answer |= {"message": result.message, "help": result.help}
    if result.days:
        answer["days"] = list(result.days)
    if result.status == "conflict":
        answer |= {"theirs": result.theirs, "by": result.by, "at": _brussels(result.at) if result.at else ""}
    return answer


def _warnings(found: dict[int, list[Violation]]) -> dict[str, list[dict[str, Any]]]:
    return {str(line): [_violation(violation) for violation in told] for line, told in found.items()}


def _twins(found: dict[int, Violation]) -> dict[str, dict[str, Any]]:
    return {str(line): _violation(violation) for line, violation in found.items()}


def _twins_of(sheet_id: int) -> dict[str, dict[str, Any]]:
    sheet = db.session.scalars(select(AttendanceSheet).where(AttendanceSheet.id == sheet_id)).one()
    rows = sheets.lines(db.session(), sheet_id)
    return _twins(sheets.twins(rows, _context(db.session(), sheet.facility_id, sheet.month)))


def _violation(violation: Violation) -> dict[str, Any]:
    return {
        "field": violation.field,
        "days": list(violation.days),
        "message": violation.message,
        "help": violation.help,
        "severity": violation.severity.value,
    }


def _brussels(at: dt.datetime) -> str:
    from app.views.components import BRUSSELS

    return at.astimezone(BRUSSELS).strftime("%d/%m/%Y %H:%M")

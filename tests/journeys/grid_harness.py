"""A server for the grid alone, in memory, whose failures the tests choose.

What the grid does when a save is refused, lost, late or in conflict has to be provoked on purpose: the real
portal does not fail on demand. All else of the page is real: the rendered table, the scripts, the rules.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask_bootstrap
from flask import Flask, Response, jsonify, redirect, request, send_from_directory
from werkzeug.serving import make_server

import app
from app.rules.attendance import ChildLine
from app.rules.codes import EMPTY_MONTH
from app.views.attendance_grid import GridLine, month_figures, render_grid
from tests.journeys.grid_sheet import COLUMNS, MONTH, Line, Sheet, context, issue

_ROOT = Path(app.__file__).parent
_BOOTSTRAP = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5"
_PAGE = """<!doctype html>
<html lang="fr">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="csrf-token" content="{{ token }}">
  <title>Octobre 2026 – Présences</title>
  <link rel="stylesheet" href="/bootstrap/css/bootstrap.min.css">
  <link rel="stylesheet" href="/static/css/portal.css">
  <link rel="stylesheet" href="/static/css/grid.css">
</head>
<body>
  <main class="p-3">
    <h1 class="fs-4"><a href="#avant">Octobre 2026</a></h1>
    {% include "attendance/_grid.html" %}
    <form action="/soumis" data-grid-flush><button>Voir l’aperçu</button></form>
  </main>
  <script type="module" src="/static/js/grid/main.js"></script>
</body>
</html>"""
# The portal's, as far as a page without forms elsewhere goes: nothing inline, Bootstrap's icons as data.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' data:"
)


class Harness:
    """The server; `sheet` is replaced before each test."""

    def __init__(self) -> None:
        self.sheet = Sheet.of([], context())
        self.url = ""
        self.app = Flask("grille", template_folder=_ROOT / "templates", static_folder=_ROOT / "static")
        self.app.jinja_env.globals["_"] = str
        self.app.add_url_rule("/", view_func=self.page)
        self.app.add_url_rule("/bootstrap/<path:name>", view_func=self.bootstrap)
        self.app.add_url_rule("/soumis", "submitted", lambda: "soumis")
        self.app.add_url_rule("/connexion", "sign_in", lambda: "connexion")
        self.app.add_url_rule("/api/cellules", view_func=self.save, methods=["POST"])
        self.app.add_url_rule("/api/lignes", view_func=self.change_lines, methods=["POST"])
        self.app.add_url_rule("/api/historique", view_func=self.history)
        self.app.add_url_rule("/api/etat", view_func=self.state)
        self.app.add_url_rule("/api/brouillon", "draft", lambda: jsonify(saved=True), methods=["POST"])
        self.app.add_url_rule("/favicon.ico", "icon", lambda: ("", 204))
        self.app.after_request(_strict)

    def bootstrap(self, name: str) -> Response:
        return send_from_directory(_BOOTSTRAP, name)

    def page(self) -> Any:
        sheet = self.sheet
        if sheet.signed_out:
            return redirect("/connexion")
        shown = [
            GridLine(
                number,
                line.version,
                line.child,
                bool(line.child.niss_hash),
                sheet.judge(number),
                sheet.mark(number),
            )
            for number, line in sheet.lines.items()
            if not line.deleted
        ]
        template = self.app.jinja_env.from_string(_PAGE)
        return template.render(
            grid=render_grid(shown, sheet.ctx, readonly=sheet.readonly),
            figures=month_figures(shown, sheet.ctx),
            token=sheet.token,
            sheet_id=12,
            user_id=sheet.user,
            state="brouillon",
            readonly=sheet.readonly,
            month=MONTH,
            since=dt.datetime.now(dt.UTC).isoformat(),
            login_url="/connexion",
            urls={name: f"/api/{path}" for name, path in
                  {"save": "cellules", "history": "historique", "lines": "lignes", "poll": "etat"}.items()}
            | {"submit": "/soumis", "draft": "/api/brouillon", "undo": ""},
        )  # fmt: skip

    def refused(self) -> Any:
        """The answer instead of doing what is asked, if any."""
        sheet = self.sheet
        time.sleep(sheet.delay)
        if sheet.signed_out:
            return jsonify(error="session"), 401
        if sheet.locked:
            return jsonify(error="locked", message="Ce relevé a été soumis : il n’est plus modifiable."), 409
        if isinstance(sheet.failure, int):
            return jsonify(error="panne"), sheet.failure
        if request.method == "POST" and request.headers.get("X-CSRFToken") != sheet.token:
            return jsonify(error="csrf"), 400
        return None

    def save(self) -> Any:
        if (answer := self.refused()) is not None:
            return answer
        edits = request.get_json()["edits"]
        sheet = self.sheet
        if len(edits) > sheet.largest:
            return jsonify(error="taille"), 413
        with sheet.lock:
            sheet.saves.append(edits)
            results = [sheet.edit(edit) for edit in edits]
            touched = {int(edit["line"]) for edit in edits}
            warnings = {str(n): [issue(found) for found in sheet.judge(n)] for n in touched}
        if sheet.failure == "lost":
            return jsonify(error="perdu"), 502
        return jsonify(results=results, warnings=warnings, twins=sheet.twins())

    def change_lines(self) -> Any:
        if (answer := self.refused()) is not None:
            return answer
        body, lines = request.get_json(), self.sheet.lines
        if "add" in body:
            first = max(lines, default=880) + 1
            for number in range(first, first + body["add"]):
                lines[number] = Line(ChildLine(codes=EMPTY_MONTH))
            return jsonify(lines=[{"id": n, "version": 1} for n in range(first, first + body["add"])])
        verb = "delete" if "delete" in body else "restore"
        for number in body[verb]:
            lines[number].deleted = verb == "delete"
        return jsonify({f"{verb}d": body[verb], "twins": self.sheet.twins()})

    def history(self) -> Any:
        return self.refused() or jsonify(entries=self.sheet.entries)

    def state(self) -> Any:
        if (answer := self.refused()) is not None:
            return answer
        since = dt.datetime.fromisoformat(request.args["since"])
        sheet = self.sheet
        changed = {
            number: {
                "version": line.version,
                "values": {key: sheet.value(number, key) for key in COLUMNS},
                "mark": sheet.mark(number),
            }
            for number, line in sheet.lines.items()
            if line.changed > since
        }
        return jsonify(state="brouillon", now=dt.datetime.now(dt.UTC).isoformat(), lines=changed,
                       deleted=[n for n, line in sheet.lines.items() if line.deleted], twins=sheet.twins(),
                       warnings={str(n): [issue(found) for found in sheet.judge(n)] for n in changed})  # fmt: skip


def _strict(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    return response


@contextmanager
def running() -> Iterator[Harness]:
    """The harness on a free port of this machine, in a thread."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    harness = Harness()
    server = make_server("127.0.0.1", 0, harness.app, threaded=True)
    harness.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield harness
    finally:
        server.shutdown()
        thread.join()

"""What was typed before a strong connection: its files, and giving it up."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Flask, abort, redirect, request, send_file
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView

from app.security import kept_forms
from app.security.guards import actor, current_actor
from app.security.redirects import came_from


class KeptFormView(BaseView):
    """Each person's own. The form itself is in the page that it stood on (base.html)."""

    route_base = "/saisie-gardee"

    @expose("/fichier")
    def file(self) -> Any:
        kept = kept_forms.of_action(actor().user_id, request.args.get("formulaire", ""))
        place = request.args.get("rang", 0, type=int)
        if kept is None or not 0 <= place < len(kept.contents.files):
            abort(404)
        _name, filename, content = kept.contents.files[place]
        return send_file(
            BytesIO(content), mimetype="application/octet-stream", as_attachment=True, download_name=filename
        )

    @expose("/ignorer", methods=["POST"])
    def forget(self) -> Any:
        kept_forms.forget(actor().user_id, request.form.get("formulaire", ""))
        return redirect(came_from())


def kept_form() -> kept_forms.Kept | None:
    """The form to give back on this page, for its template."""
    person = current_actor()
    return kept_forms.of_page(person.user_id) if person and request.method == "GET" else None


def init_app(app: Flask) -> None:
    """Give templates the form that waits on their page."""
    app.jinja_env.globals["kept_form"] = kept_form

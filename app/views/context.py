"""Choosing for whom one acts, when there is a choice (guide: one person, several organisers)."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView

from app import scope
from app.db import db
from app.security import visits
from app.security.guards import current_actor
from app.security.redirects import local_page


class ContextView(BaseView):
    """The list of capacities, and the switch."""

    route_base = "/organisation"

    @expose("/")
    def choose(self) -> Any:
        actor = current_actor()
        if actor is None:
            return redirect(url_for("SignInView.login"))
        return render_template("security/context.html", contexts=actor.person.contexts, suite=_after())

    @expose("/", methods=["POST"])
    def enter(self) -> Any:
        actor = current_actor()
        if actor is None:
            return redirect(url_for("SignInView.login"))
        chosen = request.form.get("context", "")
        if chosen not in {context.key for context in actor.person.contexts}:
            abort(404)
        if session.get("context") != chosen:
            # A form still open in another tab was filled for somebody else: it is refused, not sent to this one.
            session.pop("csrf_token", None)
        session["context"] = chosen
        with scope.system("coming in for an organiser", db.session()):
            visits.came_in(db.session(), actor.user_id, chosen)
            db.session.commit()
        return redirect(_after())


def _after() -> str:
    return local_page(request.values.get("suite"))

"""« Mes sessions »: where one is signed in, and ending what one does not know."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock
from app.db import db
from app.security.devices import describe
from app.security.guards import actor
from app.security.sessions import stored_id
from app.services import own_sessions


class OwnSessionsView(BaseView):
    """Each person's own, whatever their rights."""

    route_base = "/mes-sessions"
    default_view = "sessions"

    @expose("/")
    def sessions(self) -> Any:
        now, config = clock.now(), current_app.config
        found = own_sessions.of(
            db.session(),
            actor().who,
            stored_id(session),
            idle_since=now - config["SESSION_IDLE"],
            opened_since=now - config["SESSION_ABSOLUTE"],
        )
        return render_template("security/sessions.html", sessions=found, describe=describe)

    @expose("/deconnecter", methods=["POST"])
    def end(self) -> Any:
        number = request.form.get("numero", type=int)
        ended = number is not None and own_sessions.end(db.session(), actor().who, number)
        if ended:
            flash(_("Session déconnectée."), "success")
        else:
            flash(_("Cette session était déjà terminée."), "info")
        return redirect(url_for(".sessions"))

    @expose("/deconnecter-les-autres", methods=["POST"])
    def end_others(self) -> Any:
        ended = own_sessions.end_others(db.session(), actor().who, stored_id(session))
        if ended:
            flash(
                ngettext("%(num)s session déconnectée.", "%(num)s sessions déconnectées.", ended), "success"
            )
        else:
            flash(_("Vous n’aviez pas d’autre session ouverte."), "info")
        return redirect(url_for(".sessions"))

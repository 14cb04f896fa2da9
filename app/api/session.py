"""How long the session still lasts, for the warning of static/js/session.js; and « Rester connecté »."""

from __future__ import annotations

from typing import Any

from flask import g, jsonify
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_wtf.csrf import generate_csrf

from app.security.guards import actor
from app.security.sessions import remaining


class SessionApi(BaseView):
    """Whoever is signed in, whatever their rights; 401 for a session that ended."""

    route_base = "/api/session"

    @expose("/")
    def state(self) -> Any:
        g.passive = True  # asking how long it lasts does not make it last
        return _told()

    @expose("/", methods=["POST"])
    def stay(self) -> Any:
        return _told()


def _told() -> Any:
    """Whose session, for whom they act, the seconds it lasts when left alone and in any case, the token of its forms."""
    left = remaining()
    return jsonify(
        user=actor().user_id,
        context=current.key if (current := actor().context) else "",
        session=left.number,
        idle=left.idle,
        absolute=left.absolute,
        token=generate_csrf(),
    )

"""The home page: what waits, communications and shortcuts (guide 6.2.1)."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView

from app import clock
from app.db import db
from app.security.guards import actor, needs
from app.security.rights import Right
from app.services import communications
from app.services.attendance.awaited import awaited
from app.views.communications import reader


class PortalIndexView(BaseView):
    """FAB's index view."""

    route_base = ""
    default_view = "index"

    @expose("/")
    @needs(Right.HOME)
    def index(self) -> Any:
        banners = communications.current(db.session(), reader(), actor().user_id, clock.today())
        person, today = actor(), clock.today()
        waiting = []
        if person.organiser_id and person.may(Right.ATTENDANCE_WRITE):
            waiting = awaited(
                db.session(), today, lambda facility_id: person.may(Right.ATTENDANCE_WRITE, facility_id)
            )
        return render_template("home/index.html", banners=banners, waiting=waiting, today=today)

"""The home page: what waits, communications and shortcuts (guide 6.2.1)."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView

from app import clock, scope
from app.db import db
from app.security.guards import actor, needs
from app.security.rights import Right
from app.services import communications, ticket_desk, todo
from app.services.attendance import review
from app.services.attendance.awaited import awaited
from app.views.communications import reader


class PortalIndexView(BaseView):
    """FAB's index view."""

    route_base = ""
    default_view = "index"

    @expose("/")
    @needs(Right.HOME)
    def index(self) -> Any:
        desk, queue = _desk(), _queue()
        banners = communications.current(db.session(), reader(), actor().user_id, clock.today())
        person, today = actor(), clock.today()
        waiting = []
        if person.organiser_id and person.may(Right.ATTENDANCE_WRITE):
            waiting = awaited(
                db.session(), today, lambda facility_id: person.may(Right.ATTENDANCE_WRITE, facility_id)
            )
        return render_template(
            "home/index.html", banners=banners, waiting=waiting, today=today, todo=_todo(), desk=desk, queue=queue
        )  # fmt: skip


def _todo() -> todo.Todo:
    person = actor()
    if person.organiser_id and person.may(Right.MEMBERS_WRITE):
        return todo.of_manager(db.session(), person.user_id, person.organiser_id, clock.today())
    return todo.of_person(db.session(), person.user_id)


def _queue() -> review.ToCheck | None:
    """Submitted months that wait for the agent: their number and the oldest day, and nothing of what they say."""
    if not actor().may(Right.ATTENDANCE_REVIEW):
        return None
    with scope.within(scope.door("page d’accueil"), db.session()):
        return review.to_check(db.session(), actor().user_id, clock.now())


def _desk() -> int:
    """How many tickets wait for whoever answers them: their number, and nothing of what they say."""
    if not actor().may(Right.TICKET_ANSWER):
        return 0
    with scope.within(scope.people_door("page d’accueil"), db.session()):
        return ticket_desk.count_to_do(db.session())

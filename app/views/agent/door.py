"""The agents' way in to one organiser: inside the portfolio at once, outside it with a reason that the organiser reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext as _

from app import scope
from app.db import db
from app.forms.fields import clean_text, numbered
from app.models import Organiser
from app.security.guards import actor, needs
from app.security.redirects import came_from, local_page
from app.security.rights import Right
from app.services.agency import portfolio


def within(organiser_id: int, why: str, answer: Callable[[], Any]) -> Any:
    """Answer inside the organiser's door; first ask for the reason when the organiser is not entrusted to the agent.

    The reason stands beside the agent's name in every entry made behind the door.
    """
    with scope.within(scope.door(why, organiser_id), db.session()):
        try:
            reason = portfolio.reason_in_force(db.session(), actor().user_id, organiser_id)
        except portfolio.ReasonNeeded:
            above = request.path.rstrip("/").rpartition("/")[0] + "/"
            back = request.full_path.rstrip("?") if request.method == "GET" else above
            return redirect(url_for("AgentDoorView.enter", organiser_id=organiser_id, suite=back))
        if reason:
            g.actor = replace(actor(), reason=reason)
        return answer()


class AgentDoorView(BaseView):
    """« Hors portefeuille »: why one comes in."""

    route_base = "/hors-portefeuille"
    default_view = "enter"

    @expose("/<int:organiser_id>/", methods=["GET", "POST"])
    @needs(Right.DOOR_OPEN)
    def enter(self, organiser_id: int) -> Any:
        after = local_page(request.values.get("suite"))
        # Not the page behind the door, which leads here again.
        before = local_page(request.form["retour"]) if "retour" in request.form else came_from()
        reason, problem = clean_text(request.form.get("motif", "")) or "", ""
        with scope.within(scope.door("hors portefeuille", organiser_id), db.session()):
            organiser = db.session.get(Organiser, organiser_id)
            if organiser is None:
                abort(404)
            name = organiser.name
            if request.method == "POST":
                try:
                    portfolio.come_in(db.session(), actor().who, actor().user_id, organiser_id, reason)
                except portfolio.ReasonTooShort:
                    problem = _(
                        "Dites en une phrase pourquoi (de %(least)s à %(most)s caractères) : l’organisation la lira.",
                        least=portfolio.SHORTEST_REASON, most=portfolio.LONGEST_REASON,
                    )  # fmt: skip
                except portfolio.ReasonNumbered:
                    problem = numbered(reason)
                else:
                    flash(
                        _("Votre passage et son motif sont notés dans l’historique de l’organisation."),
                        "info",
                    )
                    return redirect(after)
        page = render_template(
            "agent/door.html", name=name, reason=reason, problem=problem, after=after, before=before
        )
        return page, 422 if problem else 200

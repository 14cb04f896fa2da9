"""AIDE: how to reach the helpdesk, asking it something, « Mes tickets » (guide 3)."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, flash, g, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext as _

from app import clock
from app.db import db
from app.forms.helpdesk import AskForm, ReplyForm
from app.masking import looks_numbered
from app.security.guards import actor, needs
from app.security.redirects import local_page
from app.security.rights import Right
from app.services import helpdesk, tickets


class HelpdeskView(BaseView):
    """The person's side of the helpdesk."""

    route_base = "/aide"
    default_view = "mine"

    @expose("/ecrire/", methods=["GET", "POST"])
    @needs(Right.TICKET_ASK)
    def ask(self) -> Any:
        form = AskForm()
        if request.method == "GET":
            form.page.data = request.args.get("page", "")
        form.page.data = _page(form.page.data)
        if request.method == "POST" and form.validate():
            person = actor()
            context = person.context
            number = tickets.ask(
                db.session(), person.who, person.user_id,
                f"{context.organiser_name}, {context.label}" if context else "",
                form.subject.data or "", form.body.data or "", form.page.data, clock.now(),
            )  # fmt: skip
            flash(_("Votre question est partie : c’est le ticket n° %(number)s.", number=number), "success")
            return redirect(url_for(".ticket", ticket_id=number))
        back = form.page.data or url_for("PortalIndexView.index")
        return render_template("helpdesk/ask.html", form=form, back=back), 422 if form.errors else 200

    @expose("/tickets/")
    @needs(Right.TICKET_ASK)
    def mine(self) -> Any:
        found = tickets.of_person(db.session(), actor().user_id, request.args.get("page", 1, type=int))
        return render_template("helpdesk/tickets.html", found=found)

    @expose("/tickets/<int:ticket_id>/")
    @needs(Right.TICKET_ASK)
    def ticket(self, ticket_id: int) -> Any:
        return _ticket_page(ticket_id, ReplyForm(formdata=None))

    @expose("/tickets/<int:ticket_id>/repondre", methods=["POST"])
    @needs(Right.TICKET_ASK)
    def reply(self, ticket_id: int) -> Any:
        _own(ticket_id)
        form = ReplyForm()
        if not form.validate():
            return _ticket_page(ticket_id, form)
        tickets.reply(db.session(), actor().who, ticket_id, form.body.data or "", clock.now())
        flash(_("Votre message est parti."), "success")
        return redirect(url_for(".ticket", ticket_id=ticket_id))

    @expose("/tickets/<int:ticket_id>/resolu", methods=["POST"])
    @needs(Right.TICKET_ASK)
    def settle(self, ticket_id: int) -> Any:
        _own(ticket_id)
        tickets.settle(db.session(), actor().who, ticket_id, clock.now())
        flash(_("Merci : le ticket est résolu. Écrivez-y à nouveau pour le rouvrir."), "success")
        return redirect(url_for(".ticket", ticket_id=ticket_id))

    @expose("/tickets/<int:ticket_id>/lu", methods=["POST"])
    @needs(Right.TICKET_ASK)
    def seen(self, ticket_id: int) -> Any:
        _own(ticket_id)
        tickets.seen(db.session(), ticket_id, clock.now())
        return redirect(url_for(".ticket", ticket_id=ticket_id))


def _own(ticket_id: int) -> tickets.Conversation:
    if ticket_id >= 2**31:
        abort(404)
    try:
        return tickets.conversation(db.session(), ticket_id)
    except LookupError:
        abort(404)


def _ticket_page(ticket_id: int, form: ReplyForm) -> Any:
    found = _own(ticket_id)
    return render_template("helpdesk/ticket.html", found=found, form=form), 422 if form.errors else 200


def _page(given: str | None) -> str:
    """The page asked from, as a path of ours without its query; "" when it says more than where it is."""
    path = (given or "").partition("?")[0].partition("#")[0]
    return "" if looks_numbered(path) or len(path) > 300 or local_page(path) != path else path


def contact() -> helpdesk.Contact | None:
    """The helpdesk's coordinates of today, for every page."""
    return helpdesk.contact(db.session(), clock.today(), g.get("reference_version"))


def init_app(app: Flask) -> None:
    """Give templates the coordinates."""
    app.jinja_env.globals.update(helpdesk=contact)

"""The helpdesk's queue of tickets, and one ticket with its answers and notes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext as _

from app import clock, journal, scope
from app.db import db
from app.forms.helpdesk import AnswerForm, NoteForm
from app.rules.tickets import TO_DO, TicketState
from app.security.guards import actor, needs
from app.security.rights import Right
from app.services import ticket_desk, tickets
from app.services.ticket_desk import Wanted

_DOOR = "tickets du helpdesk"


class TicketDeskView(BaseView):
    """Everybody's tickets, for whoever answers them."""

    route_base = "/helpdesk/tickets"
    default_view = "queue"

    @expose("/")
    @needs(Right.TICKET_ANSWER, personal=True)
    def queue(self) -> Any:
        states = {state.value: (state,) for state in TicketState} | {"a-traiter": TO_DO, "tous": ()}
        state = request.args.get("etat", "a-traiter")
        holder = request.args.get("agent", "")
        wanted = Wanted(
            states.get(state, TO_DO),
            {"moi": actor().user_id, "personne": 0}.get(holder),
            request.args.get("recherche", "").replace("\0", "").strip()[:100],
        )
        with scope.within(scope.people_door(_DOOR), db.session()):
            journal.record(
                db.session(), actor().who, "porte", organiser_id=None, object_type="ticket_queue",
                summary=f"File des tickets ouverte : {_DOOR}",
            )  # fmt: skip
            desk = ticket_desk.queue(db.session(), wanted, request.args.get("page", 1, type=int))
            return render_template(
                "agent/tickets.html", desk=desk, state=state, holder=holder, search=wanted.search, states=TicketState
            )  # fmt: skip

    @expose("/<int:ticket_id>/")
    @needs(Right.TICKET_ANSWER)
    def ticket(self, ticket_id: int) -> Any:
        return _through_door(ticket_id, lambda found: _page(found, consulted=True))

    @expose("/<int:ticket_id>/repondre", methods=["POST"])
    @needs(Right.TICKET_ANSWER)
    def answer(self, ticket_id: int) -> Any:
        return _through_door(ticket_id, _answer)

    @expose("/<int:ticket_id>/note", methods=["POST"])
    @needs(Right.TICKET_ANSWER)
    def note(self, ticket_id: int) -> Any:
        return _through_door(ticket_id, _note)

    @expose("/<int:ticket_id>/prendre", methods=["POST"])
    @needs(Right.TICKET_ANSWER)
    def take(self, ticket_id: int) -> Any:
        person = actor()

        def taken(_found: tickets.Conversation) -> Any:
            ticket_desk.take(db.session(), person.who, person.user_id, ticket_id, clock.now())
            flash(_("Le ticket est à vous."), "success")
            return redirect(url_for("TicketDeskView.ticket", ticket_id=ticket_id))

        return _through_door(ticket_id, taken)

    @expose("/<int:ticket_id>/clore", methods=["POST"])
    @needs(Right.TICKET_ANSWER)
    def close(self, ticket_id: int) -> Any:
        def closed(_found: tickets.Conversation) -> Any:
            ticket_desk.close(db.session(), actor().who, ticket_id, clock.now())
            flash(_("Le ticket est clos."), "success")
            return redirect(url_for("TicketDeskView.queue"))

        return _through_door(ticket_id, closed)


def _through_door(ticket_id: int, answer: Callable[[tickets.Conversation], Any]) -> Any:
    """Open the door to people for one ticket; what is done there goes into the history with the agent's door."""
    if ticket_id >= 2**31:
        abort(404)
    with scope.within(scope.people_door(_DOOR), db.session()):
        try:
            return answer(tickets.conversation(db.session(), ticket_id))
        except LookupError:
            abort(404)


def _page(
    found: tickets.Conversation,
    form: AnswerForm | None = None,
    note: NoteForm | None = None,
    *,
    consulted: bool = False,
) -> Any:
    if consulted:
        ticket_desk.consulted(db.session(), actor().who, found.ticket)
    form, note = form or AnswerForm(formdata=None), note or NoteForm(formdata=None)
    form.last.data = str(found.last)
    page = {
        "found": found,
        "notes": ticket_desk.notes(db.session(), found.ticket.id),
        "form": form,
        "note_form": note,
        "mine": found.ticket.assignee_id == actor().user_id,
    }
    return render_template("agent/ticket.html", **page), 422 if form.errors or note.errors else 200


def _answer(found: tickets.Conversation) -> Any:
    form, person, number = AnswerForm(), actor(), found.ticket.id
    if not form.validate():
        return _page(found, form)
    last = request.form.get("last", 0, type=int)
    try:
        ticket_desk.answer(
            db.session(), person.who, person.user_id, number, form.body.data or "", form.state.data, last, clock.now()
        )  # fmt: skip
    except ticket_desk.MovedOn:
        form.form_errors.append(
            _("Un message est arrivé pendant que vous écriviez : relisez-le, puis envoyez votre réponse.")
        )
        return _page(tickets.conversation(db.session(), number), form)
    flash(_("Votre réponse est partie ; la personne en reçoit l’avis."), "success")
    return redirect(url_for("TicketDeskView.ticket", ticket_id=number))


def _note(found: tickets.Conversation) -> Any:
    form, person, number = NoteForm(), actor(), found.ticket.id
    if not form.validate():
        return _page(found, note=form)
    ticket_desk.note(db.session(), person.who, person.user_id, number, form.note.data or "", clock.now())
    flash(_("La note est gardée ; seul le helpdesk la lit."), "success")
    return redirect(url_for("TicketDeskView.ticket", ticket_id=number))

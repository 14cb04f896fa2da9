"""« Gérer mes utilisateurs »: the people of an organiser (guides 6.1.2, « Profils utilisateurs »)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.db import db
from app.forms.members import DetailsForm, PersonForm
from app.masking import looks_numbered
from app.models import Membership, MembershipState
from app.rules.french import of
from app.security.guards import actor, needs
from app.security.rights import Right
from app.services import rows
from app.services.members import adding, asking, desk, details, listing, states
from app.services.members.desk import LastAdministrator, Manager, Refused
from app.views.member_page import person_page, undo_delay

_Act = Callable[[Session, Manager, int], Membership]


class MemberView(BaseView):
    """The list, adding, correcting, closing, opening, deleting. What is opened to them: app/views/member_access.py."""

    route_base = "/utilisateurs"
    default_view = "members"

    @expose("/")
    @needs(Right.MEMBERS_READ, personal=True)
    def members(self) -> Any:
        asked = request.args
        words = asked.get("recherche", "").replace("\0", "").strip()[:100]
        if looks_numbered(words):
            # Out of the address at once: the browser and whatever stands between keep it.
            flash(
                _("Cherchez par nom ou par courriel : un numéro de registre national ne se tape pas ici."),
                "warning",
            )
            return redirect(url_for(".members"))
        order = asked.get("tri", "nom")
        descending = asked.get("sens") == "desc"
        state = asked.get("etat", "")
        found = listing.members(
            db.session(), _organiser_id(), clock.today(), search=words,
            state=MembershipState(state) if state in ("actif", "desactive") else None,
            order=order, descending=descending, page=asked.get("page", 1, type=int),
        )  # fmt: skip
        page = render_template(
            "members/list.html", found=found, order=order, descending=descending, state=state,
            search=words, states=(MembershipState.ACTIVE, MembershipState.DISABLED),
            waiting=asking.count_waiting(db.session(), _organiser_id()),
        )  # fmt: skip
        rows.listed(db.session(), actor().who, Membership, _organiser_id(), _("Utilisateurs"))
        return page

    @expose("/ajouter/", methods=["GET", "POST"])
    @needs(Right.MEMBERS_WRITE)
    def add(self) -> Any:
        form = PersonForm()
        if form.validate_on_submit() and form.niss.niss:
            given = adding.Details(form.first_name.data, form.last_name.data, form.email.data, form.niss.niss)
            try:
                row = adding.add(db.session(), manager(), given)
            except Refused as refused:
                form.form_errors = [one.objection.value for one in refused.refusals]
            except adding.AlreadyThere as there:
                form.niss.errors = [
                    _("Cette personne est déjà dans votre liste : %(name)s.", name=there.name)
                ]
            else:
                done = _(
                    "%(name)s est dans la liste. Choisissez maintenant ses accès : rien ne lui est encore ouvert.",
                    name=row.name,
                )
                flash(done, "success")
                return redirect(url_for("MemberView.person", member_id=row.id))
        return render_template("members/add.html", form=form), 422 if form.errors else 200

    @expose("/<int:member_id>/")
    @needs(Right.MEMBERS_READ, personal=True)
    def person(self, member_id: int) -> Any:
        row = found_member(member_id)
        rows.consulted(db.session(), actor().who, row)
        return person_page(row, request_id=request.args.get("demande", type=int))

    @expose("/<int:member_id>/modifier/", methods=["GET", "POST"])
    @needs(Right.MEMBERS_WRITE, personal=True)
    def edit(self, member_id: int) -> Any:
        row = found_member(member_id)
        form = DetailsForm(obj=row)
        if own := row.id == manager().membership_id:
            del form.first_name, form.last_name
        if form.validate_on_submit():
            first, last = (
                (row.first_name, row.last_name) if own else (form.first_name.data, form.last_name.data)
            )
            try:
                details.correct(db.session(), manager(), member_id, first, last, form.email.data)
            except Refused as refused:
                form.form_errors = [one.objection.value for one in refused.refusals]
            else:
                flash(_("Les coordonnées sont enregistrées."), "success")
                return redirect(url_for(".person", member_id=member_id))
        page = render_template("members/edit.html", form=form, row=row)
        if request.method == "GET":
            rows.consulted(db.session(), actor().who, row)
        return page, 422 if form.errors else 200

    @expose("/<int:member_id>/desactiver", methods=["POST"])
    @needs(Right.MEMBERS_WRITE)
    def disable(self, member_id: int) -> Any:
        done = _("Le profil %(of_name)s est désactivé ; ses sessions sont terminées.")
        return _move(states.disable, member_id, done)

    @expose("/<int:member_id>/reactiver", methods=["POST"])
    @needs(Right.MEMBERS_WRITE)
    def reactivate(self, member_id: int) -> Any:
        return _move(
            states.reactivate, member_id, _("Le profil %(of_name)s est réactivé, avec ses accès d’avant.")
        )

    @expose("/<int:member_id>/supprimer", methods=["POST"])
    @needs(Right.MEMBERS_WRITE)
    def remove(self, member_id: int) -> Any:
        done = _(
            "Le profil %%(of_name)s est supprimé. Une erreur ? Le helpdesk peut le rétablir pendant %(delay)s.",
            delay=undo_delay(),
        )
        return _move(states.remove, member_id, done)


def _organiser_id() -> int:
    number = actor().organiser_id
    if number is None:
        abort(404)
    return number


def manager() -> Manager:
    """Who acts, as the services want to know it."""
    person = actor()
    if person.context is None or person.context.membership_id is None:
        abort(404)
    return Manager(person.who, person.context.membership_id, _organiser_id())


def found_member(member_id: int) -> Membership:
    """The person, 404 when none of that number is in the organiser's list."""
    try:
        return desk.member(db.session(), member_id)
    except desk.Unknown:
        abort(404)


def _move(act: _Act, member_id: int, done: str) -> Any:
    try:
        row = act(db.session(), manager(), member_id)
    except desk.Unknown:
        abort(404)
    except Refused as refused:
        for one in refused.refusals:
            flash(one.objection.value, "danger")
        return redirect(url_for("MemberView.person", member_id=member_id))
    except LastAdministrator:
        flash(last_administrator(), "danger")
        return redirect(url_for("MemberView.person", member_id=member_id))
    flash(done % {"of_name": of(row.name)}, "success")
    gone = row.state is MembershipState.DELETED
    return redirect(
        url_for("MemberView.members") if gone else url_for("MemberView.person", member_id=member_id)
    )


def last_administrator() -> str:
    """Why the last administrator stays, and what to do."""
    return _(
        "C’est le seul administrateur dont l’accès n’a pas de fin : nommez-en d’abord un autre, puis recommencez."
    )

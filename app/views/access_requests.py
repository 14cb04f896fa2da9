"""« Mes accès »: what is opened to me, asking for more; the administrators' answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext as _
from flask_login import logout_user

from app import clock
from app.db import db
from app.forms.fields import clean_text, numbered
from app.forms.members import RequestForm
from app.models import Membership, RequestState
from app.rules.french import unaccented
from app.security.guards import actor, needs, weak_connection
from app.security.rights import Right
from app.services import rows
from app.services.members import access, asking, desk, insight, states
from app.services.members.desk import LastAdministrator, Refused
from app.views.components import date
from app.views.members import manager


class OwnAccessView(BaseView):
    """Each person's own accesses for the organiser they act for."""

    route_base = "/mes-acces"
    default_view = "mine"

    @expose("/", methods=["GET", "POST"])
    @needs(Right.HOME)
    def mine(self) -> Any:
        me, database = manager(), db.session()
        form = RequestForm()
        if form.validate_on_submit():
            given = form.dossier.data, form.place.data or "", form.why.data or ""
            try:
                asking.ask(database, actor().who, me.membership_id, *given)
            except asking.Asked as same:
                form.form_errors = [
                    _(
                        "Vous avez déjà demandé cet accès le %(day)s : un administrateur doit encore y répondre.",
                        day=date(same.request.asked_at),
                    )
                ]
            except asking.TooMany:
                form.form_errors = [
                    _("Vous avez déjà %(most)s demandes en attente : attendez une réponse.", most=asking.MOST)
                ]
            else:
                flash(_("Votre demande est envoyée aux administrateurs de votre organisation."), "success")
                return redirect(url_for(".mine"))
        today = clock.today()
        opened = [
            one for one in desk.opened(database, me.membership_id) if one.last is None or one.last >= today
        ]
        names = access.names(database)
        held = [one.dossier for one in opened if one.holds_on(today)]
        page = render_template(
            "members/own_access.html", form=form, requests=asking.of_member(database, me.membership_id),
            opened=[(access.named(one, names), access.described(one)) for one in opened],
            allowed=insight.allowed(held), administrator=_administrator(), places=sorted(names.values(), key=unaccented),
        )  # fmt: skip
        return page, 422 if form.errors else 200

    @expose("/quitter", methods=["POST"])
    @needs(Right.HOME)
    def leave(self) -> Any:
        me = manager()
        if not actor().strong:
            return weak_connection()  # an act on rights, though everybody's own
        context = actor().context
        try:
            states.leave(db.session(), actor().who, me.membership_id)
        except LastAdministrator:
            flash(
                _(
                    "Vous êtes le seul administrateur dont l’accès n’a pas de fin : nommez-en d’abord un autre."
                ),
                "danger",
            )
            return redirect(url_for(".mine"))
        logout_user()
        session.clear()
        flash(
            _(
                "Vous avez quitté %(name)s et vous êtes déconnecté.",
                name=context.organiser_name if context else "",
            ),
            "success",
        )
        return redirect(url_for("SignInView.login"))


class AccessRequestView(BaseView):
    """What waits for an administrator's answer."""

    route_base = "/utilisateurs/demandes"
    default_view = "waiting"

    @expose("/")
    @needs(Right.MEMBERS_READ, personal=True)
    def waiting(self) -> Any:
        page = _waiting(request.args.get("page", 1, type=int))
        rows.listed(db.session(), manager().who, Membership, manager().organiser_id, _("Demandes d’accès"))
        return page

    @expose("/<int:request_id>/repondre", methods=["POST"])
    @needs(Right.MEMBERS_WRITE)
    def answer(self, request_id: int) -> Any:
        answer = (clean_text(request.form.get("reponse", "")) or "")[:1000]
        given = request.form.get("decision") == RequestState.GIVEN.value
        problem = numbered(answer) if answer else ""
        if not answer and not given:
            problem = _("Dites pourquoi : la personne lira votre réponse.")
        page = asking.page_of(db.session(), manager().organiser_id, request_id)
        if problem:
            return _waiting(page, {request_id: answer}, {request_id: problem}), 422
        try:
            state = RequestState.GIVEN if given else RequestState.REFUSED
            asking.answer(db.session(), manager(), request_id, state, answer)
        except asking.Answered:
            abort(404)
        except asking.NotOpen:
            problem = _(
                "Rien de ce dossier n’est ouvert à cette personne : ouvrez d’abord l’accès, ou refusez."
            )
            return _waiting(page, {request_id: answer}, {request_id: problem}), 422
        except Refused:
            flash(_("Seul un administrateur peut clore une demande d’accès."), "danger")
        else:
            flash(_("La demande est close ; la personne en est avertie."), "success")
        return redirect(url_for(".waiting", page=page if page > 1 else None))


def _waiting(
    page: int, typed: Mapping[int, str] | None = None, error: Mapping[int, str] | None = None
) -> str:
    """A page of the requests; `typed`, `error`: the refused answer of one, and why."""
    return render_template(
        "members/requests.html", found=asking.waiting(db.session(), manager().organiser_id, page),
        typed=typed or {}, error=error or {}, administrator=_administrator(),
    )  # fmt: skip


def _administrator() -> bool:
    context = actor().context
    return context is not None and context.is_administrator

"""The helpdesk's desk: find an organiser or a person, mend what only the helpdesk can."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext as _

from app import journal, scope
from app.db import db
from app.forms.mending import NameForm, NumberForm
from app.masking import looks_numbered
from app.models import Membership, Organiser, User
from app.rules.french import of
from app.security.guards import actor, needs
from app.security.rights import Right
from app.services import people
from app.services.agency import mending
from app.services.members import desk, states
from app.views.agent import door

_DOOR: Final = "helpdesk"


class MendingView(BaseView):
    """Found by name or number; each look and each act stands in the history."""

    route_base = "/helpdesk"
    default_view = "search"

    @expose("/recherche/", methods=["GET", "POST"])
    @needs(Right.HELPDESK_READ)
    def search(self) -> Any:
        words = request.args.get("recherche", "").replace("\0", "").strip()[:100]
        if looks_numbered(words):
            # Out of the address at once: the browser and whatever stands between keep it.
            flash(_("Un numéro de registre national se cherche dans le second champ."), "warning")
            return redirect(url_for(".search"))
        form = NumberForm()
        found, person = mending.Found([], []), None
        with _everywhere():
            if request.method == "POST" and form.validate() and form.niss.niss:
                person = mending.by_number(db.session(), form.niss.niss)
                _looked(_("Recherche par numéro de registre national"))
                if person is not None:
                    return redirect(url_for(".person", user_id=person.id))
                form.niss.errors = [_("Personne n’a ce numéro sur le portail.")]
            elif words:
                found = mending.search(db.session(), words)
                _looked(f"Recherche : {words}")
            page = render_template(
                "agent/search.html", words=words, found=found, form=form, most=mending.MOST
            )
        return page, 422 if form.errors else 200

    @expose("/organisations/<int:organiser_id>/")
    @needs(Right.HELPDESK_READ, personal=True)
    def organiser(self, organiser_id: int) -> Any:
        def answer() -> Any:
            row = db.session.get(Organiser, organiser_id)
            if row is None:
                abort(404)
            journal.record(
                db.session(), actor().who, "consultation", organiser_id=organiser_id, object_type="organiser",
                object_id=organiser_id, summary=f"Porte ({_DOOR}) : utilisateurs de {row.name}",
            )  # fmt: skip
            rows = mending.members(db.session(), organiser_id)
            page = render_template(
                "agent/organiser.html", row=row, rows=rows, delay=states.undo_delay(db.session())
            )
            db.session.commit()
            return page

        return door.within(organiser_id, _DOOR, answer)

    @expose("/organisations/<int:organiser_id>/retablir", methods=["POST"])
    @needs(Right.HELPDESK_WRITE)
    def restore(self, organiser_id: int) -> Any:
        def answer() -> Any:
            try:
                row = states.restore(db.session(), actor().who, request.form.get("numero", 0, type=int))
            except desk.Unknown:
                flash(_("Ce profil n’est plus supprimé."), "info")
            except states.TooLate:
                flash(_("Le délai est passé : ce profil ne peut plus être rétabli."), "danger")
            else:
                flash(
                    _("Le profil %(of_name)s est rétabli, avec ses accès.", of_name=of(row.name)), "success"
                )
            person = request.form.get("personne", 0, type=int)
            if person:
                return redirect(url_for(".person", user_id=person))
            return redirect(url_for(".organiser", organiser_id=organiser_id))

        return door.within(organiser_id, _DOOR, answer)

    @expose("/utilisateurs/<int:user_id>/")
    @needs(Right.HELPDESK_READ, personal=True)
    def person(self, user_id: int) -> Any:
        with _everywhere():
            user = _user(user_id)
            mending.consulted(db.session(), actor().who, user)
            page = _page(user)
            db.session.commit()
            return page

    @expose("/utilisateurs/<int:user_id>/nom", methods=["POST"])
    @needs(Right.HELPDESK_WRITE)
    def name(self, user_id: int) -> Any:
        with _everywhere():
            user, form = _user(user_id), NameForm()
            if not form.validate():
                return _page(user, name=form)
            with _theirs():
                mending.correct_name(
                    db.session(),
                    actor().who,
                    user,
                    form.first_name.data,
                    form.last_name.data,
                    agents=_agents(),
                )
        flash(_("Le nom est corrigé."), "success")
        return redirect(url_for(".person", user_id=user_id))

    @expose("/utilisateurs/<int:user_id>/numero", methods=["POST"])
    @needs(Right.HELPDESK_WRITE)
    def number(self, user_id: int) -> Any:
        with _everywhere():
            user, form = _user(user_id), NumberForm()
            if not form.validate() or form.niss.niss is None:
                return _page(user, number=form)
            try:
                with _theirs():
                    mending.correct_number(db.session(), actor().who, user, form.niss.niss, agents=_agents())
            except mending.NumberTaken:
                form.niss.errors = [_("Un autre compte a ce numéro : cherchez-le d’abord par ce numéro.")]
                return _page(user, number=form)
        flash(_("Le numéro est corrigé. La personne se reconnecte avec eID ou itsme."), "success")
        return redirect(url_for(".person", user_id=user_id))

    @expose("/utilisateurs/<int:user_id>/mot-de-passe", methods=["POST"])
    @needs(Right.HELPDESK_WRITE)
    def password(self, user_id: int) -> Any:
        with _everywhere():
            user = _user(user_id)
            try:
                with _theirs():
                    given = mending.reset_password(db.session(), actor().who, user, agents=_agents())
            except mending.NotByPassword:
                flash(
                    _("Cette personne se connecte avec eID ou itsme : elle n’a pas de mot de passe."),
                    "danger",
                )
                return redirect(url_for(".person", user_id=user_id))
            return _page(user, password=given)

    @expose("/utilisateurs/<int:user_id>/sessions", methods=["POST"])
    @needs(Right.HELPDESK_WRITE)
    def sessions(self, user_id: int) -> Any:
        with _everywhere():
            people.end_sessions(db.session(), actor().who, _user(user_id))
        flash(_("Toutes ses sessions sont terminées."), "success")
        return redirect(url_for(".person", user_id=user_id))


def _agents() -> bool:
    """Whether the person may mend agents' accounts: they change the rights of agents anyway."""
    return actor().may(Right.SECURITY_WRITE)


@contextlib.contextmanager
def _theirs() -> Iterator[None]:
    """The page offers nothing on an account that is not for them: whoever sends a form all the same is refused."""
    try:
        yield
    except mending.NotTheirs:
        abort(403)


@contextlib.contextmanager
def _everywhere() -> Iterator[None]:
    with scope.within(scope.door(_DOOR), db.session()):
        yield


def _looked(summary: str) -> None:
    """A search is kept: in the platform's history, without a number."""
    journal.record(
        db.session(), actor().who, "consultation", organiser_id=None, object_type="ab_user",
        summary=f"Porte ({_DOOR}) : {summary}",
    )  # fmt: skip
    db.session.commit()


def _user(user_id: int) -> User:
    user = db.session.get(User, user_id) if user_id < 2**31 else None
    if user is None:
        abort(404)
    return user


def _page(
    user: User, name: NameForm | None = None, number: NumberForm | None = None, password: str = ""
) -> Any:
    rows: list[Membership] = list(mending.memberships(db.session(), user.id))
    page = render_template(
        "agent/person.html", user=user, rows=rows, password=password, undoable=mending.can_be_undone(db.session()),
        mendable=mending.mendable(actor().who, user, agents=_agents()),
        name_form=name or NameForm(formdata=None, obj=user), number_form=number or NumberForm(formdata=None),
    )  # fmt: skip
    return page, 422 if name or number else 200

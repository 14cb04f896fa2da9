"""« Avis » and « Mes préférences »: what the portal tells a person, and how."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext as _

from app import clock
from app.db import db
from app.forms.personal import PreferencesForm
from app.models import Channel
from app.security.guards import actor, current_actor, needs
from app.security.redirects import local_page
from app.security.rights import Right
from app.services import notices


class NoticeView(BaseView):
    """The person's notices, behind the bell of the header."""

    route_base = "/avis"
    default_view = "mine"

    @expose("/")
    @needs(Right.HOME)
    def mine(self) -> Any:
        found = notices.of_person(db.session(), actor().user_id, request.args.get("page", 1, type=int))
        return render_template("notices/list.html", found=found)

    @expose("/<int:notice_id>/ouvrir", methods=["POST"])
    @needs(Right.HOME)
    def open_notice(self, notice_id: int) -> Any:
        try:
            path = notices.opened(db.session(), actor().user_id, notice_id, clock.now())
        except LookupError:
            abort(404)
        return redirect(local_page(path))

    @expose("/lus", methods=["POST"])
    @needs(Right.HOME)
    def read_all(self) -> Any:
        notices.read_all(db.session(), actor().user_id, clock.now())
        db.session.commit()
        return redirect(url_for(".mine"))


class PreferencesView(BaseView):
    """How Flash Accueil and notices arrive."""

    route_base = "/mes-preferences"
    default_view = "mine"

    @expose("/", methods=["GET", "POST"])
    @needs(Right.HOME)
    def mine(self) -> Any:
        person = actor()
        form = PreferencesForm(obj=notices.preferences(db.session(), person.user_id))
        if request.method == "POST" and form.validate():
            notices.prefer(
                db.session(), person.who, person.user_id, Channel(form.flash.data), Channel(form.notices.data)
            )
            flash(_("Vos préférences sont enregistrées."), "success")
            return redirect(url_for(".mine"))
        return render_template("notices/preferences.html", form=form), 422 if form.errors else 200


def unread_notices() -> int:
    """For the bell; 0 before sign-in."""
    person = current_actor()
    return notices.unread(db.session(), person.user_id) if person else 0


def init_app(app: Flask) -> None:
    """Give templates the number beside the bell."""
    app.jinja_env.globals.update(unread_notices=unread_notices)

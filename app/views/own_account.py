"""« Mon utilisateur »: who one is for the portal, and converting the old user name and password (guide 12)."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext as _
from flask_login import logout_user

from app import scope
from app.db import db
from app.forms.members import ConversionForm
from app.security.guards import actor
from app.services.members import converting
from app.services.members.adding import Details


class OwnAccountView(BaseView):
    """Each person's own, whatever their rights."""

    route_base = "/mon-utilisateur"
    default_view = "account"

    @expose("/", methods=["GET", "POST"])
    def account(self) -> Any:
        person = actor().person
        form = ConversionForm() if person.by_password and not person.converted else None
        if form is not None and form.validate_on_submit() and form.niss.niss:
            given = Details(form.first_name.data, form.last_name.data, form.email.data, form.niss.niss)
            with self.appbuilder.sm.limiter.limit(
                current_app.config["RATELIMIT_LOGIN"], key_func=lambda: f"conversion:{person.user_id}"
            ):
                problem = _convert(given)
            if not problem:
                logout_user()
                session.clear()
                flash(
                    _("Votre utilisateur est converti. Connectez-vous maintenant avec eID ou itsme."),
                    "success",
                )
                return redirect(url_for("SignInView.login"))
            form.form_errors = [problem]
        status = 422 if form is not None and form.errors else 200
        return render_template("members/own.html", person=person, form=form), status


def _convert(given: Details) -> str:
    """ "" once it is done, else why not and what to do."""
    try:
        with scope.system("conversion of a password account", db.session()):
            converting.convert(db.session(), actor().who, actor().user_id, given)
    except converting.AlreadyConverted:
        return _("Cet utilisateur a déjà été converti : connectez-vous avec eID ou itsme.")
    except converting.AlreadyThere:
        return _(
            "Cette personne agit déjà pour votre organisation avec eID ou itsme. Demandez à un administrateur de "
            "vérifier ses accès, puis de désactiver l’utilisateur par défaut."
        )
    except converting.Closed:
        return _(
            "La conversion ne peut pas se faire ici avec ce numéro. Joignez le helpdesk (bouton AIDE) : rien n’est perdu."
        )
    return ""

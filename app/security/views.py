"""Sign-in: eID or itsme through the provider, the old login and password beside it; sign-out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.views import AuthView
from flask_babel import gettext as _
from flask_login import login_user, logout_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app import clock, journal, scope
from app.db import db
from app.keyring import keyring
from app.models import Strength, User
from app.security import headers, kept_forms, oidc, visits
from app.security.guards import PASSWORD, actor, current_actor
from app.security.redirects import local_page


class SignInView(AuthView):
    """FAB's auth view, with both ways in on one page."""

    route_base = ""
    default_view = "login"

    @expose("/connexion/", methods=["GET", "POST"])
    def login(self) -> Any:
        if request.method == "GET":
            if current_actor() is not None and not request.args.get("next"):
                return redirect(url_for("PortalIndexView.index"))
            sent = "envoi" in request.args  # a form, without a session
            ended = g.get("session_ended") or ("sent" if sent else None)
            return render_template("security/login.html", next=_next(), ended=ended, sent=sent)
        name = request.form.get("username", "").strip()
        limiter = self.appbuilder.sm.limiter
        limit = current_app.config["RATELIMIT_LOGIN"]
        # Per address and per name: neither many names from one place nor one name from many.
        with limiter.limit(limit), limiter.limit(limit, key_func=lambda: f"nom:{name.lower()[:100]}"):
            return self._password(name, request.form.get("password", ""))

    def _password(self, name: str, password: str) -> Any:
        with scope.system("sign-in by password", db.session()):
            user = self.appbuilder.sm.auth_user_db(name, password) if name and password else None
            if user is None:
                _refuse("Connexion par mot de passe refusée")
                flash(
                    _("Nom d’utilisateur ou mot de passe incorrect. Vérifiez la touche majuscules."), "danger"
                )
                return render_template("security/login.html", next=_next(), username=name, ended=None), 401
            self._open(user, Strength.WEAK, PASSWORD, clock.now())
        return redirect(_next())

    @expose("/connexion/csam/")
    def start(self) -> Any:
        return self._ask(None)

    @expose("/connexion/renforcer/")
    def strengthen(self) -> Any:
        """The person who is here signs in again with eID or itsme, and goes on where they were."""
        if actor().strong:
            return redirect(_next())
        return self._ask(actor().user_id)

    def _ask(self, person: int | None) -> Any:
        begun = oidc.Asked(clock.now(), _next(), person)
        try:
            return oidc.ask(self._provider(), url_for("SignInView.callback", _external=True), begun)
        except Exception:
            current_app.logger.exception("the identity provider could not be reached")
            return _turned_away(
                begun, _("Le service d’identification ne répond pas. Réessayez dans quelques minutes.")
            )

    def _provider(self) -> Any:
        return self.appbuilder.sm.oauth_remotes[oidc.PROVIDER]

    @expose("/connexion/retour/")
    def callback(self) -> Any:
        begun = oidc.asked(self._provider())
        try:
            identity = oidc.identify(self._provider(), begun)
        except oidc.TooWeak:
            return _turned_away(
                begun, _("Cette identification est trop faible : choisissez eID ou itsme pour continuer.")
            )
        except oidc.SignInRefused as refusal:
            current_app.logger.warning("sign-in refused: %s", refusal)
            return _turned_away(
                begun,
                _("La connexion n’a pas abouti. Recommencez ; si cela se répète, joignez le helpdesk (bouton AIDE)."),
            )  # fmt: skip
        with scope.system("sign-in by the provider", db.session()):
            user = db.session.scalar(
                select(User).where(User.niss_hash == keyring().fingerprint(identity.niss), User.active)
            )
            if begun.person is not None and (user is None or user.id != begun.person):
                _refuse("Connexion renforcée par une autre personne : session fermée", begun.person)
                return _somebody_else(begun)
            if user is None:
                _refuse("Personne inconnue du portail")
                return render_template("security/unknown.html"), 403
            self._open(user, identity.strength, identity.acr, identity.authenticated_at)
            session["hint"] = identity.hint
        return redirect(local_page(begun.after))

    @expose("/deconnexion/", methods=["POST"])
    def logout(self) -> Response:
        """Ended here first, whatever the provider does; then there, if that is how the person came in."""
        hint = session.get("hint")
        logout_user()
        _new_session()
        g.actor = None  # the page below is nobody's
        if hint is None:
            flash(_("Vous êtes déconnecté."), "success")
            return redirect(url_for("SignInView.login"))
        farewell = oidc.farewell(hint, url_for("SignInView.login", _external=True))
        if farewell is None:
            flash(
                _("Vous êtes déconnecté du portail, mais le service d’identification n’a pas pu en être averti. "
                  "Sur un ordinateur partagé, fermez aussi le navigateur."),
                "warning",
            )  # fmt: skip
            return redirect(url_for("SignInView.login"))
        answer = current_app.make_response(render_template("security/signing_out.html", farewell=farewell))
        answer.headers["Content-Security-Policy"] = headers.policy(farewell.origin)
        flash(_("Vous êtes déconnecté."), "success")  # read on the way back, hence after this page
        return answer

    def _open(self, user: User, strength: Strength, means: str, at: dt.datetime) -> None:
        """A new session with a new id; the old one, if any, is destroyed."""
        context = session.get("context") if session.get("_user_id") == str(user.id) else None
        _new_session()
        login_user(user)
        session["epoch"] = user.epoch
        session["strength"] = strength.value
        session["means"] = means
        session["auth_time"] = at.isoformat()
        if context:
            session["context"] = context
        kept_forms.remember(user.id)
        user.last_login = clock.now().astimezone(clock.BRUSSELS).replace(tzinfo=None)  # FAB keeps local time
        user.login_count = (user.login_count or 0) + 1
        visits.came_in(db.session(), user.id, context)
        journal.record(
            db.session(), journal.Who(user.id, f"{user.first_name} {user.last_name}"), "connexion",
            organiser_id=None, object_type="connexion", object_id=user.id,
            summary=f"Connexion {strength.value}",
        )  # fmt: skip
        db.session.commit()


def _new_session() -> None:
    """An empty session under a new id; the old id is worth nothing from here on."""
    current_app.session_interface.regenerate(session)  # type: ignore[attr-defined]
    session.clear()


def _refuse(summary: str, user_id: int | None = None) -> None:
    """Write into the history that somebody was not let in. Commits."""
    journal.record(
        db.session(), journal.SYSTEM, "connexion-refusee", organiser_id=None,
        object_type="connexion", object_id=user_id, summary=summary,
    )  # fmt: skip
    db.session.commit()


def _turned_away(begun: oidc.Asked, words: str) -> Response:
    """Back with the reason: to the page they came from while their session holds, else to the sign-in page."""
    flash(words, "danger")
    after = local_page(begun.after)
    if current_actor() is not None:
        return redirect(after)
    return redirect(url_for("SignInView.login", next=after if begun.after not in {"", "/"} else None))


def _somebody_else(begun: oidc.Asked) -> Response:
    """Whoever is at the keyboard proved not to be the person of the session: it ends, the stronger proof holds."""
    logout_user()
    _new_session()
    g.actor = None
    return _turned_away(
        begun,
        _("La personne qui vient de s’identifier n’est pas celle qui était connectée : par sécurité, la session "
          "est fermée et rien n’a été envoyé. Ce qui était encodé est gardé pour la personne qui l’a écrit."),
    )  # fmt: skip


def _next() -> str:
    """Where to go after: the asked-for page of this portal, else the home page."""
    return local_page(request.values.get("next"))

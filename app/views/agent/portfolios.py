"""« Portefeuilles »: what is entrusted to each agent."""

from __future__ import annotations

import re
from typing import Any, Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext as _

from app import scope
from app.db import db
from app.security.guards import actor, needs
from app.security.rights import Right
from app.services.agency import portfolio

_POSTCODE: Final = re.compile(r"[1-9]\d{3}")


class PortfolioView(BaseView):
    """Agents and their assignments."""

    route_base = "/securite/portefeuilles"
    default_view = "agents"

    @expose("/")
    @needs(Right.SECURITY_READ)
    def agents(self) -> Any:
        with scope.within(scope.door("portefeuilles"), db.session()):
            return render_template("agent/portfolios.html", agents=portfolio.agents(db.session()))

    @expose("/<int:user_id>/")
    @needs(Right.SECURITY_READ)
    def agent(self, user_id: int) -> Any:
        return _page(user_id)

    @expose("/<int:user_id>/ajouter", methods=["POST"])
    @needs(Right.SECURITY_WRITE)
    def assign(self, user_id: int) -> Any:
        kind, value = request.form.get("quoi", ""), " ".join(request.form.get("valeur", "").split())
        if kind not in ("commune", "organisation", "territoire"):
            abort(400)  # never the whole territory for want of an answer
        with scope.within(scope.door("portefeuilles"), db.session()):
            try:
                problem = _assign(user_id, kind, value)
            except portfolio.OwnPortfolio:
                flash(
                    _(
                        "Vous ne complétez pas votre propre portefeuille : demandez-le à un autre administrateur."
                    ),
                    "danger",
                )
                return redirect(url_for(".agent", user_id=user_id))
        if problem:
            return _page(user_id, typed=value, problem=problem, kind=kind)
        flash(_("Le portefeuille est complété."), "success")
        return redirect(url_for(".agent", user_id=user_id))

    @expose("/<int:user_id>/retirer", methods=["POST"])
    @needs(Right.SECURITY_WRITE)
    def release(self, user_id: int) -> Any:
        with scope.within(scope.door("portefeuilles"), db.session()):
            try:
                portfolio.release(db.session(), actor().who, user_id, request.form.get("numero", 0, type=int))
            except portfolio.NoSuchThing:
                flash(_("C’était déjà retiré."), "info")
            else:
                flash(_("C’est retiré du portefeuille."), "success")
        return redirect(url_for(".agent", user_id=user_id))


def _assign(user_id: int, kind: str, value: str) -> str:
    """Entrust what was asked for; answers what is wrong with it, "" when it is done."""
    given: dict[str, Any] = {}
    if kind == "commune":
        if not _POSTCODE.fullmatch(value):
            return _("Écrivez un code postal de quatre chiffres, par exemple 5640")
        given = {"postcode": value}
    elif kind == "organisation":
        found = portfolio.named(db.session(), value)
        if len(found) > 1:
            return _("Plusieurs organisations portent ce nom : donnez plutôt le numéro d’entreprise.")
        if not found:
            return _("Aucune organisation de ce nom ou de ce numéro d’entreprise. Vérifiez l’orthographe.")
        given = {"organiser_id": found[0].id}
    try:
        portfolio.assign(db.session(), actor().who, user_id, **given)
    except portfolio.AlreadyEntrusted:
        return _("C’est déjà dans ce portefeuille.")
    except portfolio.NoSuchThing:
        if kind != "commune":
            abort(404)
        return _(
            "Aucune organisation ni aucun milieu d’accueil n’a le code postal %(postcode)s.", postcode=value
        )
    return ""


def _page(user_id: int, typed: str = "", problem: str = "", kind: str = "commune") -> Any:
    with scope.within(scope.door("portefeuilles"), db.session()):
        found = next((one for one in portfolio.agents(db.session()) if one.user.id == user_id), None)
        if found is None:
            abort(404)
        communes = portfolio.communes(db.session())
        page = render_template(
            "agent/portfolio.html", agent=found, communes=dict(communes), names=portfolio.names(db.session()),
            typed=typed, problem=problem, kind=kind,
        )  # fmt: skip
    return page, 422 if problem else 200

"""« Qui voit quoi, et pourquoi ? » and the yearly review of accesses."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock
from app.db import db
from app.forms.fields import day_shown
from app.models import Facility, Membership
from app.models.folding import folded
from app.rules.dates import read_day
from app.security.guards import needs
from app.security.rights import Right
from app.services import rows
from app.services.members import access, insight, review
from app.services.members.desk import LastAdministrator, Refused, Unknown
from app.views.members import last_administrator, manager


class MemberInsightView(BaseView):
    """By person or by facility, on any day."""

    route_base = "/utilisateurs/qui-voit-quoi"
    default_view = "sights"

    @expose("/")
    @needs(Right.MEMBERS_READ, personal=True)
    def sights(self) -> Any:
        asked, today, who = request.args, clock.today(), manager()
        raw = day_shown(asked.get("le", "").strip())
        day = read_day(raw) if raw else today
        error = "" if day else _("Cette date n’existe pas. Écrivez-la ainsi : 31/10/2026")
        people = db.session.scalars(
            select(Membership).where(Membership.organiser_id == who.organiser_id).order_by(Membership.folded)
        ).all()
        facilities = db.session.scalars(select(Facility).order_by(folded(Facility.name))).all()
        person = next((one for one in people if str(one.id) == asked.get("personne")), None)
        facility = next((one for one in facilities if str(one.id) == asked.get("milieu")), None)
        found: list[insight.Sight] = []
        if day and not error and person:
            sight = insight.of_person(db.session(), who.organiser_id, person.id, day)
            found = [sight] if sight else []
        elif day and not error and facility:
            found = insight.of_facility(db.session(), who.organiser_id, facility, day)
        about = "" if error else str(person or facility or "")
        page = render_template(
            "members/sights.html", people=people, facilities=facilities, person=person, facility=facility,
            day=day, raw=raw, error=error, found=found, today=today,
        )  # fmt: skip
        what = _("Qui voit quoi : %(about)s", about=about) if about else _("Qui voit quoi")
        rows.listed(db.session(), who.who, Membership, who.organiser_id, what)
        return page, 422 if error else 200


class MemberReviewView(BaseView):
    """What nobody seems to use any more, and its removal in one click."""

    route_base = "/utilisateurs/revue"
    default_view = "due"

    @expose("/")
    @needs(Right.MEMBERS_READ, personal=True)
    def due(self) -> Any:
        found = review.review(db.session(), manager().organiser_id, clock.today())
        number = request.args.get("retire", 0, type=int)
        taken = review.taken(db.session(), manager().organiser_id, number) if 0 < number < 2**31 else None
        page = render_template("members/review.html", found=found, taken=taken)
        rows.listed(db.session(), manager().who, Membership, manager().organiser_id, _("Revue des accès"))
        return page

    @expose("/retirer", methods=["POST"])
    @needs(Right.MEMBERS_WRITE)
    def take_away(self) -> Any:
        form = request.form
        number, key, seal = form.get("personne", 0, type=int), form.get("acces", ""), form.get("vu", "")
        try:
            taken = review.take_away(db.session(), manager(), number, key, seal)
        except Unknown:
            abort(404)
        except LookupError:
            flash(_("Cet accès était déjà retiré."), "info")
        except access.Changed:
            flash(_("Ces accès ont changé entre-temps : regardez la liste à nouveau."), "warning")
        except LastAdministrator:
            flash(last_administrator(), "danger")
        except Refused as refused:
            for one in refused.refusals:
                flash(one.objection.value, "danger")
        else:
            return redirect(url_for(".due", retire=taken))
        return redirect(url_for(".due"))

    @expose("/rendre", methods=["POST"])
    @needs(Right.MEMBERS_WRITE)
    def give_back(self) -> Any:
        number = request.form.get("numero", 0, type=int)
        try:
            name = review.give_back(db.session(), manager(), number, request.form.get("vu", ""))
        except (Unknown, LookupError):
            flash(
                _("Cet accès ne peut plus être rendu d’ici : ouvrez-le sur la fiche de la personne."), "info"
            )
        except access.Changed:
            flash(_("Ces accès ont changé entre-temps : regardez la liste à nouveau."), "warning")
        except Refused as refused:
            for one in refused.refusals:
                flash(one.objection.value, "danger")
        else:
            flash(_("L’accès est rendu à %(name)s.", name=name), "success")
        return redirect(url_for(".due"))

    @expose("/faite", methods=["POST"])
    @needs(Right.MEMBERS_WRITE)
    def done(self) -> Any:
        review.done(db.session(), manager())
        flash(_("La revue est notée dans l’historique. Merci."), "success")
        return redirect(url_for("MemberView.members"))

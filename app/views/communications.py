"""Communications: closing a banner, the archive, and the page on which agents write them."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext

from app import clock, journal, scope
from app.db import db
from app.forms.communications import COLOURS, CommunicationFields
from app.models import Communication
from app.rules.audiences import OrganiserKind, Reader
from app.rules.dossiers import Sector
from app.security.guards import actor, needs
from app.security.rights import Right
from app.services import communications
from app.views.crud import PortalModelView
from app.views.crud_forms import RowForm

_DOOR = "public d’une communication"


def reader() -> Reader:
    """Who reads, in the capacity they act in."""
    context = actor().context
    return context.reader if context else Reader()


class CommunicationsView(BaseView):
    """The archive of what was addressed to the person."""

    route_base = "/communications"
    default_view = "archive"

    @expose("/")
    @needs(Right.HOME)
    def archive(self) -> Any:
        page = request.args.get("page", 1, type=int)
        found = communications.archive(db.session(), reader(), clock.today(), page)
        return render_template("home/communications.html", found=found, today=clock.today())

    @expose("/<int:communication_id>/fermer", methods=["POST"])
    @needs(Right.HOME)
    def dismiss(self, communication_id: int) -> Any:
        if communication_id >= 2**31:
            abort(404)
        try:
            communications.dismiss(db.session(), reader(), actor().user_id, communication_id)
        except LookupError:
            abort(404)
        return redirect(url_for("PortalIndexView.index"))


class CommunicationForm(CommunicationFields, RowForm):
    """A communication; `reaches`: how many people it is for, once it was asked."""

    reaches: int | None = None

    def populate_obj(self, obj: Any) -> None:
        super().populate_obj(obj)
        obj.sectors = [one.value for one in self.sectors.data or ()]
        obj.organiser_kinds = [one.value for one in self.organiser_kinds.data or ()]


class CommunicationView(PortalModelView):
    """Banners, written by agents."""

    route_base = "/reference/communications"
    read, write = Right.REFERENCE_READ, Right.REFERENCE_WRITE
    singular, plural = "une communication", "Communications à publier"
    choices = {"colour": COLOURS}
    constraint_messages = {"period": ("valid_until", lazy_gettext("La date de fin précède la date de début"))}
    related_texts = {
        "sectors": lambda value: Sector(value).label,
        "organiser_kinds": lambda value: OrganiserKind(value).label,
        "audience": lambda audience: audience.label,
    }
    datamodel = SQLAInterface(Communication)
    add_form = edit_form = CommunicationForm
    add_template = edit_template = "home/communication_form.html"
    list_columns = ["title", "colour", "valid_from", "valid_until", "flash"]
    show_columns = ["title", "body", "colour", "valid_from", "valid_until", "audience", "flash", "told_at"]
    add_columns = edit_columns = [
        "title", "body", "colour", "valid_from", "valid_until", "for_organisers", "sectors", "organiser_kinds",
        "for_agents", "flash",
    ]  # fmt: skip
    search_columns = ["title", "valid_from", "valid_until"]
    order_columns = ["title", "colour", "valid_from", "valid_until"]
    label_columns = {
        "title": "Titre",
        "body": "Texte",
        "colour": "Couleur",
        "valid_from": "Du",
        "valid_until": "Au",
        "audience": "Public",
        "for_organisers": "Pour les pouvoirs organisateurs",
        "for_agents": "Pour les agents",
        "sectors": "Secteurs",
        "organiser_kinds": "Pouvoirs organisateurs",
        "flash": "Flash Accueil",
        "told_at": "Avis envoyés",
    }
    base_order = ("valid_from", "desc")

    def judge(self, form: RowForm, row: Any) -> bool:
        """Asked to show it first, count whom it is for and write nothing."""
        if "apercu" not in request.form or not isinstance(form, CommunicationForm):
            return True
        session = db.session()
        with scope.within(scope.door(_DOOR), session):
            journal.record(
                session, actor().who, "porte", organiser_id=None, object_type="communication", object_id=row.id,
                summary=f"Public compté : {form.audience.label}",
            )  # fmt: skip
            form.reaches = len(communications.reached(session, form.audience, clock.today()))
        return False

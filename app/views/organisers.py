"""The organiser's own generated pages: facilities, closures."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import request
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy import select
from wtforms import SelectField, ValidationError

from app.db import db
from app.forms import fields
from app.models import Closure, ClosureMotive, Facility
from app.models.folding import folded
from app.scope import ALL
from app.security.guards import actor
from app.security.rights import Right
from app.services.attendance import closed_cells
from app.views.crud import PortalModelView
from app.views.crud_forms import Question, RowForm


def _motives() -> list[tuple[str, str]]:
    labels = db.session.scalars(select(ClosureMotive.label).order_by(folded(ClosureMotive.label)))
    return [("", "Choisissez…"), *((label, label) for label in labels)]


def _facilities() -> list[tuple[str, str]]:
    """Those whose closures the person may write: another dossier shows more of them."""
    person = actor()
    allowed = person.context.facilities(Right.CLOSURE_WRITE) if person.context else frozenset()
    rows = db.session.scalars(select(Facility).order_by(folded(Facility.name)))
    everywhere = [("", "Tous mes milieux d’accueil")] if allowed is ALL else []
    return [*everywhere, *((str(row.id), row.name) for row in rows if allowed is ALL or row.id in allowed)]


class ClosureForm(RowForm):
    """A closure: its days, its reason, the facility (none: common to all of the organiser's)."""

    first_day = fields.DayField("Premier jour", validators=[fields.Required()])
    last_day = fields.DayField("Dernier jour", validators=[fields.Required()])
    motive = SelectField("Motif", choices=_motives, validators=[fields.Required()])
    facility_id = SelectField(
        "Milieu d’accueil",
        choices=_facilities,
        coerce=lambda value: int(value) if value not in (None, "", "None") else None,
        validate_choice=False,
    )

    def populate_obj(self, obj: Any) -> None:
        obj.organiser_id = actor().organiser_id
        super().populate_obj(obj)

    def validate_last_day(self, field: Any) -> None:
        if self.first_day.data and field.data and field.data < self.first_day.data:
            raise ValidationError(lazy_gettext("Le dernier jour précède le premier"))

    def validate_facility_id(self, field: Any) -> None:
        # A closure common to all facilities is for those who have them all.
        if str(field.data or "") not in {value for value, _label in _facilities()}:
            raise ValidationError(lazy_gettext("Choisissez un de vos milieux d’accueil"))


class FacilityView(PortalModelView):
    """The organiser's milieux d'accueil, as the agency knows them."""

    route_base = "/milieux-d-accueil"
    read, write = Right.FACILITY_READ, Right.FACILITY_READ
    singular, plural = "un milieu d’accueil", "Milieux d’accueil"
    datamodel = SQLAInterface(Facility)
    verbs = ("list", "show")
    list_columns = ["name", "matricule", "kind", "capacity", "city"]
    show_columns = [
        "name",
        "matricule",
        "kind",
        "opened_on",
        "capacity",
        "street",
        "postcode",
        "city",
        "phone",
        "email",
    ]
    search_columns = ["name", "matricule", "city"]
    order_columns = ["name", "matricule", "capacity", "city"]
    label_columns = {
        "name": "Nom",
        "matricule": "Matricule",
        "kind": "Type",
        "opened_on": "Date d’ouverture",
        "capacity": "Capacité",
        "street": "Rue",
        "postcode": "Code postal",
        "city": "Localité",
        "phone": "Téléphone",
        "email": "Courriel",
    }
    base_order = ("name", "asc")


class ClosureView(PortalModelView):
    """Days a facility is closed: greyed, with their reason, in the presences."""

    route_base = "/fermetures"
    read, write = Right.CLOSURE_READ, Right.CLOSURE_WRITE
    singular, plural = "une fermeture", "Fermetures"
    lead = "Ces jours apparaissent en gris, avec leur motif, dans les présences."
    datamodel = SQLAInterface(Closure)
    list_columns = ["first_day", "last_day", "motive", "facility"]
    show_columns = ["first_day", "last_day", "motive", "facility"]
    add_columns = edit_columns = ["first_day", "last_day", "motive", "facility_id"]
    add_form = edit_form = ClosureForm
    search_columns = ["first_day", "last_day", "motive"]
    order_columns = ["first_day", "last_day", "motive"]
    label_columns = {
        "first_day": "Premier jour",
        "last_day": "Dernier jour",
        "motive": "Motif",
        "facility": "Milieu d’accueil",
        "facility_id": "Milieu d’accueil",
    }
    base_order = ("first_day", "desc")
    formatters_columns: ClassVar[dict[str, Any]] = {
        "facility": lambda facility: str(facility or _("Tous les milieux d’accueil"))
    }

    def judge(self, form: RowForm, row: Any) -> bool:
        """Days already encoded are told before they are closed."""
        days = form["first_day"].data, form["last_day"].data
        before = row if row.id else None
        found = closed_cells.in_period(db.session(), *days, form["facility_id"].data, before)
        told = [one for one in found if one.cells]
        answer = "-".join(f"{one.month}:{one.cells}" for one in told)
        if not told or request.form.get("compris") == answer:
            return True
        form.question = Question(
            title=_("Ces jours portent déjà des présences"),
            lines=[_touched(one) for one in told],
            box=_("Fermer ces jours quand même ; je reverrai ces mois."),
            answer=answer,
        )
        return False

    def removal(self, row: Closure) -> str:
        found = closed_cells.in_period(db.session(), row.first_day, row.last_day, row.facility_id)
        drafts = dict.fromkeys(one.month.label for one in found if not one.frozen)
        if not drafts:
            return ""
        return _("Ces jours redeviendront ouverts, à encoder, dans : %(months)s.", months=", ".join(drafts))


def _touched(one: closed_cells.Touched) -> str:
    """A month with cells on days about to be closed."""
    place = f"{one.facility}, {one.month.label}"
    if one.frozen:
        return ngettext(
            "%(place)s : %(num)s case. Ce mois est soumis et ne change pas ; pour le corriger, demandez sa réouverture.",
            "%(place)s : %(num)s cases. Ce mois est soumis et ne change pas ; pour le corriger, demandez sa réouverture.",
            one.cells, place=place,
        )  # fmt: skip
    return ngettext(
        "%(place)s : %(num)s case, à effacer avant de soumettre (« À revoir »).",
        "%(place)s : %(num)s cases, à effacer avant de soumettre (« À revoir »).",
        one.cells, place=place,
    )  # fmt: skip

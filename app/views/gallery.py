"""Every component in all its states, for those who build pages. Not in production."""

from __future__ import annotations

import datetime as dt
import decimal
from typing import Any

from flask import render_template
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice

from app.forms import fields
from app.rules.tickets import TicketState

_COLOURS = (("rouge", "Rouge"), ("vert", "Vert"))


class SampleForm(FlaskForm):
    """One field of each kind."""

    class Meta:
        csrf = False  # nothing is ever sent

    name = fields.TextField("Prénom", validators=[fields.Required()])
    email = fields.TextField("Courriel", description="Une seule adresse, par exemple nom@exemple.be")
    day = fields.DayField("Date d’entrée", validators=[fields.Required()])
    rate = fields.NumberField("Tarif", validators=[fields.NumberSize(6, 2)])
    count = fields.WholeNumberField("Nombre de lignes")
    colour = fields.ListField("Couleur", options=_COLOURS, blank="Choisissez…")
    share = RadioField(
        "Accès",
        choices=[SelectChoice("tous", "Tous les milieux"), SelectChoice("un", "Un seul milieu")],
        default="tous",
    )
    rights = fields.CheckListField(
        "Droits",
        rows=lambda: ["Consulter", "Encoder", "Soumettre"],
        key=str,
        description="Cochez ce qu’il faut.",
    )
    note = fields.LongTextField("Remarque")
    consent = BooleanField("Je certifie que la personne est d’accord", validators=[fields.Required()])


def _wrong_form() -> SampleForm:
    """A form as it comes back: each kind of error once."""
    typed = MultiDict(
        {
            "name": " ",
            "day": "31/02/2026",
            "rate": "12,345",
            "count": "douze",
            "colour": "bleu",
            "share": "tous",
        }
    )
    form = SampleForm(formdata=typed, prefix="")
    form.validate()
    form.form_errors.append("Une erreur de tout le formulaire, qui n’est à aucun champ.")
    return form


class GalleryView(BaseView):
    """One page."""

    route_base = "/galerie"
    default_view = "index"

    @expose("/")
    def index(self) -> Any:
        return render_template(
            "gallery/index.html",
            form=SampleForm(formdata=None, prefix="vide-"),
            wrong=_wrong_form(),
            day=dt.date(2026, 10, 31),
            instant=dt.datetime(2026, 10, 31, 23, 30, tzinfo=dt.UTC),
            ticket_states=tuple(TicketState),
            sum=decimal.Decimal("1234.5"),
        )

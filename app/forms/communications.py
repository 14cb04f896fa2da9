"""The form of a communication: what it says, to whom, from when until when."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField
from wtforms.validators import Length, ValidationError

from app.forms.fields import CheckListField, DayField, ListField, LongTextField, Required, TextField
from app.rules.audiences import Audience, OrganiserKind
from app.rules.dossiers import Sector

COLOURS = (
    ("bleu", "Bleu : information, que chacun peut fermer"),
    ("vert", "Vert : bonne nouvelle"),
    ("jaune", "Jaune : attention"),
    ("rouge", "Rouge : urgent"),
)


class CommunicationFields:
    """The fields, for the row forms of the generated page."""

    title = TextField(
        lazy_gettext("Titre"),
        validators=[
            Required(),
            Length(max=200, message=lazy_gettext("Écrivez au plus %(max)d caractères")),
        ],
    )
    body = LongTextField(
        lazy_gettext("Texte"),
        validators=[Required()],
        description=lazy_gettext("Une adresse qui commence par https:// devient un lien."),
    )
    colour = ListField(lazy_gettext("Couleur"), options=COLOURS, validators=[Required()], default="bleu")
    valid_from = DayField(lazy_gettext("Du"), validators=[Required()])
    valid_until = DayField(lazy_gettext("Au"), validators=[Required()])
    for_organisers = BooleanField(lazy_gettext("Pour les personnes des pouvoirs organisateurs"), default=True)
    sectors = CheckListField(
        lazy_gettext("Secteurs"),
        rows=lambda: list(Sector),
        key=lambda one: one.value,
        text=lambda one: one.label,
        description=lazy_gettext("Aucun coché : tous les secteurs."),
    )
    organiser_kinds = CheckListField(
        lazy_gettext("Pouvoirs organisateurs"),
        rows=lambda: list(OrganiserKind),
        key=lambda one: one.value,
        text=lambda one: one.label,
        description=lazy_gettext("Aucun coché : tous."),
    )
    for_agents = BooleanField(lazy_gettext("Pour les agents"))
    flash = BooleanField(
        lazy_gettext("Flash Accueil"),
        description=lazy_gettext("Chacun en reçoit l’avis le premier jour, comme ses préférences le disent."),
    )

    def validate_for_agents(self: Any, field: Any) -> None:
        if not field.data and not self.for_organisers.data:
            raise ValidationError(_("Choisissez au moins un public : les organisateurs ou les agents"))

    @property
    def audience(self: Any) -> Audience:
        """What is ticked."""
        return Audience.of(
            self.for_organisers.data,
            self.for_agents.data,
            self.organiser_kinds.data or (),
            self.sectors.data or (),
        )

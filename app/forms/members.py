"""Forms about an organiser's people (guide 6.1.2)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField, ValidationError
from wtforms.validators import Length

from app import clock
from app.forms.fields import EmailAddress, ListField, LongTextField, NoNationalNumber, Required, TextField
from app.rules.dossiers import Dossier
from app.rules.niss import Niss, parse_niss

_SHORT = Length(max=64, message=lazy_gettext("Écrivez au plus %(max)d caractères"))
_LONG = Length(max=320, message=lazy_gettext("Écrivez au plus %(max)d caractères"))


class NissField(StringField):
    """A national number as people type it; `niss` once it is valid."""

    niss: Niss | None = None

    def post_validate(self, _form: Any, _stopped: bool) -> None:
        if self.errors:
            return
        self.niss = parse_niss(self.data or "")
        born = self.niss.birth_date if self.niss else None
        if self.niss is None or (born is not None and born > clock.today()):
            self.niss = None
            raise ValidationError(
                gettext(
                    "Ce numéro n’est pas valide. Vérifiez les 11 chiffres au dos de la carte d’identité, "
                    "par exemple 85.07.30-033.28"
                )
            )


class DetailsForm(FlaskForm):
    """Name and address, as the organiser knows them."""

    first_name = TextField(lazy_gettext("Prénom"), validators=[Required(), _SHORT])
    last_name = TextField(lazy_gettext("Nom"), validators=[Required(), _SHORT])
    email = TextField(
        lazy_gettext("Courriel"), validators=[Required(), EmailAddress(), _LONG], render_kw={"type": "email"}
    )


class PersonForm(DetailsForm):
    """A new person: with the number that eID and itsme give, and the person's consent."""

    niss = NissField(
        lazy_gettext("N° de registre national"),
        validators=[Required()],
        description=lazy_gettext(
            "Il ne sera plus jamais affiché : le portail dira seulement qu’il est présent."
        ),
        render_kw={"autocomplete": "off", "inputmode": "numeric", "maxlength": "20", "data-never-kept": ""},
    )
    consent = BooleanField(
        lazy_gettext(
            "Je certifie que l’utilisateur consent à communiquer son numéro de registre national à des fins de "
            "connexion par itsme ou eID"
        ),
        validators=[Required()],
    )


class ConversionForm(PersonForm):
    """« Convertir mon utilisateur »: the person gives their own number."""


class RequestForm(FlaskForm):
    """Asking for an access one lacks."""

    dossier = ListField(
        lazy_gettext("Accès demandé"),
        options=lambda: [
            (one, f"{one.sector.label} : {one.label}" if one.sector else one.label)
            for one in Dossier
            if one is not Dossier.ADMINISTRATION
        ],
        blank="Choisissez…",
        validators=[Required()],
    )
    place = TextField(
        lazy_gettext("Pour quel milieu d’accueil ou quel projet ?"),
        validators=[
            Length(max=200, message=lazy_gettext("Écrivez au plus %(max)d caractères")),
            NoNationalNumber(),
        ],
        description=lazy_gettext("Laissez vide si l’accès vaut pour toute l’organisation."),
    )
    why = LongTextField(
        lazy_gettext("Pourquoi ?"),
        validators=[
            Length(max=1000, message=lazy_gettext("Écrivez au plus %(max)d caractères")),
            NoNationalNumber(),
        ],
        render_kw={"rows": 3},
    )

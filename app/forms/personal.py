"""Forms about a person's own things."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from app.forms.fields import Required
from app.models import Channel

_CHANNELS = [SelectChoice(value=channel.value, label=channel.label) for channel in Channel]


class PreferencesForm(FlaskForm):
    """How the person wants to be told."""

    flash = RadioField(
        lazy_gettext("Le Flash Accueil"),
        choices=_CHANNELS,
        validators=[Required()],
        description=lazy_gettext("La lettre d’information de l’Office : nouveautés, formations, échéances."),
    )
    notices = RadioField(
        lazy_gettext("Les avis qui vous concernent"),
        choices=_CHANNELS,
        validators=[Required()],
        description=lazy_gettext(
            "Par exemple une réponse du helpdesk. Ceux qui touchent à la sécurité de votre compte vous parviennent "
            "toujours, dans le portail et par courriel."
        ),
    )

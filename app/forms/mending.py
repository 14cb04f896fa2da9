"""Forms of the helpdesk's corrections."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms.validators import Length

from app.forms.fields import Required, TextField
from app.forms.members import NissField

_SHORT = Length(max=64, message=lazy_gettext("Écrivez au plus %(max)d caractères"))


class NameForm(FlaskForm):
    """The name of an account."""

    first_name = TextField(lazy_gettext("Prénom"), validators=[Required(), _SHORT])
    last_name = TextField(lazy_gettext("Nom"), validators=[Required(), _SHORT])


class NumberForm(FlaskForm):
    """A national number: to look somebody up, or to mend theirs. Sent by POST alone."""

    niss = NissField(
        lazy_gettext("N° de registre national"),
        validators=[Required()],
        render_kw={"autocomplete": "off", "inputmode": "numeric", "maxlength": "20", "data-never-kept": ""},
    )

"""Forms of the helpdesk: a question, what is answered, a note."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import Length

from app.forms.fields import ListField, LongTextField, NoNationalNumber, Required, TextField
from app.rules.tickets import AFTER_ANSWER

_UNNUMBERED = NoNationalNumber(
    lazy_gettext("Le nom du milieu d’accueil et la page suffisent, le helpdesk retrouve le dossier lui-même.")
)
_LENGTH = Length(max=5000, message=lazy_gettext("Écrivez au plus %(max)d caractères"))


def _message(label: Any, rows: int = 6, description: Any = "") -> LongTextField:
    return LongTextField(
        label,
        validators=[Required(), _LENGTH, _UNNUMBERED],
        description=description,
        render_kw={"rows": rows, "maxlength": 5000},
    )


class AskForm(FlaskForm):
    """A question, with the page it is about."""

    page = HiddenField()
    subject = TextField(
        lazy_gettext("En un mot, de quoi s’agit-il ?"),
        validators=[
            Required(),
            Length(max=150, message=lazy_gettext("Écrivez au plus %(max)d caractères")),
            _UNNUMBERED,
        ],
        render_kw={"maxlength": 150, "autocomplete": "off"},
    )
    body = _message(
        lazy_gettext("Votre question"),
        rows=8,
        description=lazy_gettext(
            "Ce que vous vouliez faire, et ce qui s’est passé. N’écrivez ni numéro de registre national, ni mot de "
            "passe, ni nom d’enfant."
        ),
    )


class ReplyForm(FlaskForm):
    """What the person adds."""

    body = _message(lazy_gettext("Votre message"))


class AnswerForm(FlaskForm):
    """The helpdesk's answer; `last`: the last message that the agent has read."""

    last = HiddenField()
    body = _message(lazy_gettext("Votre réponse"))
    state = ListField(
        lazy_gettext("Ensuite"),
        options=[(state, state.desk_label) for state in AFTER_ANSWER],
        validators=[Required()],
    )


class NoteForm(FlaskForm):
    """A note for colleagues."""

    note = LongTextField(
        lazy_gettext("Note interne"),
        validators=[Required(), _LENGTH, _UNNUMBERED],
        description=lazy_gettext("Seul le helpdesk la lit."),
        render_kw={"rows": 3, "maxlength": 5000},
    )

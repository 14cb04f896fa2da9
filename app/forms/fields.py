"""Fields that read what people write here: 31/10/2026 or 31-10-26, 1 234,50; no control characters in texts."""

from __future__ import annotations

import datetime as dt
import decimal
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from wtforms import DecimalField, Field, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import Choice, SelectChoice, SelectFieldBase
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from app.masking import looks_numbered
from app.rules.dates import read_day
from app.rules.french import unaccented
from app.rules.months import short_date

#: PostgreSQL takes no NUL, and nobody types the others; tab and line ends are kept.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile(r"[\s\u00a0\u202f']")
_DIGITS = re.compile(r"[+-]?\d+([.,]\d+)?")

_PHONE = re.compile(r"\+?[\d ./()-]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def clean_text(value: str | None) -> str | None:
    """Without control characters nor spaces at the ends."""
    return _CONTROLS.sub("", value).strip() if isinstance(value, str) else value


def day_shown(raw: str) -> str:
    """A date as we write it, 31/10/2026, whatever way it was typed; as it was typed when it is none."""
    day = read_day(raw)
    return short_date(day) if day else raw


def read_number(raw: str) -> decimal.Decimal | None:
    """1 234,50 or 1234.5; None for anything else (no exponent, no NaN, no infinity)."""
    bare = _SPACES.sub("", raw)
    return decimal.Decimal(bare.replace(",", ".")) if _DIGITS.fullmatch(bare) else None


class Required:
    """The value must be there: spaces alone do not count. The message is the guide's."""

    field_flags = {"required": True}

    def __call__(self, _form: Any, field: Any) -> None:
        raw = field.raw_data
        given = raw and (not isinstance(raw[0], str) or raw[0].strip())
        if not given:
            field.errors[:] = []
            raise StopValidation(_("Ce champ est requis"))


class EmailAddress:
    """Looks like an address: whether it reaches anyone, only a message would tell."""

    def __call__(self, _form: Any, field: Any) -> None:
        if field.data and not _EMAIL.fullmatch(field.data):
            raise ValidationError(_("Écrivez une adresse complète, par exemple nom@exemple.be"))


class PhoneNumber:
    """Looks like a telephone number: digits as people group them, with the country's if wanted."""

    def __call__(self, _form: Any, field: Any) -> None:
        number = field.data or ""
        if number and not (_PHONE.fullmatch(number) and 8 <= len(re.sub(r"\D", "", number)) <= 15):
            raise ValidationError(_("Écrivez un numéro de téléphone, par exemple 081 12 34 56"))


def numbered(text: str) -> str:
    """What to say of a text that seems to hold a national number; "" when it holds none."""
    if not looks_numbered(text):
        return ""
    return _("Ce texte contient onze chiffres qui ressemblent à un numéro de registre national. Retirez-les.")


class NoNationalNumber:
    """What looks like a national number is sent back to the person, with what they typed. `hint`: what is enough."""

    def __init__(self, hint: Any = "") -> None:
        self.hint = hint

    def __call__(self, _form: Any, field: Any) -> None:
        if problem := numbered(field.data or ""):
            raise ValidationError(f"{problem} {self.hint}".strip())


class NumberSize:
    """A number that its column can hold: digits before the comma, digits after it."""

    def __init__(self, digits: int, places: int) -> None:
        self.limit, self.places = decimal.Decimal(10) ** digits, places

    def __call__(self, _form: Any, field: Any) -> None:
        value = field.data
        if value is None:
            return
        exact = decimal.Decimal(value)
        if abs(exact) >= self.limit:
            raise ValidationError(_("Ce nombre est trop grand"))
        if exact != round(exact, self.places):
            raise ValidationError(
                ngettext(
                    "Écrivez au plus %(num)s chiffre après la virgule",
                    "Écrivez au plus %(num)s chiffres après la virgule",
                    self.places,
                )
            )


class TextField(StringField):
    """One line of text."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"filters": [clean_text], **options})


class LongTextField(TextAreaField):
    """Several lines of text."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"filters": [clean_text], "render_kw": {"rows": 5}, **options})


class DayField(Field):
    """A day, typed dd/mm/yyyy: the browser's own date input shows mm/dd to some."""

    widget = TextInput()
    data: dt.date | None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.setdefault("description", lazy_gettext("jour/mois/année, par exemple 31/10/2026"))
        options.setdefault("render_kw", {"inputmode": "numeric", "autocomplete": "off", "maxlength": "30"})
        super().__init__(*arguments, **options)

    def _value(self) -> str:
        if self.data is not None:
            return short_date(self.data)
        return str(self.raw_data[0]) if self.raw_data else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = read_day(valuelist[0]) if valuelist else None
        if valuelist and valuelist[0].strip() and self.data is None:
            raise ValueError(_("Cette date n’existe pas. Écrivez-la ainsi : 31/10/2026"))


class NumberField(DecimalField):
    """A decimal number, with a comma or a point."""

    widget = TextInput()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.setdefault("render_kw", {"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(*arguments, **{"places": None, **options})

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        shown = f"{self.data:f}"
        return (shown.rstrip("0").rstrip(".") if "." in shown else shown).replace(".", ",")

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = read_number(valuelist[0]) if valuelist else None
        if valuelist and valuelist[0].strip() and self.data is None:
            raise ValueError(_("Écrivez un nombre, par exemple 1234,50"))


class WholeNumberField(IntegerField):
    """A whole number."""

    widget = TextInput()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.setdefault("render_kw", {"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(*arguments, **options)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        number = read_number(valuelist[0]) if valuelist else None
        whole = number is not None and number == int(number)
        self.data = int(number) if number is not None and whole else None
        if valuelist and valuelist[0].strip() and self.data is None:
            raise ValueError(_("Écrivez un nombre entier, par exemple 12"))


class ListField(SelectField):
    """One value of a list. `options`: (value, label) pairs, or a function that gives them for each form;
    `blank`: the text of an empty first line, None for no such line.
    """

    def __init__(
        self,
        *arguments: Any,
        options: Sequence[tuple[Any, str]] | Callable[[], Sequence[tuple[Any, str]]],
        blank: str | None = None,
        **others: Any,
    ) -> None:
        pairs = options() if callable(options) else options
        self._values = {str(getattr(value, "value", value)): value for value, _label in pairs}
        labels = [label for _value, label in pairs]
        choices = [
            SelectChoice(value=text, label=label) for text, label in zip(self._values, labels, strict=True)
        ]
        if blank is not None:
            choices.insert(0, SelectChoice(value="", label=blank))
        super().__init__(
            *arguments, choices=choices, coerce=self._value_of, **{"validate_choice": False, **others}
        )

    def _value_of(self, raw: Any) -> Any:
        return self._values.get(str(getattr(raw, "value", raw)))

    def pre_validate(self, _form: Any) -> None:
        if self.data is None and self.raw_data and self.raw_data[0]:
            raise ValidationError(_("Choisissez une valeur de la liste"))

    def iter_choices(self) -> Iterator[Choice]:
        chosen = "" if self.data is None else str(getattr(self.data, "value", self.data))
        for choice in self.choices or ():
            yield Choice(choice.value, choice.label, choice.value == chosen, {})


class CheckListField(SelectFieldBase):
    """Several rows among others, as check boxes. `rows()` gives them; `key` and `text` name one, `group` titles it."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(
        self,
        *arguments: Any,
        rows: Callable[[], Sequence[Any]],
        key: Callable[[Any], Any],
        text: Callable[[Any], str] = str,
        group: Callable[[Any], str] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        self._rows, self._key, self._text, self._group = rows, key, text, group
        self._found: list[tuple[str, Any]] | None = None

    def _all(self) -> list[tuple[str, Any]]:
        if self._found is None:
            found = [(str(self._key(row)), row) for row in self._rows()]
            self._found = sorted(found, key=lambda pair: unaccented(self._text(pair[1])))
        return self._found

    def iter_choices(self) -> Iterator[Choice]:
        chosen = self.data or []
        for value, row in self._all():
            yield Choice(value, self._text(row), row in chosen, {})

    def groups(self) -> list[tuple[str, list[Any]]]:
        """The boxes under their titles, in the titles' order; all under "" without `group`."""
        found: dict[str, list[Any]] = {}
        for (_value, row), box in zip(self._all(), self, strict=True):
            found.setdefault(self._group(row) if self._group else "", []).append(box)
        return sorted(found.items(), key=lambda pair: unaccented(pair[0]))

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        rows = dict(self._all())
        unknown = [value for value in valuelist if value not in rows]
        self.data = [rows[value] for value in valuelist if value in rows]
        if unknown:
            raise ValueError(_("Une des lignes choisies n’existe plus. Rechargez la page."))

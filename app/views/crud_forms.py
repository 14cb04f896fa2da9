"""From a model's columns to the fields of its forms: FAB's converter, with our fields and messages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_appbuilder.forms import GeneralModelConverter
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField
from wtforms.fields import Field
from wtforms.validators import Length, Optional

from app.forms import fields

#: For a column with few values: (value, label) pairs.
Choices = Mapping[str, Sequence[tuple[Any, str]]]


@dataclass(frozen=True)
class Question:
    """Asked once, before saving: what follows from it. `answer` is what the checked box sends."""

    title: str
    lines: Sequence[str]
    box: str
    answer: str


class RowForm(FlaskForm):
    """A form of one row. `seen` is the row as the person saw it: saving over another's change is refused."""

    seen = HiddenField()
    #: What to understand before this is saved; None when there is nothing.
    question: Question | None = None

    @classmethod
    def refresh(cls, obj: Any = None) -> RowForm:
        """FAB's name for a new form."""
        return cls(obj=obj)

    def populate_obj(self, obj: Any) -> None:
        for name, field in self._fields.items():
            if name not in {"seen", "csrf_token"}:
                field.populate_obj(obj, name)


def fingerprint(row: Any, columns: Sequence[str]) -> str:
    """What a row shows in its form, in a few characters."""
    values = "\x1f".join(f"{name}={_comparable(getattr(row, name))}" for name in columns)
    return hashlib.sha256(values.encode()).hexdigest()[:16]


def _comparable(value: Any) -> str:
    return (
        ",".join(sorted(str(getattr(one, "id", one)) for one in value))
        if isinstance(value, list)
        else str(value)
    )


class PortalConverter(GeneralModelConverter):
    """FAB's converter; from the view: lists of values, which related rows are offered, under which names, more validators."""

    def __init__(
        self,
        datamodel: SQLAInterface,
        choices: Choices,
        validators: Mapping[str, Sequence[Any]],
        texts: Mapping[str, Callable[[Any], str]],
        groups: Mapping[str, Callable[[Any], str]],
        offered: Mapping[str, Callable[[Any], bool]],
    ) -> None:
        super().__init__(datamodel)
        self.choices, self.texts, self.validators, self.groups = choices, texts, validators, groups
        self.offered = offered

    def row_form(
        self,
        columns: Sequence[str],
        labels: Mapping[str, str],
        helps: Mapping[str, str],
    ) -> type[RowForm]:
        """The form of these columns, in this order."""
        made = {name: self._field(name, labels.get(name, name), helps.get(name)) for name in columns}
        return type("RowForm", (RowForm,), made)

    def _field(self, name: str, label: str, help_text: str | None) -> Field:
        told = {} if help_text is None else {"description": help_text}
        if self.datamodel.is_relation(name):
            return self._relation(name, label, told)
        column = self.datamodel.list_columns[name]
        rules: list[Any] = [Optional() if self._may_be_empty(name) else fields.Required()]
        rules.extend(self.validators.get(name, ()))
        options: dict[str, Any] = {**told, "validators": rules}
        default = self.datamodel.get_col_default(name)
        if default is not None and not callable(default):
            options["default"] = default
        if name in self.choices or self.datamodel.is_enum(name):
            pairs = self.choices.get(name) or [(member, _label(member)) for member in column.type.enum_class]
            return fields.ListField(label, options=pairs, blank="–" if column.nullable else None, **options)
        if self.datamodel.is_boolean(name):
            return BooleanField(label, **{**options, "validators": []})
        if self.datamodel.is_date(name):
            return fields.DayField(label, **options)
        if self.datamodel.is_integer(name):
            rules.append(fields.NumberSize(9, 0))
            return fields.WholeNumberField(label, **options)
        if self.datamodel.is_numeric(name) or self.datamodel.is_float(name):
            if (digits := getattr(column.type, "precision", None)) is not None:
                places = column.type.scale or 0
                rules.append(fields.NumberSize(digits - places, places))
            return fields.NumberField(label, **options)
        if self.datamodel.is_text(name):
            return fields.LongTextField(label, **options)
        if (longest := self.datamodel.get_max_length(name)) > 0:
            rules.append(Length(max=longest, message=lazy_gettext("Écrivez au plus %(max)d caractères")))
        return fields.TextField(label, **options)

    def _may_be_empty(self, name: str) -> bool:
        return self.datamodel.is_nullable(name) or self.datamodel.get_col_default(name) is not None

    def _relation(self, name: str, label: str, told: dict[str, str]) -> Field:
        related = self.datamodel.get_related_interface(name)
        return fields.CheckListField(
            label,
            rows=lambda: list(filter(self.offered.get(name), related.session.query(related.obj).all())),
            key=related.get_pk_value,
            text=self.texts.get(name, str),
            group=self.groups.get(name),
            **told,
        )


def _label(member: Any) -> str:
    return str(getattr(member, "label", member.value))

"""How a value of a row is written in lists and on its page: in French, by its type."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.rules.french import unaccented
from app.views.components import date, instant, number, yes_no
from app.views.crud_forms import Choices


@dataclass(frozen=True)
class Shown:
    """A value as written. `items`: several of them, one a line; `unofficial`: say so beside it."""

    text: str = ""
    items: tuple[str, ...] = ()
    numeric: bool = False
    #: Never broken over two lines: a date, a moment.
    whole: bool = False
    unofficial: bool = False


Texts = Mapping[str, Callable[[Any], str]]


def shown(row: Any, name: str, choices: Choices, texts: Texts, formats: Texts) -> Shown:
    """The value of one column. `formats` (FAB's formatters_columns) come first."""
    value = getattr(row, name)
    if name == "official":
        return Shown(yes_no(value), unofficial=not value)
    if name in formats:
        return Shown(formats[name](value), numeric=isinstance(value, int | float | decimal.Decimal))
    if name in choices:
        return Shown(next((label for known, label in choices[name] if known == value), str(value or "")))
    if isinstance(value, list):
        return Shown(items=tuple(sorted((texts.get(name, str)(one) for one in value), key=unaccented)))
    if name in texts:
        return Shown(texts[name](value))
    return _plain(value)


def _plain(value: Any) -> Shown:
    if value is None:
        return Shown()
    if isinstance(value, bool):
        return Shown(yes_no(value))
    if isinstance(value, enum.Enum):
        return Shown(str(getattr(value, "label", value.value)))
    if isinstance(value, dt.datetime):
        return Shown(instant(value), whole=True)
    if isinstance(value, dt.date):
        return Shown(date(value), whole=True)
    if isinstance(value, dt.time):
        return Shown(value.strftime("%H:%M"))
    if isinstance(value, int | float | decimal.Decimal):
        return Shown(number(value), numeric=True)
    return Shown(str(value))

"""What templates share: dates, amounts, icons in the way of the country."""

from __future__ import annotations

import datetime as dt
import decimal
import functools
import re
from collections.abc import Mapping, ValuesView
from pathlib import Path
from zoneinfo import ZoneInfo

import flask_bootstrap
from flask import Flask
from markupsafe import Markup

from app.rules.french import of
from app.rules.identifiers import format_bce

BRUSSELS = ZoneInfo("Europe/Brussels")

_SPRITE = Path(flask_bootstrap.__file__).parent / "static/bootstrap5/icons/bootstrap-icons.svg"
_SYMBOL = re.compile(r'<symbol[^>]*viewBox="([\d ]+)" id="([\w-]+)">(.*?)</symbol>', re.DOTALL)


def date(value: dt.date | dt.datetime | None) -> str:
    """dd/mm/yyyy, in Brussels when an instant is given; "" for none."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = value.astimezone(BRUSSELS) if value.tzinfo else value
    return value.strftime("%d/%m/%Y")


def instant(value: dt.datetime | None) -> str:
    """dd/mm/yyyy à HH:MM in Brussels (a moment without a zone is taken as it stands); "" for none."""
    if value is None:
        return ""
    local = value.astimezone(BRUSSELS) if value.tzinfo else value
    return local.strftime("%d/%m/%Y à %H:%M")


def number(value: decimal.Decimal | float | None, places: int | None = None) -> str:
    """1 234,5: no-break thin spaces, a comma; as many decimals as needed, or `places`."""
    if value is None:
        return ""
    exact = decimal.Decimal(str(value))
    if places is None:
        shown = f"{exact:,f}"
        shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    else:
        shown = f"{exact:,.{places}f}"
    return shown.replace(",", "\u202f").replace(".", ",")


def amount(value: decimal.Decimal | float | None) -> str:
    """1 234,50 €"""
    return "" if value is None else number(value, 2) + "\u00a0€"


def yes_no(value: object) -> str:
    """Oui, Non."""
    return "Oui" if value else "Non"


_ADDRESS = re.compile(r"https?://[^\s<>\"'«»]+[^\s<>\"'«».,;:!?)]")


def linked(text: str) -> Markup:
    """A text of ours with its http and https addresses as links; everything else in it stays text."""
    parts, end = Markup(), 0
    for found in _ADDRESS.finditer(text):
        parts += text[end : found.start()]
        parts += Markup('<a href="{0}" rel="noopener noreferrer">{0}</a>').format(found[0])
        end = found.end()
    return parts + text[end:]


def flat(errors: object) -> list[str]:
    """The messages of a field of any kind: lists of fields hold dictionaries of lists."""
    if isinstance(errors, Mapping):
        errors = errors.values()
    if isinstance(errors, list | tuple | ValuesView):
        return [text for part in errors for text in flat(part)]
    return [str(errors)]


@functools.cache
def _symbols() -> dict[str, tuple[str, str]]:
    """Bootstrap's icons, as its package carries them: name → (viewBox, drawing)."""
    sprite = _SPRITE.read_text(encoding="utf-8")
    return {name: (box, drawing) for box, name, drawing in _SYMBOL.findall(sprite)}


@functools.cache
def icon(name: str, label: str = "") -> Markup:
    """An icon of the Bootstrap set, drawn in the page; decorative unless a label is given.

    In the page rather than by reference: the set is one file of 1.1 MB, and a page shows ten of them.
    Raises KeyError for a name that is not in the set.
    """
    box, drawing = _symbols()[name]
    role = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    opening = Markup('<svg class="icon" viewBox="{}" {} focusable="false">').format(box, role)
    return opening + Markup(drawing) + Markup("</svg>")  # noqa: S704  (a file of the installed package)


def init_app(app: Flask) -> None:
    """Add the filters and globals to templates."""
    app.jinja_env.filters.update(
        date=date,
        instant=instant,
        number=number,
        amount=amount,
        yes_no=yes_no,
        flat=flat,
        linked=linked,
        bce=format_bce,
        of=of,
    )
    app.jinja_env.globals["icon"] = icon

"""What templates share: dates, amounts, icons in the way of the country."""

from __future__ import annotations

import datetime as dt
import decimal

from flask import Flask, url_for
from markupsafe import Markup
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")


def date(value: dt.date | dt.datetime | None) -> str:
    """dd/mm/yyyy, in Brussels when an instant is given; "" for none."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = value.astimezone(BRUSSELS) if value.tzinfo else value
    return value.strftime("%d/%m/%Y")


def instant(value: dt.datetime | None) -> str:
    """dd/mm/yyyy HH:MM in Brussels."""
    return "" if value is None else value.astimezone(BRUSSELS).strftime("%d/%m/%Y à %H:%M")


def amount(value: decimal.Decimal | float | None) -> str:
    """1 234,50 €"""
    if value is None:
        return ""
    return f"{value:,.2f}".replace(",", "\u202f").replace(".", ",") + "\u00a0€"


def icon(name: str, label: str = "") -> Markup:
    """An icon of the Bootstrap set; decorative unless a label is given."""
    reference = f"{url_for('bootstrap.static', filename='icons/bootstrap-icons.svg')}#{name}"
    hidden = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon" {} focusable="false"><use href="{}"></use></svg>').format(hidden, reference)


def init_app(app: Flask) -> None:
    """Add the filters and globals to templates."""
    app.jinja_env.filters.update(date=date, instant=instant, amount=amount)
    app.jinja_env.globals["icon"] = icon

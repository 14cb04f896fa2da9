"""One page of a generated list: its criteria, order and pages, read from an address that anyone may write.

What is not understood is said beside its criterion (a date) or ignored (a page, an order): never an error.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from sqlalchemy.orm import Query, selectinload
from werkzeug.datastructures import MultiDict

from app.clock import BRUSSELS
from app.forms.fields import clean_text, read_number
from app.models.folding import folded, speaks_of
from app.rules.dates import read_day
from app.rules.months import short_date
from app.services.pages import spread
from app.views.crud_forms import Choices

PAGE_SIZES = (20, 50, 100)


@dataclass
class Criterion:
    """One column to search on. kind: "text", "choice", "day", "number"; days and numbers have two bounds."""

    name: str
    label: str
    kind: str
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    options: Sequence[tuple[str, str]] = ()

    @property
    def active(self) -> bool:
        return any(self.values.values())


@dataclass
class Listing:
    """What a list page shows. `page` counts from 0; `order` is (column, "asc" or "desc")."""

    criteria: list[Criterion]
    rows: Sequence[Any] = ()
    count: int = 0
    page: int = 0
    size: int = PAGE_SIZES[0]
    order: tuple[str, str] = ("", "asc")

    @property
    def pages(self) -> int:
        return spread(1, self.count, self.size).pages

    @property
    def first(self) -> int:
        """Number of the first row shown, counted from 1."""
        return self.page * self.size + 1

    @property
    def last(self) -> int:
        return self.page * self.size + len(self.rows)

    @property
    def searched(self) -> bool:
        return any(criterion.active for criterion in self.criteria)

    @property
    def address(self) -> dict[str, str]:
        """The arguments that lead back to this page."""
        found = {name: value for one in self.criteria for name, value in one.values.items() if value}
        if self.order[0]:
            found |= {"tri": self.order[0], "sens": self.order[1]}
        return found | {"page": str(self.page + 1), "taille": str(self.size)}


def criteria(
    model: SQLAInterface,
    columns: Sequence[str],
    labels: Mapping[str, str],
    choices: Choices,
    given: MultiDict[str, str],
) -> list[Criterion]:
    """The criteria of a view, with what the address says of them."""
    found = []
    for name in columns:
        one = Criterion(name, labels.get(name, name), _kind(model, name, choices))
        bounds = {"day": ("-du", "-au"), "number": ("-min", "-max")}.get(one.kind, ("",))
        one.values = {name + bound: (clean_text(given.get(name + bound)) or "")[:200] for bound in bounds}
        if one.kind == "choice":
            one.options = [("", _("Tous")), *_options(model, name, choices)]
            if one.values[name] not in dict(one.options):
                one.values[name] = ""
        found.append(one)
    return found


def read(
    model: SQLAInterface,
    shown: list[Criterion],
    given: MultiDict[str, str],
    *,
    order_columns: Sequence[str],
    base_order: tuple[str, str] | None,
    size: int,
    eager: Sequence[str],
) -> Listing:
    """The rows of the page asked for. Three statements, whatever the number of rows."""
    listing = Listing(shown)
    query: Query[Any] = model.session.query(model.obj)
    for one in shown:
        for clause in _clauses(model, one):
            query = query.filter(clause)
    listing.count = query.count()
    asked = given.get("taille", default=size, type=int)
    listing.size = asked if asked in PAGE_SIZES else size
    listing.page = spread(given.get("page", default=1, type=int), listing.count, listing.size).page - 1
    name, direction = given.get("tri", ""), given.get("sens", "asc")
    if name in order_columns and direction in ("asc", "desc"):
        listing.order = (name, direction)
    elif base_order:
        listing.order = base_order
    if listing.order[0]:
        column = getattr(model.obj, listing.order[0])
        if _kind(model, listing.order[0], {}) == "text":
            column = folded(column)
        query = query.order_by(column.desc() if listing.order[1] == "desc" else column.asc())
    query = query.order_by(model.get_pk()).options(*(selectinload(getattr(model.obj, one)) for one in eager))
    listing.rows = query.offset(listing.page * listing.size).limit(listing.size).all()
    return listing


def _kind(model: SQLAInterface, name: str, choices: Choices) -> str:
    if name in choices or model.is_enum(name) or model.is_boolean(name):
        return "choice"
    if model.is_date(name) or model.is_datetime(name):
        return "day"
    return "number" if model.is_integer(name) or model.is_numeric(name) or model.is_float(name) else "text"


def _options(model: SQLAInterface, name: str, choices: Choices) -> list[tuple[str, str]]:
    if model.is_boolean(name):
        return [("oui", _("Oui")), ("non", _("Non"))]
    if name in choices:
        return [(str(value), label) for value, label in choices[name]]
    members = model.list_columns[name].type.enum_class
    return [(member.value, getattr(member, "label", member.value)) for member in members]


def _clauses(model: SQLAInterface, one: Criterion) -> Iterator[Any]:
    column = getattr(model.obj, one.name)
    if one.kind == "text" and one.values[one.name]:
        yield speaks_of(one.values[one.name], folded(column))
    elif one.kind == "choice" and one.values[one.name]:
        value: Any = one.values[one.name]
        if model.is_boolean(one.name):
            yield column.is_(value == "oui")
        else:
            yield column == (column.type.enum_class(value) if model.is_enum(one.name) else value)
    elif one.kind == "day":
        yield from _days(model, one, column)
    elif one.kind == "number":
        for bound, compare in (("-min", column.__ge__), ("-max", column.__le__)):
            if raw := one.values[one.name + bound]:
                number = read_number(raw)
                if number is None or abs(number) >= 10**12:
                    one.errors[one.name + bound] = _("Écrivez un nombre, par exemple 12,50")
                else:
                    yield compare(number)


def _days(model: SQLAInterface, one: Criterion, column: Any) -> Iterator[Any]:
    """Both bounds are included; a moment counts by its day in Brussels."""
    moments = model.is_datetime(one.name)
    for bound in ("-du", "-au"):
        raw = one.values[one.name + bound]
        if not raw:
            continue
        day = read_day(raw)
        if day is None or not 1900 <= day.year <= 2200:
            one.errors[one.name + bound] = _("Cette date n’existe pas. Écrivez-la ainsi : 31/10/2026")
            continue
        one.values[one.name + bound] = short_date(day)
        if bound == "-du":
            yield column >= (_midnight(column, day) if moments else day)
        else:
            yield column < _midnight(column, day + dt.timedelta(days=1)) if moments else column <= day


def _midnight(column: Any, day: dt.date) -> dt.datetime:
    start = dt.datetime.combine(day, dt.time(), tzinfo=BRUSSELS)
    return start if getattr(column.type, "timezone", False) else start.replace(tzinfo=None)

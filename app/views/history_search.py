"""The criteria of the history's pages, read from an address that anyone may write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.forms.fields import clean_text, day_shown
from app.models import Facility
from app.rules.dates import read_day
from app.security.guards import actor
from app.services.history import PORTAL, Criteria, Person
from app.views.crud_search import Criterion
from app.views.history_kinds import Kind, seen_kinds
from app.views.history_words import way_of


@dataclass
class Search:
    """What is asked for: the criteria as the form shows them and as the service takes them."""

    shown: list[Criterion]
    criteria: Criteria
    oldest_first: bool
    errors: list[str] = field(default_factory=list)

    @property
    def searched(self) -> bool:
        return any(one.active for one in self.shown)

    @property
    def address(self) -> dict[str, str]:
        """The arguments that lead back here, without the place in the chain."""
        found = {name: value for one in self.shown for name, value in one.values.items() if value}
        return found | ({"sens": "asc"} if self.oldest_first else {})

    @property
    def told(self) -> str:
        """The criteria as the history itself keeps them: « Personne : Hugo Denis ; Action : Modifications »."""
        parts = []
        for one in self.shown:
            options = dict(one.options)
            values = [options.get(value, value) for value in one.values.values() if value]
            if values:
                parts.append(f"{one.label} : {' – '.join(values)}")
        return " ; ".join(parts)


def search(
    given: MultiDict[str, str], people: Sequence[Person], places: Sequence[Facility], about: Kind | None
) -> Search:
    """The criteria with what the address says of them; about one object, those that it fixes stay away."""
    persons = [(str(one.user_id), _named(one)) for one in people]
    shown = [_choice("personne", _("Personne"), [*persons, (str(PORTAL), _("Le portail lui-même"))], given)]
    shown.append(_period(given))
    actions = [("consultation", _("Consultations")), ("modification", _("Modifications"))]
    shown.append(_choice("action", _("Action"), actions, given))
    if about is None or about.table == Facility.__tablename__:
        kinds = [(kind.slug, kind.label) for kind in seen_kinds()]
        shown.append(_choice("objet", _("Objet"), kinds, given))
    if about is None and places:
        rows = [(str(one.id), str(one)) for one in places]
        shown.append(_choice("milieu", _("Milieu d’accueil"), rows, given))
    values = {name: value for one in shown for name, value in one.values.items()}
    tables = {kind.slug: kind.table for kind in seen_kinds()}
    days = {name: _day(values[name]) for name in ("quand-du", "quand-au")}
    criteria = Criteria(
        person=_number(values["personne"]),
        facility=_number(values.get("milieu", "")),
        kind=tables.get(values.get("objet", ""), ""),
        action=values["action"],
        first=days["quand-du"],
        last=days["quand-au"],
    )
    errors = [message for one in shown for message in one.errors.values()]
    return Search(shown, criteria, given.get("sens") == "asc", errors)


def _named(one: Person) -> str:
    agent, way = way_of(one.door)
    return f"{one.name} ({way})" if agent and not actor().is_agent else one.name


def _choice(
    name: str, label: str, options: Sequence[tuple[str, str]], given: MultiDict[str, str]
) -> Criterion:
    found = Criterion(name, label, "choice", options=[("", _("Tous")), *options])
    value = given.get(name, "")
    found.values[name] = value if value in dict(options) else ""
    return found


def _period(given: MultiDict[str, str]) -> Criterion:
    found = Criterion("quand", _("Période"), "day")
    for name in ("quand-du", "quand-au"):
        value = found.values[name] = day_shown((clean_text(given.get(name)) or "")[:30])
        if value and _day(value) is None:
            found.errors[name] = _("Cette date n’existe pas. Écrivez-la ainsi : 31/10/2026")
    first, last = (_day(found.values[name]) for name in ("quand-du", "quand-au"))
    if first and last and last < first:
        found.errors["quand-au"] = _("Cette date précède la première")
    return found


def _day(raw: str) -> dt.date | None:
    day = read_day(raw) if raw else None
    return day if day and 1900 <= day.year <= 2200 else None


def _number(raw: str) -> int | None:
    return int(raw) if raw else None

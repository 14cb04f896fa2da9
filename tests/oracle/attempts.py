"""Every request that there is: each route and method of the application's own map, with ids wherever one can stand.

Ids of arguments, parameters and fields are found by name in the models; the forms are those of the pages. What cannot be
found so is in the three tables below; a route that needs more fails the oracle, which says what to add.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from app.models.base import Model
from app.security.sessions import FILES
from tests.client import PortalClient
from tests.oracle.asking import FILE, Form, Notebook
from tests.oracle.filling import owned_tables
from tests.oracle.world import DRAFT, EMPTY, RETURNED, SUBMITTED, World

#: Route arguments that are no ids -> the values to try.
ARGUMENTS: dict[str, list[Any]] = {
    "month": [DRAFT, SUBMITTED, RETURNED, EMPTY],
    "version": [1],
    "kind": ["presences", "milieux-d-accueil"],
}

#: Ids by another name than their table's.
ALIASES: dict[str, str] = {
    "user_id": "ab_user",
    "user": "ab_user",
    "line": "attendance_line",
    "personne": "ab_user",
    "milieu": "facility",
    "context": "organiser",
    "number": "attendance_sheet",
    "member_id": "membership",
}
#: Names that are ids of one table here, of another or of none elsewhere.
IDS: dict[tuple[str, str], str] = {
    ("MemberAccessView.copy", "de"): "membership",
    ("MendingView.restore", "numero"): "membership",
    ("OwnSessionsView.end", "numero"): "user_session",
    ("PortfolioView.release", "numero"): "agent_assignment",
}

#: Parameters and fields that are no ids and take few values.
WORDS: dict[str, Any] = {
    "annee": DRAFT.year, "page": 1, "de": 1, "a": 0, "etat": "brouillon", "field": "2", "sens": "desc", "taille": 100,
    "since": "2020-01-01T00:00:00+00:00", "suite": "/", "next": "/", "tri": "organiser_id",
    "objet": "presences", "avant": 2**31 - 1, "apres": 0, "formulaire": "/essai", "rang": 0,
}  # fmt: skip

#: Parts of the canaries, to search for: an echo of the search is no leak, a row found is.
PARTS = ("enrul", "rumel")

#: A route of the JSON interface -> the bodies that it takes, from ids by table; another is sent every id that there is.
BODIES: dict[str, Callable[[dict[str, list[int]]], list[Any]]] = {
    "AttendanceApi.cells": lambda rows: [
        {
            "edits": [
                {"key": str(n), "line": n, "field": name, "old": "", "new": new}
                for n in rows["attendance_line"]
            ]
        }
        for name, new in (("2", "I"), ("last_name", "Intrus"))
    ],
    "AttendanceApi.lines": lambda rows: [
        {"delete": rows["attendance_line"]},
        {"restore": rows["attendance_line"]},
        {"add": 1, "sheet_id": rows["attendance_sheet"][0], "facility_id": rows["facility"][0]},
    ],
}


#: A row of the world, see `world._FIRST_ID`.
_ID = re.compile(r"(?<!\d)\d{8}(?!\d)")


class Unknown(Exception):
    """Something of a route that no table names."""


@dataclass
class Attempt:
    """One request; `sent` is all that it says, so that an echo of it is no leak."""

    endpoint: str
    method: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    form: dict[str, Any] = field(default_factory=dict)
    json: Any = None

    @property
    def sent(self) -> str:
        return f"{self.path} {self.query} {self.form} {self.json}"

    def __str__(self) -> str:
        return f"{self.method} {self.sent}"[:300]

    def send(self, client: PortalClient, token: str = "", workbook: bytes = b"") -> Any:
        if self.method == "GET":
            return client.get(self.path, query_string=self.query)
        if self.json is not None:
            return client.open(self.path, method=self.method, json=self.json, headers={"X-CSRFToken": token})
        form = {
            name: (io.BytesIO(workbook), "classeur.xlsx") if value is FILE else value
            for name, value in self.form.items()
        }
        return client.open(self.path, method=self.method, data={"csrf_token": token, **form})


def routes(app: Flask) -> list[Rule]:
    """Every route but the static files, reading before writing."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in FILES]
    return sorted(rules, key=lambda rule: (bool(writing(rule)), rule.rule, sorted(rule.methods or ())))


def reading(rule: Rule) -> bool:
    return "GET" in (rule.methods or ())


def writing(rule: Rule) -> list[str]:
    """The methods that change something."""
    return sorted(set(rule.methods or ()) - {"GET", "HEAD", "OPTIONS"})


def table_of(name: str) -> str | None:
    """The table that `facility_id`, `user_id` or `facility` names an id of; None for another name, or for two tables."""
    if name in ALIASES:
        return ALIASES[name]
    stem = name.removesuffix("_id")
    if stem in Model.metadata.tables:
        return stem
    found = [table for table in Model.metadata.tables if table.endswith(f"_{stem}") and name != stem]
    return found[0] if len(found) == 1 else None


class Attempts:
    """What can be tried in a world; `notebook` grows while the answers are read."""

    def __init__(self, app: Flask, world: World, notebook: Notebook) -> None:
        self.app, self.world, self.notebook = app, world, notebook

    def addresses(self, rule: Rule, mine: str | None, theirs: str | None = None) -> Iterator[str]:
        """With the ids of a facility `mine`; given `theirs`, with at least one id of theirs where there are ids."""
        names = sorted(rule.arguments)
        tables = [self._table(rule, name) for name in names]
        own, foreign = self._rows(mine), self._rows(theirs)
        choices = []
        for name, table in zip(names, tables, strict=True):
            if table is None:
                choices.append([(False, value) for value in ARGUMENTS[name][: 2 if theirs else None]])
            else:
                ours = [(False, number) for number in own.get(table, [])]
                choices.append(ours + [(True, number) for number in foreign.get(table, [])] or [(True, 1)])
        for chosen in itertools.product(*choices):
            if theirs is None or not any(tables) or any(one for one, _value in chosen):
                values = dict(zip(names, (value for _one, value in chosen), strict=True))
                with self.app.test_request_context():
                    yield str(self.app.url_map.bind("localhost").build(rule.endpoint, values))

    def _table(self, rule: Rule, name: str) -> str | None:
        """The table of an argument's ids; None for another kind of argument."""
        if name in ARGUMENTS:
            return None
        view: Any = getattr(self.app.view_functions[rule.endpoint], "__self__", None)
        if name == "pk" and hasattr(view, "datamodel"):
            return str(view.datamodel.obj.__tablename__)
        table = table_of(name)
        if table is None:
            raise Unknown(
                f"{rule.rule}: say in ARGUMENTS or ALIASES, tests/oracle/attempts.py, what <{name}> can be"
            )
        return table

    def _rows(self, key: str | None) -> dict[str, list[int]]:
        return self.world.rows(key) if key else {}

    def pages(self, rule: Rule, mine: str) -> Iterator[Attempt]:
        """Each address of one's own, bare, then with what its view asked for."""
        for path in self.addresses(rule, mine):
            yield Attempt(rule.endpoint, "GET", path)
            yield from self.queries(rule, path, mine)

    # --- Questions ---------------------------------------------------------------------------------

    def searches(self, rule: Rule, path: str) -> Iterator[Attempt]:
        """Looking for parts of canaries in each parameter that the view asked for."""
        names = self.notebook.names[rule.endpoint, True]
        free = [name for name in names if name not in WORDS and not table_of(name)]
        rest = {name: "" for name in names if name in WORDS}
        for name, part in itertools.product(free, PARTS):
            yield Attempt(rule.endpoint, "GET", path, {**rest, name: part})

    def queries(self, rule: Rule, path: str, theirs: str) -> Iterator[Attempt]:
        """Ids of theirs in each parameter that the view asked for, and in those that views might."""
        names, rows = self.notebook.names[rule.endpoint, True], self.world.rows(theirs)
        words = {name: WORDS[name] for name in names if name in WORDS}
        # What a generated list does not know it takes for a text to search for, and remembers: see `searches`.
        free = [name for name in names if name not in WORDS and not self._listing(rule)]
        asked = {name: rows[table] for name in names if (table := IDS.get((rule.endpoint, name))) in rows}
        asked |= {name: rows[table] for name in free if (table := table_of(name)) in rows}
        values = dict.fromkeys(free, rows["facility"] + rows["organiser"]) | asked
        for place in range(max(map(len, values.values()), default=1)):
            chosen = {name: ids[place % len(ids)] for name, ids in values.items()}
            yield Attempt(rule.endpoint, "GET", path, {**self.columns(theirs), **words, **chosen})

    def _listing(self, rule: Rule) -> bool:
        return hasattr(getattr(self.app.view_functions[rule.endpoint], "__self__", None), "search_columns")

    # --- Writes ------------------------------------------------------------------------------------

    def own_bodies(self, rule: Rule, path: str, method: str, mine: str) -> Iterator[Attempt]:
        """What the pages themselves would send."""
        if rule.rule.startswith("/api/"):
            yield from self._jsons(rule, path, method, mine)
            return
        for form in self.notebook.forms_to(rule.endpoint, path):
            for body in form.bodies():
                yield Attempt(rule.endpoint, method, path, form=body)

    def bodies(
        self, rule: Rule, path: str, method: str, theirs: str, mine: str | None = None
    ) -> Iterator[Attempt]:
        """Ids of theirs in the place of every id of a form, with those that views might not refuse: all at once
        and, on an address of `mine`, one by one.
        """
        if rule.rule.startswith("/api/"):
            yield from self._jsons(rule, path, method, theirs)
            return
        for form in self.notebook.forms_to(rule.endpoint, path):
            swaps = self._swaps(rule, form, theirs, mine)
            for body in form.bodies():
                single = [{name: swaps[name]} for name in swaps][:4] if mine and len(swaps) > 1 else []
                for some in [swaps, *single]:
                    yield Attempt(rule.endpoint, method, path, form={**self.columns(theirs), **body, **some})
                if swaps and mine:
                    yield Attempt(rule.endpoint, method, path, form={**self.columns(theirs), **body})

    def _jsons(self, rule: Rule, path: str, method: str, key: str) -> Iterator[Attempt]:
        bodies = BODIES.get(rule.endpoint)
        for body in bodies(self.world.rows(key)) if bodies else [self.columns(key)]:
            yield Attempt(rule.endpoint, method, path, json=body)

    def _swaps(self, rule: Rule, form: Form, theirs: str, mine: str | None) -> dict[str, Any]:
        """One of theirs in each field that is named for an id, or that holds, offers or is named by an id of mine."""
        rows, own = self.world.rows(theirs), self._rows(mine)
        pairs = [(str(n), str(rows[table][0])) for table, ids in own.items() if table in rows for n in ids]
        counterpart = {ours: other for ours, other in pairs if _ID.fullmatch(ours)}
        found: dict[str, Any] = {}
        for name in {
            **form.fields,
            **form.offered,
            **dict(form.buttons),
            **self.notebook.names[rule.endpoint, False],
        }:
            if (number := self._id(rule, name, rows)) is not None:
                found[name] = number
            pressed = [value for button, value in form.buttons if button == name]
            for held in (str(form.fields.get(name, "")), *form.offered.get(name, []), *pressed):
                other = [_ID.sub(lambda one: counterpart.get(one[0], one[0]), text) for text in (name, held)]
                if other != [name, held] and not isinstance(found.get(other[0]), int):
                    found.setdefault(other[0], []).append(other[1])
        return found

    def _id(self, rule: Rule, name: str, rows: dict[str, list[int]]) -> int | None:
        if name in {"id", "pk"}:
            return rows["facility"][0]
        table = IDS.get((rule.endpoint, name)) or (None if name in WORDS else table_of(name))
        return rows[table][0] if table in rows else None

    def columns(self, theirs: str) -> dict[str, int]:
        """Every column of an owned table that points to a row, with one of theirs: what a form might not refuse."""
        rows = self.world.rows(theirs)
        return {name: rows[table][0] for name, table in self._pointers.items() if rows.get(table)}

    @cached_property
    def _pointers(self) -> dict[str, str]:
        names = {column.name for table, _owner, _facility in owned_tables() for column in table.columns}
        return {name: table for name in sorted(names) if name.endswith("_id") and (table := table_of(name))}

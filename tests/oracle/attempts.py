"""Every request that there is: each route, method and argument, found in the application's own map."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from app.security.sessions import FILES
from tests.oracle.world import DRAFT, RETURNED, SUBMITTED, Owner, Place, World

#: Route argument -> the values to try for a facility. A route with another argument fails the oracle:
#: say here what its values are.
ARGUMENTS: dict[str, Callable[[Place], list[Any]]] = {
    "facility_id": lambda place: [place.facility_id],
    "sheet_id": lambda place: list(place.sheets.values()),
    "month": lambda _place: [DRAFT, SUBMITTED, RETURNED],
    "version": lambda _place: [1],
    "communication_id": lambda _place: [1],
    "ticket_id": lambda _place: [1],
    "notice_id": lambda _place: [1],
    "request_id": lambda _place: [1],
    "entry_id": lambda place: place.ids["journal_entry"],
    # The history of one object: of a month, of the facility (of whatever has that number, where it has none).
    "kind": lambda _place: ["presences", "milieux-d-accueil", "fermetures", "utilisateurs"],
    "number": lambda place: [*place.sheets.values(), place.facility_id],
}


class UnknownArgument(Exception):
    """A route whose argument is not in the table."""


@dataclass
class Attempt:
    """One request; `sent` is all that it says, so that an echo of it is no leak."""

    endpoint: str
    method: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    form: dict[str, Any] | None = None
    json: Any = None

    @property
    def sent(self) -> str:
        return f"{self.path} {self.query} {self.form} {self.json}"

    def __str__(self) -> str:
        return f"{self.method} {self.sent}"[:300]


def routes(app: Flask) -> list[Rule]:
    """Every route but the static files, reading before writing, signing out last."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in FILES]
    return sorted(
        rules, key=lambda rule: (rule.endpoint == "SignInView.logout", "POST" in _methods(rule), rule.rule)
    )


def _methods(rule: Rule) -> set[str]:
    return set(rule.methods or ())


def attempts(app: Flask, rule: Rule, world: World, key: str, *, own: bool = False) -> Iterator[Attempt]:
    """All that is tried on a route with the ids of the facility `key`, fewer where it is not the person's own.

    An address that names somebody else's row ends there, whatever else the request says.
    """
    place = world.place(key)
    owner = next(one for one in world.owners.values() if key in one.places)
    ends = bool(rule.arguments) and not own
    for values in _arguments(app, rule, owner, place, own):
        with app.test_request_context():
            path = str(app.url_map.bind("localhost").build(rule.endpoint, values))
        for method in sorted(_methods(rule) - {"HEAD", "OPTIONS"}):
            if method == "GET":
                for query in itertools.islice(_queries(app, rule, owner, place), 1 if ends else None):
                    yield Attempt(rule.endpoint, "GET", path, query)
            elif rule.rule.startswith("/api/"):
                for body in _bodies(place):
                    yield Attempt(rule.endpoint, method, path, json=body)
            else:
                for form in itertools.islice(_forms(owner, place), 1 if ends else None):
                    yield Attempt(rule.endpoint, method, path, form=form)


def _arguments(app: Flask, rule: Rule, owner: Owner, place: Place, own: bool) -> Iterator[dict[str, Any]]:
    names = sorted(rule.arguments)
    choices = []
    for name in names:
        if name == "pk":
            choices.append(_keys(app, rule, owner, place))
        elif name == "organiser_id":
            choices.append([owner.organiser_id])
        elif name == "user_id":
            choices.append([owner.people["admin"]])
        elif name == "member_id":
            choices.append(owner.ids["membership"] if own else owner.ids["membership"][:1])
        elif name in ARGUMENTS:
            values_of = ARGUMENTS[name](place)
            choices.append(values_of if own else values_of[:2])
        else:
            raise UnknownArgument(f"{rule.rule}: no values for <{name}> in tests/oracle/attempts.py")
    for values in itertools.product(*choices):
        yield dict(zip(names, values, strict=True))


def _keys(app: Flask, rule: Rule, owner: Owner, place: Place) -> list[int]:
    """Rows of a generated page's own table: the facility's, the organiser's, else any."""
    view: Any = app.view_functions[rule.endpoint].__self__  # type: ignore[attr-defined]
    table = view.datamodel.obj.__tablename__
    return [ids[table][0] for ids in (place.ids, owner.ids) if ids.get(table)] or [1]


def _queries(app: Flask, rule: Rule, owner: Owner, place: Place) -> Iterator[dict[str, Any]]:
    if rule.rule.startswith("/api/") or rule.endpoint.endswith(".history"):
        for line in place.ids["attendance_line"] if rule.endpoint.endswith(".history") else [1]:
            yield {"line": line, "field": "2", "since": "2020-01-01T00:00:00+00:00"}
        return
    yield {}
    view: Any = getattr(app.view_functions[rule.endpoint], "__self__", None)
    if rule.endpoint.endswith(".list"):
        # Parts of the canaries: an echo of the search is no leak, a row found is.
        yield dict.fromkeys(view.search_columns, "enrul")
        yield {
            "tri": "organiser_id", "sens": "desc", "taille": "1000", "facility_id": place.facility_id,
            "_oc_" + type(view).__name__: "organiser.name", "_od_" + type(view).__name__: "desc",
            "_flt_0_organiser": owner.organiser_id, "_flt_0_facility_id": place.facility_id,
            "_flt_0_" + (view.search_columns or ["id"])[0]: "enrul", "psize_" + type(view).__name__: "100000",
        }  # fmt: skip
    elif rule.endpoint == "MemberAccessView.copy":
        yield {"de": owner.ids["membership"][0]}
    elif not rule.rule.endswith((".xlsx", ".pdf")):
        yield {
            "annee": DRAFT.year, "etat": "brouillon", "recherche": "enrul", "page": 1, "de": 1, "a": 0,
            "suite": "/", "next": "/", "facility_id": place.facility_id, "organiser_id": owner.organiser_id,
        }  # fmt: skip
        if "controle" in rule.rule:
            yield {"etat": "", "recherche": "rumel"}
        if "historique" in rule.rule:
            yield from _history(owner, place)
    elif "historique" in rule.rule:
        yield from _history(owner, place)


def _history(owner: Owner, place: Place) -> Iterator[dict[str, Any]]:
    """Criteria that name somebody else's people and facilities, and places anywhere in the chain."""
    yield {"personne": next(iter(owner.people.values())), "milieu": place.facility_id, "objet": "presences"}
    yield {"milieu": place.facility_id, "apres": 0, "sens": "asc", "action": "modification"}
    yield {"quand-du": "01/01/2020", "quand-au": "31/12/2100", "avant": 2**31 - 1}


def _bodies(place: Place) -> Iterator[Any]:
    lines = place.ids["attendance_line"]
    yield {"edits": [{"key": str(n), "line": n, "field": "2", "old": "", "new": "I"} for n in lines]}
    yield {
        "edits": [{"key": str(n), "line": n, "field": "last_name", "old": "", "new": "Intrus"} for n in lines]
    }
    yield {"delete": lines}
    yield {"restore": lines}
    yield {"add": 1, "sheet_id": place.sheets[DRAFT], "facility_id": place.facility_id}


def _forms(owner: Owner, place: Place) -> Iterator[dict[str, Any]]:
    """One form with every field that any page has, and ids wherever one could be slipped in."""
    ids: dict[str, Any] = {
        "facility_id": place.facility_id, "facility": place.facility_id, "organiser_id": owner.organiser_id,
        "organiser": owner.organiser_id, "sheet_id": place.sheets[DRAFT], "context": owner.organiser_id,
        "id": place.facility_id, "pk": place.facility_id, "rowid": place.facility_id, "action": "delete",
    }  # fmt: skip
    words = {
        "first_day": "01/02/2026", "last_day": "03/02/2026", "motive": "Grève", "source": "precedent", "lignes": "2",
        "certifie": "1", "motif": "Intrus", "version": "1", "apercu": "", "suite": "/", "next": "/", "username": "x",
        "password": "x",
    }  # fmt: skip
    yield {**ids, **words, "verbe": "send_back"}
    yield {**ids, **words, "verbe": "check"}
    yield {
        **ids,
        **words,
        "verbe": "reopen",
        "fichier": (io.BytesIO(b"PK\x03\x04"), "x.xlsx"),
        "source": "vide",
    }

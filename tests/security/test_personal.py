"""Every page and file that shows children or staff says so of itself, and each view of it is in the history."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.routing import Rule

from app.models import Organiser
from app.models.journal import CONSULTATIONS
from app.security.guards import PUBLIC_ENDPOINTS
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client
from tests.oracle.asking import listening
from tests.oracle.attempts import Attempt, Attempts, reading, routes
from tests.oracle.readable import parts
from tests.oracle.world import EMPTY, World, owner_engine_of


@pytest.fixture
def owner(app: Flask) -> Iterator[Engine]:
    engine = owner_engine_of(app)
    yield engine
    engine.dispose()


def _personal(app: Flask, rule: Rule) -> bool:
    """What the route declares: `needs(…, personal=True)`, or `personal` on a generated page."""
    view: Any = app.view_functions[rule.endpoint]
    if getattr(view, "_right_kind", None):
        shows = rule.endpoint.rpartition(".")[2] in ("list", "show", "edit")
        return bool(view.__self__.personal) and shows
    return bool(getattr(view, "_personal", False))


def _seen_by(engine: Engine, user_id: int) -> int:
    with engine.connect() as connection:
        return int(
            connection.execute(
                text("SELECT count(*) FROM journal_entry WHERE user_id = :user AND action = ANY (:actions)"),
                {"user": user_id, "actions": list(CONSULTATIONS)},
            ).scalar_one()
        )


def test_every_view_of_a_personal_page_is_in_the_history(app: Flask, world: World, owner: Engine) -> None:
    shown = set[str]()
    people = (*world.owners["A"].people.values(), *world.agents.values())
    clients = {user_id: new_client(app).login(user_id) for user_id in people}
    rules = [rule for rule in filter(reading, routes(app)) if _personal(app, rule)]
    assert rules
    for rule, user_id, attempt, answer, entries in _views(app, world, owner, rules, clients):
        # A cell that is not of the sheet has no history to show.
        if answer.status_code == 200 and answer.get_json(silent=True) != {"entries": []}:
            shown.add(rule.rule)
            # Once for a request, whatever it lists; a door says beside it what was done behind it.
            assert 1 <= entries <= (2 if user_id in world.agents.values() else 1), str(attempt)
    assert {rule.rule for rule in rules} - shown == set(), "nobody was shown these"


def _views(
    app: Flask, world: World, owner: Engine, rules: list[Rule], clients: dict[int, PortalClient]
) -> Iterator[tuple[Rule, int, Attempt, Any, int]]:
    """Each page for each person, with how many views of it the history kept."""
    with listening(app) as notebook:
        trying = Attempts(app, world, notebook)
        for rule, (user_id, client) in itertools.product(rules, clients.items()):
            for attempt in trying.pages(rule, "Un"):
                if str(EMPTY) in attempt.path:
                    continue  # nobody stands in a month that is not made
                before = _seen_by(owner, user_id)
                answer = attempt.send(client)
                yield rule, user_id, attempt, answer, _seen_by(owner, user_id) - before


def test_no_other_page_shows_anybody(app: Flask, world: World, system: System) -> None:
    """What a page asks for by itself apart: its own view was written, and polling is no other."""
    a = world.owners["A"]
    with system() as session:
        viewer = factories.administrator(
            session, session.get_one(Organiser, a.organiser_id), mark="Regardo"
        ).id
    names = {
        a.people_mark.encode().lower(),
        *(
            mark.encode().lower()
            for place in a.places.values()
            for mark in (place.child_mark, place.draft_mark)
        ),
    }
    showing: dict[str, set[bytes]] = {}
    with listening(app) as notebook:
        trying = Attempts(app, world, notebook)
        for user_id in (viewer, *world.agents.values()):
            client = new_client(app).login(user_id)
            for rule in filter(reading, routes(app)):
                if _personal(app, rule) or rule.endpoint in PUBLIC_ENDPOINTS or rule.rule.startswith("/api/"):
                    continue
                for attempt in trying.pages(rule, "Un"):
                    if found := _named(attempt.send(client), names):
                        showing[rule.endpoint] = found
    assert not showing, "to be declared: needs(…, personal=True)"


def _named(answer: Any, names: set[bytes]) -> set[bytes]:
    body = re.sub(rb"<header.*?</header>", b"", answer.get_data(), flags=re.DOTALL)  # one's own name
    return {name for part in parts(body) for name in names if name in part}

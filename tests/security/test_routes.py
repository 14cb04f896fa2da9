"""Every route at once: guarded, tied to a right, protected against forged posts, silent on GET, named in French."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from app.models import Profile
from app.security.guards import _ACCOUNT, _CHOOSING, PUBLIC_ENDPOINTS
from app.security.rights import BY_PERMISSION, BY_RIGHT, RIGHTS, SECTIONS, Right
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client
from tests.oracle.asking import Notebook, listening
from tests.oracle.attempts import Attempts, reading, routes, writing
from tests.oracle.world import World, owner_engine_of


@pytest.fixture
def owner(app: Flask) -> Iterator[Engine]:
    engine = owner_engine_of(app)
    yield engine
    engine.dispose()


def _right(app: Flask, endpoint: str) -> Right | None:
    """The right that a view's guard asks for."""
    view: Any = app.view_functions[endpoint]
    if kind := getattr(view, "_right_kind", None):
        return getattr(view.__self__, kind)  # type: ignore[no-any-return]
    return getattr(view, "_right", None)


def test_what_is_public_exists(app: Flask) -> None:
    assert set(app.view_functions) >= PUBLIC_ENDPOINTS | _CHOOSING | _ACCOUNT


def test_every_route_asks_for_a_right_or_is_public(app: Flask) -> None:
    open_ = {rule.endpoint for rule in app.url_map.iter_rules() if _right(app, rule.endpoint) is None}
    assert open_ == PUBLIC_ENDPOINTS | _CHOOSING | _ACCOUNT


def test_every_right_opens_a_route_and_every_row_is_whole(app: Flask) -> None:
    used = {_right(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    assert set(Right) <= used, set(Right) - used
    assert [row.right for row in RIGHTS] == list(Right)
    assert len(BY_RIGHT) == len(BY_PERMISSION) == len(Right)
    assert all((row.dossiers or row.profiles) and row.label for row in RIGHTS)
    assert {row.right.value[1] for row in RIGHTS} <= set(SECTIONS)
    assert {profile for row in RIGHTS for profile in row.profiles} == set(Profile)


def test_nobody_passes_without_signing_in(app: Flask, world: World) -> None:
    client = new_client(app)
    token = client.csrf_token()
    trying = Attempts(app, world, Notebook(app))
    for rule in routes(app):
        if rule.endpoint in PUBLIC_ENDPOINTS:
            continue
        path = next(trying.addresses(rule, "Un"))
        for method in sorted(rule.methods or ()):
            answer = client.open(path, method=method, headers={"X-CSRFToken": token})
            if path.startswith("/api/"):
                assert answer.status_code == 401, (method, path)
            else:
                assert answer.status_code == 302, (method, path)
                assert answer.headers["Location"].startswith("/connexion/"), (method, path)


def test_every_post_needs_the_token_of_the_session(app: Flask, world: World) -> None:
    people = {
        "organiser": new_client(app).login(world.owners["A"].people["admin"]),
        **{profile: new_client(app).login(number) for profile, number in world.agents.items()},
        "nobody": new_client(app),
    }
    stranger = new_client(app).csrf_token()
    trying = Attempts(app, world, Notebook(app))
    for rule in filter(writing, routes(app)):
        for who, client in people.items():
            if who == "nobody" and rule.endpoint not in PUBLIC_ENDPOINTS:
                continue
            for method in writing(rule):
                path = next(trying.addresses(rule, "Un"))
                for headers in ({}, {"X-CSRFToken": "faux"}, {"X-CSRFToken": stranger}):
                    answer = client.open(path, method=method, headers=headers, data={"csrf_token": "faux"})
                    assert answer.status_code == 400, (who, method, path)


def test_reading_changes_nothing(app: Flask, world: World, owner: Engine) -> None:
    """But the history, which says who read, and the session."""
    before = _all_rows(owner)
    for user_id in (world.owners["A"].people["admin"], *world.agents.values()):
        client = new_client(app).login(user_id)
        with listening(app) as notebook:
            trying = Attempts(app, world, notebook)
            for rule in filter(reading, routes(app)):
                for attempt in trying.pages(rule, "Un"):
                    attempt.send(client)
                client.head(attempt.path)
                client.options(attempt.path)
    after = _all_rows(owner)
    assert [table for table in before if before[table] != after[table]] == []


def _all_rows(owner: Engine) -> dict[str, str]:
    spared = ("journal_entry", "journal_change", "journal_head", "user_session", "rate_counter")
    with owner.connect() as connection:
        tables = connection.execute(
            text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        ).scalars()
        return {
            table: connection.execute(
                text(
                    f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{table}\" t"
                )
            ).scalar_one()
            for table in tables.all()
            if table not in spared
        }


_ENGLISH = re.compile(
    r"\b(list|show|add|edit|delete|remove|new|create|update|view|action|login|logout|home|user|users|search|upload|"
    r"import|download|file|history|settings|lang|back|api/v\d)\b"
)
_SEGMENT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.(pdf|xlsx))?|<[a-z_:]+>(\.(pdf|xlsx))?")


def test_addresses_are_french_and_in_kebab_case(app: Flask) -> None:
    for rule in routes(app):
        segments = [segment for segment in rule.rule.split("/") if segment]
        assert all(_SEGMENT.fullmatch(segment) for segment in segments), rule.rule
        fixed = "/".join(segment for segment in segments if not segment.startswith("<"))
        assert not _ENGLISH.search(fixed), rule.rule


def test_no_address_carries_a_national_number(app: Flask) -> None:
    assert not [
        rule for rule in routes(app) if re.search(r"niss|nrn|national", rule.rule + str(rule.arguments))
    ]


@pytest.mark.parametrize("number", [2**31, 2**63, 2**80])
def test_a_number_that_no_row_has_is_not_found(
    client: PortalClient, system: System, app: Flask, number: int
) -> None:
    with system() as session:
        admin = factories.administrator(session, factories.organiser(session)).id
    client.login(admin)
    for path in (
        "/presences/{}/",
        "/api/presences/{}/etat?since=2020-01-01T00:00:00%2B00:00",
        "/fermetures/{}/",
    ):
        assert client.get(path.format(number)).status_code in {400, 404}, path
    for body in (
        {"delete": [number]},
        {"add": number},
        {"edits": [{"key": "k", "line": number, "field": "2", "old": "", "new": "P"}]},
    ):
        path = f"/api/presences/1/{'cellules' if 'edits' in body else 'lignes'}"
        assert client.send(path, body).status_code in {400, 404, 422}, body
    assert client.submit("/fermetures/ajouter/", {"facility_id": number, "motive": "\0"}).status_code in {
        400,
        404,
        422,
    }
    assert client.get("/fermetures/?motive=%00&page=99999999999999999999").status_code < 500

"""A script's token, which is not opened again once it was found right for a session."""

from __future__ import annotations

import pytest
from flask import Flask

from app.security import csrf
from tests import factories
from tests.conftest import System, new_client

_SAVE = "/api/presences/1/cellules"
_GONE = {"edits": [{"key": "a", "line": 1, "field": "1", "old": "", "new": "P"}]}


@pytest.fixture
def people(system: System) -> list[int]:
    with system() as session:
        owner = factories.organiser(session)
        return [factories.administrator(session, owner, mark=mark).id for mark in ("Un", "Deux")]


def _status(client: object, token: str, **options: object) -> int:
    headers = {"X-CSRFToken": token, **options.pop("headers", {})}  # type: ignore[dict-item, misc]
    return int(client.post(_SAVE, json=_GONE, headers=headers, **options).status_code)  # type: ignore[attr-defined]


def test_a_token_known_of_one_session_opens_no_other(app: Flask, people: list[int]) -> None:
    first, second = (new_client(app).login(number) for number in people)
    token = first.csrf_token()
    for _ in range(3):
        assert _status(first, token) == 404  # let in: the month does not exist
        assert _status(second, token) == 400
        assert _status(first, f"{token}x") == 400
        assert _status(first, second.csrf_token()) == 400
        assert _status(second, second.csrf_token()) == 404
        assert _status(new_client(app), token) in {400, 401}


def test_a_token_goes_with_its_session(app: Flask, people: list[int]) -> None:
    client = new_client(app).login(people[0])
    token = client.csrf_token()
    assert _status(client, token) == 404
    with client.session_transaction() as session:
        session["csrf_token"] = "autre"
    assert _status(client, token) == 400


def test_a_known_token_comes_from_no_other_site(app: Flask, people: list[int]) -> None:
    client = new_client(app).login(people[0])
    token, host = client.csrf_token(), "https://localhost"
    for _ in range(2):
        assert _status(client, token, base_url=host, headers={"Referer": f"{host}/presences/"}) == 404
        assert _status(client, token, base_url=host, headers={"Referer": "https://ailleurs.example/"}) == 400
        assert _status(client, token, base_url=host) == 400
        for wrong in ("https://[", "https://localhost:99999/"):
            assert _status(client, "faux", base_url=host, headers={"Referer": wrong}) == 400


def test_what_is_not_one_of_our_tokens_is_not_remembered(app: Flask, people: list[int]) -> None:
    client = new_client(app).login(people[0])
    token = client.csrf_token()
    assert _status(client, token) == 404
    known = csrf._open.cache_info().currsize
    for wrong in ("", "faux", f"{token}{'!' * 200}", f"{token}x"):
        _status(client, wrong)
    assert csrf._open.cache_info().currsize == known

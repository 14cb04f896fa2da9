"""Headers of every answer, forged hosts, redirects."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from app.models import User
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client

PASSWORD = "Bouleau-42-argente"


@pytest.fixture
def admin(system: System) -> int:
    with system() as session:
        user = factories.person(session, password=PASSWORD)
        factories.administrator(session, factories.organiser(session), user)
        user_id: int = user.id
    return user_id


_ANYWHERE = [
    "/",
    "/connexion/",
    "/sante/",
    "/nulle-part/",
    "/historique/",
    "/api/presences/1/etat",
    "/static/x",
]


@pytest.mark.parametrize("path", _ANYWHERE)
@pytest.mark.parametrize("method", ["get", "post", "options"])
def test_every_answer_carries_the_headers(client: PortalClient, admin: int, path: str, method: str) -> None:
    for signed_in in (False, True):
        if signed_in:
            client.login(admin)
        headers = getattr(client, method)(path).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'self'"
        assert re.fullmatch(r"'self' 'nonce-[\w-]{22}'", policy["script-src"])
        assert re.fullmatch(r"'self' 'nonce-[\w-]{22}'", policy["style-src"])
        assert (policy["object-src"], policy["base-uri"], policy["frame-ancestors"]) == ("'none'",) * 3
        assert policy["form-action"] == "'self'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        # Files may be kept; an error in their place (405) may not.
        kept = path.startswith("/static") and method != "post"
        assert ("no-store" in headers.get("Cache-Control", "")) != kept


def test_a_page_is_never_kept_by_a_cache(client: PortalClient, admin: int) -> None:
    client.login(admin)
    for path in ("/", "/historique/", "/nulle-part/", "/connexion/csam/"):
        assert client.get(path).headers["Cache-Control"] == "no-store", path


def test_a_nonce_serves_once(client: PortalClient) -> None:
    policies = {client.get("/connexion/").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:80", "[::1"])
@pytest.mark.parametrize("path", ["/connexion/", "/", "/presences/", "/nulle-part/"])
def test_a_forged_host_is_refused(client: PortalClient, admin: int, host: str, path: str) -> None:
    client.login(admin)
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.get_data(as_text=True)
    assert "evil" not in answer.headers.get("Location", "")
    assert answer.headers["Content-Security-Policy"]


_ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "http:evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "\x00//evil.example",
    " //evil.example",
    "\t//evil.example",
    "http://localhost@evil.example/",
    "http://localhost.evil.example/",
    "https://evil.example\\@localhost/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "http://[evil",
]


@pytest.mark.parametrize("target", _ELSEWHERE)
def test_no_parameter_sends_a_person_elsewhere(
    app: Flask, client: PortalClient, system: System, admin: int, target: str
) -> None:
    client.login(admin)
    answers = {
        "next of somebody signed in": client.get("/connexion/", query_string={"next": target}),
        "suite": client.submit("/organisation/", {"context": _context(client), "suite": target}),
        "next in a form": _sign_in(new_client(app), system, target),
    }
    for way, answer in answers.items():
        if answer.status_code == 302:
            assert _stays(answer.headers["Location"]), (way, answer.headers["Location"])
        assert "evil" not in answer.get_data(as_text=True), way


def _context(client: PortalClient) -> str:
    page = client.get("/organisation/").get_data(as_text=True)
    found = re.search(r'name="context"[^>]*value="(\w+)"|value="(\w+)"[^>]*name="context"', page)
    return next(filter(None, found.groups())) if found else "1"


def _sign_in(client: PortalClient, system: System, target: str) -> Any:
    with system() as session:
        name = session.query(User).one().username
    return client.submit("/connexion/", {"username": name, "password": PASSWORD, "next": target})


def _stays(location: str) -> bool:
    """As a browser reads it: backslashes are slashes, controls and spaces in front are dropped."""
    read = re.sub(r"[\t\r\n]", "", location).replace("\\", "/").lstrip("".join(map(chr, range(33))))
    return read.startswith("http://localhost/") or (read.startswith("/") and not read.startswith("//"))

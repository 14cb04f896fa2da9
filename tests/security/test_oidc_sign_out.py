"""Signing out: here in any case, and at the identity provider when it can be told."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from flask import Flask

from app import create_app
from app.db import db
from app.security import actors
from tests import factories
from tests.client import PortalClient
from tests.conftest import System
from tests.databases import Databases
from tests.security import provider as providers
from tests.security.provider import SECRET, SIGN_IN, Fault, Provider, claims_of

NISS = factories.niss()
PASSWORD = "Bouleau-42-argente"
METADATA = "/.well-known/openid-configuration"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    anne = {"username": "anne", "first_name": "Anne", "last_name": "Test", "niss": NISS, "role": ""}
    with providers.running([anne], tmp_path_factory.mktemp("provider")) as found:
        yield found


@pytest.fixture(scope="module")
def _application(provider: Provider, databases: Databases, template: str) -> Iterator[Flask]:
    """The portal of conftest, with this provider."""
    url = databases.create("essai", template)
    app = create_app("testing", DATABASE_URL=url, OIDC_ISSUER=provider.issuer, OIDC_CLIENT_SECRET=SECRET)
    app.test_client_class = PortalClient
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def _anne(system: System, provider: Provider) -> Iterator[None]:
    with system() as session:
        factories.administrator(
            session, factories.organiser(session), factories.person(session, "Anne", niss=NISS)
        )
    yield
    provider.faults.clear()
    actors._kept.clear()


def _form(answer: Any) -> tuple[str, dict[str, str]]:
    """Where the page sends the person, and with what."""
    page = answer.get_data(as_text=True)
    address = re.search(r'<form method="post" action="(http[^"]+)" data-send>', page)
    assert address is not None, page
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return html.unescape(address[1]), {name: html.unescape(value) for name, value in fields}


def test_the_provider_is_told_who_leaves(client: PortalClient, provider: Provider) -> None:
    assert provider.sign_in(client, "anne").status_code == 302
    answer = client.submit("/deconnexion/")
    address, fields = _form(answer)
    assert address == f"{provider.issuer}/oauth2/end_session"
    assert claims_of(fields["id_token_hint"])["sub"] == "fas-anne"
    assert f"form-action 'self' {provider.issuer};" in answer.headers["Content-Security-Policy"]
    assert client.get("/").headers["Location"].startswith("/connexion/")
    back = requests.post(address, data=fields, allow_redirects=False, timeout=10)
    assert (back.status_code, back.headers["Location"]) == (302, SIGN_IN)
    assert "Vous êtes déconnecté." in client.get("/connexion/").get_data(as_text=True)


def test_the_token_is_kept_sealed_and_no_longer_than_the_session(
    client: PortalClient, provider: Provider
) -> None:
    provider.sign_in(client, "anne")
    with client.session_transaction() as session:
        kept = json.dumps(dict(session))
    _address, fields = _form(client.submit("/deconnexion/"))
    assert fields["id_token_hint"] not in kept
    with client.session_transaction() as session:
        assert "hint" not in session


def test_without_the_key_of_its_token_the_client_names_itself(
    client: PortalClient, provider: Provider
) -> None:
    provider.sign_in(client, "anne")
    with client.session_transaction() as session:
        session["hint"] = "YXV0cmU6" + session["hint"]
    _address, fields = _form(client.submit("/deconnexion/"))
    assert fields == {"client_id": "portail", "post_logout_redirect_uri": SIGN_IN}


def _metadata(**changes: str | None) -> Fault:
    def alter(body: bytes, _headers: dict[str, str]) -> bytes:
        described = json.loads(body) | changes
        return json.dumps({name: value for name, value in described.items() if value}).encode()

    return alter


def _down(_body: bytes, headers: dict[str, str]) -> bytes:
    headers["Status"] = "503"
    return b""


@pytest.mark.parametrize(
    "fault",
    [
        _metadata(end_session_endpoint=None),
        _metadata(end_session_endpoint="javascript:alert(1)"),
        _metadata(end_session_endpoint="http://x; script-src/"),
        _metadata(issuer="https://ailleurs.invalid"),
        _down,
        lambda _body, _headers: b"<html>",
        lambda _body, _headers: b"[]",
    ],
)
def test_a_provider_that_cannot_be_told_does_not_keep_anybody_in(
    client: PortalClient, provider: Provider, fault: Fault
) -> None:
    provider.sign_in(client, "anne")
    provider.faults[METADATA] = fault
    answer = client.submit("/deconnexion/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/connexion/")
    assert client.get("/").headers["Location"].startswith("/connexion/")
    assert "n’a pas pu en être averti" in client.get("/connexion/").get_data(as_text=True)


def test_nobody_listening_at_all(app: Flask, client: PortalClient, provider: Provider) -> None:
    provider.sign_in(client, "anne")
    app.config["OIDC_ISSUER"] = "http://localhost:9"  # the discard port: refused
    try:
        assert client.submit("/deconnexion/").headers["Location"] == "/connexion/"
    finally:
        app.config["OIDC_ISSUER"] = provider.issuer
    assert client.get("/").headers["Location"].startswith("/connexion/")


def test_signing_out_needs_the_token_of_the_page(client: PortalClient, provider: Provider) -> None:
    provider.sign_in(client, "anne")
    assert client.post("/deconnexion/").status_code == 400
    assert client.get("/deconnexion/").status_code == 405
    assert client.get("/").status_code == 200


def test_a_password_concerns_the_portal_alone(
    client: PortalClient, provider: Provider, system: System
) -> None:
    with system() as session:
        name = factories.person(session, niss="", password=PASSWORD).username
    asked: list[bytes] = []

    def noted(body: bytes, _headers: dict[str, str]) -> bytes:
        asked.append(body)
        return body

    provider.faults[METADATA] = noted
    assert client.submit("/connexion/", {"username": name, "password": PASSWORD}).status_code == 302
    answer = client.submit("/deconnexion/")
    assert (answer.status_code, answer.headers["Location"], asked) == (302, "/connexion/", [])

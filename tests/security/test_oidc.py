"""Signing in through the identity provider, the real protocol over HTTP; and each wrong answer refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import func, select

from app import create_app
from app.db import db
from app.models import JournalEntry, User
from app.security import actors
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client
from tests.databases import Databases
from tests.security import provider as providers
from tests.security.provider import SECRET, Provider, tampered, unsigned

NISS = {"anne": factories.niss(), "luc": factories.niss(), "zoe": factories.niss()}


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    people = [
        {"username": name, "first_name": name.title(), "last_name": "Test", "niss": niss, "role": ""}
        for name, niss in NISS.items()
    ]
    with providers.running(people, tmp_path_factory.mktemp("provider")) as found:
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
def _honest(provider: Provider) -> Iterator[None]:
    yield
    provider.faults.clear()
    actors._kept.clear()


@pytest.fixture
def anne(system: System) -> int:
    with system() as session:
        user = factories.person(session, "Anne", niss=NISS["anne"])
        factories.administrator(session, factories.organiser(session), user)
        factories.person(session, "Luc", niss=NISS["luc"], active=False)
        user_id: int = user.id
    return user_id


def test_a_federal_password_does_not_sign_in(client: PortalClient, provider: Provider, anne: int) -> None:
    answer = provider.sign_in(client, "anne", "mot-de-passe", after="/organisation/")
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/connexion/")
    assert "choisissez eID ou itsme" in client.get("/connexion/").get_data(as_text=True)
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    ("means", "strength"), [("eid", "forte"), ("itsme", "forte"), ("application", "faible")]
)
def test_the_means_decide_the_strength(
    client: PortalClient, provider: Provider, anne: int, means: str, strength: str
) -> None:
    answer = provider.sign_in(client, "anne", means, after="/organisation/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/organisation/")
    with client.session_transaction() as session:
        assert (session["_user_id"], session["strength"]) == (str(anne), strength)
        assert not [key for key, value in session.items() if NISS["anne"] in str(value)]
        assert "access_token" not in json.dumps(dict(session))


@pytest.mark.parametrize("person", ["luc", "zoe"])
def test_an_unknown_or_closed_person_gets_a_page_and_no_account(
    client: PortalClient, provider: Provider, system: System, anne: int, person: str
) -> None:
    answer = provider.sign_in(client, person)
    assert answer.status_code == 403
    assert NISS[person] not in answer.get_data(as_text=True)
    assert client.get("/").status_code == 302
    with system() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 2
        assert session.scalars(select(JournalEntry.action)).all() == ["connexion-refusee"]


def _refused(client: PortalClient, answer: Any) -> None:
    assert (answer.status_code, answer.headers["Location"]) == (302, "/connexion/")
    assert client.get("/").headers["Location"].startswith("/connexion/")


def test_an_answer_that_nobody_asked_for_is_refused(
    app: Flask, client: PortalClient, provider: Provider, anne: int
) -> None:
    params = provider.answer(client, "anne")
    stranger = new_client(app)
    _refused(stranger, stranger.get("/connexion/retour/", query_string=params))
    _refused(stranger, stranger.get("/connexion/retour/"))
    _refused(stranger, stranger.get("/connexion/retour/", query_string={"error": "access_denied"}))


@pytest.mark.parametrize(
    "change",
    [
        {"state": "autre"},
        {"code": "autre"},
        {"iss": "https://ailleurs.invalid"},
        {"iss": None},
    ],
)
def test_a_callback_altered_on_the_way_is_refused(
    client: PortalClient, provider: Provider, anne: int, change: dict[str, str | None]
) -> None:
    params: dict[str, Any] = {**provider.answer(client, "anne"), **change}
    _refused(client, client.get("/connexion/retour/", query_string={k: v for k, v in params.items() if v}))


def test_an_answer_serves_once(client: PortalClient, provider: Provider, anne: int) -> None:
    params = provider.answer(client, "anne")
    assert client.get("/connexion/retour/", query_string=params).status_code == 302
    client.submit("/deconnexion/")
    _refused(client, client.get("/connexion/retour/", query_string=params))


def test_a_nonce_of_another_request_is_refused(client: PortalClient, provider: Provider, anne: int) -> None:
    params = provider.answer(client, "anne")
    with client.session_transaction() as session:
        key = next(name for name in session if name.startswith("_state_"))
        session[key]["data"]["nonce"] = "autre"
        session.modified = True
    _refused(client, client.get("/connexion/retour/", query_string=params))


def test_the_code_is_bound_to_the_browser_that_asked(
    client: PortalClient, provider: Provider, anne: int
) -> None:
    params = provider.answer(client, "anne")
    with client.session_transaction() as session:
        key = next(name for name in session if name.startswith("_state_"))
        assert session[key]["data"]["code_verifier"]
        session[key]["data"]["code_verifier"] = "v" * 48
        session.modified = True
    _refused(client, client.get("/connexion/retour/", query_string=params))


def _token(**changes: Any) -> Callable[[bytes, dict[str, str]], bytes]:
    def alter(body: bytes, _headers: dict[str, str]) -> bytes:
        answer = json.loads(body)
        for name, change in changes.items():
            if change is None:
                del answer[name]
            else:
                answer[name] = change(answer[name])
        return json.dumps(answer).encode()

    return alter


def _as_json(body: bytes, headers: dict[str, str]) -> bytes:
    headers["Content-Type"] = "application/json"
    return json.dumps(providers.claims_of(body.decode())).encode()


_FAULTS: dict[str, tuple[str, Callable[[bytes, dict[str, str]], bytes]]] = {
    "no id_token": ("/oauth2/token", _token(id_token=None)),
    "an unsigned id_token": ("/oauth2/token", _token(id_token=unsigned)),
    "an id_token of somebody else's": (
        "/oauth2/token",
        _token(id_token=lambda t: tampered(t, sub="fas-luc")),
    ),
    "an id_token with another strength": (
        "/oauth2/token",
        _token(id_token=lambda t: tampered(t, acr="urn:be:fedict:iam:fas:Level500")),
    ),
    "an unsigned userinfo": ("/userinfo", _as_json),
    "a userinfo with alg none": ("/userinfo", lambda body, _h: unsigned(body.decode()).encode()),
    "a userinfo of another person": (
        "/userinfo",
        lambda body, _h: tampered(body.decode(), egovNRN=NISS["luc"]).encode(),
    ),
    "a userinfo that is no token": ("/userinfo", lambda _b, _h: b"bonjour"),
    "a token answer that is no JSON": ("/oauth2/token", lambda _b, _h: b"<html>"),
    "other keys": ("/jwks", lambda _b, _h: b'{"keys": []}'),
    "another issuer": (
        "/.well-known/openid-configuration",
        lambda body, _h: json.dumps(json.loads(body) | {"issuer": "https://ailleurs.invalid"}).encode(),
    ),
}


@pytest.mark.parametrize("fault", _FAULTS)
def test_a_wrong_answer_of_the_provider_is_refused(
    app: Flask, client: PortalClient, provider: Provider, anne: int, fault: str
) -> None:
    _forget_provider(app)
    path, alter = _FAULTS[fault]
    provider.faults[path] = alter
    _refused(client, provider.sign_in(client, "anne", "application"))
    provider.faults.clear()
    _forget_provider(app)
    assert provider.sign_in(new_client(app), "anne").headers["Location"] == "/"


def _forget_provider(app: Flask) -> None:
    """Metadata and keys are kept for the life of the process."""
    remote: Any = app.extensions["appbuilder"].sm.oauth_remotes["csam"]
    remote.server_metadata.pop("_loaded_at", None)
    remote.server_metadata.pop("jwks", None)


def test_a_provider_that_is_down_is_said_in_french(
    app: Flask, client: PortalClient, provider: Provider
) -> None:
    _forget_provider(app)

    def down(_body: bytes, headers: dict[str, str]) -> bytes:
        headers["Status"] = "503"
        return b""

    provider.faults["/.well-known/openid-configuration"] = down
    answer = client.get("/connexion/csam/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/connexion/")
    assert "ne répond pas" in client.get("/connexion/").get_data(as_text=True)
    provider.faults.clear()
    _forget_provider(app)


def test_the_portal_asks_for_pkce_state_and_nonce(client: PortalClient, provider: Provider) -> None:
    location = client.get("/connexion/csam/").headers["Location"]
    asked = requests.Request("GET", location).prepare().url or ""
    for parameter in (
        "state=",
        "nonce=",
        "code_challenge=",
        "code_challenge_method=S256",
        "response_type=code",
    ):
        assert parameter in asked

"""Production boots with secrets of its own and with its protections, or not at all."""

from __future__ import annotations

import base64
import secrets
from typing import Any

import pytest
from flask import Flask

from app import create_app
from app.db import db
from app.keyring import Keyring, configure, keyring
from config import DEVELOPMENT_KEY, DEVELOPMENT_SECRET, ENVIRONMENTS, ConfigError, Production
from tests.client import PortalClient


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


GOOD = {
    "SECRET_KEY": secrets.token_urlsafe(48),
    "NISS_KEYS": f"k1:{_key()}",
    "NISS_HASH_KEY": _key(),
    "OIDC_CLIENT_SECRET": secrets.token_urlsafe(32),
    "DATABASE_URL": "postgresql://portail@db/portail",
    "OIDC_ISSUER": "https://fas.example",
    "TRUSTED_HOSTS": "portail.example",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in [*GOOD, "SCOPE_ORM_GUARD", "SESSION_COOKIE_SECURE", "RATELIMIT_ENABLED", "ENVIRONMENT"]:
        monkeypatch.delenv(name, raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_production_boots_with_secrets_of_its_own(environment: pytest.MonkeyPatch) -> None:
    config = Production()
    assert (config.SESSION_COOKIE_NAME, config.SESSION_COOKIE_SECURE) == ("__Host-portail", True)
    assert config.TRUSTED_HOSTS == ["portail.example"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, None) for name in GOOD),
        *((name, "") for name in GOOD),
        ("SECRET_KEY", DEVELOPMENT_SECRET),
        ("SECRET_KEY", "court"),
        ("NISS_KEYS", f"prod:{DEVELOPMENT_KEY}"),
        ("NISS_KEYS", f"k1:{_key()},dev:{DEVELOPMENT_KEY}"),
        ("NISS_HASH_KEY", DEVELOPMENT_KEY),
        ("NISS_HASH_KEY", GOOD["NISS_KEYS"].removeprefix("k1:")),
        ("OIDC_CLIENT_SECRET", DEVELOPMENT_SECRET),
        ("OIDC_CLIENT_SECRET", GOOD["SECRET_KEY"]),
        ("OIDC_ISSUER", "http://fas.example"),
        ("OIDC_ISSUER", "https://localhost:8001"),
        ("TRUSTED_HOSTS", "localhost,127.0.0.1"),
        ("SCOPE_ORM_GUARD", "0"),
        ("SESSION_COOKIE_SECURE", "0"),
        ("SESSION_COOKIE_HTTPONLY", "0"),
        ("RATELIMIT_ENABLED", "0"),
    ],
)
def test_production_refuses_to_boot(environment: pytest.MonkeyPatch, name: str, value: str | None) -> None:
    if value is None:
        environment.delenv(name)
    else:
        environment.setenv(name, value)
    with pytest.raises(ConfigError, match=name) as refused:
        create_app("production")
    assert not value or len(value) < 8 or value not in str(refused.value), "a secret in the message"


def test_the_environment_is_not_chosen_by_a_variable_of_that_name(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ENVIRONMENT", "development")
    assert Production().ENVIRONMENT == "production"


@pytest.mark.parametrize(
    "keys", ["k1", "k1:courte", "k1:" + base64.b64encode(b"x" * 31).decode(), ":" + _key()]
)
def test_a_key_of_another_length_is_refused(keys: str) -> None:
    with pytest.raises(ValueError, match=r"NISS_KEYS|base64|padding|Incorrect|Only"):
        Keyring.parse(keys, _key())


def test_a_short_key_of_fingerprints_is_refused() -> None:
    with pytest.raises(ValueError, match="NISS_HASH_KEY"):
        Keyring.parse(f"k1:{_key()}", base64.b64encode(b"x" * 24).decode())


def test_testing_keeps_the_limits() -> None:
    config = ENVIRONMENTS["testing"]()
    assert config.RATELIMIT_ENABLED
    assert config.SCOPE_ORM_GUARD


@pytest.fixture
def production(environment: pytest.MonkeyPatch, database_url: str) -> Any:
    kept = keyring()
    app = create_app("production", DATABASE_URL=database_url, TRUSTED_PROXIES=1, TESTING=True)
    app.test_client_class = PortalClient
    yield app
    configure(kept)
    with app.app_context():
        db.engine.dispose()


def test_production_behind_its_proxy(production: Flask) -> None:
    """Cookies and addresses as TLS wants them; the person's own address counts for the limits."""
    client = production.test_client()
    through = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9", "Host": "portail.example"}
    answer = client.get("/connexion/", headers=through)
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-portail=")
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert attributes == {"secure", "httponly", "path=/", "samesite=lax"}
    assert client.get("/connexion/", headers={"Host": "localhost"}).status_code == 400
    # The sign-in form of another site cannot be sent over TLS: its Referer would tell.
    refused = client.post("/connexion/", headers={**through, "Referer": "https://evil.example/"})
    assert refused.status_code == 400


def test_the_gallery_and_the_development_tools_stay_out_of_production(production: Flask) -> None:
    assert "GalleryView.index" not in production.view_functions

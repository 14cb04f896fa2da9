"""Signing out at the local provider: RP-Initiated Logout, as a browser and a client see it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.dev.provider import AFTER, ask


def _signed_in(issuer: str) -> tuple[requests.Session, str]:
    """Luc's browser, signed in at the provider, and the ID token that the client got."""
    browser, visit = requests.Session(), ask(issuer)
    form = {"sub": "fas-luc", "means": "eid"}
    back = browser.post(visit.address, data=form, allow_redirects=False, timeout=10)
    code = parse_qs(urlsplit(back.headers["Location"]).query)["code"][0]
    assert _is_here(browser, issuer)
    return browser, visit.tokens({"code": code})["id_token"]


def _is_here(browser: requests.Session, issuer: str) -> bool:
    return "Session ouverte : <strong>Luc Dupont" in browser.get(issuer, timeout=10).text


def _leave(browser: requests.Session, issuer: str, form: dict[str, Any]) -> requests.Response:
    return browser.post(f"{issuer}/oauth2/end_session", data=form, allow_redirects=False, timeout=10)


def test_the_client_ends_the_session_with_the_id_token(issuer: str) -> None:
    browser, token = _signed_in(issuer)
    answer = _leave(
        browser, issuer, {"id_token_hint": token, "post_logout_redirect_uri": AFTER, "state": "s"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{AFTER}?state=s")
    assert not _is_here(browser, issuer)


def test_whoever_comes_without_a_token_of_theirs_is_asked(issuer: str) -> None:
    browser, _token = _signed_in(issuer)
    form = {"client_id": "portail", "post_logout_redirect_uri": AFTER}
    assert "Fermer ma session" in _leave(browser, issuer, form).text
    assert _is_here(browser, issuer)
    assert _leave(browser, issuer, form | {"confirmation": "oui"}).headers["Location"] == AFTER
    assert not _is_here(browser, issuer)


@pytest.mark.parametrize(
    "change",
    [
        {"post_logout_redirect_uri": "https://ailleurs.example/"}, {"client_id": "autre"},
        {"id_token_hint": "n.importe.quoi"}, {"id_token_hint": None, "client_id": None},
    ],
)  # fmt: skip
def test_a_wrong_sign_out_changes_nothing(issuer: str, change: dict[str, str | None]) -> None:
    browser, token = _signed_in(issuer)
    form = {"id_token_hint": token, "client_id": "portail", "post_logout_redirect_uri": AFTER, **change}
    answer = _leave(browser, issuer, form)
    assert (answer.status_code, answer.headers.get("Location")) == (400, None)
    assert _is_here(browser, issuer)

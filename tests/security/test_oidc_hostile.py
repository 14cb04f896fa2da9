"""A provider that lies under its own, valid signature: each lie refused in plain French, nobody let in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import JournalEntry, User, UserSession
from tests.client import PortalClient
from tests.conftest import System, new_client
from tests.security.hostile import Hostile
from tests.security.provider import Provider
from tests.security.test_oidc import (  # noqa: F401  (fixtures of this module's tests)
    NISS,
    _application,
    _forget_provider,
    _honest,
    anne,
    provider,
)

Lie = Callable[[Hostile], None]
_PAST = int(time.time()) - 3600

_LIES: dict[str, Lie] = {
    "another nonce": lambda h: h.id_token(h.signed, nonce="autre"),
    "no nonce": lambda h: h.id_token(h.signed, nonce=None),
    "another audience": lambda h: h.id_token(h.signed, aud="un-autre-portail"),
    "an audience of others that names us": lambda h: h.id_token(
        h.signed, aud=["un-autre-portail"], azp="portail"
    ),
    "an audience of several, meant for another": lambda h: h.id_token(
        h.signed, aud=["portail", "un-autre-portail"], azp="un-autre-portail"
    ),
    "no audience": lambda h: h.id_token(h.signed, aud=None),
    "another issuer": lambda h: h.id_token(h.signed, iss="https://ailleurs.invalid"),
    "no issuer": lambda h: h.id_token(h.signed, iss=None),
    "expired": lambda h: h.id_token(h.signed, exp=_PAST),
    "without end": lambda h: h.id_token(h.signed, exp=None),
    "not signed": lambda h: h.id_token(h.unsigned),
    "signed with the public key": lambda h: h.id_token(h.signed_with_the_public_key),
    "another access token's": lambda h: h.id_token(h.signed, at_hash="autre"),
    "an earlier sign-in": lambda h: h.id_token(h.signed, auth_time=_PAST),
    "a password's level": lambda h: h.id_token(h.signed, acr="urn:be:fedict:iam:fas:Level200"),
    "a level that nobody knows": lambda h: h.id_token(h.signed, acr="urn:be:fedict:iam:fas:Level100"),
    "no level": lambda h: h.id_token(h.signed, acr=None),
    "of nobody": lambda h: h.id_token(h.signed, sub=None),
    "userinfo of another": lambda h: h.userinfo(h.signed, sub="fas-luc", egovNRN=NISS["luc"]),
    "userinfo of nobody": lambda h: h.userinfo(h.signed, sub=None),
    "userinfo not signed": lambda h: h.userinfo(h.unsigned),
    "userinfo signed with the public key": lambda h: h.userinfo(h.signed_with_the_public_key),
    "userinfo for another portal": lambda h: h.userinfo(h.signed, aud="un-autre-portail"),
    "userinfo of another issuer": lambda h: h.userinfo(h.signed, iss="https://ailleurs.invalid"),
    "userinfo expired": lambda h: h.userinfo(h.signed, exp=_PAST),
    "userinfo without a number": lambda h: h.userinfo(h.signed, egovNRN=None),
    "userinfo with half a number": lambda h: h.userinfo(h.signed, egovNRN="123"),
}


@pytest.fixture
def hostile(app: Flask, provider: Provider, anne: int) -> Iterator[Hostile]:  # noqa: F811
    _forget_provider(app)
    yield Hostile(provider)
    _forget_provider(app)


def test_the_same_answers_without_a_lie_are_taken(
    client: PortalClient,
    provider: Provider,  # noqa: F811
    hostile: Hostile,
) -> None:
    assert hostile.provider is provider
    assert provider.sign_in(client, "anne", after="/organisation/").headers["Location"] == "/organisation/"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("lie", _LIES)
def test_a_lie_is_refused(
    client: PortalClient,
    provider: Provider,  # noqa: F811
    system: System,
    hostile: Hostile,
    lie: str,
) -> None:
    _LIES[lie](hostile)
    _refused(client, system, provider.sign_in(client, "anne"))


def test_a_spent_code_opens_no_other_session(
    app: Flask,
    client: PortalClient,
    provider: Provider,  # noqa: F811
    system: System,
    anne: int,  # noqa: F811
) -> None:
    spent = provider.answer(client, "anne")
    assert client.get("/connexion/retour/", query_string=spent).headers["Location"] == "/"
    client.submit("/deconnexion/")
    thief = new_client(app)
    own = provider.answer(thief, "anne")
    _refused(
        thief,
        system,
        thief.get("/connexion/retour/", query_string={**own, "code": spent["code"]}),
        known=anne,
    )


def _refused(client: PortalClient, system: System, answer: Any, known: int | None = None) -> None:
    """Nobody is signed in, and the page says so without a word about anyone."""
    assert (answer.status_code, answer.headers["Location"]) == (302, "/connexion/")
    page = client.get("/connexion/").get_data(as_text=True)
    assert "La connexion n’a pas abouti" in page or "Cette identification est trop faible" in page
    assert not [word for word in ("Anne", "fas-", *NISS.values()) if word in page]
    assert client.get("/").headers["Location"].startswith("/connexion/")
    with system() as session:
        assert not session.scalars(select(UserSession).where(UserSession.user_id.is_not(None))).all()
        signed_in = session.scalars(select(JournalEntry).where(JournalEntry.action == "connexion")).all()
        assert len(signed_in) == (0 if known is None else 1)
        assert not session.scalars(select(User).where(User.id != known, User.login_count > 0)).all()

"""A weak connection made strong: by the same person, with a strong means, back where they were."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import JournalEntry, UserSession
from tests import factories
from tests.client import PortalClient
from tests.conftest import System
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

PLACE = "/organisation/?suite=/"


@pytest.fixture
def weak(client: PortalClient, anne: int) -> PortalClient:  # noqa: F811
    return client.login(anne, strong=False)


def _back(client: PortalClient, provider: Provider, person: str = "anne") -> Any:  # noqa: F811
    """Through the provider and back."""
    params = provider.answer(client, person, "eid", PLACE, by="/connexion/renforcer/")
    return client.get("/connexion/retour/", query_string=params)


def _strength(client: PortalClient) -> str:
    with client.session_transaction() as session:
        return str(session.get("strength"))


def test_only_strong_means_are_asked_for(weak: PortalClient) -> None:
    asked = parse_qs(urlsplit(weak.get("/connexion/renforcer/").headers["Location"]).query)
    assert asked["acr_values"][0].split() == [f"urn:be:fedict:iam:fas:Level{level}" for level in (500, 450)]
    assert asked["prompt"] == ["login"]
    plain = parse_qs(urlsplit(weak.get("/connexion/csam/").headers["Location"]).query)
    assert "acr_values" not in plain


def test_the_same_person_comes_back_strong_to_the_same_place(
    app: Flask,
    weak: PortalClient,
    provider: Provider,  # noqa: F811
) -> None:
    before = weak.get_cookie("portail")
    answer = _back(weak, provider)
    assert (answer.status_code, answer.headers["Location"]) == (302, PLACE)
    assert _strength(weak) == "forte"
    assert weak.get_cookie("portail") != before


def test_another_person_ends_the_session(
    weak: PortalClient,
    provider: Provider,  # noqa: F811
    system: System,
    anne: int,  # noqa: F811
) -> None:
    with system() as session:
        luc = factories.person(session, "Lucie", niss=NISS["zoe"])
        factories.administrator(session, factories.organiser(session), luc)
    for person in ("zoe", "luc"):  # known and unknown to the portal
        weak.login(anne, strong=False)
        answer = _back(weak, provider, person)
        assert answer.headers["Location"].startswith("/connexion/?next=/organisation/")
        page = weak.get("/connexion/").get_data(as_text=True)
        assert "n’est pas celle qui était connectée" in page
        assert not [word for word in ("Anne", "Lucie", *NISS.values()) if word in page]
        assert weak.get("/").headers["Location"].startswith("/connexion/")
    with system() as session:
        assert not session.scalars(select(UserSession).where(UserSession.user_id.is_not(None))).all()
        refused = session.execute(select(JournalEntry.action, JournalEntry.object_id)).all()
    assert [tuple(row) for row in refused] == [("connexion-refusee", anne)] * 2


def test_a_weak_answer_is_refused_and_the_session_stays_weak(
    app: Flask,
    weak: PortalClient,
    provider: Provider,  # noqa: F811
) -> None:
    _forget_provider(app)
    hostile = Hostile(provider)
    hostile.id_token(hostile.signed, acr="urn:be:fedict:iam:fas:Level200")
    answer = _back(weak, provider)
    _forget_provider(app)
    assert answer.headers["Location"] == PLACE
    assert "trop faible" in weak.get(PLACE).get_data(as_text=True)
    assert _strength(weak) == "faible"


def test_giving_up_leads_back_to_the_same_place_still_weak(
    weak: PortalClient,
    provider: Provider,  # noqa: F811
) -> None:
    params = provider.answer(weak, "anne", "eid", PLACE, by="/connexion/renforcer/")
    answer = weak.get("/connexion/retour/", query_string={"state": params["state"], "error": "access_denied"})
    assert answer.headers["Location"] == PLACE
    assert "n’a pas abouti" in weak.get(PLACE).get_data(as_text=True)
    assert _strength(weak) == "faible"


def test_two_tabs_come_back_each_to_its_own_place(weak: PortalClient, provider: Provider) -> None:  # noqa: F811
    first = provider.answer(weak, "anne", "eid", "/organisation/?suite=/un/", by="/connexion/renforcer/")
    provider.answer(weak, "anne", "eid", "/organisation/?suite=/deux/", by="/connexion/renforcer/")
    answer = weak.get("/connexion/retour/", query_string=first)
    assert answer.headers["Location"] == "/organisation/?suite=/un/"


def test_who_is_not_signed_in_signs_in_first(client: PortalClient) -> None:
    assert client.get("/connexion/renforcer/").headers["Location"].startswith("/connexion/?next=")

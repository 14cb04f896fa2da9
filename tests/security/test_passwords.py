"""Signing in by login and password: weak, limited, silent about who exists."""

from __future__ import annotations

from typing import Any

import pytest
import werkzeug.security
from flask import Flask
from sqlalchemy import select, update
from werkzeug.security import generate_password_hash

from app.models import JournalEntry, RateCounter, User
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client

PASSWORD = "Bouleau-42-argente"


@pytest.fixture
def user(system: System) -> dict[str, str]:
    with system() as session:
        row = factories.person(session, niss="", password=PASSWORD)
        factories.administrator(session, factories.organiser(session), row)
        return {"id": row.id, "username": row.username, "email": row.email}


def _attempt(client: PortalClient, name: str, password: str) -> int:
    status: int = client.submit("/connexion/", {"username": name, "password": password}).status_code
    return status


def test_a_password_opens_a_weak_connection(
    client: PortalClient, system: System, user: dict[str, str]
) -> None:
    assert _attempt(client, user["username"], PASSWORD) == 302
    with client.session_transaction() as session:
        assert session["strength"] == "faible"
    with system() as session:
        entry = session.scalars(select(JournalEntry)).one()
        assert (entry.action, entry.user_id, entry.organiser_id) == ("connexion", user["id"], None)


def test_the_address_opens_as_well(client: PortalClient, user: dict[str, str]) -> None:
    assert _attempt(client, user["email"], PASSWORD) == 302


@pytest.mark.parametrize(
    ("name", "password"),
    [("", ""), ("USER", ""), ("", PASSWORD), ("USER", "autre"), ("inconnu", PASSWORD), ("USER", "x" * 5000)],
)
def test_anything_else_is_refused_in_the_same_words(
    client: PortalClient, system: System, user: dict[str, str], name: str, password: str
) -> None:
    name = name.replace("USER", user["username"])
    answer = client.submit("/connexion/", {"username": name, "password": password})
    assert answer.status_code == 401
    assert "Nom d’utilisateur ou mot de passe incorrect" in answer.get_data(as_text=True)
    assert PASSWORD not in answer.get_data(as_text=True)
    with system() as session:
        assert session.scalars(select(JournalEntry.action)).all() == ["connexion-refusee"]


def test_a_closed_account_and_one_without_a_password_stay_closed(
    client: PortalClient, system: System, user: dict[str, str]
) -> None:
    with system() as session:
        session.execute(update(User).values(active=False))
        without = factories.person(session).username
    assert _attempt(client, user["username"], PASSWORD) == 401
    assert _attempt(client, without, "") == 401
    assert _attempt(client, without, "\0") == 401


def test_the_work_done_does_not_tell_who_exists(
    app: Flask, client: PortalClient, system: System, user: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One hash is computed whoever is asked for: it is nearly all of the time an attempt takes."""
    with system() as session:
        session.execute(update(User).values(password=generate_password_hash(PASSWORD)))
        without = factories.person(session).username
    hashes = 0
    real = werkzeug.security._hash_internal

    def counted(*arguments: Any) -> Any:
        nonlocal hashes
        hashes += 1
        return real(*arguments)

    monkeypatch.setattr(werkzeug.security, "_hash_internal", counted)
    done = {}
    for name in (user["username"], "inconnu", without):
        hashes = 0
        assert _attempt(client, name, "autre") == 401
        done[name] = hashes
    assert set(done.values()) == {1}


def test_the_eleventh_attempt_in_a_minute_waits(app: Flask, user: dict[str, str]) -> None:
    """From one address whatever the name; for one name wherever it comes from."""
    statuses = [_attempt(new_client(app), f"inconnu{number}", "x") for number in range(11)]
    assert statuses == [401] * 10 + [429]
    assert _attempt(new_client(app), user["username"], PASSWORD) == 429


def test_one_name_is_limited_wherever_the_attempts_come_from(
    app: Flask, system: System, user: dict[str, str]
) -> None:
    for number in range(10):
        client = new_client(app)
        form = {"username": user["username"], "password": "x", "csrf_token": client.csrf_token()}
        elsewhere = {"REMOTE_ADDR": f"192.0.2.{number}"}
        assert client.post("/connexion/", data=form, environ_base=elsewhere).status_code == 401
    client = new_client(app)
    form = {
        "username": user["username"].upper(), "password": "x", "csrf_token": client.csrf_token(),
    }  # fmt: skip
    answer = client.post("/connexion/", data=form, environ_base={"REMOTE_ADDR": "192.0.2.99"})
    assert answer.status_code == 429
    assert "Patientez" in answer.get_data(as_text=True)
    with system() as session:
        assert session.scalars(select(RateCounter.key)).all()


def test_a_forged_forwarding_header_is_not_another_address(app: Flask) -> None:
    for number in range(11):
        client = new_client(app)
        form = {"username": f"inconnu{number}", "password": "x", "csrf_token": client.csrf_token()}
        answer = client.post("/connexion/", data=form, headers={"X-Forwarded-For": f"192.0.2.{number}"})
    assert answer.status_code == 429

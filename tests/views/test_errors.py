"""Every error is a page in French with a way out, whatever failed."""

from __future__ import annotations

import pytest
from flask import Flask

from app.views.errors import MESSAGES
from tests import factories
from tests.client import PortalClient
from tests.conftest import System
from tests.databases import Databases
from tests.views.conftest import SignedIn


def test_a_page_that_does_not_exist(client: PortalClient) -> None:
    answer = client.get("/nulle-part/")
    assert answer.status_code == 404
    assert "Page introuvable" in answer.text
    assert "Se connecter" in answer.text


@pytest.mark.demo
def test_signed_in_the_way_out_is_the_home_page(signed_in: SignedIn) -> None:
    answer = signed_in("hugo.denis").get("/securite/utilisateurs/")
    assert answer.status_code == 403
    assert "Accès refusé" in answer.text
    assert "Aller à la page d’accueil" in answer.text
    assert 'href="/mes-acces/"' in answer.text.partition("Code 403")[0].partition("Accès refusé")[2]


def test_an_agent_is_not_sent_to_the_administrator_of_an_organiser(
    client: PortalClient, system: System
) -> None:
    with system() as session:
        user_id = factories.agent(session).id
    answer = client.login(user_id).get("/utilisateurs/")
    assert answer.status_code == 403
    assert "administrateur ONE" in answer.text
    assert "de votre PO" not in answer.text
    assert "Demander un accès" not in answer.text


def test_a_form_without_its_token_asks_to_reload(client: PortalClient) -> None:
    answer = client.post("/connexion/", data={"username": "x", "password": "y"})
    assert answer.status_code == 400
    assert "Rechargez-la" in answer.text


def test_the_api_answers_json(client: PortalClient) -> None:
    answer = client.get("/api/rien")
    assert answer.status_code == 404
    assert answer.json == {"error": 404, "message": MESSAGES[404][1]}


def test_without_a_database_there_is_still_a_page(
    app: Flask, client: PortalClient, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/connexion/")  # a session, which the next page will ask for
    databases.drop("essai")
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = client.get("/accessibilite/")
    assert answer.status_code == 500
    assert "Erreur du portail" in answer.text
    assert "02/542.14.45" in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("status", MESSAGES)
def test_each_message_says_what_to_do(status: int) -> None:
    _title, message = MESSAGES[status]
    assert message.endswith(".")
    assert len(message) > 30

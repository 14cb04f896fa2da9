"""« Avis » and « Mes préférences », as a person uses them."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import Channel, JournalEntry, Notice, Preferences
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client
from tests.views.pages import Page


@pytest.fixture
def people(system: System) -> tuple[int, int]:
    """Two colleagues of one organiser, with two notices each."""
    with system() as session:
        owner = factories.organiser(session)
        ids = []
        for mark in ("Aulne", "Bouleau"):
            user = factories.administrator(session, owner, mark=mark)
            factories.notice(session, user, f"Réponse pour {mark}", path="/fermetures/")
            factories.notice(session, user, f"Autre pour {mark}")
            ids.append(user.id)
        return ids[0], ids[1]


def test_the_bell_counts_what_is_not_read(client: PortalClient, people: tuple[int, int]) -> None:
    client.login(people[0])
    assert "2 non lus" in " ".join(Page(client.get("/").text).text.split())
    page = client.get("/avis/").text
    assert "Réponse pour Aulne" in page
    assert "Bouleau" not in page
    answer = client.submit("/avis/lus")
    assert answer.status_code == 302
    assert "non lu" not in client.get("/").text


def test_opening_a_notice_reads_it_and_leads_to_its_page(
    client: PortalClient, people: tuple[int, int], system: System
) -> None:
    with system() as session:
        number = session.scalars(select(Notice.id).where(Notice.title == "Réponse pour Aulne")).one()
    answer = client.login(people[0]).submit(f"/avis/{number}/ouvrir")
    assert answer.location == "/fermetures/"
    with system() as session:
        read = session.scalars(select(Notice.title).where(Notice.read_at.is_not(None))).all()
    assert read == ["Réponse pour Aulne"]


@pytest.mark.parametrize("guard", [True, False])
def test_nobody_opens_or_reads_a_colleagues_notices(
    app: Flask, people: tuple[int, int], system: System, guard: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SCOPE_ORM_GUARD", guard)
    client = new_client(app).login(people[0])
    with system() as session:
        theirs = session.scalars(select(Notice.id).where(Notice.user_id == people[1])).all()
    assert {client.submit(f"/avis/{number}/ouvrir").status_code for number in theirs} == {404}
    client.submit("/avis/lus")
    with system() as session:
        assert (
            session.query(Notice).filter(Notice.user_id == people[1], Notice.read_at.is_(None)).count() == 2
        )


def test_preferences_are_kept_and_written_into_the_history(
    client: PortalClient, people: tuple[int, int], system: System
) -> None:
    client.login(people[0])
    assert client.get("/mes-preferences/").status_code == 200
    assert client.submit("/mes-preferences/", {"flash": "aucun", "notices": "portail"}).status_code == 302
    assert client.submit("/mes-preferences/", {"flash": "aucun", "notices": "portail"}).status_code == 302
    with system() as session:
        row = session.scalars(select(Preferences)).one()
        assert (row.user_id, row.flash, row.notices) == (people[0], Channel.NONE, Channel.PORTAL)
        assert session.query(JournalEntry).filter(JournalEntry.object_type == "preferences").count() == 1


def test_a_preference_that_does_not_exist_is_refused_and_nothing_is_lost(
    client: PortalClient, people: tuple[int, int]
) -> None:
    answer = client.login(people[0]).submit("/mes-preferences/", {"flash": "pigeon", "notices": "portail"})
    assert answer.status_code == 422
    chosen = [
        values["value"] for tag, values in Page(answer.text).tags if tag == "input" and "checked" in values
    ]
    assert chosen == ["portail"]


def test_an_agent_has_notices_too(client: PortalClient, system: System) -> None:
    with system() as session:
        agent = factories.agent(session)
        factories.notice(session, agent, "Pour l’agent")
        number = agent.id
    page = client.login(number).get("/avis/")
    assert "Pour l’agent" in page.text

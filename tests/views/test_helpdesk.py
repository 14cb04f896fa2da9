"""AIDE, « Mes tickets » and the helpdesk's queue, as people use them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.masking import looks_numbered
from app.models import HelpdeskContact, JournalEntry, Profile, Ticket, TicketMessage, User
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client
from tests.views.pages import Page

_QUESTION = {"subject": "Fermetures", "body": "Où les encoder ?", "page": "/fermetures/?motive=secret#x"}


@pytest.fixture
def person(system: System) -> int:
    with system() as session:
        return factories.administrator(session, factories.organiser(session, "Aulne"), mark="Aulne").id


@pytest.fixture
def desk(system: System) -> int:
    with system() as session:
        return factories.agent(session, "Stassart", Profile.HELPDESK).id


def test_the_coordinates_stand_on_every_page_and_follow_their_dates(
    client: PortalClient, system: System, person: int
) -> None:
    today = clock.today()
    assert "02/542.14.45" in client.get("/connexion/").text
    client.login(person)
    assert 'href="tel:+3225421445"' in client.get("/").text
    with system() as session:
        for days, phone in ((1, "02/111.11.11"), (-2, "081/22.22.22"), (-9, "02/999.99.99")):
            session.add(
                HelpdeskContact(
                    valid_from=today + dt.timedelta(days=days), phone=phone, email="aide@exemple.be",
                    hours="le mardi", source="essai", official=False,
                )
            )  # fmt: skip
    for address in ("/", "/nulle-part/"):
        page = client.get(address).text
        assert 'href="tel:+3281222222"' in page
        assert "valeur non officielle" in page
        assert "02/542.14.45" not in page


def test_who_has_not_signed_in_sees_how_to_reach_the_helpdesk_and_no_form(client: PortalClient) -> None:
    page = client.get("/connexion/").text
    assert "pro@one.be" in page
    assert "/aide/ecrire/" not in page
    assert client.get("/aide/ecrire/").location.startswith("/connexion/")


def test_a_question_keeps_its_page_without_what_was_searched(
    client: PortalClient, system: System, person: int
) -> None:
    client.login(person)
    assert "/aide/ecrire/?page=/fermetures/" in client.get("/fermetures/?motive=secret").text
    answer = client.submit("/aide/ecrire/", _QUESTION)
    assert answer.status_code == 302
    with system() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.page, ticket.author[:7], ticket.unread) == ("/fermetures/", "Camille", False)
        assert ticket.on_behalf.startswith("Commune de Aulne, ")
        entry = session.scalars(select(JournalEntry).where(JournalEntry.object_type == "ticket")).one()
        assert "encoder" not in entry.summary
    assert "Où les encoder ?" in client.get(answer.location).text
    assert "Fermetures" in client.get("/aide/tickets/").text


@pytest.mark.parametrize(
    "page", ["https://ailleurs.be/", "//ailleurs.be", "/enfants/85073003328/", "/" + "a" * 400]
)
def test_a_page_that_says_too_much_is_left_out(
    client: PortalClient, system: System, person: int, page: str
) -> None:
    assert client.login(person).submit("/aide/ecrire/", {**_QUESTION, "page": page}).status_code == 302
    with system() as session:
        assert session.scalars(select(Ticket.page)).one() == ""


@pytest.mark.parametrize("field", ["subject", "body"])
def test_a_national_number_is_sent_back_with_what_was_typed(
    client: PortalClient, system: System, person: int, field: str
) -> None:
    typed = "Le numéro 85.07.30-033.29 est faux"  # a mistyped one is one all the same
    answer = client.login(person).submit("/aide/ecrire/", {**_QUESTION, field: typed})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert "ressemblent à un numéro de registre national" in page.text
    shown = next(values for tag, values in page.tags if values.get("name") == field)
    assert shown.get("value", typed) == typed
    assert typed in answer.text
    with system() as session:
        assert session.query(Ticket).count() == 0


@pytest.mark.parametrize(
    ("text", "numbered"),
    [
        ("85073003328", True), ("85.07.30-033.28", True), ("850730 - 033 28", True), ("85 07 30 033 28", True),
        ("+32470123456", False), ("0470 12 34 56", False), ("BCE 0732.184.605", False), ("CR-4021", False),
        ("le 31/10/2026 à 16 h", False), ("BE68 5390 0754 7034", False),
    ],
)  # fmt: skip
def test_what_looks_like_a_national_number(text: str, numbered: bool) -> None:
    assert looks_numbered(f"Bonjour, {text} merci") is numbered


def test_both_sides_of_a_conversation(
    app: Flask, client: PortalClient, system: System, person: int, desk: int
) -> None:
    client.login(person).submit("/aide/ecrire/", _QUESTION)
    with system() as session:
        number = session.scalars(select(Ticket.id)).one()
    agent = new_client(app).login(desk)
    assert "Fermetures" in agent.get("/helpdesk/tickets/").text
    page = agent.get(f"/helpdesk/tickets/{number}/")
    last = next(values["value"] for _tag, values in Page(page.text).tags if values.get("name") == "last")
    base = f"/helpdesk/tickets/{number}"
    assert agent.submit(f"{base}/prendre").status_code == 302
    assert "Fermetures" in agent.get("/helpdesk/tickets/?agent=moi").text
    assert agent.submit(f"{base}/note", {"note": "Voir avec Marc"}).status_code == 302
    sent = {"body": "Dans le menu.", "state": "en-attente", "last": last}
    assert agent.submit(f"{base}/repondre", sent).status_code == 302
    mine = client.get(f"/aide/tickets/{number}/").text
    assert "Dans le menu." in mine
    assert "Voir avec Marc" not in mine
    assert "réponse non lue" in client.get("/aide/tickets/").text
    assert "1 non lu " in " ".join(Page(client.get("/").text).text.split())
    assert client.submit(f"/aide/tickets/{number}/lu").status_code == 302
    assert "réponse non lue" not in client.get("/aide/tickets/").text
    assert "non lu" not in client.get("/").text
    assert client.submit(f"/aide/tickets/{number}/repondre", {"body": "Merci !"}).status_code == 302
    held = agent.submit(f"{base}/repondre", sent)
    assert held.status_code == 422
    assert "Dans le menu." in held.text
    assert "Merci !" in held.text
    assert agent.submit(f"{base}/clore").status_code == 302
    assert client.submit(f"/aide/tickets/{number}/resolu").status_code == 302
    with system() as session:
        told = session.scalars(select(JournalEntry).where(JournalEntry.door == "agent : helpdesk")).all()
        assert {"porte", "consultation", "prise-en-charge", "note", "reponse", "etat"} <= {
            e.action for e in told
        }


def test_an_empty_answer_loses_nothing(app: Flask, system: System, desk: int) -> None:
    with system() as session:
        ticket = factories.ticket(session, factories.person(session)).id
    agent = new_client(app).login(desk)
    for path, form in (("repondre", {"body": " ", "state": "resolu"}), ("note", {"note": "x" * 5001})):
        answer = agent.submit(f"/helpdesk/tickets/{ticket}/{path}", form)
        assert answer.status_code == 422, path
        assert "Question Connexion" in answer.text
    answer = agent.submit(f"/helpdesk/tickets/{ticket}/repondre", {"body": "", "state": "resolu"})
    chosen = [
        values["value"] for tag, values in Page(answer.text).tags if tag == "option" and "selected" in values
    ]
    assert chosen == ["resolu"]


@pytest.mark.parametrize("guard", [True, False])
def test_a_colleague_reaches_nothing_of_a_ticket(
    app: Flask, system: System, monkeypatch: pytest.MonkeyPatch, guard: bool
) -> None:
    monkeypatch.setitem(app.config, "SCOPE_ORM_GUARD", guard)
    with system() as session:
        owner = factories.organiser(session)
        mine, other = (factories.administrator(session, owner, mark=mark) for mark in ("Aulne", "Bouleau"))
        theirs = factories.ticket(session, other, "Bouleau", answered=True).id
        subsidies = factories.agent(session)
        ids = (mine.id, subsidies.id)
    for user_id in ids:
        client = new_client(app).login(user_id)
        assert client.get(f"/aide/tickets/{theirs}/").status_code == 404
        assert "Bouleau" not in client.get("/aide/tickets/").text
        for verb in ("repondre", "resolu", "lu"):
            assert client.submit(f"/aide/tickets/{theirs}/{verb}", {"body": "Intrus"}).status_code == 404
        assert client.get("/helpdesk/tickets/").status_code == 403
        assert client.get(f"/helpdesk/tickets/{theirs}/").status_code == 403
    with system() as session:
        assert session.query(TicketMessage).count() == 2
        assert session.get_one(Ticket, theirs).unread


def test_the_helpdesk_reaches_tickets_and_nothing_of_organisers(app: Flask, desk: int) -> None:
    agent = new_client(app).login(desk)
    assert agent.get("/helpdesk/tickets/").status_code == 200
    for address in ("/presences/", "/historique/", "/controle/presences/"):
        assert agent.get(address).status_code == 403, address


def test_pages_cost_the_same_whatever_there_is(
    app: Flask,
    system: System,
    person: int,
    desk: int,
    count_statements: Callable[[Callable[[], object]], int],
) -> None:
    pages = ((person, "/aide/tickets/"), (person, "/avis/"), (desk, "/helpdesk/tickets/"), (person, "/"))
    counted = []
    for rows in (1, 30):
        with system() as session:
            user = session.get_one(User, person)
            for number in range(rows):
                factories.ticket(session, user, f"N{number}", answered=True)
        for user_id, address in pages:
            client = new_client(app).login(user_id)
            client.get(address)
            counted.append(count_statements(lambda c=client, a=address: c.get(a)))  # type: ignore[misc]
    assert counted[:4] == counted[4:]
    assert max(counted) <= 10, counted


def test_a_ticket_leads_to_its_person_and_organisation_and_names_its_page(
    app: Flask, system: System, person: int, desk: int
) -> None:
    client = new_client(app).login(person)
    answer = client.submit("/aide/ecrire/", _QUESTION)
    ticket = int(answer.headers["Location"].rstrip("/").rpartition("/")[2])
    assert "écrit depuis la page Fermetures" in client.get(f"/aide/tickets/{ticket}/").text
    assert "de quelle page vous écrivez : Fermetures" in client.get("/aide/ecrire/?page=/fermetures/").text
    page = new_client(app).login(desk).get(f"/helpdesk/tickets/{ticket}/").text
    assert f'<a href="/helpdesk/utilisateurs/{person}/">' in page
    assert (
        '<a href="/helpdesk/recherche/?recherche=Commune+de+Aulne">Commune de Aulne</a>, administrateur'
        in page
    )
    assert 'Fermetures <span class="text-muted">/fermetures/</span>' in page


def test_two_errors_of_one_field_are_two_lines(client: PortalClient, person: int) -> None:
    client.login(person)
    subject = f"{factories.niss()} " + "x" * 150
    page = client.submit("/aide/ecrire/", {**_QUESTION, "subject": subject}).text
    assert "Écrivez au plus 150 caractères<br>Ce texte contient onze chiffres" in page

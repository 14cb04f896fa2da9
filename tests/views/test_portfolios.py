"""Agents inside and outside their portfolio; « Contacts ONE »."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import clock
from app.models import AgentVisit, Assignment, JournalEntry, Organiser, Profile
from tests import factories
from tests.conftest import System, new_client

WHY = "Remplacement de ma collègue absente"


@dataclass
class Place:
    """An organiser with a submitted month, its administrator; an agent with nothing entrusted."""

    organiser: int
    sheet: int
    boss: int
    agent: int


@pytest.fixture
def place(system: System) -> Place:
    with system() as session:
        owner = factories.organiser(session, "Aulne")
        facility = factories.facility(session, owner, "Creche1")
        boss = factories.administrator(session, owner)
        sheet = factories.sheet(session, facility)
        factories.submission(session, sheet, boss)
        agent = factories.agent(session, everywhere=False)
        return Place(owner.id, sheet.id, boss.id, agent.id)


def test_outside_the_portfolio_a_reason_is_asked_for_and_the_organiser_reads_it(
    app: Flask, system: System, place: Place
) -> None:
    agent = new_client(app).login(place.agent)
    path = f"/controle/presences/{place.sheet}/"
    asked = agent.get(path)
    assert (asked.status_code, asked.headers["Location"].split("?")[0]) == (
        302,
        f"/hors-portefeuille/{place.organiser}/",
    )
    for word in ("", "  court   ", f"L’enfant {factories.niss()} est à vérifier"):
        assert agent.submit(asked.headers["Location"], {"motif": word}).status_code == 422
    form = {"motif": WHY, "suite": path}
    entered = agent.submit(f"/hors-portefeuille/{place.organiser}/", form)
    assert (entered.status_code, entered.headers["Location"]) == (302, path)
    assert agent.get(path).status_code == 200
    history = new_client(app).login(place.boss).get("/historique/").get_data(as_text=True)
    assert f"Entrée hors portefeuille : {WHY}" in history
    with system() as session:
        behind = session.scalars(
            select(JournalEntry.door).where(
                JournalEntry.organiser_id == place.organiser, JournalEntry.action == "consultation"
            )
        ).all()
        assert any(WHY in door for door in behind), "the reason stands beside each entry made behind the door"


def test_who_enters_comes_back_to_the_queue_as_it_was_narrowed_and_ordered(
    app: Flask, system: System, place: Place
) -> None:
    agent = new_client(app).login(place.agent)
    page = agent.get("/controle/presences/?etat=controle&tri=mois&sens=desc").text
    (door,) = re.findall(f'href="(/hors-portefeuille/{place.organiser}/[^"]*)"', page)
    asked = agent.get(unescape(door)).text
    (after,) = re.findall('name="suite" value="([^"]*)"', asked)
    entered = agent.submit(f"/hors-portefeuille/{place.organiser}/", {"motif": WHY, "suite": unescape(after)})
    back = parse_qs(urlsplit(entered.headers["Location"]).query)
    with system() as session:
        name = session.get_one(Organiser, place.organiser).name
    assert back == {"organisateur": [name], "etat": ["controle"], "tri": ["mois"], "sens": ["desc"]}


def test_the_queue_tells_nothing_of_what_is_outside_the_portfolio(
    app: Flask, system: System, place: Place
) -> None:
    agent = new_client(app).login(place.agent)
    queue = "/controle/presences/"
    with system() as session:
        owner = session.get_one(Organiser, place.organiser)
        name, (facility,) = owner.name, owner.facilities
        matricule = facility.matricule
    page = agent.get(queue).text
    assert f"{queue}{place.sheet}/" not in page
    assert "Votre portefeuille est vide" in page
    assert name in page
    door = f"/hors-portefeuille/{place.organiser}/?suite="
    assert door in page
    assert door in agent.get(f"{queue}?milieu={matricule}").text
    assert door not in agent.get(f"{queue}?milieu=introuvable").text
    asked = agent.get(unescape(re.search(rf'href="({re.escape(door)}[^"]*)"', page)[1]))  # type: ignore[index]
    form = {"motif": WHY, "suite": re.search('name="suite" value="([^"]*)"', asked.text)[1]}  # type: ignore[index]
    entered = agent.submit(
        f"/hors-portefeuille/{place.organiser}/", {**form, "suite": unescape(form["suite"])}
    )
    page = agent.get(entered.headers["Location"]).text
    assert f"{queue}{place.sheet}/" in page
    assert door not in page


def test_the_way_back_from_the_door_leads_where_one_was(app: Flask, place: Place) -> None:
    agent = new_client(app).login(place.agent)
    path, before = f"/hors-portefeuille/{place.organiser}/", "/controle/presences/?milieu=cr"
    page = agent.get(path, headers={"Referer": f"http://localhost{before}"})
    back = f'<a href="{before}">'
    assert back in page.text
    refused = agent.submit(path, {"motif": "court", "retour": before})
    assert refused.status_code == 422
    assert back in refused.text
    for other in ("https://ailleurs.invalid/x", ""):
        page = agent.get(path, headers={"Referer": other} if other else {})
        assert '<a href="/">' in page.text
        assert "ailleurs" not in page.text
    assert "//ailleurs" not in agent.submit(path, {"motif": "court", "retour": "//ailleurs.invalid/"}).text


def test_a_reason_stands_until_the_evening_and_for_one_organiser(
    app: Flask, system: System, place: Place
) -> None:
    agent = new_client(app).login(place.agent)
    agent.submit(f"/hors-portefeuille/{place.organiser}/", {"motif": WHY})
    with system() as session:
        visit = session.scalars(select(AgentVisit)).one()
        assert visit.until.astimezone(clock.BRUSSELS).strftime("%H:%M") == "00:00"
        session.execute(update(AgentVisit).values(until=clock.now()))
    assert agent.get(f"/controle/presences/{place.sheet}/").status_code == 302


@pytest.mark.parametrize("entrusted", ["organisation", "commune", "territory"])
def test_inside_the_portfolio_the_door_opens(
    app: Flask, system: System, place: Place, entrusted: str
) -> None:
    with system() as session:
        postcode = session.get_one(Organiser, place.organiser).postcode
        values = {
            "organisation": {"organiser_id": place.organiser},
            "commune": {"postcode": postcode},
            "territory": {},
        }
        session.add(Assignment(user_id=place.agent, **values[entrusted]))
    assert new_client(app).login(place.agent).get(f"/controle/presences/{place.sheet}/").status_code == 200


def test_contacts_are_the_agents_entrusted_with_the_organiser(
    app: Flask, system: System, place: Place
) -> None:
    boss = new_client(app).login(place.boss)
    assert "Aucun contact" in boss.get("/contacts-one/").get_data(as_text=True)
    with system() as session:
        adviser = factories.agent(session, "Conseil", Profile.ADVISER, everywhere=False, phone="02 000 00 01")
        session.add(Assignment(user_id=adviser.id, organiser_id=place.organiser))
        factories.agent(session, "Partout", Profile.HELPDESK)
    page = boss.get("/contacts-one/").get_data(as_text=True)
    assert "agent conseil" in page
    assert "tel:020000001" in page
    assert "Partout" not in page, "who has the whole territory is nobody's contact in particular"


def test_the_agency_administrator_fills_portfolios(app: Flask, system: System, place: Place) -> None:
    with system() as session:
        nadia = factories.agent(session, "Nadia", Profile.AGENCY_ADMINISTRATOR).id
        name = session.get_one(Organiser, place.organiser).name
    client = new_client(app).login(nadia)
    path = f"/securite/portefeuilles/{place.agent}/"
    assert client.submit(path + "ajouter", {"quoi": "commune", "valeur": "12"}).status_code == 422
    assert client.submit(path + "ajouter", {"quoi": "organisation", "valeur": "Personne"}).status_code == 422
    unknown = client.submit(path + "ajouter", {"quoi": "commune", "valeur": "5641"})
    assert (unknown.status_code, "n’a le code postal 5641" in unknown.text) == (422, True)
    assert 'value="5641" list="organisations"' in unknown.text
    page = client.get(path).text
    assert '<option value="5640">Aulne</option>' in page
    assert f'<option value="{name}"></option>' in page
    for form in (
        {"quoi": "commune", "valeur": "5640"},
        {"quoi": "organisation", "valeur": f" {name.upper()} "},
        {"quoi": "territoire"},
    ):
        assert client.submit(path + "ajouter", form).status_code == 302
        again = client.submit(path + "ajouter", form)
        assert (again.status_code, "C’est déjà dans ce portefeuille" in again.text) == (422, True)
    page = client.get(path).get_data(as_text=True)
    for text in ("Commune 5640 Aulne", name, "Tout le territoire"):
        assert text in page
    with system() as session:
        rows = session.scalars(select(Assignment).where(Assignment.user_id == place.agent)).all()
        assert len(rows) == 3
        number = rows[0].id
    assert client.submit(path + "retirer", {"numero": number}).status_code == 302
    with system() as session:
        assert len(session.scalars(select(Assignment).where(Assignment.user_id == place.agent)).all()) == 2
    for user_id in (place.boss, place.agent):
        assert new_client(app).login(user_id).get("/securite/portefeuilles/").status_code == 403


def test_nothing_is_entrusted_by_mistake_nor_to_oneself(app: Flask, system: System, place: Place) -> None:
    with system() as session:
        nadia = factories.agent(session, "Nadia", Profile.AGENCY_ADMINISTRATOR, everywhere=False).id
    client = new_client(app).login(nadia)
    for form in ({}, {"quoi": "autre"}):
        assert client.submit(f"/securite/portefeuilles/{place.agent}/ajouter", form).status_code == 400
    own = f"/securite/portefeuilles/{nadia}/"
    client.submit(own + "ajouter", {"quoi": "territoire"})
    assert "votre propre portefeuille" in client.get(own).text
    with system() as session:
        assert session.scalars(select(Assignment)).all() == []

"""Until when a month can be submitted: on the months, on the month, in the agent's queue."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.models import Organiser, Parameter
from app.rules.workflow import SheetState
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client
from tests.views.pages import Page


@pytest.fixture
def place(system: System) -> dict[str, int]:
    with system() as session:
        organiser = factories.organiser(session)
        facility = factories.facility(session, organiser, opened_on=dt.date(2026, 5, 1))
        admin = factories.administrator(session, organiser)
        agent = factories.agent(session)
        return {
            "organiser": organiser.id, "facility": facility.id, "admin": admin.id, "agent": agent.id,
        }  # fmt: skip


def _today(monkeypatch: pytest.MonkeyPatch, *day: int) -> None:
    monkeypatch.setattr(clock, "today", lambda: dt.date(*day))


def _read(html: str) -> str:
    return " ".join(Page(html).words)


def test_the_months_say_until_when(
    client: PortalClient, place: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    client.login(place["admin"])
    _today(monkeypatch, 2026, 9, 30)
    months = client.get("/presences/?annee=2026").text
    assert "À soumettre avant le 01/10/2026." in months
    assert "Mai 2026, juin 2026 À soumettre avant le 01/10/2026." in _read(months)
    assert "À soumettre avant le 01/01/2027." in months
    assert "en retard" not in months
    assert "À soumettre avant le 01/10/2026." in client.get(f"/presences/{place['facility']}/2026-06/").text
    _today(monkeypatch, 2026, 10, 1)
    late = "À soumettre avant le 01/10/2026 : le délai est passé"
    assert late in client.get("/presences/?annee=2026").text
    month = client.get(f"/presences/{place['facility']}/2026-06/").text
    assert late in month
    assert "valeur non officielle" not in month


def test_the_home_page_begins_with_what_waits(
    client: PortalClient, place: dict[str, int], system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    _today(monkeypatch, 2026, 8, 3)
    with system() as session:
        home = session.get_one(Organiser, place["organiser"]).facilities[0]
        for month, state in ((5, SheetState.SUBMITTED), (6, SheetState.RETURNED)):
            factories.sheet(session, home, month=dt.date(2026, month, 1), state=state)
    client.login(place["admin"])
    page = client.get("/").text
    waiting = page[page.index('id="a-faire"') : page.index('class="shortcuts"')]
    assert "juin 2026" in waiting
    assert "à corriger et à soumettre à nouveau" in waiting
    assert "juillet 2026" in waiting
    assert "mai 2026" not in waiting  # submitted
    assert "août 2026" not in waiting  # not over
    assert "avant le 01/10/2026" in waiting
    _today(monkeypatch, 2026, 10, 1)  # June was submitted once: what an agent sent back is not late
    page = client.get("/").text
    assert "dès que possible" in page
    assert "délai passé" not in page
    _today(monkeypatch, 2027, 1, 1)
    assert "délai passé" in client.get("/").text
    assert 'id="a-faire"' not in client.login(place["agent"]).get("/").text


def test_each_waiting_month_stands_beside_its_own_deadline(
    client: PortalClient, place: dict[str, int], system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    with system() as session:
        home = session.get_one(Organiser, place["organiser"]).facilities[0]
        name = home.name
        for month in (5, 6, 8):
            state = SheetState.REOPENED if month == 5 else SheetState.SUBMITTED
            factories.sheet(session, home, month=dt.date(2026, month, 1), state=state)
    client.login(place["admin"])
    _today(monkeypatch, 2026, 12, 3)
    shown = _read(client.get("/").text).replace(f" , {name}", "")
    order = (
        "à soumettre à nouveau : mai 2026 dès que possible",
        "Présences à soumettre : juillet 2026 , septembre 2026 avant le 01/01/2027",
        "Présences à soumettre : octobre 2026 , novembre 2026 avant le 01/04/2027",
    )
    found = [shown.find(words) for words in order]
    assert -1 not in found, shown
    assert found == sorted(found)
    _today(monkeypatch, 2027, 4, 1)
    late = _read(client.get("/").text).replace(f" , {name}", "")
    assert "juillet 2026 , septembre 2026 délai passé depuis le 01/01/2027" in late
    assert "Et 3 autres mois" in late  # a fourth deadline's


def test_a_delay_that_no_source_confirms_is_called_so(
    client: PortalClient, place: dict[str, int], system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    with system() as session:
        session.add(
            Parameter(
                key="presences.delai", label="Délai", value=1, unit="mois", valid_from=dt.date(2026, 7, 1),
                source="essai", official=False,
            )
        )  # fmt: skip
    client.login(place["admin"])
    _today(monkeypatch, 2026, 9, 15)
    july = client.get(f"/presences/{place['facility']}/2026-07/").text
    assert "À soumettre avant le 01/11/2026." in july
    assert "valeur non officielle" in july
    june = client.get(f"/presences/{place['facility']}/2026-06/").text
    assert "À soumettre avant le 01/10/2026." in june
    assert "valeur non officielle" not in june


def test_what_was_submitted_in_time_and_sent_back_is_not_late(
    app: Flask, place: dict[str, int], system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    _today(monkeypatch, 2026, 11, 30)
    with system() as session:
        home = (
            session.scalars(select(Organiser).where(Organiser.id == place["organiser"])).one().facilities[0]
        )
        admin = session.get_one(type(factories.administrator(session, home.organiser)), place["admin"])
        midnight = dt.datetime(2026, 9, 30, 22, tzinfo=dt.UTC)
        for month, at in ((6, midnight - dt.timedelta(minutes=1)), (5, midnight)):
            sheet = factories.sheet(session, home, month=dt.date(2026, month, 1), state=SheetState.DRAFT)
            factories.submission(session, sheet, admin, submitted_at=at)
            factories.return_to_organiser(session, sheet)
            if month == 6:
                again = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
                factories.submission(session, sheet, admin, submitted_at=again)
    organiser = new_client(app).login(place["admin"])
    sent_back = organiser.get(f"/presences/{place['facility']}/2026-05/").text
    assert "À corriger et à soumettre à nouveau dès que possible" in sent_back
    assert "en retard" not in sent_back
    listed = _read(organiser.get("/presences/?annee=2026").text)
    again = "À corriger et à soumettre à nouveau dès que possible : le délai du mois (avant le 01/10/2026) est passé."
    assert f"Mai 2026 {again}" in listed
    assert listed.count("à nouveau") == 1
    submitted = organiser.get(f"/presences/{place['facility']}/2026-06/").text
    assert "soumettre à nouveau" not in submitted
    assert 'demandez la réouverture à votre gestionnaire subsides : <a href="/contacts-one/">' in submitted
    agent = new_client(app).login(place["agent"])
    queue = agent.get("/controle/presences/").text
    assert "dans le délai" in queue  # 23:59 in Brussels on the last day; its second version came after
    assert "en retard" not in queue
    assert "avant le 01/10/2026" in queue
    queue = agent.get("/controle/presences/?etat=renvoye").text
    assert "en retard" in queue  # midnight
    assert "dans le délai" not in queue

"""« Historique »: everything of one's own and nothing else, page by page, from each page that has one."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from app.journal import Who
from app.models import Closure, JournalEntry, Profile
from app.services import history, rows
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client
from tests.views.history.conftest import Place
from tests.views.pages import Page

Count = Callable[[Callable[[], object]], int]


def _places(html: str) -> list[int]:
    """The numbers of the entries on a page, in its order."""
    return [
        int(found[1])
        for link in Page(html).links
        if (found := re.fullmatch(r"/historique/(\d+)/", link))
    ]  # fmt: skip


def _once(numbers: list[int]) -> list[int]:
    return list(dict.fromkeys(numbers))


def test_own_entries_and_no_other(client: PortalClient, place: Place, app: Flask) -> None:
    page = client.login(place.admin).get("/historique/").text
    assert "cellules de Crèche Ici" in page
    assert "cellules de Crèche Là" in page
    assert "Étrange" not in page
    assert "Plateforme" not in page
    stranger = new_client(app).login(place.stranger)
    number = _places(page)[0]
    for path in (
        f"/historique/{number}/", f"/historique/presences/{place.sheet}/", f"/historique/fermetures/{place.closure}/",
        f"/historique/milieux-d-accueil/{place.facility}/", f"/historique/presences/{place.sheet}/export.xlsx",
    ):  # fmt: skip
        assert stranger.get(path).status_code == 404, path
        assert client.get(path).status_code == 200, path
    assert new_client(app).login(place.manager).get("/historique/").status_code == 403


def test_what_the_badges_say_is_not_said_again(client: PortalClient, place: Place, system: System) -> None:
    with system() as session:
        factories.entry(session, place.organiser, summary="Consultation : présences d’octobre 2026")
        factories.entry(session, place.organiser, summary="Porte (contrôle) : présences de mai 2026")
    page = client.login(place.admin).get("/historique/").text
    assert "<span>Présences d’octobre 2026</span>" in page
    assert "<span>Présences de mai 2026 (contrôle)</span>" in page


def test_every_entry_once_in_order_whatever_way_one_pages(
    client: PortalClient, place: Place, system: System
) -> None:
    with system() as session:
        for number in range(2 * history.PAGE + 7):
            factories.entry(session, place.organiser, f"n{number}", changes=number % 3)
        expected = list(
            session.scalars(
                select(JournalEntry.id)
                .where(JournalEntry.organiser_id == place.organiser)
                .order_by(JournalEntry.seq)
            )
        )
    client.login(place.admin)
    for order, wanted in (("", expected[::-1]), ("?sens=asc", expected)):
        pages, address, html = [], f"/historique/{order}", ""
        while address:
            html = client.get(address).text
            # Reading is itself an entry: in the order of time, the walk meets its own.
            pages.append([number for number in _once(_places(html)) if number in expected])
            address = _way(html, "next")
        assert [number for page in pages for number in page] == wanted
        assert len(pages) >= 3
        back = client.get(_way(html, "prev")).text
        assert [number for number in _once(_places(back)) if number in expected] == pages[-2]


def _way(html: str, rel: str) -> str:
    ways = [values["href"] for tag, values in Page(html).tags if tag == "a" and values.get("rel") == rel]
    return ways[0] if ways else ""


def test_the_history_of_what_was_deleted_stays(client: PortalClient, place: Place, system: System) -> None:
    with system() as session:
        rows.remove(session, Who(place.admin, "Camille Admin"), session.get_one(Closure, place.closure))
    page = client.login(place.admin).get(f"/historique/fermetures/{place.closure}/")
    assert page.status_code == 200
    assert "Suppression : " in page.text
    assert client.get("/historique/fermetures/99999999/").status_code == 404
    assert client.get(f"/historique/inconnu/{place.closure}/").status_code == 404
    assert client.get(f"/historique/utilisateurs/{place.admin}/").status_code == 404
    assert client.get(f"/historique/codes/{place.closure}/").status_code == 404


def test_a_facilitys_history_is_all_that_happened_there(client: PortalClient, place: Place) -> None:
    page = client.login(place.admin).get(f"/historique/milieux-d-accueil/{place.facility}/").text
    assert "cellules de Crèche Ici" in page
    assert "cellules de Crèche Là" not in page


def test_pages_link_to_the_history_of_what_they_show(client: PortalClient, place: Place, app: Flask) -> None:
    client.login(place.admin)
    for path in (f"/fermetures/{place.closure}/", f"/fermetures/{place.closure}/modifier/"):
        assert f"/historique/fermetures/{place.closure}/" in Page(client.get(path).text).links
    shown = client.get(f"/milieux-d-accueil/{place.facility}/").text
    assert f"/historique/milieux-d-accueil/{place.facility}/" in Page(shown).links
    for link in Page(new_client(app).login(place.manager).get(f"/fermetures/{place.closure}/").text).links:
        assert not link.startswith("/historique/"), "not for whom may not read it"


def test_the_agency_reads_the_platforms_chain_alone(
    client: PortalClient, place: Place, system: System
) -> None:
    with system() as session:
        agency = factories.agent(session, "Nadia", Profile.AGENCY_ADMINISTRATOR).id
    page = client.login(agency).get("/historique/").text
    assert "cellules de Plateforme" in page
    assert "Ici" not in page
    assert "Étrange" not in page
    assert client.get(f"/historique/presences/{place.sheet}/").status_code == 404
    assert client.get(f"/historique/utilisateurs/{place.admin}/").status_code == 200


def test_statements_do_not_grow_with_the_page(
    client: PortalClient, place: Place, system: System, count_statements: Count
) -> None:
    client.login(place.admin)
    every = f"personne={place.admin}&milieu={place.facility}&quand-du=01/01/2020&quand-au=31/12/2099"
    with system() as session:  # both times a child's line, whose name is looked up
        factories.entry(session, place.organiser, "y", changes=9)
    client.get("/historique/")
    few = count_statements(lambda: client.get("/historique/"))
    with system() as session:
        for _ in range(70):
            factories.entry(session, place.organiser, "y", changes=9)
    many = count_statements(lambda: client.get("/historique/"))
    assert many == few
    assert many <= 10
    assert count_statements(lambda: client.get(f"/historique/?{every}")) <= many + 2

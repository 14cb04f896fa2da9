"""Communications: whom they reach, closing them, the archive, writing one, Flash Accueil."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.models import Channel, Communication, Dismissal, FacilityKind, Mail, Notice, Profile, User
from app.rules.audiences import Audience, OrganiserKind, Reader
from app.rules.dossiers import Sector
from app.services import communications
from app.views.components import linked
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client
from tests.views.pages import Page


@pytest.fixture
def people(system: System) -> dict[str, int]:
    """Somebody of a commune with a crèche, of an ASBL with a school health service, and agents."""
    with system() as session:
        commune = factories.organiser(session, "Aulne", kind=OrganiserKind.COMMUNE)
        factories.facility(session, commune)
        asbl = factories.organiser(session, "Bouleau", kind=OrganiserKind.ASBL)
        factories.facility(session, asbl, kind=FacilityKind.SCHOOL_HEALTH_SERVICE, capacity=0)
        return {
            "commune": factories.administrator(session, commune, mark="Aulne").id,
            "asbl": factories.administrator(session, asbl, mark="Bouleau").id,
            "agent": factories.agent(session).id,
            "agency": factories.agent(session, profile=Profile.AGENCY_ADMINISTRATOR).id,
        }


_AUDIENCES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "everybody": ({}, {"commune", "asbl", "agent", "agency"}),
    "agents": ({"for_organisers": False}, {"agent", "agency"}),
    "organisers": ({"for_agents": False}, {"commune", "asbl"}),
    "communes": ({"for_agents": False, "organiser_kinds": ["commune", "cpas"]}, {"commune"}),
    "school health": ({"for_agents": False, "sectors": ["sante-ecole"]}, {"asbl"}),
    "two sectors": ({"for_agents": False, "sectors": ["sante-ecole", "petite-enfance"]}, {"commune", "asbl"}),
    "nobody there": (
        {"for_agents": False, "sectors": ["petite-enfance"], "organiser_kinds": ["asbl"]},
        set(),
    ),
}


def test_each_sees_what_is_for_them_and_the_count_says_so(
    app: Flask, system: System, people: dict[str, int]
) -> None:
    with system() as session:
        for mark, (values, _who) in _AUDIENCES.items():
            factories.communication(session, mark, **values)
        counted = {
            row.title: communications.reached(session, row.audience, clock.today())
            for row in session.scalars(select(Communication))
        }
    for mark, (_values, expected) in _AUDIENCES.items():
        assert counted[f"Titre {mark}"] == {people[who] for who in expected}, mark
    for who, user_id in people.items():
        client = new_client(app).login(user_id)
        for address in ("/", "/communications/"):
            page = client.get(address).text
            for mark, (_values, expected) in _AUDIENCES.items():
                assert (f"Titre {mark}<" in page) == (who in expected), (who, address, mark)


def test_sectors_follow_what_is_opened_to_a_person() -> None:
    audience = Audience.of(True, False, (), ("temps-libre",))
    assert audience.admits(Reader(OrganiserKind.ASBL, frozenset({Sector.LEISURE})))
    assert not audience.admits(Reader(OrganiserKind.ASBL, frozenset({Sector.SCHOOL_HEALTH})))
    assert not audience.admits(Reader())


@pytest.mark.parametrize("guard", [True, False])
def test_a_blue_banner_is_closed_for_one_person_and_stays_in_the_archive(
    app: Flask, system: System, people: dict[str, int], monkeypatch: pytest.MonkeyPatch, guard: bool
) -> None:
    monkeypatch.setitem(app.config, "SCOPE_ORM_GUARD", guard)
    with system() as session:
        blue = factories.communication(session, "bleue").id
        red = factories.communication(session, "rouge", colour="rouge").id
        elsewhere = factories.communication(session, "ailleurs", for_organisers=False).id
    client = new_client(app).login(people["commune"])
    for _ in range(2):
        assert client.submit(f"/communications/{blue}/fermer").status_code == 302
    for number in (red, elsewhere, 999, 2**40):
        assert client.submit(f"/communications/{number}/fermer").status_code == 404
    assert "Titre bleue" not in client.get("/").text
    assert "Titre rouge" in client.get("/").text
    assert "Titre bleue" in client.get("/communications/").text
    assert "Titre bleue" in new_client(app).login(people["asbl"]).get("/").text
    with system() as session:
        assert session.scalars(select(Dismissal.user_id)).all() == [people["commune"]]


def test_what_is_over_or_to_come(client: PortalClient, system: System, people: dict[str, int]) -> None:
    today = clock.today()
    day = dt.timedelta(days=1)
    with system() as session:
        factories.communication(session, "passée", valid_from=today - 9 * day, valid_until=today - day)
        factories.communication(session, "future", valid_from=today + day, valid_until=today + 9 * day)
    client.login(people["commune"])
    assert "Titre passée" not in client.get("/").text
    page = client.get("/communications/").text
    assert "Titre passée" in page
    assert "terminée le" in page
    assert "Titre future" not in page


def test_a_colour_is_said_in_a_word(client: PortalClient, system: System, people: dict[str, int]) -> None:
    with system() as session:
        for colour in ("bleu", "vert", "jaune", "rouge"):
            factories.communication(session, colour, colour=colour)
    text = Page(client.login(people["commune"]).get("/").text).text
    for word in ("Information", "Bonne nouvelle", "Attention", "Urgent"):
        assert word in text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Voir https://www.one.be/a?b=1&c.", 'Voir <a href="https://www.one.be/a?b=1&amp;c" rel="noopener noreferrer">https://www.one.be/a?b=1&amp;c</a>.'),
        ("javascript:alert(1) data:text/html,x ftp://x.be", "javascript:alert(1) data:text/html,x ftp://x.be"),
        ("<b>gras</b> & <a href='x'>", "&lt;b&gt;gras&lt;/b&gt; &amp; &lt;a href=&#39;x&#39;&gt;"),
        ('https://x.be/"onmouseover="a', '<a href="https://x.be/" rel="noopener noreferrer">https://x.be/</a>&#34;onmouseover=&#34;a'),
    ],
)  # fmt: skip
def test_links_are_made_of_http_addresses_alone(text: str, html: str) -> None:
    assert str(linked(text)) == html


_FORM = {
    "title": "Nouvelle", "body": "Texte", "colour": "jaune", "valid_from": "01/01/2026", "valid_until": "31/12/2026",
}  # fmt: skip


def test_an_agent_sees_whom_it_reaches_before_anything_is_stored(
    client: PortalClient, system: System, people: dict[str, int]
) -> None:
    client.login(people["agency"])
    address = "/reference/communications/ajouter/"
    shown = client.submit(
        address, {**_FORM, "for_organisers": "y", "organiser_kinds": ["commune"], "apercu": "1"}
    )
    assert "1 personne la verra." in Page(shown.text).text
    with system() as session:
        assert session.query(Communication).count() == 0
    refused = client.submit(address, _FORM)
    assert refused.status_code == 422
    assert "au moins un public" in refused.text
    sent = {
        **_FORM,
        "for_organisers": "y",
        "organiser_kinds": ["commune", "cpas"],
        "sectors": ["petite-enfance"],
    }
    assert client.submit(address, sent).status_code == 302
    with system() as session:
        row = session.scalars(select(Communication)).one()
        assert (sorted(row.organiser_kinds), row.sectors, row.for_agents) == (
            ["commune", "cpas"], ["petite-enfance"], False,
        )  # fmt: skip
        number = row.id
    page = client.get(f"/reference/communications/{number}/modifier/")
    checked = {v["value"] for t, v in Page(page.text).tags if t == "input" and "checked" in v}
    assert {"commune", "cpas", "petite-enfance"} <= checked
    assert (
        "organisateurs (Accueil petite enfance, CPAS, Commune)"
        in client.get(f"/reference/communications/{number}/").text
    )


def test_flash_accueil_is_told_once_as_each_prefers(system: System, people: dict[str, int]) -> None:
    with system() as session:
        factories.preferences(session, session.get_one(User, people["asbl"]), flash=Channel.NONE)
        factories.preferences(session, session.get_one(User, people["agent"]), flash=Channel.PORTAL)
        factories.communication(session, "saison", flash=True)
        factories.communication(session, "ordinaire")
        tomorrow = clock.today() + dt.timedelta(days=1)
        factories.communication(session, "demain", flash=True, valid_from=tomorrow, valid_until=tomorrow)
        assert communications.tell_flash(session, clock.today(), clock.now()) == 4
        assert communications.tell_flash(session, clock.today(), clock.now()) == 0
        told = session.execute(select(Notice.user_id, Notice.title)).all()
        assert {user_id for user_id, _title in told} == {people["commune"], people["agent"], people["agency"]}
        assert {title for _user, title in told} == {"Flash Accueil : Titre saison"}
        assert set(session.scalars(select(Mail.user_id))) == {people["commune"], people["agency"]}

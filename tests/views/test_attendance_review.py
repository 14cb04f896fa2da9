"""An agent's pages: the queue and its address, a month under review, a reason that is never lost."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from functools import partial
from html import unescape

import pytest
from sqlalchemy import select

from app import clock
from app.models import AttendanceReturn, AttendanceSheet, AttendanceSubmission, JournalEntry
from app.rules.workflow import SheetState
from tests import factories
from tests.client import PortalClient
from tests.conftest import System
from tests.factories.attendance import NOW

BASE = "/controle/presences/"
Count = Callable[[Callable[[], object]], int]


def _make(system: System, months: int = 3) -> list[int]:
    """The months of one facility, submitted on days that follow each other."""
    with system() as session:
        organiser = factories.organiser(session, name="Commune de Valbois")
        facility = factories.facility(session, organiser)
        by = factories.administrator(session, organiser)
        found = []
        for number in range(months):
            month = dt.date(2026, 9, 1) if number == 0 else dt.date(2023 + number // 12, number % 12 + 1, 1)
            sheet = factories.sheet(session, facility, month=month, lines=0)
            factories.submission(session, sheet, by, submitted_at=NOW - dt.timedelta(days=100 - number))
            found.append(sheet.id)
        return found


@pytest.fixture
def agent(client: PortalClient, system: System) -> PortalClient:
    with system() as session:
        user_id = factories.agent(session).id
    return client.login(user_id)


def _text(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_days_of_waiting_are_counted_as_the_calendar_counts_them(agent: PortalClient, system: System) -> None:
    a_week_ago = clock.today() - dt.timedelta(days=7)
    late = dt.datetime.combine(a_week_ago, dt.time(23, 59, 59), clock.BRUSSELS)
    with system() as session:
        organiser = factories.organiser(session)
        sheet = factories.sheet(session, factories.facility(session, organiser), lines=0)
        by = factories.administrator(session, organiser)
        factories.submission(session, sheet, by, submitted_at=late)
        number = sheet.id
    page = agent.get(BASE + "?attente=7").text
    assert f"{BASE}{number}/" in page
    assert "il y a 7 jours" in _text(page)


def test_the_queue_keeps_its_criteria_on_every_way_on(agent: PortalClient, system: System) -> None:
    first, second, third = _make(system)
    page = agent.get(BASE + "?organisateur=valbois&attente=30&tri=soumis&sens=desc").get_data(as_text=True)
    kept = "organisateur=valbois&amp;etat=soumis&amp;attente=30&amp;tri=soumis&amp;sens=desc"
    assert f"{BASE}{third}/?{kept}" in page
    assert f"{BASE}?{kept.replace('etat=soumis', 'etat=renvoye')}" in page
    sheet = agent.get(f"{BASE}{second}/?{unescape(kept)}").get_data(as_text=True)
    assert "2 sur 3" in _text(sheet)
    assert f'href="{BASE}{third}/?{kept}#precedent"' in sheet
    assert f'href="{BASE}{first}/?{kept}#suivant"' in sheet
    assert f'action="{BASE}{second}/decision?{kept}"' in sheet
    assert f"{BASE}{second}/versions/?{kept}" in sheet


@pytest.mark.parametrize(
    "address",
    ["?page=0", "?page=abc", "?mois=2026-13", "?etat=x", "?tri=x;drop", "?attente=-1", "?milieu=%00%25"],
)
def test_an_address_that_anyone_wrote_is_no_error(agent: PortalClient, system: System, address: str) -> None:
    _make(system)
    assert agent.get(BASE + address).status_code == 200


def test_an_empty_queue_says_why(agent: PortalClient, system: System) -> None:
    assert "aucun relevé n’est dans cet état" in agent.get(BASE).get_data(as_text=True)
    _make(system)
    assert "Effacer les critères" in agent.get(BASE + "?milieu=introuvable").get_data(as_text=True)


def test_statements_do_not_grow_with_the_queue(
    agent: PortalClient, system: System, count_statements: Count
) -> None:
    sheet = _make(system, 2)[0]

    def counted() -> list[int]:
        agent.get(f"{BASE}{sheet}/")  # rights and the month's calendar are kept from here on
        return [count_statements(partial(agent.get, address)) for address in (BASE, f"{BASE}{sheet}/")]

    few = counted()
    _make(system, 30)
    many = counted()
    assert many == few
    assert few[0] <= 10


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("", "Donnez le motif"),
        ("é" * 2001, "2001 caractères"),
        ("Le numéro " + "85.07.30-033.28" + " est faux", "numéro de registre national"),
    ],
)
def test_a_refused_reason_stays_in_its_field(
    agent: PortalClient, system: System, reason: str, told: str
) -> None:
    sheet = _make(system, 1)[0]
    answer = agent.submit(f"{BASE}{sheet}/decision", {"verbe": "reopen", "motif": reason, "version": "1"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f">{reason}</textarea>" in unescape(page)
    assert told in page
    assert '<details class="decision" open>' in page
    with system() as session:
        assert session.get_one(AttendanceSheet, sheet).state is SheetState.SUBMITTED


def test_two_thousand_characters_are_counted_as_the_browser_does(agent: PortalClient, system: System) -> None:
    sheet = _make(system, 1)[0]
    reason = "\r\n".join(["x" * 999, "y" * 1000])
    assert (
        agent.submit(
            f"{BASE}{sheet}/decision", {"verbe": "reopen", "motif": reason, "version": "1"}
        ).status_code
        == 302
    )
    with system() as session:
        (kept,) = session.query(AttendanceReturn.reason).one()
        assert len(kept) == 2000


def test_who_comes_second_keeps_what_they_wrote(agent: PortalClient, system: System) -> None:
    sheet = _make(system, 1)[0]
    with system() as session:
        factories.return_to_organiser(session, session.get_one(AttendanceSheet, sheet), "Autre")
    answer = agent.submit(
        f"{BASE}{sheet}/decision", {"verbe": "reopen", "motif": "Le 4, Lou manque.", "version": "1"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Votre texte n’a pas été envoyé" in page
    assert "Le 4, Lou manque." in page
    assert "Motif Autre" in page


def test_the_rules_and_the_change_since_are_told(agent: PortalClient, system: System) -> None:
    sheet = _make(system, 1)[0]
    with system() as session:
        row = session.get_one(AttendanceSheet, sheet)
        factories.return_to_organiser(session, row)
        frozen = json.loads(session.scalars(select(AttendanceSubmission.snapshot)).one())
        line = frozen["lines"][0]
        line["codes"] = "P.JP" + "." * 27  # the 4th is a closed day of the frozen month
        added = {**line, "id": 2, "last_name": "Nouvel", "codes": "P" + "." * 30}
        again = {**frozen, "version": 2, "lines": [line, added]}
        factories.submission(session, row, factories.person(session), snapshot=json.dumps(again))
    text = _text(agent.get(f"{BASE}{sheet}/").get_data(as_text=True))
    assert "1 enfant modifié, 1 enfant ajouté" in text
    assert "Motif Noisette" in text
    assert re.search(r"[1-9] erreurs?, ", text)
    versions = _text(agent.get(f"{BASE}{sheet}/versions/").get_data(as_text=True))
    assert "De la version 1 à la version 2" in versions
    assert "le 4 vide → P" in versions
    assert "Lou Noisette ajouté" in versions


def test_the_door_is_written_for_the_organiser(agent: PortalClient, system: System) -> None:
    sheet = _make(system, 2)[0]
    agent.get(f"{BASE}{sheet}/")
    with system() as session:
        owner = session.get_one(AttendanceSheet, sheet).organiser_id
        told = session.query(JournalEntry).filter_by(organiser_id=owner, object_id=sheet).all()
        assert [entry.action for entry in told] == ["consultation"]


def test_what_is_in_order_is_checked_in_one_request_and_leads_on(agent: PortalClient, system: System) -> None:
    first, second, third = _make(system)
    with system() as session:
        factories.check(session, session.get_one(AttendanceSheet, second))
    queue = "?organisateur=valbois&etat=tous"
    page = agent.get(f"{BASE}{first}/{queue}").text
    assert page.index('value="check"') < page.index('value="send_back"') < page.index('value="reopen"')
    answer = agent.submit(f"{BASE}{first}/decision{queue}", {"verbe": "check", "version": "1"})
    # The second is checked already: on to the one that is still submitted, in the queue as it was narrowed.
    assert answer.status_code == 302
    assert re.fullmatch(rf"{BASE}{third}/\?.*etat=tous.*#a-verifier", answer.headers["Location"])
    assert "Crèche Tilleul, septembre 2026 : contrôlé." in _text(agent.get(answer.headers["Location"]).text)
    with system() as session:
        sheet = session.get_one(AttendanceSheet, first)
        assert sheet.state is SheetState.CHECKED
        told = session.query(JournalEntry).filter_by(object_id=first, action="check").one()
        assert (told.organiser_id, told.summary) == (sheet.organiser_id, "Contrôlé")
        assert [(change.old, change.new) for change in told.changes] == [("Soumis", "Contrôlé")]
    answer = agent.submit(f"{BASE}{third}/decision", {"verbe": "check", "version": "1"})
    assert f"{BASE}{third}/?" in answer.headers["Location"]  # the last: there is no next
    assert "#" not in answer.headers["Location"]
    assert "file vide" in _text(agent.get(answer.headers["Location"]).text)


def test_after_the_last_month_of_the_queue_it_says_how_many_are_left(
    agent: PortalClient, system: System
) -> None:
    first, _second, third = _make(system)
    assert "3 sur 3 fin de la file" in _text(agent.get(f"{BASE}{third}/").text)
    sent = agent.submit(
        f"{BASE}{third}/decision", {"verbe": "send_back", "motif": "Vérifiez le 3.", "version": "1"}
    )
    page = agent.get(sent.headers["Location"]).text
    assert "encore 2 relevés dans la file" in _text(page)
    assert "fin de la file" not in page
    assert re.search(rf'rel="next" href="{BASE}{first}/', page)


def test_what_was_submitted_today_is_of_today(agent: PortalClient, system: System) -> None:
    with system() as session:
        organiser = factories.organiser(session)
        sheet = factories.sheet(session, factories.facility(session, organiser), lines=0)
        factories.submission(
            session, sheet, factories.administrator(session, organiser), submitted_at=clock.now()
        )
    page = _text(agent.get(BASE).text)
    assert "aujourd’hui" in page
    assert "il y a 0" not in page


def test_a_remark_is_refused_in_its_own_field(agent: PortalClient, system: System) -> None:
    sheet = _make(system, 1)[0]
    remark = "Le numéro " + "85.07.30-033.28" + " est faux"
    answer = agent.submit(f"{BASE}{sheet}/decision", {"verbe": "check", "motif": remark, "version": "1"})
    assert answer.status_code == 422
    assert re.search(
        rf'id="remarque"[^>]* aria-invalid="true"[^>]*>{re.escape(remark)}</textarea>', answer.text
    )
    assert re.search(r'id="motif"[^>]*></textarea>', answer.text)
    assert "numéro de registre national : remplacez-le" in answer.text
    with system() as session:
        assert session.get_one(AttendanceSheet, sheet).state is SheetState.SUBMITTED


def test_nobody_checks_a_version_that_they_did_not_see(agent: PortalClient, system: System) -> None:
    sheet = _make(system, 1)[0]
    with system() as session:
        row = session.get_one(AttendanceSheet, sheet)
        factories.return_to_organiser(session, row)
        factories.submission(session, row, factories.person(session))
    for version in ("1", "", "x"):
        answer = agent.submit(f"{BASE}{sheet}/decision", {"verbe": "check", "version": version})
        assert answer.status_code == 409
    assert 'name="version" value="2"' in answer.text
    with system() as session:
        assert session.get_one(AttendanceSheet, sheet).state is SheetState.SUBMITTED


def test_a_checked_month_is_reopened_with_a_reason_and_no_other_way(
    agent: PortalClient, system: System
) -> None:
    sheet = _make(system, 1)[0]
    decision = f"{BASE}{sheet}/decision"
    agent.submit(decision, {"verbe": "check", "motif": "Tout y est.", "version": "1"})
    page = agent.get(f"{BASE}{sheet}/").text
    assert "Tout y est." in page
    assert 'value="reopen"' in page
    assert 'value="send_back"' not in page
    assert 'value="check"' not in page
    for verb in ("check", "send_back"):
        assert agent.submit(decision, {"verbe": verb, "motif": "x", "version": "1"}).status_code == 409
    assert agent.submit(decision, {"verbe": "reopen", "motif": " ", "version": "1"}).status_code == 422
    reason = {"verbe": "reopen", "motif": "À votre demande.", "version": "1"}
    assert agent.submit(decision, reason).status_code == 302
    with system() as session:
        assert session.get_one(AttendanceSheet, sheet).state is SheetState.REOPENED

"""Signing a month, its frozen version, and the agent who sends it back."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app import clock
from app.models import (
    AttendanceLine,
    AttendanceReturn,
    AttendanceSheet,
    AttendanceSubmission,
    Facility,
    JournalEntry,
)
from app.rules.workflow import SheetState
from app.security.guards import PASSWORD
from app.services.attendance.sheets import base_of, lines
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client


@pytest.fixture
def place(system: System) -> dict[str, int]:
    with system() as session:
        organiser = factories.organiser(session)
        facility = factories.facility(session, organiser)
        admin = factories.administrator(session, organiser)
        agent = factories.agent(session)
        sheet = factories.sheet(session, facility, month=dt.date(2026, 10, 1), lines=0)
        line = factories.line(session, sheet, codes="PpJ".replace("J", ".") + "." * 28)
        factories.line(session, sheet, last_name="", first_name="", birth_date=None, niss_sealed=None,
                       niss_hash=None, entry_date=None, pfp_rate=None, codes="." * 31)  # fmt: skip
        return {
            "organiser": organiser.id, "facility": facility.id, "sheet": sheet.id, "line": line.id,
            "admin": admin.id, "agent": agent.id,
        }  # fmt: skip


def _seen(client: PortalClient, place: dict[str, int]) -> str:
    """What the signing page shows, as it names it; "" where there is nothing to sign."""
    page = client.get(f"/presences/{place['facility']}/2026-10/soumettre").get_data(as_text=True)
    found = re.search(r'name="vu" value="(\w+)"', page)
    return found.group(1) if found else ""


def _submit(client: PortalClient, place: dict[str, int], **data: str) -> int:
    path = f"/presences/{place['facility']}/2026-10/soumettre"
    return int(client.submit(path, {"certifie": "oui", "vu": _seen(client, place)} | data).status_code)


def _first_name(system: System, place: dict[str, int]) -> str:
    with system() as session:
        return session.get_one(AttendanceLine, place["line"]).first_name


def test_only_what_the_table_can_mend_leads_to_be_mended_there(
    client: PortalClient, place: dict[str, int], system: System
) -> None:
    this_month = clock.today().replace(day=1)
    with system() as session:
        home = session.get_one(Facility, place["facility"])
        factories.sheet(session, home, month=this_month, lines=0)
        bad = session.get_one(AttendanceLine, place["line"])
        bad.last_name = ""
    base = f"/presences/{place['facility']}"
    client.login(place["admin"])
    unfinished = client.get(f"{base}/{this_month:%Y-%m}/soumettre").text
    assert "Le mois n’est pas terminé" in unfinished
    assert "Revenir au tableau" in unfinished
    assert "Corriger dans le tableau" not in unfinished
    assert "Corriger dans le tableau" in client.get(f"{base}/2026-10/soumettre").text


def test_our_template_is_offered_while_the_month_can_be_filled(
    client: PortalClient, place: dict[str, int]
) -> None:
    month = f"/presences/{place['facility']}/2026-10/"
    client.login(place["admin"])
    assert "modele.xlsx" in client.get(month).text
    assert _submit(client, place) == 302
    assert "modele.xlsx" not in client.get(month).text


def test_a_signed_month_is_frozen_with_its_receipt(
    client: PortalClient, place: dict[str, int], system: System
) -> None:
    client.login(place["admin"], strong=True)
    page = client.get(f"/presences/{place['facility']}/2026-10/soumettre").get_data(as_text=True)
    assert "Signer et soumettre" in page
    assert _submit(client, place) == 302
    with system() as session:
        sheet = session.get_one(AttendanceSheet, place["sheet"])
        assert (sheet.state, sheet.submissions) == (SheetState.SUBMITTED, 1)
        frozen = session.scalars(select(AttendanceSubmission)).one()
        assert hashlib.sha256(frozen.snapshot.encode()).hexdigest() == frozen.sha256
        snapshot = json.loads(frozen.snapshot)
        assert [line["id"] for line in snapshot["lines"]] == [place["line"]]  # the empty line stays out
        assert snapshot["totals"] == {"P": 1, "P½": 1, "J": 0, "J½": 0, "I": 0, "I½": 0}
        entry = session.scalars(select(JournalEntry).where(JournalEntry.action == "soumission")).one()
        assert frozen.sha256 in [change.new for change in entry.changes]
    receipt = client.get(f"/presences/{place['facility']}/2026-10/accuse/1.pdf")
    assert receipt.mimetype == "application/pdf"
    assert receipt.data.startswith(b"%PDF-")
    assert receipt.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"/presences/{place['facility']}/2026-10/accuse/2.pdf").status_code == 404


def test_a_weak_connection_is_told_why_and_changes_nothing(
    client: PortalClient, place: dict[str, int], system: System
) -> None:
    client.login(place["admin"], strong=False)
    path = f"/presences/{place['facility']}/2026-10/soumettre"
    for answer in (client.get(path), client.submit(path, {"certifie": "oui"})):
        assert answer.status_code == 403
        assert "(sans eID ni itsme)" in answer.get_data(as_text=True)
    with client.session_transaction() as opened:
        opened["means"] = PASSWORD
    assert "(nom d’utilisateur et mot de passe)" in client.get(path).text
    with system() as session:
        assert session.get_one(AttendanceSheet, place["sheet"]).state is SheetState.DRAFT


def test_without_the_box_nothing_is_signed(client: PortalClient, place: dict[str, int]) -> None:
    client.login(place["admin"])
    assert _submit(client, place, certifie="") == 422


def test_nobody_signs_what_they_did_not_see(
    app: Flask, client: PortalClient, place: dict[str, int], system: System
) -> None:
    client.login(place["admin"])
    seen = _seen(client, place)
    colleague = new_client(app).login(place["admin"])
    edit = {"key": "k", "line": place["line"], "field": "5", "old": "", "new": "P"}
    assert colleague.send(f"/api/presences/{place['sheet']}/cellules", {"edits": [edit]}).status_code == 200
    assert _submit(client, place, vu=seen) == 409
    with system() as session:
        assert session.get_one(AttendanceSheet, place["sheet"]).state is SheetState.DRAFT
    assert _submit(client, place) == 302


def test_blocking_errors_stand_in_the_way(
    client: PortalClient, place: dict[str, int], system: System
) -> None:
    with system() as session:
        line = session.get_one(AttendanceLine, place["line"])
        line.exit_date = dt.date(2026, 10, 1)
        seen = base_of(place["sheet"], lines(session, place["sheet"]))
    client.login(place["admin"])
    assert _seen(client, place) == ""  # nothing to sign: the page says what to mend first
    assert _submit(client, place, vu=seen) == 422
    with system() as session:
        assert session.get_one(AttendanceSheet, place["sheet"]).state is SheetState.DRAFT


def test_a_month_that_runs_is_not_submitted(
    client: PortalClient, place: dict[str, int], system: System
) -> None:
    today = dt.datetime.now(dt.UTC).date()
    with system() as session:
        sheet = session.get_one(AttendanceSheet, place["sheet"])
        sheet.month = today.replace(day=1)
        session.get_one(AttendanceLine, place["line"]).codes = "." * 31
        seen = base_of(place["sheet"], lines(session, place["sheet"]))
    client.login(place["admin"])
    path = f"/presences/{place['facility']}/{today:%Y-%m}/soumettre"
    assert client.submit(path, {"certifie": "oui", "vu": seen}).status_code == 422


def test_a_submitted_version_cannot_be_altered(
    client: PortalClient, place: dict[str, int], system: System
) -> None:
    client.login(place["admin"])
    _submit(client, place)
    for statement in ("UPDATE attendance_submission SET sha256 = ''", "DELETE FROM attendance_submission"):
        with pytest.raises(DBAPIError), system() as session:
            session.execute(text(statement))


def test_an_agent_sends_back_and_the_organiser_reads_why(
    app: Flask, client: PortalClient, place: dict[str, int], system: System
) -> None:
    client.login(place["admin"])
    _submit(client, place)
    agent = new_client(app).login(place["agent"])
    queue = agent.get("/controle/presences/").get_data(as_text=True)
    assert f"/controle/presences/{place['sheet']}/" in queue
    decision = f"/controle/presences/{place['sheet']}/decision"
    assert agent.submit(decision, {"verbe": "send_back", "motif": " ", "version": "1"}).status_code == 422
    assert agent.submit(decision, {"verbe": "submit", "motif": "x", "version": "1"}).status_code == 400
    assert (
        agent.submit(decision, {"verbe": "send_back", "motif": "Le 2 manque", "version": "1"}).status_code
        == 302
    )
    assert agent.submit(decision, {"verbe": "reopen", "motif": "encore", "version": "1"}).status_code == 409
    with system() as session:
        assert session.get_one(AttendanceSheet, place["sheet"]).state is SheetState.RETURNED
        assert session.scalars(select(AttendanceReturn.reason)).all() == ["Le 2 manque"]
        entries = session.scalars(
            select(JournalEntry).where(JournalEntry.user_id == place["agent"]).order_by(JournalEntry.id)
        ).all()
        ours = [entry for entry in entries if entry.organiser_id == place["organiser"]]
        assert {entry.action for entry in ours} >= {"send_back"}
        assert all("gestionnaire subsides" in entry.door for entry in ours)
    saved = client.send(
        f"/api/presences/{place['sheet']}/cellules",
        {"edits": [
            {"key": "k", "line": place["line"], "field": "5", "old": "", "new": "P"},
            {"key": "l", "line": place["line"], "field": "first_name", "old": _first_name(system, place), "new": "Cachou"},
        ]},
    )  # fmt: skip
    assert [result["status"] for result in saved.json["results"]] == ["saved", "saved"]
    # What the organiser writes after the sending back is not the agent's to see.
    assert "Cachou" not in agent.get(f"/controle/presences/{place['sheet']}/").get_data(as_text=True)
    assert _submit(client, place) == 302
    versions = client.get(f"/presences/{place['facility']}/2026-10/versions/").get_data(as_text=True)
    assert "Le 2 manque" in versions
    assert "vide → P" in versions
    assert agent.get(f"/controle/presences/{place['sheet']}/versions/").status_code == 200


def test_an_agent_sees_no_draft(app: Flask, place: dict[str, int]) -> None:
    agent = new_client(app).login(place["agent"])
    assert agent.get(f"/controle/presences/{place['sheet']}/").status_code == 404
    assert agent.get(f"/presences/{place['facility']}/2026-10/").status_code == 403


def test_two_submissions_at_once_make_one_version(app: Flask, place: dict[str, int], system: System) -> None:
    import threading

    clients = [new_client(app).login(place["admin"]) for _ in range(4)]
    tokens = [client.csrf_token() for client in clients]
    seen = _seen(clients[0], place)
    path = f"/presences/{place['facility']}/2026-10/soumettre"

    def send(client: PortalClient, token: str) -> None:
        client.post(path, data={"csrf_token": token, "certifie": "oui", "vu": seen})

    threads = [threading.Thread(target=send, args=pair) for pair in zip(clients, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with system() as session:
        assert session.scalars(select(AttendanceSubmission.version)).all() == [1]


def test_a_checked_month_is_locked_and_says_when_it_was_checked(
    app: Flask, client: PortalClient, place: dict[str, int], system: System
) -> None:
    client.login(place["admin"])
    _submit(client, place)
    receipt = client.get(f"/presences/{place['facility']}/2026-10/accuse/1.pdf").data
    agent = new_client(app).login(place["agent"])
    decision = {"verbe": "check", "motif": "Rien à redire.", "version": "1"}
    assert agent.submit(f"/controle/presences/{place['sheet']}/decision", decision).status_code == 302
    assert client.submit(f"/controle/presences/{place['sheet']}/decision", decision).status_code == 403
    month = f"/presences/{place['facility']}/2026-10/"
    page = client.get(month).text
    assert re.search(r"Contrôlé par l’Office le \d\d/\d\d/\d{4}", page)
    assert "Rien à redire." in page
    assert 'class="month month-controle"' in page
    assert 'data-readonly="1"' in page
    edit = {"key": "k", "line": place["line"], "field": "5", "old": "", "new": "P"}
    assert client.send(f"/api/presences/{place['sheet']}/cellules", {"edits": [edit]}).status_code == 409
    assert client.get(month + "soumettre").status_code == 302
    assert _submit(client, place) == 302
    with system() as session:
        sheet = session.get_one(AttendanceSheet, place["sheet"])
        assert (sheet.state, sheet.submissions) == (SheetState.CHECKED, 1)
    assert client.get(month + "accuse/1.pdf").data == receipt

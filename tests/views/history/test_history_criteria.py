"""« Historique » by each criterion, in plain French, as a workbook."""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import journal
from app.db import owner_engine
from app.journal import Change, Who
from app.models import AttendanceLine, JournalEntry
from app.rules.attendance import ChildLine
from app.services import history, history_export
from app.services.attendance.line_history import line_change
from tests import factories
from tests.client import PortalClient
from tests.conftest import System
from tests.views.history.conftest import Place
from tests.views.pages import Page

FIELDS_OF_A_CHILD = ChildLine('Dupré "x"', "Zoé", dt.date(2025, 1, 2), pfp_rate=Decimal("12.50"))


def _entry(session: Session, place: Place, who: Who, action: str, what: str, *changes: Change) -> int:
    journal.record(
        session, who, action, organiser_id=place.organiser, facility_id=place.facility,
        object_type="attendance_sheet", object_id=place.sheet, summary=what, changes=changes,
    )  # fmt: skip
    return session.scalars(select(JournalEntry.id).where(JournalEntry.summary == what)).one()


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", {"lu", "écrit", "porte", "là"}),
        ("action=consultation", {"lu", "porte"}),
        ("action=modification", {"écrit", "là"}),
        ("personne={admin}", {"lu", "écrit"}),
        ("personne=0", {"là"}),
        ("milieu={facility}", {"lu", "écrit", "porte"}),
        ("milieu={facility}&action=modification&personne={admin}", {"écrit"}),
        ("objet=fermetures", set()),
        ("objet=presences", {"lu", "écrit", "porte", "là"}),
        ("quand-du={today}&quand-au={today}", {"lu", "écrit", "porte", "là"}),
        ("quand-au={yesterday}", set()),
        ("quand-du={tomorrow}", set()),
        ("quand-du=31/02/2026", set()),
        ("quand-du={today}&quand-au={yesterday}", set()),
        # What nobody offers is left out, as on every list.
        ("personne=999999&milieu=999999&objet=x&action=x&sens=x", {"lu", "écrit", "porte", "là"}),
        ("avant=0", set()),
        ("apres=999999999999", set()),
    ],
)
def test_each_criterion(
    client: PortalClient, place: Place, system: System, query: str, seen: set[str]
) -> None:
    with system() as session:
        admin = Who(place.admin, "Camille Admin")
        _entry(session, place, admin, "consultation", "texte-lu")
        _entry(session, place, admin, "encodage", "texte-écrit")
        _entry(session, place, Who(place.stranger, "Marc", "agent : contrôle"), "consultation", "texte-porte")
        factories.entry(
            session, place.organiser, "x", changes=0, object_type="attendance_sheet", object_id=None
        )
        now = dt.datetime.now(dt.UTC).astimezone(history.BRUSSELS).date()
    day = dt.timedelta(days=1)
    values = {"today": now, "yesterday": now - day, "tomorrow": now + day}
    asked = query.format(
        admin=place.admin, facility=place.facility, **{name: f"{d:%d/%m/%Y}" for name, d in values.items()}
    )
    page = client.login(place.admin).get(f"/historique/?{asked}").text
    texts = {"lu": "texte-lu", "écrit": "texte-écrit", "porte": "texte-porte", "là": "cellules de x"}
    assert {name for name, words in texts.items() if words in page} == seen


def test_a_day_is_a_day_in_brussels(app: Flask, client: PortalClient, place: Place, system: System) -> None:
    """31 March 22:30 UTC is 1 April; a clock that stepped back at midnight hides nothing."""
    with system() as session:
        for n in range(3):
            _entry(session, place, Who(None, "x"), "encodage", f"moment {n}")
        ids = session.scalars(
            select(JournalEntry.id)
            .where(JournalEntry.summary.startswith("moment"))
            .order_by(JournalEntry.seq)
        ).all()
    with app.app_context():
        engine = owner_engine(app)
    moments = ("2026-03-31 21:59:59+00", "2026-03-31 22:30:00+00", "2026-03-31 21:59:58+00")
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE journal_entry SET at = '2026-01-01 12:00+00'"))
        for number, moment in zip(ids, moments, strict=True):
            connection.execute(
                text("UPDATE journal_entry SET at = :at WHERE id = :id"), {"at": moment, "id": number}
            )
    engine.dispose()
    client.login(place.admin)
    march = client.get("/historique/?quand-au=31/03/2026").text
    april = client.get("/historique/?quand-du=01/04/2026&quand-au=01/04/2026").text
    assert [n for n in range(3) if f"moment {n}" in march] == [0, 2]
    assert [n for n in range(3) if f"moment {n}" in april] == [1]
    assert "01/04/2026 à 00:30" in april


def test_what_changed_is_said_in_french(client: PortalClient, place: Place, system: System) -> None:
    changes = [
        Change("closure", 1, "first_day", "2026-10-31", "2026-11-01"),
        Change("closure", 1, "facility_id", None, str(place.facility)),
        Change("closure", 1, "organiser_id", None, str(place.organiser)),
        Change("closure", 1, "created_by", None, "True"),
    ]
    named = [
        Change("closure", 1, "Portefeuille", "commune 5640", None),
        Change("membership", 1, "Bilans", "ouvert du 01/01/2026 au 31/12/2026", None),
    ]
    imported = [Change("attendance_line", 999, "codes", "." * 31, "..P" + "." * 28)]
    with system() as session:
        who = Who(place.admin, "Camille Admin")
        common = {"organiser_id": place.organiser, "object_type": "closure", "object_id": 1}
        journal.record(session, who, "modification", **common, summary="x", changes=changes)  # type: ignore[arg-type]
        journal.record(session, who, "modification", **common, summary="Modification : Noël", changes=named)  # type: ignore[arg-type]
        journal.record(session, who, "import", **common, summary="x", changes=imported)  # type: ignore[arg-type]
    words = " ".join(Page(client.login(place.admin).get("/historique/").text).words)
    assert "Premier jour : 31/10/2026 devient 01/11/2026" in words
    assert re.search(
        r"Milieu d’accueil : vide devient Crèche Ici \(\S+\)|Milieu d’accueil : vide devient Ici", words
    )
    assert "Autre donnée : vide devient oui" in words
    assert "Portefeuille : commune 5640 devient vide" in words
    assert "Bilans : ouvert du 01/01/2026 au 31/12/2026 devient fermé" in words
    assert "Modification Noël" in words
    assert "Ligne 999, jours : vide devient 3 : P" in words
    assert "organiser" not in words.casefold()


def test_reading_the_history_is_in_the_history(client: PortalClient, place: Place, system: System) -> None:
    client.login(place.admin)
    client.get("/historique/?action=modification")
    client.get(f"/historique/presences/{place.sheet}/")
    client.get("/historique/export.xlsx?action=modification")
    with system() as session:
        kept = list(
            session.execute(
                select(JournalEntry.action, JournalEntry.summary)
                .where(JournalEntry.object_type == "journal_entry", JournalEntry.user_id == place.admin)
                .order_by(JournalEntry.seq)
            )
        )
    assert [action for action, _ in kept] == ["consultation", "consultation", "export"]
    assert kept[0][1] == "Consultation : Historique (Action : Modifications)"
    assert "Présences" in kept[1][1]
    assert kept[2][1] == "Historique (Action : Modifications) : 4 lignes exportées"


def test_the_workbook_holds_each_value_as_text(client: PortalClient, place: Place, system: System) -> None:
    with system() as session:
        journal.record(
            session, Who(place.admin, "=1+1"), "encodage", organiser_id=place.organiser,
            facility_id=place.facility, object_type="attendance_sheet", object_id=place.sheet,
            summary="=cmd|'/C calc'!A0", changes=[Change("attendance_sheet", place.sheet, "state", None, "@x")],
        )  # fmt: skip
    answer = client.login(place.admin).get(f"/historique/presences/{place.sheet}/export.xlsx")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    lines = list(sheet.iter_rows(min_row=4))
    assert [len(lines), lines[0][1].value, lines[0][4].value] == [3, "=1+1", "=cmd|'/C calc'!A0"]
    assert [cell.value for cell in lines[0][7:]] == ["État", None, "@x"]
    assert {cell.data_type for line in lines for cell in line[1:] if cell.value} == {"s"}
    assert isinstance(lines[0][0].value, dt.datetime)
    assert "Présences" in sheet["A1"].value


def test_a_line_kept_as_a_whole_reads_field_by_field(
    client: PortalClient, place: Place, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside lines kept field by field, and no page nor file shows how it is kept."""
    ours = replace(FIELDS_OF_A_CHILD, codes="P.J" + "." * 28, niss_hash="a")
    with system() as session:
        number = session.scalars(
            select(AttendanceLine.id).where(AttendanceLine.sheet_id == place.sheet)
        ).first()
        assert number is not None
        changes = [
            line_change(number, None, ours),
            line_change(number, ours, replace(ours, first_name="", codes="PpJ" + "." * 28, niss_hash="b")),
            Change("attendance_line", number, "7", "P", "J"),
        ]
        one = _entry(session, place, Who(place.admin, "Ana"), "import", "reprise", *filter(None, changes))
    client.login(place.admin)
    told = [
        ("Nom", "", 'Dupré "x"'), ("Prénom", "", "Zoé"), ("Date de naissance", "", "02/01/2025"),
        ("Tarif PFP", "", "12,50"), ("NISS", "", "•••"), ("jours", "", "1 : P, 3 : J"), ("Prénom", "Zoé", ""),
        ("NISS", "•••", "•••"), ("jours", "2 : –", "2 : P½"), ("jour 7", "P", "J"),
    ]  # fmt: skip
    page = Page(client.get(f"/historique/{one}/").text)
    words = " ".join(page.words)
    for what, old, new in told:
        assert " ".join(f"{what} {old or 'vide'} {new or 'vide'}".split()) in words, what
    assert journal.WHOLE not in words
    listed = " ".join(Page(client.get("/historique/?action=modification").text).words)
    assert listed.count("devient") == history.FEW + 4, (
        "the first values of each entry, and a link to the others"
    )
    assert "Voir toutes les valeurs" in listed
    answer = client.get(f"/historique/presences/{place.sheet}/export.xlsx?action=modification")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(min_row=4, values_only=True))
    assert [(row[7].rpartition(", ")[2], row[8] or "", row[9] or "") for row in rows[:10]] == told
    # What an export holds is counted by field as well.
    monkeypatch.setattr(history_export, "LIMIT", len(rows))
    assert client.get(f"/historique/presences/{place.sheet}/export.xlsx").status_code == 200
    monkeypatch.setattr(history_export, "LIMIT", len(rows) - 1)
    assert (
        client.get(f"/historique/presences/{place.sheet}/export.xlsx?action=modification").status_code == 302
    )


def test_too_long_an_export_is_refused_with_the_way_out(
    client: PortalClient, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.login(place.admin)
    monkeypatch.setattr(history_export, "LIMIT", 4)
    assert client.get("/historique/export.xlsx?action=modification").status_code == 200
    monkeypatch.setattr(history_export, "LIMIT", 3)
    answer = client.get("/historique/export.xlsx?action=modification", follow_redirects=True)
    assert answer.request.full_path == "/historique/?action=modification"
    assert "choisissez une période plus courte" in answer.text
    assert "Modifications" in answer.text

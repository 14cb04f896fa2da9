"""The grid's JSON: what is saved, refused, in conflict; and that the history says so."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AttendanceLine, AttendanceSheet, JournalEntry
from app.rules.workflow import SheetState
from tests.api.conftest import MONTH, Place, edit
from tests.client import PortalClient
from tests.conftest import System, new_client
from tests.factories.niss import niss


def _line(session: Session, number: int) -> AttendanceLine:
    return session.scalars(select(AttendanceLine).where(AttendanceLine.id == number)).one()


def test_children_who_stand_there_twice_are_told_of_the_whole_month(
    client: PortalClient, place: Place, system: System
) -> None:
    first, second = place.lines
    with system() as session:
        for number in place.lines:
            line = _line(session, number)
            line.last_name, line.first_name, line.niss_hash = (
                "Dupont",
                "Ada" if number == first else "Éva",
                None,
            )
            line.birth_date = dt.date(2025, 2, 1) if number == first else None
    client.login(place.admin)
    since = dt.datetime.now(dt.UTC).isoformat()
    day = client.send(place.save, {"edits": [edit(second, "6", "", "P")]}).json
    assert "twins" not in day
    named = client.send(place.save, {"edits": [edit(second, "first_name", "Éva", "Ada")]}).json
    assert list(named["twins"]) == [str(second)]
    assert "figure peut-être déjà plus haut" in named["twins"][str(second)]["message"]
    seen = client.get(f"/api/presences/{place.sheet}/etat", query_string={"since": since}).json
    assert seen["twins"] == named["twins"]
    gone = client.send(f"/api/presences/{place.sheet}/lignes", {"delete": [first]}).json
    assert gone["twins"] == {}
    back = client.send(f"/api/presences/{place.sheet}/lignes", {"restore": [first]}).json
    assert back["twins"] == named["twins"]


def test_a_cell_is_saved_with_its_history(client: PortalClient, place: Place, system: System) -> None:
    client.login(place.admin)
    answer = client.send(place.save, {"edits": [edit(place.lines[0], "2", "", "0,5")]})
    assert answer.status_code == 200
    result = answer.json["results"][0]
    assert (result["status"], result["value"], result["version"]) == ("saved", "P½", 2)
    with system() as session:
        line = _line(session, place.lines[0])
        assert line.codes[:3] == "PpJ"
        entry = session.scalars(select(JournalEntry).where(JournalEntry.action == "encodage")).one()
        change = entry.changes[0]
        assert (entry.user_id, change.object_id, change.field, change.old, change.new) == (
            place.admin, line.id, "2", "", "P½",
        )  # fmt: skip
    history = client.get(f"/api/presences/{place.sheet}/historique?line={place.lines[0]}&field=2").json[
        "entries"
    ]
    assert [(entry["old"], entry["new"], entry["how"]) for entry in history] == [("", "P½", "grille")]


def test_who_looks_at_a_cells_history_is_in_the_history(
    client: PortalClient, place: Place, system: System
) -> None:
    client.login(place.admin)
    address = f"/api/presences/{place.sheet}/historique?field=2&line="
    assert client.get(f"{address}{place.lines[0]}").status_code == 200
    assert client.get(f"{address}{2**31 - 1}").status_code == 404
    with system() as session:
        told = select(JournalEntry).where(JournalEntry.object_type == "attendance_line")
        (entry,) = session.scalars(told).all()
        assert (entry.action, entry.object_id) == ("consultation", place.lines[0])
        assert entry.summary == "Historique d’une cellule (jour 2) : présences d’octobre 2026"


def test_the_same_edit_twice_writes_once(client: PortalClient, place: Place, system: System) -> None:
    client.login(place.admin)
    for _ in range(2):
        answer = client.send(place.save, {"edits": [edit(place.lines[0], "2", "", "J")]})
        assert answer.json["results"][0]["status"] == "saved"
    with system() as session:
        assert _line(session, place.lines[0]).version == 2
        assert len(session.scalars(select(JournalEntry).where(JournalEntry.action == "encodage")).all()) == 1


def test_a_conflict_gives_both_values_and_the_hand(app: Flask, client: PortalClient, place: Place) -> None:
    client.login(place.admin)
    other = new_client(app).login(place.admin)
    other.send(place.save, {"edits": [edit(place.lines[0], "2", "", "J")]})
    answer = client.send(
        place.save,
        {"edits": [edit(place.lines[0], "2", "", "I", "a"), edit(place.lines[1], "2", "", "I", "b")]},
    )
    conflict, saved = answer.json["results"]
    assert (conflict["status"], conflict["theirs"]) == ("conflict", "J")
    assert conflict["by"]
    assert conflict["at"]
    assert saved["status"] == "saved"


def test_two_corrections_of_one_number_are_a_conflict_too(
    app: Flask, client: PortalClient, place: Place
) -> None:
    client.login(place.admin)
    other = new_client(app).login(place.admin)
    line = place.lines[0]
    page = client.get(f"/presences/{place.facility}/{MONTH:%Y-%m}/").text
    mark = re.search(rf"data-l={line} data-v=\d+ data-n=(\w+)", page)
    assert mark
    seen = mark[1]
    first, second = niss(dt.date(2024, 5, 6), 7), niss(dt.date(2024, 5, 6), 8)
    done = other.send(place.save, {"edits": [edit(line, "niss", "présent", first) | {"seen": seen}]}).json
    assert done["results"][0]["status"] == "saved"
    late = client.send(place.save, {"edits": [edit(line, "niss", "présent", second) | {"seen": seen}]})
    (conflict,) = late.json["results"]
    assert (conflict["status"], conflict["theirs"]) == ("conflict", "présent")
    assert conflict["by"]
    assert conflict["mark"] == done["results"][0]["mark"] != seen
    assert first not in late.text
    again = edit(line, "niss", "présent", second, "b") | {"seen": conflict["mark"]}
    assert client.send(place.save, {"edits": [again]}).json["results"][0]["status"] == "saved"


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("2", "X", "X"),
        ("3", "P", "fermé"),
        ("birth_date", "31/02/2025", "31/02/2025"),
        ("niss", "85133000105", ""),
        ("pfp_rate", "-4", ""),
    ],
)
def test_a_wrong_value_is_refused_with_the_reason(
    client: PortalClient, place: Place, field: str, typed: str, words: str
) -> None:
    client.login(place.admin)
    shown = {"3": "J", "birth_date": "", "niss": "présent", "pfp_rate": "17,50"}.get(field, "")
    answer = client.send(place.save, {"edits": [edit(place.lines[0], field, shown, typed)]})
    result = answer.json["results"][0]
    assert result["status"] == "refused"
    assert words in result["message"]
    assert result["help"]
    assert "85133000105" not in answer.get_data(as_text=True)


def test_a_child_typed_twice_is_refused(client: PortalClient, place: Place, system: System) -> None:
    client.login(place.admin)
    with system() as session:
        first, second = (_line(session, number) for number in place.lines)
        wanted = {
            "last_name": (second.last_name, first.last_name),
            "first_name": (second.first_name, first.first_name),
            "niss": ("présent", ""),
            "birth_date": (f"{second.birth_date:%d/%m/%Y}", f"{first.birth_date:%d/%m/%Y}"),
        }
        first.niss_sealed = first.niss_hash = None
    edits = [edit(place.lines[1], field, old, new, field) for field, (old, new) in wanted.items()]
    results = client.send(place.save, {"edits": edits}).json["results"]
    assert [result["status"] for result in results][-1] == "refused"
    assert results[-1]["message"]


def test_a_submitted_month_is_locked_on_every_path(
    client: PortalClient, place: Place, system: System
) -> None:
    with system() as session:
        session.get_one(AttendanceSheet, place.sheet).state = SheetState.SUBMITTED
    client.login(place.admin)
    lines = f"/api/presences/{place.sheet}/lignes"
    for path, body in (
        (place.save, {"edits": [edit(place.lines[0], "2", "", "J")]}),
        (lines, {"add": 1}),
        (lines, {"delete": place.lines}),
        (lines, {"restore": place.lines}),
    ):
        answer = client.send(path, body)
        assert (answer.status_code, answer.json["error"]) == (409, "locked")


def test_lines_are_added_taken_away_and_restored(client: PortalClient, place: Place) -> None:
    client.login(place.admin)
    lines = f"/api/presences/{place.sheet}/lignes"
    added = client.send(lines, {"add": 3}).json["lines"]
    assert len({line["id"] for line in added}) == 3
    gone = [place.lines[0], added[0]["id"]]
    assert sorted(client.send(lines, {"delete": gone}).json["deleted"]) == sorted(gone)
    refused = client.send(place.save, {"edits": [edit(place.lines[0], "2", "", "J")]}).json["results"][0]
    assert refused["status"] == "refused"
    back = client.send(lines, {"restore": gone}).json["lines"]
    assert sorted(line["id"] for line in back) == sorted(gone)
    assert {line["version"] for line in back} == {3}
    assert client.send(lines, {"add": 500}).status_code == 422


def test_the_poll_tells_what_others_changed(app: Flask, client: PortalClient, place: Place) -> None:
    client.login(place.admin)
    state = f"/api/presences/{place.sheet}/etat"
    since = client.get(state, query_string={"since": "2026-11-10T00:00:00+00:00"}).json["now"]
    new_client(app).login(place.admin).send(place.save, {"edits": [edit(place.lines[0], "2", "", "J")]})
    found = client.get(state, query_string={"since": since}).json
    assert found["state"] == "brouillon"
    assert list(found["lines"]) == [str(place.lines[0])]
    assert found["lines"][str(place.lines[0])]["values"]["2"] == "J"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"edits": []},
        {"edits": "x"},
        {"edits": [{"key": "k", "line": "1", "field": "2", "old": "", "new": "P"}]},
        {"edits": [{"key": "k", "line": 1, "field": "32", "old": "", "new": "P"}]},
        {"edits": [{"key": "k", "line": 2**40, "field": "2", "old": "", "new": "P"}]},
        {"edits": [{"key": "k", "line": 1, "field": "2", "old": "", "new": "P" * 500}]},
    ],
)
def test_a_malformed_batch_is_refused_whole(client: PortalClient, place: Place, body: object) -> None:
    client.login(place.admin)
    assert client.send(place.save, body).status_code == 400


def test_signed_out_is_401_and_without_token_400(client: PortalClient, place: Place) -> None:
    assert client.send(place.save, {"edits": [edit(place.lines[0], "2", "", "J")]}).status_code == 401
    client.login(place.admin)
    assert client.post(place.save, json={"edits": []}).status_code == 400

"""A closure over days that are encoded: told before it is saved, on the months until they are mended."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy import select

from app import clock
from app.models import AttendanceLine, Closure, Dossier, Organiser
from app.rules.workflow import SheetState
from tests import factories
from tests.client import PortalClient
from tests.conftest import System

ADD = "/fermetures/ajouter/"


@pytest.fixture
def place(client: PortalClient, system: System, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Two facilities with a child on every day of October, September submitted."""
    monkeypatch.setattr(clock, "today", lambda: dt.date(2026, 11, 22))
    with system() as session:
        owner = factories.organiser(session)
        admin = factories.administrator(session, owner)
        homes = [factories.facility(session, owner, mark) for mark in ("Tilleul", "Saule")]
        for home in homes:
            for month in (9, 10):
                sheet = factories.sheet(session, home, month=dt.date(2026, month, 1), lines=0)
                factories.line(session, sheet, codes="P" * 30 + ".")
                factories.line(session, sheet, codes="." * 31)
                gone = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
                factories.line(session, sheet, codes="P" * 31, deleted_at=gone)
                if month == 9:
                    sheet.state = SheetState.SUBMITTED
        admin_id, found = admin.id, {"owner": owner.id, "first": homes[0].id, "second": homes[1].id}
    client.login(admin_id)
    return found


def _typed(first: str, last: str, facility: object = "", **more: str) -> dict[str, str]:
    return {
        "first_day": first, "last_day": last, "motive": "Grève", "facility_id": str(facility), **more,
    }  # fmt: skip


def _answer(page: str) -> str:
    found = re.search(r'name="compris" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def _stored(system: System) -> int:
    with system() as session:
        return len(session.scalars(select(Closure.id)).all())


def test_how_many_cells_of_which_months_are_told_and_nothing_is_saved_before_one_says_so(
    client: PortalClient, place: dict[str, int], system: System
) -> None:
    typed = _typed("28/09/2026", "02/10/2026")
    page = client.submit(ADD, typed)
    assert page.status_code == 422
    for home in ("Tilleul", "Saule"):
        assert f"Crèche {home}, septembre 2026 : 3 cases. Ce mois est soumis" in page.text
        assert f"Crèche {home}, octobre 2026 : 2 cases, à effacer" in page.text
    assert 'value="28/09/2026"' in page.text
    assert _stored(system) == 0
    assert client.submit(ADD, {**typed, "compris": "autre"}).status_code == 422
    assert client.submit(ADD, {**typed, "compris": _answer(page.text)}).status_code == 302
    assert _stored(system) == 1


def test_what_was_seen_is_what_is_agreed_to(
    client: PortalClient, place: dict[str, int], system: System
) -> None:
    typed = _typed("05/10/2026", "06/10/2026", place["first"])
    answer = _answer(client.submit(ADD, typed).text)
    with system() as session:
        line = session.scalars(
            select(AttendanceLine).where(
                AttendanceLine.facility_id == place["first"], AttendanceLine.codes == "." * 31
            )
        )
        for one in line:
            one.codes = "P" * 31
    again = client.submit(ADD, {**typed, "compris": answer})
    assert again.status_code == 422
    assert "octobre 2026 : 4 cases" in again.text


def test_a_period_without_a_cell_asks_nothing(
    client: PortalClient, place: dict[str, int], system: System
) -> None:
    assert client.submit(ADD, _typed("02/11/2026", "30/11/2026")).status_code == 302
    with system() as session:
        elsewhere = session.get_one(Organiser, place["owner"])
        quiet = factories.facility(session, elsewhere, "Chêne").id
    assert client.submit(ADD, _typed("05/10/2026", "06/10/2026", quiet)).status_code == 302


def test_only_the_days_that_an_edit_adds_are_told(
    client: PortalClient, place: dict[str, int], system: System
) -> None:
    with system() as session:
        owner = session.get_one(Organiser, place["owner"])
        days = {"first_day": dt.date(2026, 10, 5), "last_day": dt.date(2026, 10, 7), "motive": "Grève"}
        home = owner.facilities[0] if owner.facilities[0].id == place["first"] else owner.facilities[1]
        closure = factories.closure(session, owner, home, **days).id
    path = f"/fermetures/{closure}/modifier/"
    seen = re.findall(r'name="seen"[^>]*value="(\w+)"', client.get(path).text)[0]
    longer = client.submit(path, _typed("05/10/2026", "09/10/2026", place["first"], seen=seen))
    assert "octobre 2026 : 2 cases" in longer.text
    everywhere = client.submit(path, _typed("05/10/2026", "07/10/2026", seen=seen)).text
    assert "Crèche Saule, octobre 2026 : 3 cases" in everywhere
    assert "Crèche Tilleul, octobre 2026" not in everywhere
    shorter = client.submit(path, _typed("06/10/2026", "06/10/2026", place["first"], seen=seen))
    assert shorter.status_code == 302


def test_the_months_to_review_say_so_until_they_are_mended(
    client: PortalClient, place: dict[str, int], system: System
) -> None:
    months = "/presences/?annee=2026"
    assert "À revoir" not in client.get(months).text
    typed = _typed("30/09/2026", "01/10/2026", place["first"])
    client.submit(ADD, {**typed, "compris": _answer(client.submit(ADD, typed).text)})
    page = client.get(months).text
    assert page.count("À revoir") == 1  # not September, which was submitted, nor the other facility
    assert "un jour fermé" in client.get(f"/presences/{place['first']}/2026-10/").text
    with system() as session:
        for line in session.scalars(
            select(AttendanceLine).where(AttendanceLine.facility_id == place["first"])
        ):
            line.codes = "." + line.codes[1:]
    assert "À revoir" not in client.get(months).text


def test_deleting_a_closure_tells_which_months_are_open_again(
    client: PortalClient, place: dict[str, int], system: System
) -> None:
    with system() as session:
        owner = session.get_one(Organiser, place["owner"])
        days = {"first_day": dt.date(2026, 9, 28), "last_day": dt.date(2026, 10, 2)}
        over, later = factories.closure(session, owner, **days).id, factories.closure(session, owner).id
    assert "redeviendront ouverts, à encoder, dans : octobre 2026." in client.get(f"/fermetures/{over}/").text
    assert "redeviendront" not in client.get(f"/fermetures/{later}/").text


def test_only_one_s_own_facilities_are_offered_whatever_another_dossier_shows(
    client: PortalClient, system: System, place: dict[str, int]
) -> None:
    with system() as session:
        member = factories.member(session, session.get_one(Organiser, place["owner"]))
        factories.grant(session, member, Dossier.SUBSIDES, facility_id=place["first"])
        factories.grant(session, member, Dossier.TEAM)
        user_id = member.user_id
    client.login(user_id)
    options = re.findall(
        r'<option[^>]*value="(\d*)"', client.get(ADD).text.partition('name="facility_id"')[2]
    )
    assert options == [str(place["first"])]
    for facility in ("", place["second"]):
        answer = client.submit(ADD, _typed("01/12/2026", "02/12/2026", facility))
        assert (answer.status_code, "02/12/2026" in answer.text) == (422, True), "what was typed stays"

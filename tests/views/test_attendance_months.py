"""Months: the strip, the month that needs work, and the ways a month begins."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from app import clock
from app.models import AttendanceLine, AttendanceSheet, JournalEntry, Parameter
from app.rules.months import Month
from app.rules.workflow import SheetState
from app.spreadsheets.cage import read_workbook
from tests import factories
from tests.client import PortalClient
from tests.conftest import System
from tests.spreadsheets.made import find_table


@pytest.fixture
def place(system: System) -> dict[str, int]:
    with system() as session:
        organiser = factories.organiser(session)
        facility = factories.facility(session, organiser, opened_on=dt.date(2026, 8, 1))
        admin = factories.administrator(session, organiser)
        return {"organiser": organiser.id, "facility": facility.id, "admin": admin.id}


def _month(place: dict[str, int], month: str, verb: str = "") -> str:
    return f"/presences/{place['facility']}/{month}/{verb}"


def test_it_opens_on_the_month_that_needs_work(
    client: PortalClient, place: dict[str, int], system: System
) -> None:
    client.login(place["admin"])
    facility = f"/presences/{place['facility']}/"
    assert client.get("/presences/").headers["Location"] == facility  # one facility: no list to choose from
    assert client.get(facility).headers["Location"].endswith("/2026-08/")  # the oldest that is not submitted
    with system() as session:
        owner = session.get_one(type(factories.organiser(session)), place["organiser"])
        home = owner.facilities[0]
        for month, state in ((8, SheetState.SUBMITTED), (9, SheetState.DRAFT), (10, SheetState.RETURNED)):
            factories.sheet(session, home, month=dt.date(2026, month, 1), state=state, lines=0)
    assert client.get(facility).headers["Location"].endswith("/2026-10/")  # sent back comes first


def test_an_empty_month_offers_its_beginnings(client: PortalClient, place: dict[str, int]) -> None:
    client.login(place["admin"])
    page = client.get(_month(place, "2026-10")).get_data(as_text=True)
    for words in ("Importer un classeur", "Reprendre le dernier relevé", "Commencer par des lignes vides"):
        assert words in page
    for month in ("2026-07", "2030-01", "2026-13", "octobre"):
        assert client.get(_month(place, month)).status_code == 404


@pytest.mark.parametrize(("typed", "made"), [("3", 3), ("500", 500), ("501", None), ("0", None), ("x", None)])
def test_empty_lines_up_to_the_limit(
    client: PortalClient, place: dict[str, int], system: System, typed: str, made: int | None
) -> None:
    client.login(place["admin"])
    answer = client.submit(_month(place, "2026-10", "creer"), {"source": "lignes", "lignes": typed})
    assert answer.status_code == (302 if made else 422)
    if made is None:
        assert f'value="{typed}"' in answer.get_data(as_text=True)  # what was typed stays
    with system() as session:
        assert len(session.scalars(select(AttendanceLine.id)).all()) == (made or 0)
        assert len(session.scalars(select(AttendanceSheet.id)).all()) == (1 if made else 0)


@pytest.fixture
def june(place: dict[str, int], system: System) -> int:
    """The last relevé with children is June's: July was made and left blank, August never made."""
    with system() as session:
        owner = session.get_one(type(factories.organiser(session)), place["organiser"])
        home = owner.facilities[0]
        home.opened_on = dt.date(2026, 1, 1)
        long_ago = factories.sheet(session, home, month=dt.date(2026, 5, 1), lines=0)
        factories.line(session, long_ago, last_name="Ancien")
        june = factories.sheet(session, home, month=dt.date(2026, 6, 1), lines=0)
        factories.line(session, june, last_name="Reste", codes="P" + "." * 30)
        factories.line(session, june, last_name="Parti", exit_date=dt.date(2026, 8, 31))
        factories.line(session, june, last_name="Retiré", deleted_at=dt.datetime(2026, 7, 1, tzinfo=dt.UTC))
        july = factories.sheet(session, home, month=dt.date(2026, 7, 1), lines=0)
        blank = {
            "last_name": "",
            "first_name": "",
            "birth_date": None,
            "niss_sealed": None,
            "niss_hash": None,
        }
        factories.line(session, july, **blank, entry_date=None, pfp_rate=None, codes="." * 31)
        return june.id


def test_the_latest_month_with_children_lends_them(
    client: PortalClient, place: dict[str, int], june: int, system: System
) -> None:
    client.login(place["admin"])
    assert "dernier relevé, celui de juin 2026" in client.get(_month(place, "2026-09")).text
    assert client.submit(_month(place, "2026-09", "creer"), {"source": "precedent"}).status_code == 302
    with system() as session:
        made = select(AttendanceSheet.id).where(AttendanceSheet.month == dt.date(2026, 9, 1))
        (new,) = session.scalars(select(AttendanceLine).where(AttendanceLine.sheet_id.in_(made))).all()
        old = session.scalars(
            select(AttendanceLine).where(AttendanceLine.sheet_id == june, AttendanceLine.last_name == "Reste")
        ).one()
        assert (new.last_name, new.codes) == ("Reste", "." * 31)
        assert (new.entry_date, new.pfp_rate) == (old.entry_date, old.pfp_rate)
        assert (new.niss_sealed, new.niss_hash) == (old.niss_sealed, old.niss_hash)
        lines = len(session.scalars(select(AttendanceLine.id)).all())
    assert client.submit(_month(place, "2026-09", "creer"), {"source": "precedent"}).status_code == 302
    with system() as session:
        assert len(session.scalars(select(AttendanceLine.id)).all()) == lines


def test_without_a_child_before_there_is_nothing_to_take_over(
    client: PortalClient, place: dict[str, int], june: int, system: System
) -> None:
    client.login(place["admin"])
    assert "Aucun mois précédent n’a encore d’enfants" in client.get(_month(place, "2026-04")).text
    page = client.submit(_month(place, "2026-04", "creer"), {"source": "precedent"}, follow_redirects=True)
    assert "Aucun mois précédent n’a d’enfants" in page.text
    with system() as session:
        for line in session.scalars(select(AttendanceLine).where(AttendanceLine.sheet_id == june)):
            line.exit_date = dt.date(2026, 6, 30)
    assert "sont sortis avant ce mois" in client.get(_month(place, "2026-09")).text


@pytest.mark.parametrize(("month", "names"), [("2026-09", ["Reste"]), ("2026-07", ["Reste", "Parti"])])
def test_the_template_of_a_month_without_children_holds_those_of_the_latest(
    client: PortalClient, place: dict[str, int], june: int, month: str, names: list[str]
) -> None:
    client.login(place["admin"])
    data = client.get(_month(place, month, "modele.xlsx")).data
    table = find_table(read_workbook(data, "modele.xlsx"), Month.parse(month))
    assert [row.raw["last_name"] for row in table.rows] == names
    assert not any(row.raw[str(day)] for row in table.rows for day in table.days)


def test_the_consultation_is_in_the_history(
    client: PortalClient, place: dict[str, int], system: System
) -> None:
    client.login(place["admin"])
    client.submit(_month(place, "2026-10", "creer"), {"lignes": "2"})
    assert client.get(_month(place, "2026-10")).status_code == 200
    with system() as session:
        actions = session.scalars(
            select(JournalEntry.action)
            .where(JournalEntry.organiser_id == place["organiser"])
            .order_by(JournalEntry.seq)
        ).all()
    assert actions == ["creation", "consultation"]


def test_what_no_official_source_confirms_is_marked_on_the_month(
    client: PortalClient, place: dict[str, int], system: System
) -> None:
    client.login(place["admin"])
    assert "Une par enfant, 500 au plus" in client.get(_month(place, "2026-09")).text
    _confirm(system, official=False)
    assert "500 (valeur non officielle) au plus" in client.get(_month(place, "2026-09")).text
    refused = client.submit(_month(place, "2026-09", "creer"), {"lignes": "501"})
    assert "entre 1 et 500 (valeur non officielle)" in refused.text
    client.submit(_month(place, "2026-09", "creer"), {"lignes": "3"})
    occupancy = client.get(_month(place, "2026-09")).text.split("data-occupancy")[1][:400]
    assert "valeur non officielle" in occupancy
    _confirm(system, official=True)
    assert "valeur non officielle" not in client.get(_month(place, "2026-09")).text


def _confirm(system: System, *, official: bool) -> None:
    with system() as session:
        for row in session.scalars(select(Parameter)):
            row.official = official


@pytest.mark.usefixtures("june")
def test_a_month_made_by_mistake_and_emptied_can_still_take_the_children_over(
    client: PortalClient, place: dict[str, int], system: System
) -> None:
    client.login(place["admin"])
    month, create = _month(place, "2026-09"), _month(place, "2026-09", "creer")
    assert client.submit(create, {"lignes": "1"}).status_code == 302
    refused = client.submit(create, {"lignes": "900"}, follow_redirects=True)
    assert "Donnez un nombre de lignes entre 1 et 500" in refused.text  # the month is there: told beside it
    assert "Reprendre les enfants" not in refused.text
    made = select(AttendanceSheet.id).where(AttendanceSheet.month == dt.date(2026, 9, 1))
    lines = select(AttendanceLine).where(
        AttendanceLine.sheet_id.in_(made), AttendanceLine.deleted_at.is_(None)
    )
    with system() as session:
        session.scalars(lines).one().deleted_at = clock.now()
    assert "Reprendre les enfants" in client.get(month).text
    assert client.submit(create, {"source": "precedent"}).status_code == 302
    with system() as session:
        assert session.scalars(lines).one().last_name == "Reste"
    again = client.submit(create, {"source": "precedent"}, follow_redirects=True)
    assert "Ce relevé vient d’être créé" in again.text

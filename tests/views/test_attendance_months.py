"""Months: the strip, the month that needs work, and the ways a month begins."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from app.models import AttendanceLine, AttendanceSheet, JournalEntry
from app.rules.workflow import SheetState
from tests import factories
from tests.client import PortalClient
from tests.conftest import System


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
    for words in ("Importer un classeur", "Reprendre le mois précédent", "Commencer par des lignes vides"):
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


def test_the_previous_month_lends_its_children(
    client: PortalClient, place: dict[str, int], system: System
) -> None:
    with system() as session:
        owner = session.get_one(type(factories.organiser(session)), place["organiser"])
        before = factories.sheet(session, owner.facilities[0], month=dt.date(2026, 9, 1), lines=0)
        factories.line(session, before, last_name="Reste", codes="P" + "." * 30)
        factories.line(session, before, last_name="Parti", exit_date=dt.date(2026, 9, 30))
    client.login(place["admin"])
    assert client.submit(_month(place, "2026-10", "creer"), {"source": "precedent"}).status_code == 302
    with system() as session:
        old, new = session.scalars(
            select(AttendanceLine).where(AttendanceLine.last_name == "Reste").order_by(AttendanceLine.id)
        ).all()
        assert (new.codes, new.entry_date, new.pfp_rate) == ("." * 31, old.entry_date, old.pfp_rate)
        assert (new.niss_sealed, new.niss_hash) == (old.niss_sealed, old.niss_hash)
        assert len(session.scalars(select(AttendanceLine.id)).all()) == 3
    assert client.submit(_month(place, "2026-10", "creer"), {"source": "precedent"}).status_code == 302


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

"""What is opened to an organiser's people: from a day, until a day, through which dossier."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import update

from app import clock
from app.models import Dossier, Grant, Organiser
from app.security.rights import BASIC, RIGHTS, Right, through
from tests import factories
from tests.conftest import System, new_client


@dataclass
class Setting:
    """An organiser, one of its facilities, a manager of that facility alone."""

    organiser: int
    facility: int
    manager: int


@pytest.fixture
def place(system: System) -> Setting:
    with system() as session:
        owner = factories.organiser(session, "Aulne")
        facility = factories.facility(session, owner, "Creche1")
        factories.facility(session, owner, "Creche2")
        return Setting(owner.id, facility.id, factories.data_manager(session, owner, facility).id)


def test_rights_begin_and_end_by_date(
    app: Flask, system: System, place: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = clock.today()
    with system() as session:
        first, last = today + dt.timedelta(days=1), today + dt.timedelta(days=2)
        session.execute(update(Grant).values(valid_from=first, valid_until=last))

    def status() -> int:
        return new_client(app).login(place.manager).get(f"/presences/{place.facility}/").status_code

    seen = [status()]
    for days in (1, 2, 3):
        later = clock.now() + dt.timedelta(days=days)
        with monkeypatch.context() as patched:
            patched.setattr(clock, "now", lambda later=later: later)
            seen.append(status())
    assert seen == [403, 302, 302, 403]


def test_who_has_nothing_opened_reaches_the_home_page_alone(
    app: Flask, system: System, place: Setting
) -> None:
    with system() as session:
        user_id = factories.member(session, session.get_one(Organiser, place.organiser)).user_id
    client = new_client(app).login(user_id)
    assert "accès à configurer" in client.get("/").get_data(as_text=True)
    for path in ("/milieux-d-accueil/", "/fermetures/", f"/presences/{place.facility}/", "/historique/"):
        assert client.get(path).status_code == 403


def test_a_dossier_opens_what_the_table_says_and_no_more() -> None:
    everything = {row.right for row in RIGHTS if row.dossiers}
    assert through(frozenset({Dossier.ADMINISTRATION})) == everything
    for dossier in set(Dossier) - {Dossier.ADMINISTRATION}:
        held = through(frozenset({dossier}))
        assert held == {row.right for row in RIGHTS if dossier in row.dossiers} | BASIC
        assert Right.HISTORY_READ not in held
    assert through(frozenset()) == BASIC

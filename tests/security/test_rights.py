"""Rights at work: who reaches what, and a change of rights that holds on the very next request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from flask import Flask
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from app.dev.processes import Service, free_port
from app.dev.run import portal_service
from app.models import (
    AttendanceSubmission,
    Facility,
    Grant,
    Membership,
    Organiser,
    Profile,
    RightsVersion,
    User,
)
from app.rules.workflow import SheetState
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client
from tests.factories.attendance import MONTH


@dataclass
class Setting:
    """Organisers A (facilities 1 and 2) and B; people."""

    a: int
    b: int
    a1: int
    a2: int
    sheet: int
    admin: int
    manager: int
    both: int
    agent: int
    agency: int


@pytest.fixture
def place(system: System) -> Setting:
    with system() as session:
        a, b = factories.organiser(session, "Aulne"), factories.organiser(session, "Bouleau")
        a1, a2 = (factories.facility(session, a, f"Creche{number}") for number in (1, 2))
        manager = factories.data_manager(session, a, a1)
        both = factories.administrator(session, a)
        factories.administrator(session, b, both)
        return Setting(
            a.id, b.id, a1.id, a2.id, factories.sheet(session, a1).id,
            factories.administrator(session, a).id, manager.id, both.id,
            factories.agent(session).id, factories.agent(session, profile=Profile.AGENCY_ADMINISTRATOR).id,
        )  # fmt: skip


def _status(client: PortalClient, path: str) -> int:
    return client.get(path).status_code


def test_profiles_reach_their_pages_and_no_other(app: Flask, place: Setting) -> None:
    pages = {
        f"/presences/{place.a1}/": {"admin", "manager"},
        f"/presences/{place.a2}/": {"admin"},
        "/milieux-d-accueil/": {"admin", "manager"},
        "/fermetures/ajouter/": {"admin", "manager"},
        "/historique/": {"admin", "agency"},
        "/controle/presences/": {"agent"},
        "/reference/parametres/": {"agent", "agency"},
        "/reference/parametres/ajouter/": {"agency"},
        "/securite/utilisateurs/": {"agency"},
        "/securite/roles/": {"agency"},
    }
    for who in ("admin", "manager", "agent", "agency"):
        client = new_client(app).login(getattr(place, who))
        for path, expected in pages.items():
            assert (_status(client, path) in {200, 302}) is (who in expected), (who, path)


def test_taking_a_grant_away_hides_the_facility_at_once(
    client: PortalClient, system: System, place: Setting
) -> None:
    client.login(place.manager)
    assert _status(client, f"/presences/{place.a1}/") == 302
    assert "CRECHE1" in client.get("/milieux-d-accueil/").get_data(as_text=True)
    with system() as session:
        session.execute(delete(Grant))
    assert _status(client, f"/presences/{place.a1}/") == 403, "nothing is opened any more"
    assert "CRECHE1" not in client.get("/milieux-d-accueil/").get_data(as_text=True)
    with system() as session:
        membership = session.scalars(select(Membership).where(Membership.user_id == place.manager)).one()
        session.add(
            Grant(organiser_id=place.a, membership_id=membership.id, facility_id=place.a2, dossier="subsides")
        )
    assert (_status(client, f"/presences/{place.a1}/"), _status(client, f"/presences/{place.a2}/")) == (
        404,
        302,
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE membership SET state = 'desactive'",
        "DELETE FROM membership",
        "UPDATE membership SET state = 'supprime'",
        "UPDATE access_grant SET revoked_at = now()",
        "UPDATE access_grant SET valid_until = current_date - 1",
        "UPDATE access_grant SET valid_from = current_date + 2",
        "UPDATE ab_user SET active = false",
        "UPDATE ab_user SET epoch = epoch + 1",
        "DELETE FROM ab_user",
    ],
)
def test_a_right_taken_away_is_gone_on_the_next_request(
    client: PortalClient, system: System, place: Setting, statement: str
) -> None:
    client.login(place.admin)
    assert _status(client, "/historique/") == 200
    with system() as session:
        session.execute(text(statement))
    assert _status(client, "/historique/") in {302, 403}


def test_every_change_of_rights_moves_the_version(system: System, place: Setting) -> None:
    def version() -> int:
        with system() as session:
            return session.scalars(select(RightsVersion.version)).one()

    with system() as session:
        role = session.scalars(select(Role).limit(1)).one().id
    for statement in (
        "UPDATE ab_user SET active = active",
        "UPDATE ab_user SET last_name = 'Autre'",
        f"INSERT INTO ab_user_role (user_id, role_id) VALUES ({place.manager}, {role})",
        "UPDATE membership SET last_name = 'Autre'",
        "UPDATE access_grant SET revoked_at = now()",
        "UPDATE ab_role SET name = name",
        "DELETE FROM ab_permission_view_role",
        "UPDATE organiser SET name = 'Autre'",
    ):
        before = version()
        with system() as session:
            session.execute(text(statement))
        assert version() > before, statement


def test_signing_in_does_not_make_everyones_rights_be_read_again(
    client: PortalClient, system: System, place: Setting
) -> None:
    with system() as session:
        before = session.scalars(select(RightsVersion.version)).one()
        session.execute(update(User).values(login_count=5))
    client.login(place.admin).get("/")
    with system() as session:
        assert session.scalars(select(RightsVersion.version)).one() == before


def test_the_chosen_organiser_alone_is_seen(app: Flask, system: System, place: Setting) -> None:
    with system() as session:
        factories.facility(session, session.get_one(Organiser, place.b), "Lointaine")
    client = new_client(app).login(place.both)
    asked = client.get("/milieux-d-accueil/")
    assert (asked.status_code, asked.headers["Location"].split("?")[0]) == (302, "/organisation/")
    assert client.get("/api/presences/1/etat").status_code == 403
    for chosen, seen, unseen in ((place.a, "CRECHE1", "LOINTAINE"), (place.b, "LOINTAINE", "CRECHE1")):
        assert (
            client.submit("/organisation/", {"context": chosen, "suite": "/milieux-d-accueil/"}).status_code
            == 302
        )
        page = client.get("/milieux-d-accueil/").get_data(as_text=True)
        assert seen in page
        assert unseen not in page
    for stranger in ("agent", "999", "", str(place.a) + " "):
        assert client.submit("/organisation/", {"context": stranger}).status_code == 404


def test_a_context_that_is_not_ones_own_opens_nothing(app: Flask, place: Setting) -> None:
    for context in (place.b, "agent", "x"):
        client = new_client(app).login(place.manager, context=context)
        assert client.get(f"/presences/{place.a2}/").status_code == 404
        assert client.get("/controle/presences/").status_code == 403


def test_submitting_needs_a_strong_connection_down_to_the_table(
    app: Flask, system: System, place: Setting
) -> None:
    weak = new_client(app).login(place.admin, strong=False)
    path = f"/presences/{place.a1}/{MONTH:%Y-%m}/soumettre"
    for answer in (weak.get(path), weak.submit(path, {"certifie": "1"})):
        assert answer.status_code == 403
        assert "/connexion/renforcer/" in answer.get_data(as_text=True)
    with system() as session:
        sheet = session.get_one(factories.attendance.AttendanceSheet, place.sheet)
        assert sheet.state is SheetState.DRAFT
        user = session.get_one(User, place.admin)
        assert not session.scalars(select(AttendanceSubmission)).all()
        with pytest.raises(IntegrityError, match="strong_connection"):
            factories.submission(session, sheet, user, strength="faible")
        session.rollback()


@dataclass
class Workers:
    """Two processes of the portal on one database: what one worker knows, the other must learn."""

    urls: tuple[str, str]


@pytest.fixture
def workers(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Workers]:
    ports = (free_port(), free_port())
    environment = {
        "DATABASE_URL": database_url,
        "PORTAL_ENV": "testing",
        "WEB_WORKERS": "1",
        "WEB_THREADS": "2",
    }
    services: list[Service] = [
        portal_service(port=port, log=tmp_path / f"{port}.log", environment=environment) for port in ports
    ]
    for service in services:
        service.start()
    try:
        for service in services:
            service.wait_until_ready()
        first, second = (f"http://localhost:{port}" for port in ports)
        yield Workers((first, second))
    finally:
        for service in services:
            service.stop()


def test_two_workers_share_revocations_sessions_and_limits(
    app: Flask, system: System, place: Setting, workers: Workers
) -> None:
    signed_in = new_client(app).login(place.manager)
    cookie = signed_in.get_cookie("portail")
    assert cookie is not None
    cookies = {"portail": cookie.value}

    def statuses(path: str) -> list[int]:
        return [
            requests.get(url + path, cookies=cookies, allow_redirects=False, timeout=20).status_code
            for url in workers.urls * 2
        ]

    assert statuses(f"/presences/{place.a1}/") == [302] * 4, "both workers now hold the rights"
    with system() as session:
        session.execute(delete(Grant))
    assert statuses(f"/presences/{place.a1}/") == [403] * 4
    signed_in.submit("/deconnexion/")
    assert statuses("/") == [302] * 4
    attempts = []
    for number in range(11):
        url = workers.urls[number % 2]
        browser = requests.Session()
        page = browser.get(f"{url}/connexion/", timeout=20).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token
        form = {"csrf_token": token[1], "username": f"inconnu{number}", "password": "x"}
        attempts.append(browser.post(f"{url}/connexion/", data=form, timeout=20).status_code)
    assert attempts == [401] * 10 + [429]
    with system() as session:
        assert session.scalars(select(Facility.id)).all()


def test_a_form_opened_for_one_organiser_is_not_sent_to_another(app: Flask, system: System) -> None:
    with system() as session:
        here, there = (factories.organiser(session, mark) for mark in ("Aulne", "Bouleau"))
        user = factories.administrator(session, here)
        factories.administrator(session, there, user)
        user_id, first, second = user.id, here.id, there.id
    client = new_client(app).login(user_id, context=first)
    form = {
        "csrf_token": client.csrf_token(), "first_name": "Zoé", "last_name": "Martin", "email": "zoe@exemple.be",
        "niss": factories.niss(), "consent": "y",
    }  # fmt: skip
    client.submit("/organisation/", {"context": second})
    assert client.post("/utilisateurs/ajouter/", data=form).status_code == 400
    state = client.get("/api/session/").json
    assert state["context"] == str(second)
    with system() as session:
        assert session.scalars(select(Membership).where(Membership.last_name == "Martin")).all() == []
    client.submit("/organisation/", {"context": second})
    kept = {**form, "csrf_token": state["token"]}
    assert client.post("/utilisateurs/ajouter/", data=kept).status_code == 302, (
        "chosen again: nothing changed"
    )

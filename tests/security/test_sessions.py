"""The life of a session: what opens it, what keeps it, what ends it for good."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from app import clock, journal
from app.models import Facility, User, UserSession
from app.security.sessions import FILES
from app.services import people
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client
from tests.databases import flask

PASSWORD = "Bouleau-42-argente"


@pytest.fixture
def user_id(system: System) -> int:
    with system() as session:
        user = factories.person(session, password=PASSWORD)
        owner = factories.organiser(session)
        factories.administrator(session, owner, user)
        factories.administrator(session, owner, mark="Second")  # an organiser always keeps one
        user_id: int = user.id
    return user_id


def _username(system: System, user_id: int) -> str:
    with system() as session:
        found: str = session.get_one(User, user_id).username
    return found


def _sign_in(client: PortalClient, system: System, user_id: int) -> str:
    """By password, as a browser does; answers the new session's id."""
    form = {"username": _username(system, user_id), "password": PASSWORD}
    assert client.submit("/connexion/", form).status_code == 302
    return _cookie(client)


def _cookie(client: PortalClient) -> str:
    cookie = client.get_cookie("portail")
    return cookie.value if cookie else ""


def _with_cookie(app: Flask, sid: str) -> PortalClient:
    client = new_client(app)
    client.set_cookie("portail", sid)
    return client


def _is_signed_in(client: PortalClient) -> bool:
    return client.get("/").status_code == 200


def _age(system: System, **columns: dt.timedelta) -> None:
    """Move every session into the past."""
    with system() as session:
        now = dt.datetime.now(dt.UTC)
        session.execute(update(UserSession).values({name: now - age for name, age in columns.items()}))


def test_signing_in_gives_a_new_id_and_kills_the_old_one(
    app: Flask, client: PortalClient, system: System, user_id: int
) -> None:
    client.get("/connexion/")
    before = _cookie(client)
    after = _sign_in(client, system, user_id)
    assert before
    assert after != before
    assert _is_signed_in(client)
    assert not _is_signed_in(_with_cookie(app, before))
    again = _sign_in(client, system, user_id)
    assert again != after
    assert not _is_signed_in(_with_cookie(app, after))


def test_an_id_chosen_by_somebody_else_is_never_adopted(app: Flask, system: System, user_id: int) -> None:
    chosen = "A" * 43
    client = _with_cookie(app, chosen)
    client.get("/connexion/")
    assert _cookie(client) != chosen
    _sign_in(client, system, user_id)
    assert not _is_signed_in(_with_cookie(app, chosen))
    with system() as session:
        assert session.get(UserSession, hashlib.sha256(chosen.encode()).hexdigest()) is None


def test_the_table_holds_no_id_that_a_cookie_could_carry(
    client: PortalClient, system: System, user_id: int
) -> None:
    sid = _sign_in(client, system, user_id)
    with system() as session:
        rows = session.execute(text("SELECT s::text FROM user_session s")).scalars().all()
    assert rows
    assert not [row for row in rows if sid in row or sid.encode().hex() in row]


def test_an_old_id_is_refused_after_signing_out(
    app: Flask, client: PortalClient, system: System, user_id: int
) -> None:
    sid = _sign_in(client, system, user_id)
    assert client.submit("/deconnexion/").status_code == 302
    assert not _is_signed_in(client)
    assert not _is_signed_in(_with_cookie(app, sid))
    assert _cookie(client) != sid


def test_a_slow_request_does_not_bring_an_ended_session_back(
    app: Flask, client: PortalClient, system: System, user_id: int
) -> None:
    sid = _sign_in(client, system, user_id)
    slow = app.test_request_context("/", headers={"Cookie": f"portail={sid}"})
    with slow:
        opened = app.session_interface.open_session(app, slow.request)
        assert opened is not None
        opened["touched"] = True
    client.submit("/deconnexion/")
    with slow:
        app.session_interface.save_session(app, opened, app.response_class())
    assert not _is_signed_in(_with_cookie(app, sid))


@pytest.mark.parametrize("way", ["service", "table"])
def test_disabling_ends_every_session_and_enabling_revives_none(
    app: Flask, client: PortalClient, system: System, user_id: int, way: str
) -> None:
    sid = _sign_in(client, system, user_id)
    other = _sign_in(new_client(app), system, user_id)
    _set_active(system, user_id, way, active=False)
    if way == "service":  # "table": nobody asks before the person is enabled again
        assert not _is_signed_in(_with_cookie(app, sid))
    _set_active(system, user_id, way, active=True)
    assert not _is_signed_in(_with_cookie(app, sid))
    assert not _is_signed_in(_with_cookie(app, other))
    assert _is_signed_in(_with_cookie(app, _sign_in(new_client(app), system, user_id)))


def _set_active(system: System, user_id: int, way: str, *, active: bool) -> None:
    with system() as session:
        if way == "table":
            session.execute(text("UPDATE ab_user SET active = :active"), {"active": active})
            return
        verb = people.reactivate if active else people.disable
        verb(session, journal.SYSTEM, session.get_one(User, user_id))


def test_the_epoch_never_goes_back(system: System, user_id: int) -> None:
    with system() as session:
        session.execute(text("UPDATE ab_user SET epoch = 7"))
        session.execute(text("UPDATE ab_user SET epoch = 3"))
        assert session.scalar(select(User.epoch).where(User.id == user_id)) == 7


@pytest.mark.parametrize(
    ("ages", "alive"),
    [
        ({"last_seen_at": dt.timedelta(minutes=29), "created_at": dt.timedelta(hours=7, minutes=59)}, True),
        ({"last_seen_at": dt.timedelta(minutes=31)}, False),
        ({"created_at": dt.timedelta(hours=8, minutes=1)}, False),
    ],
)
def test_a_session_dies_of_idleness_and_of_age(
    client: PortalClient, system: System, user_id: int, ages: dict[str, dt.timedelta], alive: bool
) -> None:
    _sign_in(client, system, user_id)
    _age(system, **ages)
    assert _is_signed_in(client) is alive
    assert _is_signed_in(client) is alive


def test_age_counts_from_the_sign_in(client: PortalClient, system: System, user_id: int) -> None:
    client.get("/connexion/")
    _age(system, created_at=dt.timedelta(hours=7, minutes=59))
    _sign_in(client, system, user_id)
    with system() as session:
        created = session.scalars(select(UserSession.created_at)).one()
    assert dt.datetime.now(dt.UTC) - created < dt.timedelta(minutes=5)


def test_using_the_portal_keeps_a_session_and_polling_does_not(
    client: PortalClient, system: System, user_id: int
) -> None:
    with system() as session:
        owner = session.execute(text("SELECT id FROM organiser")).scalar_one()
        place = Facility(
            organiser_id=owner, matricule="M-1", name="Crèche", capacity=9, opened_on=dt.date(2025, 1, 1)
        )
        session.add(place)
        session.flush()
        sheet_id = factories.sheet(session, place).id
    _sign_in(client, system, user_id)
    _age(system, last_seen_at=dt.timedelta(minutes=20))
    poll = client.get(f"/api/presences/{sheet_id}/etat?since=2026-01-01T00:00:00%2B00:00")
    assert poll.status_code == 200
    assert _idle(system) > dt.timedelta(minutes=19)
    assert _is_signed_in(client)
    assert _idle(system) < dt.timedelta(minutes=1)


def _idle(system: System) -> dt.timedelta:
    with system() as session:
        return dt.datetime.now(dt.UTC) - session.scalars(select(UserSession.last_seen_at)).one()


def test_the_cookie_is_for_the_portal_alone(client: PortalClient) -> None:
    set_cookie = client.get("/connexion/").headers["Set-Cookie"]
    attributes = {part.strip().lower() for part in set_cookie.split(";")[1:]}
    assert attributes == {"httponly", "path=/", "samesite=lax"}


def test_ended_sessions_are_purged(app: Flask, client: PortalClient, system: System, user_id: int) -> None:
    _sign_in(client, system, user_id)
    _age(system, last_seen_at=dt.timedelta(minutes=31))
    sid = _sign_in(new_client(app), system, user_id)
    flask(app, "sessions", "purger")
    with system() as session:
        assert session.scalar(select(func.count()).select_from(UserSession)) == 1
    assert _is_signed_in(_with_cookie(app, sid))


def test_a_static_file_asks_for_no_session_and_leaves_it_alone(
    app: Flask, client: PortalClient, system: System, user_id: int
) -> None:
    """What is below these addresses is the same for everybody; a file that is not there signs nobody out."""
    sid = _sign_in(client, system, user_id)
    with system() as session:
        session.execute(update(UserSession).values(last_seen_at=clock.now() - dt.timedelta(minutes=20)))
        before = session.execute(select(UserSession.last_seen_at, UserSession.data)).all()
    for path in ("/static/css/history.css", "/static/rien.css", "/static/", "/bootstrap/static/rien"):
        with client.get(path) as answer:
            assert "Set-Cookie" not in answer.headers, path
            assert answer.status_code == (200 if path.endswith("history.css") else 404)
    assert _cookie(client) == sid
    with system() as session:
        assert session.execute(select(UserSession.last_seen_at, UserSession.data)).all() == before
    assert _is_signed_in(client)
    # Nothing else answers below them: it would be open to nobody.
    below = app.session_interface._files()  # type: ignore[attr-defined]
    assert {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith(below)} == FILES

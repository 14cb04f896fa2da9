"""« Mes sessions »: only one's own, what each is, and what ending one does."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.models import JournalEntry, UserSession
from app.security.devices import describe
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client

_FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0"
_PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def people(system: System) -> list[int]:
    with system() as session:
        users = [factories.person(session, name) for name in ("Anne", "Luc")]
        for user in users:
            factories.administrator(session, factories.organiser(session), user)
        return [user.id for user in users]


def _sign_in(app: Flask, system: System, user_id: int, agent: str, *, strong: bool = True) -> PortalClient:
    client = new_client(app)
    client.environ_base["HTTP_USER_AGENT"] = agent
    client.login(user_id, strong=strong)
    with system() as session:
        opened = session.scalars(select(UserSession).order_by(UserSession.number.desc()).limit(1)).one()
        opened.agent = agent  # written by the test's own way of signing in, without a browser
    return client


def _numbers(system: System, user_id: int) -> list[int]:
    with system() as session:
        rows = session.scalars(select(UserSession.number).where(UserSession.user_id == user_id))
        return sorted(rows)


def _page(client: PortalClient) -> str:
    found: str = client.get("/mes-sessions/").get_data(as_text=True)
    return found


def test_one_s_own_open_sessions_and_no_others(app: Flask, system: System, people: list[int]) -> None:
    anne = _sign_in(app, system, people[0], _FIREFOX)
    _sign_in(app, system, people[0], _PHONE, strong=False)
    _sign_in(app, system, people[1], "Opera 9000 OPR/1 Macintosh")
    page = _page(anne)
    assert page.index("Firefox, Windows") < page.index("cette session") < page.index("Safari, iPhone")
    assert "connexion faible" in page
    assert "Opera" not in page
    with system() as session:
        past = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=31)
        session.execute(update(UserSession).where(UserSession.agent == _PHONE).values(last_seen_at=past))
    assert "iPhone" not in _page(anne)


def test_ending_one_holds_on_its_next_request(app: Flask, system: System, people: list[int]) -> None:
    here = _sign_in(app, system, people[0], _FIREFOX)
    (mine,) = _numbers(system, people[0])
    there = _sign_in(app, system, people[0], _PHONE)
    other = next(number for number in _numbers(system, people[0]) if number != mine)
    assert there.get("/").status_code == 200
    assert here.submit("/mes-sessions/deconnecter", {"numero": other}).status_code == 302
    assert there.get("/").headers["Location"].startswith("/connexion/")
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200
    assert _numbers(system, people[0]) == [mine]
    with system() as session:
        told = session.scalars(select(JournalEntry).where(JournalEntry.action == "session-fermee")).one()
        assert (told.user_id, told.object_id) == (people[0], other)
    assert "déjà terminée" in here.submit(
        "/mes-sessions/deconnecter", {"numero": other}, follow_redirects=True
    ).get_data(as_text=True)


def test_all_the_others_at_once(app: Flask, system: System, people: list[int]) -> None:
    here = _sign_in(app, system, people[0], _FIREFOX)
    others = [_sign_in(app, system, people[0], _PHONE) for _n in range(2)]
    stranger = _sign_in(app, system, people[1], _PHONE)
    answer = here.submit("/mes-sessions/deconnecter-les-autres", follow_redirects=True)
    assert "2 sessions déconnectées" in answer.get_data(as_text=True)
    assert [client.get("/").status_code for client in (*others, here, stranger)] == [302, 302, 200, 200]


def test_somebody_else_s_session_stays(app: Flask, system: System, people: list[int]) -> None:
    anne = _sign_in(app, system, people[0], _FIREFOX)
    luc = _sign_in(app, system, people[1], _PHONE)
    (his,) = _numbers(system, people[1])
    for given in (str(his), "", "abc", "-1", str(2**80)):
        assert anne.submit("/mes-sessions/deconnecter", {"numero": given}).status_code in {302, 400}
    assert luc.get("/").status_code == 200


def test_the_browser_is_kept_at_sign_in(app: Flask, system: System, people: list[int]) -> None:
    client = new_client(app)
    client.get("/connexion/", headers={"User-Agent": _FIREFOX + "x" * 500})
    with system() as session:
        (agent,) = session.scalars(select(UserSession.agent))
    assert agent == (_FIREFOX + "x" * 500)[:300]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (_FIREFOX, "Firefox, Windows"),
        (_PHONE, "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/129.0 Safari/537.36", "Chrome, Linux"),
        ("… Chrome/129.0 Safari/537.36 Edg/129.0 (Windows NT 10.0)", "Edge, Windows"),
        ("… (Linux; Android 14) Chrome/129.0 Mobile Safari/537.36", "Chrome, Android"),
        ("… (iPhone; like Mac OS X) CriOS/129.0 Safari/604.1", "Chrome, iPhone"),
        ("", "navigateur inconnu, appareil inconnu"),
        ("<script>alert(1)</script>", "navigateur inconnu, appareil inconnu"),
    ],
)
def test_a_browser_in_words(agent: str, words: str) -> None:
    assert describe(agent) == words

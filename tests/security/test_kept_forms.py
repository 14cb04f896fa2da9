"""What a weak connection sends to a strong-only action: kept, given back on its page, never sent by itself."""

from __future__ import annotations

import html
import io
import json
import re
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from app.models import AttendanceSubmission, KeptForm, User
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client
from tests.databases import flask

_VALUES = re.compile(r"data-kept='([^']*)'")


@pytest.fixture
def place(system: System) -> tuple[int, int, str]:
    """A signer, a stranger, and the page where a month is signed."""
    with system() as session:
        owner = factories.organiser(session)
        facility = factories.facility(session, owner)
        factories.sheet(session, facility)
        signer = factories.administrator(session, owner)
        stranger = factories.administrator(session, factories.organiser(session))
        month = session.execute(text("SELECT to_char(month, 'YYYY-MM') FROM attendance_sheet")).scalar_one()
        return signer.id, stranger.id, f"/presences/{facility.id}/{month}/soumettre"


def _given_back(client: PortalClient, page: str) -> Any:
    found = _VALUES.search(client.get(page).get_data(as_text=True))
    return json.loads(html.unescape(found[1])) if found else None


def _send(client: PortalClient, page: str, came_from: str = "", **fields: Any) -> Any:
    referer = {"Referer": f"http://localhost{came_from or page}"}
    return client.submit(page, {"vu": "abc", "note": "Été «</script>» 1", **fields}, headers=referer)


def test_a_form_is_kept_and_given_back_where_it_stood(
    app: Flask, client: PortalClient, system: System, place: tuple[int, int, str]
) -> None:
    signer, stranger, page = place
    client.login(signer, strong=False)
    answer = _send(client, page, password="secret", fichier=(io.BytesIO(b"PK\x00"), "été.xlsx"))
    assert answer.status_code == 403
    assert "est gardé" in answer.get_data(as_text=True)
    assert f"/connexion/renforcer/?next={page}" in answer.get_data(as_text=True)
    client.login(signer)
    kept = _given_back(client, page)
    assert kept["action"] == page
    assert kept["fields"] == [["vu", "abc"], ["note", "Été «</script>» 1"]]
    ((name, filename, address),) = kept["files"]
    assert (name, filename, client.get(address).data) == ("fichier", "été.xlsx", b"PK\x00")
    assert _given_back(client, "/") is None
    with system() as session:
        assert session.scalar(select(func.count()).select_from(AttendanceSubmission)) == 0
        sealed = session.execute(select(KeptForm.sealed)).scalar_one()
        assert b"abc" not in sealed
    other = new_client(app).login(stranger)
    assert other.get(address).status_code == 404


def test_an_address_of_any_length_is_kept(client: PortalClient, place: tuple[int, int, str]) -> None:
    signer, _stranger, page = place
    client.login(signer, strong=False)
    long = f"{page}?note={secrets.token_hex(1800)}"
    assert _send(client, long, came_from=long).status_code == 403
    client.login(signer)
    assert _given_back(client, long)["action"] == long


def test_sent_at_the_same_instant_it_is_given_back_once(
    app: Flask, system: System, place: tuple[int, int, str]
) -> None:
    signer, _stranger, page = place
    clients = [new_client(app).login(signer, strong=False) for _ in range(4)]
    tokens = [client.csrf_token() for client in clients]
    together = threading.Barrier(len(clients))

    def send(place: int) -> int:
        together.wait()
        data = {"vu": f"abc{place}", "csrf_token": tokens[place]}
        answer = clients[place].post(page, data=data, headers={"Referer": f"http://localhost{page}"})
        return int(answer.status_code)

    with ThreadPoolExecutor(len(clients)) as pool:
        assert list(pool.map(send, range(len(clients)))) == [403] * len(clients)
    client = clients[0].login(signer)
    assert re.fullmatch(r"abc\d", dict(_given_back(client, page)["fields"])["vu"])
    client.submit(page, {"vu": "x"})
    with system() as session:
        assert session.scalar(select(func.count()).select_from(KeptForm)) == 0


def test_it_is_for_its_page_and_its_person(
    app: Flask, client: PortalClient, place: tuple[int, int, str]
) -> None:
    signer, _stranger, page = place
    client.login(signer, strong=False)
    month_page = page.removesuffix("soumettre")
    _send(client, page, came_from=f"{month_page}?x=1")
    client.login(signer)
    assert _given_back(client, page) is None
    assert _given_back(client, f"{month_page}?x=1")["action"] == page


def test_a_page_of_elsewhere_is_not_come_back_to(client: PortalClient, place: tuple[int, int, str]) -> None:
    signer, _stranger, page = place
    client.login(signer, strong=False)
    for referer in ("https://ailleurs.invalid/x", "http://localhost//ailleurs.invalid", "", "n’importe"):
        answer = client.submit(page, {}, headers={"Referer": referer.encode("utf-8").decode("latin-1")})
        assert "/connexion/renforcer/?next=/&#34;" in answer.get_data(as_text=True).replace('"', "&#34;"), (
            referer
        )


def test_sent_again_it_waits_no_more(client: PortalClient, place: tuple[int, int, str]) -> None:
    signer, _stranger, page = place
    client.login(signer, strong=False)
    _send(client, page)
    client.login(signer)
    assert _given_back(client, page)
    assert (
        client.submit(page, {}).status_code == 422
    )  # the view's own answer, with its page as the person sent it
    assert _given_back(client, page) is None


def test_given_up_it_waits_no_more(client: PortalClient, place: tuple[int, int, str]) -> None:
    signer, _stranger, page = place
    client.login(signer, strong=False)
    _send(client, page)
    answer = client.submit(
        "/saisie-gardee/ignorer", {"formulaire": page}, headers={"Referer": f"http://localhost{page}"}
    )
    assert answer.headers["Location"] == page
    assert _given_back(client.login(signer), page) is None


def test_no_more_than_five_and_none_that_nobody_came_back_for(
    app: Flask, client: PortalClient, system: System, place: tuple[int, int, str]
) -> None:
    signer, _stranger, page = place
    client.login(signer, strong=False)
    for number in range(7):
        client.submit(f"{page}?n={number}", {})
    with system() as session:
        assert session.scalar(select(func.count()).select_from(KeptForm)) == 5
        session.execute(update(KeptForm).values(kept_at=func.now() - text("interval '9 hours'")))
    flask(app, "sessions", "purger")
    with system() as session:
        assert session.scalar(select(func.count()).select_from(KeptForm)) == 0
        assert session.get(User, signer) is not None


def test_signed_out_in_the_meantime_one_comes_back_to_the_page_of_the_form(client: PortalClient) -> None:
    answer = client.submit(
        "/fermetures/ajouter/", {}, headers={"Referer": "http://localhost/fermetures/?page=1"}
    )
    assert answer.headers["Location"] == "/connexion/?next=/fermetures/?page%3D1&envoi=1"
    offered = "ce que vous veniez de remplir vous sera proposé"
    assert offered in client.get(answer.headers["Location"]).text
    assert offered not in client.get(client.get("/fermetures/").headers["Location"]).text

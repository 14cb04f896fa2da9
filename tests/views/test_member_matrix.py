"""The matrix of people × rights."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from app import clock
from app.models import Dossier, Membership
from app.services.members import desk
from tests import factories
from tests.conftest import System, new_client


@dataclass
class Office:
    """Two facilities, an administrator, two colleagues; ids."""

    facilities: list[int]
    boss: int
    boss_member: int
    people: list[int]


@pytest.fixture
def office(system: System) -> Office:
    with system() as session:
        owner = factories.organiser(session, "Aulne")
        facilities = [factories.facility(session, owner, f"Creche{number}") for number in (1, 2)]
        boss = factories.member(session, owner, mark="Chef")
        factories.grant(session, boss, Dossier.ADMINISTRATION)
        people = [factories.member(session, owner, mark=mark) for mark in ("Un", "Deux")]
        factories.grant(session, people[0], Dossier.BILANS, facility_id=facilities[0].id)
        factories.grant(session, people[0], Dossier.TEAM)
        return Office([row.id for row in facilities], boss.user_id, boss.id, [row.id for row in people])


def _form(page: str, step: str, ticked: list[str]) -> dict[str, Any]:
    seals = dict(re.findall(r'name="(vu-\d+)" value="(\w+)"', page))
    return {**seals, "dossier": "bilans", "page": "1", "etape": step, "c": ticked}


def _opened(system: System, member: int) -> set[tuple[Dossier, int | None]]:
    with system() as session:
        return {(one.dossier, one.facility_id) for one in desk.opened(session, member)}


def test_several_people_are_changed_at_once_after_the_difference(
    app: Flask, system: System, office: Office
) -> None:
    client = new_client(app).login(office.boss)
    page = client.get("/utilisateurs/matrice/?dossier=bilans").get_data(as_text=True)
    first, second = office.people
    one, two = office.facilities
    ticked = [f"{first}:bilans-f{two}", f"{second}:bilans-f{one}", f"{second}:bilans-f{two}"]
    shown = client.submit("/utilisateurs/matrice/", _form(page, "verifier", ticked)).get_data(as_text=True)
    shown = shown.partition('id="contenu"')[2]
    assert shown.count("tag-success") == 3
    assert shown.count("tag-danger") == 1
    assert _opened(system, second) == set()
    back = client.submit("/utilisateurs/matrice/", _form(page, "revoir", ticked)).get_data(as_text=True)
    assert re.search(rf'value="{second}:bilans-f{one}"[^>]*checked', back)
    assert client.submit("/utilisateurs/matrice/", _form(page, "enregistrer", ticked)).status_code == 302
    assert _opened(system, first) == {(Dossier.BILANS, two), (Dossier.TEAM, None)}
    assert _opened(system, second) == {(Dossier.BILANS, one), (Dossier.BILANS, two)}
    stale = client.submit("/utilisateurs/matrice/", _form(page, "enregistrer", []))
    assert (stale.status_code, "entre-temps" in stale.get_data(as_text=True)) == (422, True)
    assert _opened(system, second) == {(Dossier.BILANS, one), (Dossier.BILANS, two)}


def test_one_refusal_keeps_everything_as_it_was(app: Flask, system: System, office: Office) -> None:
    with system() as session:
        row = factories.member(session, session.get_one(Membership, office.people[0]).organiser)
        factories.grant(session, row, Dossier.USERS)
        factories.grant(session, row, Dossier.BILANS, facility_id=office.facilities[0])
        clerk = row.user_id
    client = new_client(app).login(clerk)
    page = client.get("/utilisateurs/matrice/?dossier=bilans").get_data(as_text=True)
    second = office.people[1]
    ticked = [
        f"{office.people[0]}:bilans-f{office.facilities[0]}",
        *(f"{second}:bilans-f{n}" for n in office.facilities),
    ]
    answer = client.submit("/utilisateurs/matrice/", _form(page, "enregistrer", ticked))
    assert answer.status_code == 422
    assert "Vous ne pouvez donner que ce que vous avez" in answer.get_data(as_text=True)
    assert _opened(system, second) == set()


def test_nobody_moves_their_own_line_nor_a_line_that_is_not_there(
    app: Flask, system: System, office: Office
) -> None:
    client = new_client(app).login(office.boss)
    page = client.get("/utilisateurs/matrice/?dossier=bilans").get_data(as_text=True)
    forged = {
        **_form(
            page,
            "enregistrer",
            [f"{office.boss_member}:bilans-f{office.facilities[0]}", "999999:bilans-f1", "x:y"],
        )
    }
    forged[f"vu-{office.boss_member}"] = "0" * 20
    forged["vu-999999"] = "0" * 20
    client.submit("/utilisateurs/matrice/", forged)
    assert _opened(system, office.boss_member) == {(Dossier.ADMINISTRATION, None)}


def test_every_matrix_opens(app: Flask, office: Office) -> None:
    client = new_client(app).login(office.boss)
    for about in ("organisation", "cigogne", "pre_demandes", "bilans", "subsides", "pse_mon_equipe"):
        assert client.get(f"/utilisateurs/matrice/?dossier={about}").status_code == 200
    assert client.get("/utilisateurs/matrice/?dossier=rien").status_code == 404


def test_200_people_and_40_facilities_cost_no_more_statements(
    app: Flask, system: System, office: Office, count_statements: Callable[[Callable[[], object]], int]
) -> None:
    client = new_client(app).login(office.boss)
    path = "/utilisateurs/matrice/?dossier=subsides"
    client.get(path)
    few = count_statements(lambda: client.get(path))
    with system() as session:
        owner = session.get_one(Membership, office.people[0]).organiser
        facilities = [factories.facility(session, owner, f"Lieu{number}") for number in range(38)]
        for number in range(100):
            row = factories.member(session, owner)
            for facility in facilities[: number % 5]:
                factories.grant(session, row, Dossier.SUBSIDES, facility_id=facility.id)
    client.get(path)
    assert count_statements(lambda: client.get(path)) == few
    assert few <= 10


def test_what_names_nobody_is_left_out(app: Flask, office: Office) -> None:
    client = new_client(app).login(office.boss)
    many = "9" * 5000
    sent = {"dossier": "bilans", "c": [f"{many}:bilans-f1", "x:y"], f"vu-{many}": "x"}
    assert client.submit("/utilisateurs/matrice/", sent).status_code == 200


def test_an_access_that_begins_later_says_from_when(app: Flask, system: System, office: Office) -> None:
    first, last = clock.today() + dt.timedelta(days=3), clock.today() + dt.timedelta(days=400)
    number = office.people[1]
    with system() as session:
        member = session.get_one(Membership, number)
        factories.grant(session, member, Dossier.TEAM, valid_from=first, valid_until=last)
    client = new_client(app).login(office.boss)
    listed = client.get("/utilisateurs/").text
    assert f"à partir du {first:%d/%m/%Y}" in listed
    assert "accès à configurer" not in listed
    matrix = client.get("/utilisateurs/matrice/").text
    assert re.search(rf"{first:%d/%m}\S* → {last:%d/%m/%Y}", matrix)
    seal = re.search(r'name="vu" value="(\w+)"', client.get(f"/utilisateurs/{number}/").text)
    assert seal
    form: dict[str, Any] = {"vu": seal[1], "etape": "verifier"}
    path = f"/utilisateurs/{number}/acces/"
    assert f"vaut à partir du {first:%d/%m/%Y}" in client.submit(path, form).text
    form["acces"] = "utilisateurs"
    assert "sauf pour les accès qui commencent plus tard" in client.submit(path, form).text

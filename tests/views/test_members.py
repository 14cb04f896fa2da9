"""« Gérer mes utilisateurs », page by page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.models import Dossier, JournalEntry, Membership, MembershipState
from app.services.members import desk
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client


@dataclass
class Office:
    """An organiser with one administrator, a user manager who has « Mon équipe », and a colleague; ids."""

    organiser: int
    facility: int
    boss: int
    clerk: int
    clerk_member: int
    boss_member: int
    other: int


@pytest.fixture
def office(system: System) -> Office:
    with system() as session:
        owner = factories.organiser(session, "Aulne")
        facility = factories.facility(session, owner, "Creche1")
        boss, clerk, other = (
            factories.member(session, owner, mark=mark) for mark in ("Chef", "Clerc", "Autre")
        )
        factories.grant(session, boss, Dossier.ADMINISTRATION)
        factories.grant(session, clerk, Dossier.USERS)
        factories.grant(session, clerk, Dossier.TEAM)
        return Office(owner.id, facility.id, boss.user_id, clerk.user_id, clerk.id, boss.id, other.id)


def _seen(page: str) -> str:
    found = re.search(r'name="vu" value="([0-9a-f]+)"', page)
    assert found, page
    return found[1]


def _opened(system: System, member: int) -> set[tuple[Dossier, int | None, dt.date | None]]:
    with system() as session:
        return {(one.dossier, one.facility_id, one.last) for one in desk.opened(session, member)}


def test_the_list_says_who_may_what_and_warns_of_a_single_administrator(app: Flask, office: Office) -> None:
    page = new_client(app).login(office.boss).get("/utilisateurs/").get_data(as_text=True)
    for text in (
        "Un seul administrateur",
        "Administrateur",
        "Gestion des utilisateurs, Mon équipe",
        "accès à configurer",
    ):
        assert text in page
    assert "Ajouter un utilisateur" in page
    found = new_client(app).login(office.boss).get("/utilisateurs/?recherche=clerc").get_data(as_text=True)
    assert "Clerc" in found
    assert "Autre" not in re.sub(r"<nav.*?</nav>", "", found, flags=re.DOTALL)


def test_a_person_is_added_once_and_every_field_is_asked_for(
    app: Flask, system: System, office: Office
) -> None:
    client = new_client(app).login(office.boss)
    empty = client.submit("/utilisateurs/ajouter/", {})
    assert empty.status_code == 422
    assert empty.get_data(as_text=True).count("Ce champ est requis") == 10, (
        "five fields, named above and below"
    )
    niss = factories.niss()
    form = {"first_name": "Zoé", "last_name": "Martin", "email": "zoe@exemple.be", "consent": "y"}
    wrong = client.submit("/utilisateurs/ajouter/", {**form, "niss": "85073003329"})
    assert (wrong.status_code, "pas valide" in wrong.get_data(as_text=True)) == (422, True)
    added = client.submit("/utilisateurs/ajouter/", {**form, "niss": niss})
    assert added.status_code == 302
    again = client.submit("/utilisateurs/ajouter/", {**form, "niss": niss})
    assert "déjà dans votre liste : Zoé Martin" in again.get_data(as_text=True)
    page = client.get(added.headers["Location"]).get_data(as_text=True)
    assert "NISS valide présent" in page
    assert niss not in page


def test_who_another_organiser_knows_is_added_with_the_same_words(
    app: Flask, system: System, office: Office
) -> None:
    known, new = factories.niss(), factories.niss()
    with system() as session:
        stranger = factories.person(session, "Ailleurs", niss=known)
        factories.administrator(session, factories.organiser(session, "Bouleau"), stranger)
    client = new_client(app).login(office.boss)
    pages = []
    for niss in (known, new):
        form = {
            "first_name": "Zoé",
            "last_name": "Martin",
            "email": "zoe@exemple.be",
            "consent": "y",
            "niss": niss,
        }
        answer = client.submit("/utilisateurs/ajouter/", form)
        page = client.get(answer.headers["Location"]).get_data(as_text=True)
        pages.append(
            (answer.status_code, re.sub(r"\d+|[\w.-]{40,}|nonce=\S+|value=\"[0-9a-f]{20}\"", "", page))
        )
        assert "Ailleurs" not in page
    assert pages[0][0] == pages[1][0] == 302
    with system() as session:
        rows = session.scalars(select(Membership).where(Membership.last_name == "Martin")).all()
        assert len(rows) == 2


def test_the_difference_is_shown_before_anything_is_saved(app: Flask, system: System, office: Office) -> None:
    client = new_client(app).login(office.boss)
    path = f"/utilisateurs/{office.other}/"
    seen = _seen(client.get(path).get_data(as_text=True))
    form = {
        "vu": seen,
        "acces": ["mon_equipe", f"bilans-f{office.facility}"],
        "duree": "sans",
        "etape": "verifier",
    }
    shown = client.submit(path + "acces/", form).get_data(as_text=True)
    assert "Bilans – Creche1" in shown or "Bilans –" in shown
    assert shown.count("ajouté") >= 2
    assert _opened(system, office.other) == set()
    back = client.submit(path + "acces/", {**form, "etape": "revoir"}).get_data(as_text=True)
    assert re.search(r'value="mon_equipe"[^>]*checked', back)
    assert client.submit(path + "acces/", {**form, "etape": "enregistrer"}).status_code == 302
    assert _opened(system, office.other) == {
        (Dossier.TEAM, None, None),
        (Dossier.BILANS, office.facility, None),
    }
    stale = client.submit(path + "acces/", {**form, "acces": [], "etape": "enregistrer"})
    assert stale.status_code == 409
    assert "entre-temps" in stale.get_data(as_text=True)


def test_a_replacement_ends_by_itself_and_bad_days_are_said_at_their_field(
    app: Flask, system: System, office: Office
) -> None:
    client = new_client(app).login(office.boss)
    path = f"/utilisateurs/{office.other}/"
    form = {"vu": _seen(client.get(path).get_data(as_text=True)), "acces": ["mon_equipe"], "duree": "periode"}
    wrong = client.submit(path + "acces/", {**form, "du": "31/02/2027", "au": "x", "etape": "verifier"})
    assert wrong.status_code == 422
    assert 'href="#du"' in wrong.get_data(as_text=True)
    assert 'value="31/02/2027"' in wrong.get_data(as_text=True), "what was typed stays"
    until = clock.today() + dt.timedelta(days=90)
    sent = {**form, "au": f"{until:%d/%m/%Y}", "etape": "enregistrer"}
    assert client.submit(path + "acces/", sent).status_code == 302
    assert _opened(system, office.other) == {(Dossier.TEAM, None, until)}
    page = client.get(path).get_data(as_text=True)
    assert f"jusqu’au {until:%d/%m/%Y}" in page
    later = until + dt.timedelta(days=10)
    longer = {
        "vu": _seen(page), "acces": ["mon_equipe"], "duree": "sans", "etape": "enregistrer",
        "du-mon_equipe": f"{clock.today():%d/%m/%Y}", "au-mon_equipe": f"{later:%d/%m/%Y}",
    }  # fmt: skip
    assert client.submit(path + "acces/", longer).status_code == 302
    assert _opened(system, office.other) == {(Dossier.TEAM, None, later)}


def test_a_user_manager_gives_what_they_hold_and_no_more(app: Flask, system: System, office: Office) -> None:
    client = new_client(app).login(office.clerk)
    path = f"/utilisateurs/{office.other}/"
    page = client.get(path).get_data(as_text=True)
    assert re.search(r'value="bilans-f\d+"[^>]*disabled', page)
    assert not re.search(r'value="mon_equipe"[^>]*disabled', page)
    form = {"vu": _seen(page), "duree": "sans", "etape": "enregistrer"}
    refused = client.submit(
        path + "acces/", {**form, "acces": ["administration", f"bilans-f{office.facility}", "mon_equipe"]}
    )
    text = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "Seul un administrateur peut nommer un administrateur" in text
    assert "Vous ne pouvez donner que ce que vous avez" in text
    assert _opened(system, office.other) == set()
    assert client.submit(path + "acces/", {**form, "acces": ["mon_equipe"]}).status_code == 302
    own = client.get(f"/utilisateurs/{office.clerk_member}/").get_data(as_text=True)
    assert "Vous ne pouvez pas changer vos propres droits" in own
    boss = client.get(f"/utilisateurs/{office.boss_member}/").get_data(as_text=True)
    assert "Seul un administrateur peut changer le profil" in boss


def test_rights_are_copied_into_the_form_only(app: Flask, system: System, office: Office) -> None:
    client = new_client(app).login(office.boss)
    page = client.get(f"/utilisateurs/{office.other}/copier/?de={office.clerk_member}").get_data(as_text=True)
    assert re.search(r'value="mon_equipe"[^>]*checked', page)
    assert re.search(r'value="utilisateurs"[^>]*checked', page)
    assert _opened(system, office.other) == set()
    source = re.search(r'name="copie" value="(\d+)"', page)
    assert source
    form = {"acces": ["mon_equipe"], "duree": "sans", "vu": _seen(page), "copie": source[1]}
    assert source[0] in client.submit(f"/utilisateurs/{office.other}/acces/", form).text, "carried along"
    client.submit(f"/utilisateurs/{office.other}/acces/", {**form, "etape": "enregistrer"})
    with system() as session:
        clerk = session.get_one(Membership, office.clerk_member).name
        told = session.scalars(select(JournalEntry.summary).where(JournalEntry.action == "acces")).one()
        assert told.endswith(f"modifiés, copiés de {clerk}")


def test_disabled_while_signed_in(app: Flask, system: System, office: Office) -> None:
    boss, clerk = new_client(app).login(office.boss), new_client(app).login(office.clerk)
    path = f"/utilisateurs/{office.clerk_member}/"
    assert clerk.get("/utilisateurs/").status_code == 200
    assert boss.submit(path + "desactiver").status_code == 302
    assert clerk.get("/utilisateurs/").status_code == 302, "out on the very next request"
    assert boss.submit(path + "reactiver").status_code == 302
    assert clerk.get("/utilisateurs/").status_code == 302, "the old session stays dead"
    assert new_client(app).login(office.clerk).get("/utilisateurs/").status_code == 200
    assert boss.submit(path + "supprimer").headers["Location"].endswith("/utilisateurs/")
    assert boss.get(path).status_code == 404
    assert "Clerc" not in boss.get("/utilisateurs/").get_data(as_text=True).split("flashes")[0]
    with system() as session:
        assert session.get_one(Membership, office.clerk_member).state is MembershipState.DELETED


def test_the_last_administrator_is_told_why_they_stay(app: Flask, system: System, office: Office) -> None:
    with system() as session:
        second = factories.member(session, session.get_one(Membership, office.other).organiser, mark="Second")
        factories.grant(
            session, second, Dossier.ADMINISTRATION, valid_until=clock.today() + dt.timedelta(days=5)
        )
        user_id = second.user_id
    client = new_client(app).login(user_id)
    for verb in ("desactiver", "supprimer"):
        client.submit(f"/utilisateurs/{office.boss_member}/{verb}")
        assert "seul administrateur" in client.get("/utilisateurs/").get_data(as_text=True)
    with system() as session:
        assert session.get_one(Membership, office.boss_member).state is MembershipState.ACTIVE


def test_a_weak_connection_reads_and_does_not_change(app: Flask, office: Office) -> None:
    client = new_client(app).login(office.boss, strong=False)
    assert client.get("/utilisateurs/").status_code == 200
    for path in ("ajouter/", f"{office.other}/acces/", f"{office.other}/desactiver"):
        assert client.submit(f"/utilisateurs/{path}").status_code == 403


def test_the_last_visit_is_of_this_organiser_alone(app: Flask, system: System, office: Office) -> None:
    with system() as session:
        other = session.get_one(Membership, office.other)
        elsewhere = factories.administrator(session, factories.organiser(session, "Bouleau"), other.user)
        user_id, organiser = elsewhere.id, office.organiser
    client: PortalClient = new_client(app).login(user_id)
    client.submit("/organisation/", {"context": organiser})
    with system() as session:
        visits = {
            row.organiser_id: row.last_entered_at is not None
            for row in session.scalars(select(Membership).where(Membership.user_id == user_id))
        }
    assert visits.pop(organiser)
    assert list(visits.values()) == [False]


def test_many_people_cost_no_more_statements(
    app: Flask, system: System, office: Office, count_statements: Callable[[Callable[[], object]], int]
) -> None:
    client = new_client(app).login(office.boss)
    client.get("/utilisateurs/")
    few = count_statements(lambda: client.get("/utilisateurs/"))
    with system() as session:
        owner = session.get_one(Membership, office.other).organiser
        for _ in range(40):
            row = factories.member(session, owner)
            factories.grant(session, row, Dossier.TEAM)
    client.get("/utilisateurs/")
    assert count_statements(lambda: client.get("/utilisateurs/")) == few
    assert few <= 10


def test_a_number_typed_into_the_search_leaves_the_address(app: Flask, office: Office) -> None:
    client = new_client(app).login(office.boss)
    answer = client.get("/utilisateurs/?recherche=85.07.30-033.28")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/utilisateurs/")
    assert "par nom ou par courriel" in client.get("/utilisateurs/").get_data(as_text=True)


def test_a_period_says_at_least_one_day_and_begins_today(app: Flask, system: System, office: Office) -> None:
    client = new_client(app).login(office.boss)
    path = f"/utilisateurs/{office.other}/"
    form = {"vu": _seen(client.get(path).get_data(as_text=True)), "acces": ["mon_equipe"], "duree": "periode"}
    for days, told in (({}, "Donnez au moins une date"), ({"du": "01/01/2001"}, "au plus tôt aujourd’hui")):
        answer = client.submit(path + "acces/", {**form, **days, "etape": "enregistrer"})
        assert (answer.status_code, told in answer.get_data(as_text=True)) == (422, True)
    assert _opened(system, office.other) == set()

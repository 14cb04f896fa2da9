"""The helpdesk finds people and mends what only it can."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import clock, journal
from app.keyring import keyring
from app.models import (
    Dossier,
    JournalEntry,
    Membership,
    MembershipState,
    Notice,
    NoticeKind,
    Organiser,
    Profile,
    User,
)
from app.rules.identifiers import format_bce
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client


@dataclass
class Place:
    """An organiser with a colleague who is deleted, a password account; the helpdesk."""

    organiser: int
    gone: int
    gone_user: int
    niss: str
    account: int
    account_name: str
    helpdesk: int


@pytest.fixture
def place(system: System) -> Place:
    niss = factories.niss()
    with system() as session:
        owner = factories.organiser(session, "Aulne")
        factories.administrator(session, owner)
        gone = factories.member(session, owner, factories.person(session, "Partie", niss=niss))
        factories.grant(session, gone, Dossier.TEAM)
        gone.state, gone.state_since = MembershipState.DELETED, clock.now()
        account = factories.person(session, "Defaut", niss="", password="Ancien-mot-de-passe")
        factories.administrator(session, owner, account)
        helpdesk = factories.agent(session, "Aide", Profile.HELPDESK)
        return Place(owner.id, gone.id, gone.user_id, niss, account.id, account.username, helpdesk.id)


@pytest.fixture
def desk(app: Flask, place: Place) -> PortalClient:
    return new_client(app).login(place.helpdesk)


def test_the_look_at_an_account_stands_in_each_of_its_organisers_histories(
    desk: PortalClient, system: System, place: Place
) -> None:
    with system() as session:
        other = factories.organiser(session, "Bouleau")
        alias = factories.member(session, other, session.get_one(User, place.account))
        alias.last_name = "Autrement"
        other_id, here = other.id, session.scalars(
            select(Membership.id).where(
                Membership.user_id == place.account, Membership.organiser_id == place.organiser
            )
        ).one()  # fmt: skip
        names = {alias.id: alias.name, here: session.get_one(Membership, here).name}
        there = alias.id
    desk.get(f"/helpdesk/utilisateurs/{place.account}/")
    with system() as session:
        told = session.scalars(select(JournalEntry).where(JournalEntry.action == "consultation")).all()
        assert {(row.organiser_id, row.object_type, row.object_id) for row in told} == {
            (None, "ab_user", place.account),
            (place.organiser, "membership", here),
            (other_id, "membership", there),
        }
        for row in told:
            if row.object_type == "membership":
                assert row.summary == f"Compte ouvert par le helpdesk : {names[row.object_id or 0]}"
                assert row.door
        assert [journal.verify(session, chain) for chain in (0, place.organiser, other_id)] == [None] * 3


def test_a_deletion_is_undone_from_the_person_s_sheet(
    desk: PortalClient, system: System, place: Place
) -> None:
    sheet = f"/helpdesk/utilisateurs/{place.gone_user}/"
    form = desk.get(sheet).text.partition("/retablir")[2]
    sent = dict(re.findall(r'name="(numero|personne)" value="(\d+)"', form))
    assert sent == {"numero": str(place.gone), "personne": str(place.gone_user)}
    answer = desk.submit(f"/helpdesk/organisations/{place.organiser}/retablir", sent)
    assert answer.headers["Location"] == sheet
    page = desk.get(sheet).text
    assert "est rétabli, avec ses accès" in page
    assert "/retablir" not in page
    with system() as session:
        row = session.get_one(Membership, place.gone)
        assert row.state is MembershipState.ACTIVE
        row.state, row.state_since = MembershipState.DELETED, clock.now() - dt.timedelta(days=31)
    assert "/retablir" not in desk.get(sheet).text, "too late"


def test_an_organiser_and_a_person_are_found_by_name_and_by_number(
    desk: PortalClient, system: System, place: Place
) -> None:
    page = desk.get("/helpdesk/recherche/?recherche=partie").get_data(as_text=True)
    assert f"/helpdesk/utilisateurs/{place.gone_user}/" in page
    page = desk.get("/helpdesk/recherche/?recherche=aulne").get_data(as_text=True)
    assert f"/helpdesk/organisations/{place.organiser}/" in page
    with system() as session:
        written = format_bce(session.get_one(Organiser, place.organiser).bce)
    page = desk.get("/helpdesk/recherche/", query_string={"recherche": f"BE {written}"}).text
    assert f"/helpdesk/organisations/{place.organiser}/" in page
    assert written in page
    found = desk.submit("/helpdesk/recherche/", {"niss": place.niss})
    assert found.headers["Location"].endswith(f"/helpdesk/utilisateurs/{place.gone_user}/")
    unknown = desk.submit("/helpdesk/recherche/", {"niss": factories.niss()})
    assert (unknown.status_code, "Personne n’a ce numéro" in unknown.get_data(as_text=True)) == (422, True)
    assert place.niss not in desk.get(found.headers["Location"]).get_data(as_text=True)
    typed = desk.get(f"/helpdesk/recherche/?recherche={place.niss}")
    assert (typed.status_code, typed.headers["Location"]) == (302, "/helpdesk/recherche/"), (
        "out of the address"
    )
    with system() as session:
        told = " ".join(session.scalars(select(JournalEntry.summary)))
        assert place.niss not in told
        assert "Recherche par numéro" in told


def test_a_deletion_is_undone_while_there_is_time(desk: PortalClient, system: System, place: Place) -> None:
    path = f"/helpdesk/organisations/{place.organiser}/"
    assert "Rétablir" in desk.get(path).get_data(as_text=True)
    assert desk.submit(path + "retablir", {"numero": place.gone}).status_code == 302
    with system() as session:
        row = session.get_one(Membership, place.gone)
        assert row.state is MembershipState.ACTIVE
        entry = session.scalars(select(JournalEntry).where(JournalEntry.action == "retablissement")).one()
        assert (entry.organiser_id, "helpdesk" in entry.door) == (place.organiser, True)
        row.state = MembershipState.DELETED
        session.execute(
            update(Membership)
            .where(Membership.id == place.gone)
            .values(state_since=clock.now() - dt.timedelta(days=31))
        )
    assert "Rétablir" not in desk.get(path).get_data(as_text=True)
    desk.submit(path + "retablir", {"numero": place.gone})
    assert "délai est passé" in desk.get(path).get_data(as_text=True)


def test_a_name_and_a_number_are_corrected(desk: PortalClient, system: System, place: Place) -> None:
    path = f"/helpdesk/utilisateurs/{place.gone_user}/"
    assert desk.submit(path + "nom", {"first_name": "", "last_name": "Martin"}).status_code == 422
    assert desk.submit(path + "nom", {"first_name": "Zoé", "last_name": "Martin"}).status_code == 302
    new, taken = factories.niss(), factories.niss()
    with system() as session:
        factories.person(session, "Autre", niss=taken)
    wrong = desk.submit(path + "numero", {"niss": taken})
    assert (wrong.status_code, "Un autre compte a ce numéro" in wrong.get_data(as_text=True)) == (422, True)
    assert desk.submit(path + "numero", {"niss": new}).status_code == 302
    with system() as session:
        user = session.get_one(User, place.gone_user)
        assert (user.first_name, user.niss_hash) == ("Zoé", keyring().fingerprint(new))
        assert session.get_one(Membership, place.gone).first_name == "Zoé"
        theirs = session.scalars(
            select(JournalEntry.summary).where(
                JournalEntry.organiser_id == place.organiser, JournalEntry.action == "correction"
            )
        ).all()
        assert len(theirs) == 2
        assert new not in " ".join(theirs)


def test_an_account_that_gets_a_number_keeps_no_password(
    app: Flask, desk: PortalClient, system: System, place: Place
) -> None:
    desk.submit(f"/helpdesk/utilisateurs/{place.account}/numero", {"niss": factories.niss()})
    old = new_client(app)
    form = {"username": place.account_name, "password": "Ancien-mot-de-passe"}
    assert old.submit("/connexion/", form).status_code == 302
    assert old.get("/utilisateurs/").headers["Location"] == "/mon-utilisateur/"
    with_eid = new_client(app).login(place.account)
    assert with_eid.get("/utilisateurs/").status_code == 200
    assert "J’agis pour" in with_eid.get("/mon-utilisateur/").text


def test_a_forgotten_password_is_given_anew_and_shown_once(
    app: Flask, desk: PortalClient, system: System, place: Place
) -> None:
    old = new_client(app)
    form = {"username": place.account_name, "password": "Ancien-mot-de-passe"}
    assert old.submit("/connexion/", form).status_code == 302
    path = f"/helpdesk/utilisateurs/{place.account}/"
    page = desk.submit(path + "mot-de-passe").get_data(as_text=True)
    given = re.search(r'class="one-time">([\w-]+)<', page)
    assert given
    assert given[1] not in desk.get(path).get_data(as_text=True)
    assert old.get("/").status_code == 302, "what the old password opened has ended"
    assert new_client(app).submit("/connexion/", form).status_code == 401
    assert new_client(app).submit("/connexion/", {**form, "password": given[1]}).status_code == 302
    desk.submit(f"/helpdesk/utilisateurs/{place.gone_user}/mot-de-passe")
    assert "pas de mot de passe" in desk.get(path).get_data(as_text=True)


def test_sessions_are_ended_and_a_weak_connection_mends_nothing(
    app: Flask, desk: PortalClient, system: System, place: Place
) -> None:
    path = f"/helpdesk/utilisateurs/{place.account}/"
    with system() as session:
        epoch = session.get_one(User, place.account).epoch
    assert desk.submit(path + "sessions").status_code == 302
    with system() as session:
        assert session.get_one(User, place.account).epoch > epoch
    weak = new_client(app).login(place.helpdesk, strong=False)
    assert weak.get(path).status_code == 200
    assert weak.submit(path + "sessions").status_code == 403
    assert new_client(app).login(place.account).get(path).status_code == 403
    assert desk.get("/helpdesk/utilisateurs/999999/").status_code == 404


def test_the_helpdesk_does_not_give_itself_the_rights_of_an_agent(
    app: Flask, desk: PortalClient, system: System, place: Place
) -> None:
    new = factories.niss()
    with system() as session:
        boss = factories.agent(session, "Nadia", Profile.AGENCY_ADMINISTRATOR).id
        old = factories.agent(session, "Vieux", Profile.ADVISER, niss="", password="Ancien-mot-de-passe").id
        before = session.get_one(User, boss).niss_hash
    name = {"first_name": "Zoé", "last_name": "Martin"}
    for user_id in (boss, old, place.helpdesk):
        path = f"/helpdesk/utilisateurs/{user_id}/"
        assert "Corriger le numéro" not in desk.get(path).text
        assert desk.submit(path + "numero", {"niss": new}).status_code == 403
        assert desk.submit(path + "mot-de-passe").status_code == 403
        assert desk.submit(path + "nom", name).status_code == 403
    agency = new_client(app).login(boss)
    assert agency.submit(f"/helpdesk/utilisateurs/{boss}/numero", {"niss": new}).status_code == 403
    assert agency.submit(f"/helpdesk/utilisateurs/{place.helpdesk}/numero", {"niss": new}).status_code == 302
    with system() as session:
        assert session.get_one(User, boss).niss_hash == before


def test_whose_number_or_password_is_changed_is_told(
    desk: PortalClient, system: System, place: Place
) -> None:
    desk.submit(f"/helpdesk/utilisateurs/{place.gone_user}/numero", {"niss": factories.niss()})
    desk.submit(f"/helpdesk/utilisateurs/{place.account}/mot-de-passe")
    with system() as session:
        told = session.execute(select(Notice.user_id, Notice.kind)).all()
        assert {(place.gone_user, NoticeKind.SECURITY), (place.account, NoticeKind.SECURITY)} == {
            tuple(row) for row in told
        }

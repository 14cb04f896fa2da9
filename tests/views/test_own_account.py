"""« Mon utilisateur » and the conversion of a password account."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from app.keyring import keyring
from app.models import Dossier, JournalEntry, Membership, Notice, Organiser, Profile, Role, User
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client

PASSWORD = "Un-mot-de-passe-fictif"


@dataclass
class Old:
    """An organiser whose administrators are a password account and somebody with eID."""

    organiser: int
    account: int
    name: str
    boss: int


@pytest.fixture
def old(system: System) -> Old:
    with system() as session:
        owner = factories.organiser(session, "Aulne")
        account = factories.person(session, "Defaut", niss="", password=PASSWORD)
        factories.administrator(session, owner, account)
        boss = factories.administrator(session, owner, mark="Chef")
        return Old(owner.id, account.id, account.username, boss.id)


def _form(niss: str) -> dict[str, str]:
    return {
        "first_name": "Zoé", "last_name": "Martin", "email": "zoe@exemple.be", "niss": niss, "consent": "y",
    }  # fmt: skip


def _by_password(app: Flask, name: str) -> PortalClient:
    client = new_client(app)
    assert client.submit("/connexion/", {"username": name, "password": PASSWORD}).status_code == 302
    return client


def test_an_account_is_converted_and_its_password_opens_one_page(
    app: Flask, system: System, old: Old
) -> None:
    client = _by_password(app, old.name)
    assert "Convertir mon utilisateur" in client.get("/").text
    assert "Convertir mon utilisateur" not in new_client(app).login(old.boss).get("/").text
    assert "Convertir mon utilisateur" in client.get("/mon-utilisateur/").get_data(as_text=True)
    niss = factories.niss()
    assert client.submit("/mon-utilisateur/", _form(niss)).headers["Location"].endswith("/connexion/")
    assert client.get("/presences/").status_code == 302, "what was open under the password has ended"
    again = _by_password(app, old.name)
    for path in ("/", "/presences/", "/utilisateurs/", "/api/presences/1/etat", "/mes-sessions/"):
        answer = again.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/mon-utilisateur/"), path
    page = again.get("/mon-utilisateur/").get_data(as_text=True)
    assert "n’ouvre plus que cette page" in page
    assert niss not in page
    assert new_client(app).login(old.account).get("/utilisateurs/").status_code == 200, "with eID"
    with system() as session:
        user = session.get_one(User, old.account)
        assert user.niss_hash == keyring().fingerprint(niss)
        row = session.scalars(select(Membership).where(Membership.user_id == old.account)).one()
        assert (row.name, row.consent_at is not None) == ("Zoé Martin", True)
        entry = session.scalars(select(JournalEntry).where(JournalEntry.action == "conversion")).one()
        assert [one.new for one in entry.changes if one.field == "Courriel"] == [row.email]
        told = session.scalars(select(Notice.user_id)).all()
        assert told == [old.boss], "the other administrators are told"


def test_a_number_known_elsewhere_takes_the_rights_over_and_nothing_is_told(
    app: Flask, system: System, old: Old
) -> None:
    niss = factories.niss()
    with system() as session:
        stranger = factories.person(session, "Ailleurs", niss=niss)
        factories.administrator(session, factories.organiser(session, "Bouleau"), stranger)
        known = stranger.id
    answer = _by_password(app, old.name).submit("/mon-utilisateur/", _form(niss))
    assert answer.headers["Location"].endswith("/connexion/")
    with system() as session:
        owners = session.scalars(select(Membership.organiser_id).where(Membership.user_id == known)).all()
        assert len(owners) == 2
        assert session.scalars(select(Membership).where(Membership.user_id == old.account)).all() == []
    page = _by_password(app, old.name).get("/mon-utilisateur/").get_data(as_text=True)
    assert "n’ouvre plus que cette page" in page
    assert "Ailleurs" not in page


def test_whoever_is_there_already_is_sorted_out_by_an_administrator(
    app: Flask, system: System, old: Old
) -> None:
    niss = factories.niss()
    with system() as session:
        owner = session.get_one(Organiser, old.organiser)
        row = factories.member(session, owner, factories.person(session, "Deja", niss=niss))
        factories.grant(session, row, Dossier.TEAM)
    client = _by_password(app, old.name)
    answer = client.submit("/mon-utilisateur/", _form(niss))
    assert answer.status_code == 422
    assert "agit déjà pour votre organisation" in answer.get_data(as_text=True)
    assert client.get("/presences/").status_code == 200, "nothing changed"


def test_a_person_with_eid_has_nothing_to_convert(app: Flask, old: Old) -> None:
    client = new_client(app).login(old.boss)
    page = client.get("/mon-utilisateur/").get_data(as_text=True)
    assert "NISS valide présent" in page
    assert "Convertir" not in page
    client.submit("/mon-utilisateur/", _form(factories.niss()))
    assert client.get("/utilisateurs/").status_code == 200


def test_nothing_is_handed_to_a_closed_account(app: Flask, system: System, old: Old) -> None:
    niss = factories.niss()
    with system() as session:
        factories.person(session, "Ferme", niss=niss, active=False)
    client = _by_password(app, old.name)
    answer = client.submit("/mon-utilisateur/", _form(niss))
    assert (answer.status_code, "Joignez le helpdesk" in answer.text) == (422, True)
    assert client.get("/presences/").status_code == 200, "nothing changed"


def test_an_agents_roles_are_handed_to_nobody(app: Flask, system: System, old: Old) -> None:
    niss = factories.niss()
    with system() as session:
        factories.person(session, "Connue", niss=niss)
        role = session.scalars(select(Role).where(Role.name == Profile.SUBSIDY_AGENT.label)).one()
        session.get_one(User, old.account).roles = [role]
    answer = _by_password(app, old.name).submit("/mon-utilisateur/", _form(niss))
    assert (answer.status_code, "Joignez le helpdesk" in answer.text) == (422, True)
    with system() as session:
        account = session.get_one(User, old.account)
        assert (account.converted_at, len(account.roles)) == (None, 1)

"""The agency closes and opens accounts; roles show their rights by section."""

from __future__ import annotations

from flask import Flask
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select

from app.models import JournalEntry, Profile, User
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client


def test_an_account_is_closed_at_once_and_opened_again(
    app: Flask, agency: PortalClient, system: System
) -> None:
    with system() as session:
        owner = factories.organiser(session)
        factories.administrator(session, owner)
        user_id = factories.administrator(session, owner).id
    theirs = new_client(app).login(user_id)
    assert theirs.get("/").status_code == 200
    path = f"/securite/utilisateurs/{user_id}/"
    assert "Fermer l’accès" in agency.get(path).text
    assert agency.submit(path + "fermer").status_code == 302
    assert theirs.get("/").status_code == 302
    assert "Rouvrir l’accès" in agency.get(path).text
    assert agency.submit(path + "rouvrir").status_code == 302
    assert theirs.get("/").status_code == 302, "the old session stays dead"
    assert new_client(app).login(user_id).get("/").status_code == 200
    with system() as session:
        actions = session.scalars(select(JournalEntry.action).where(JournalEntry.object_id == user_id)).all()
        assert [one for one in actions if one != "consultation"] == ["desactivation", "reactivation"]


def test_the_last_administrator_of_an_organiser_is_not_closed(agency: PortalClient, system: System) -> None:
    with system() as session:
        user_id = factories.administrator(session, factories.organiser(session)).id
    path = f"/securite/utilisateurs/{user_id}/"
    agency.submit(path + "fermer")
    assert "le seul administrateur d’une organisation" in agency.get(path).text
    with system() as session:
        assert session.get_one(User, user_id).active


def test_nobody_closes_their_own_account(agency: PortalClient, system: System) -> None:
    with system() as session:
        own = session.scalars(select(User.id).where(User.last_name.like("Nadia%"))).one()
    agency.submit(f"/securite/utilisateurs/{own}/fermer")
    assert "votre propre accès" in agency.get(f"/securite/utilisateurs/{own}/").text


def test_a_role_is_edited_by_sections_with_words(app: Flask, agency: PortalClient, system: System) -> None:
    with system() as session:
        role = session.scalars(select(Role.id).where(Role.name == Profile.ADVISER.label)).one()
    page = agency.get(f"/securite/roles/{role}/modifier/").text
    for title in ("Présences", "Helpdesk", "Données de référence", "Sécurité"):
        assert f'<h2 class="field-group">{title}</h2>' in page
    assert "can_" not in page.partition('id="contenu"')[2]
    with system() as session:
        user_id = factories.agent(session, "Faible", Profile.AGENCY_ADMINISTRATOR).id
    weak = new_client(app).login(user_id, strong=False)
    assert weak.get(f"/securite/roles/{role}/modifier/").status_code == 403

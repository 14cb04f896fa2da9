"""The generated pages of people and roles."""

from __future__ import annotations

import html
import re

import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import func, select

from app.models import JournalChange, JournalEntry, Profile, User
from app.views.people import right_label
from tests import factories
from tests.client import PortalClient
from tests.conftest import System
from tests.views.pages import seen_in

HOLIDAYS = "/reference/jours-feries/"


def test_nobody_changes_their_own_rights(agency: PortalClient, system: System) -> None:
    own: int = agency.user_id  # type: ignore[attr-defined]
    page = agency.get(f"/securite/utilisateurs/{own}/modifier/").text
    with system() as session:
        user = session.get_one(User, own)
        typed = {"last_name": user.last_name, "first_name": user.first_name, "email": user.email}
        subsidies = session.scalars(select(Role.id).where(Role.name == Profile.SUBSIDY_AGENT.label)).one()
        mine = session.scalars(select(Role.id).where(Role.name == Profile.AGENCY_ADMINISTRATOR.label)).one()
    more = {**typed, "active": "y", "roles": [str(mine), str(subsidies)], "seen": seen_in(page)}
    answer = agency.submit(f"/securite/utilisateurs/{own}/modifier/", more)
    assert answer.status_code == 422
    assert "vos propres droits" in answer.text
    page = agency.get(f"/securite/roles/{mine}/modifier/").text
    answer = agency.submit(
        f"/securite/roles/{mine}/modifier/", {"name": "administrateur ONE", "seen": seen_in(page)}
    )
    assert "votre propre rôle" in answer.text
    with system() as session:
        assert [role.id for role in session.get_one(User, own).roles] == [mine]
        assert session.get_one(Role, mine).permissions


def test_what_a_role_may_do_is_changed_alone_and_in_the_history(agency: PortalClient, system: System) -> None:
    with system() as session:
        role = session.scalars(select(Role).where(Role.name == Profile.SUBSIDY_AGENT.label)).one()
        pk, held = role.id, sorted((one.id, right_label(one)) for one in role.permissions)
    page = agency.get(f"/securite/roles/{pk}/modifier/").text
    kept = [str(number) for number, _ in held[1:]]
    answer = agency.submit(f"/securite/roles/{pk}/modifier/", {"permissions": kept, "seen": seen_in(page)})
    told = f"Enregistré : {Profile.SUBSIDY_AGENT.label}. Permissions, retiré : {held[0][1]}."
    assert told in html.unescape(agency.get(answer.location).text)
    with system() as session:
        assert sorted(one.id for one in session.get_one(Role, pk).permissions) == [
            number for number, _ in held[1:]
        ]
        changes = session.execute(
            select(JournalChange.field, JournalChange.old, JournalChange.new).where(
                JournalChange.object_type == "ab_role", JournalChange.object_id == pk
            )
        ).all()
    assert changes == [("permissions", held[0][1], None)]


@pytest.mark.parametrize("name", ["HELPDESK", "Réferent   Santé", " Coordinateur·Trice accueil", "Essai"])
def test_two_roles_are_never_mistaken_for_one_another(
    agency: PortalClient, system: System, name: str
) -> None:
    assert agency.submit("/securite/roles/ajouter/", {"name": "essai"}).status_code == 302
    answer = agency.submit("/securite/roles/ajouter/", {"name": name})
    assert answer.status_code == 422
    assert "Il y a déjà un rôle" in answer.text
    assert f'value="{name.strip()}"' in answer.text
    with system() as session:
        assert session.scalar(select(func.count()).select_from(Role).where(Role.name == name.strip())) == 0


def test_a_role_that_nobody_has_is_deleted_and_the_others_stay(agency: PortalClient, system: System) -> None:
    for name in ("Stagiaire", "Vacataire"):
        agency.submit("/securite/roles/ajouter/", {"name": name})
    with system() as session:
        roles = {role.name: role.id for role in session.scalars(select(Role))}
        held = session.get_one(Role, roles["Vacataire"])
        factories.person(session, roles=[held])
    page = agency.get(f"/securite/roles/{roles['Stagiaire']}/").text
    assert "Supprimer « Stagiaire » ?" in html.unescape(page)
    for name, told in (
        ("Stagiaire", "Supprimé : Stagiaire."),
        ("Vacataire", "Quelqu’un a ce rôle"),
        (Profile.ADVISER.label, "Le portail a besoin de ce rôle"),
        ("public", "Le portail a besoin de ce rôle"),
    ):
        answer = agency.submit(f"/securite/roles/{roles[name]}/supprimer/")
        assert told in html.unescape(agency.get(answer.location).text)
    with system() as session:
        left = {role.name for role in session.scalars(select(Role))}
        assert left == set(roles) - {"Stagiaire"}
        told = session.scalars(select(JournalEntry.summary).where(JournalEntry.action == "suppression")).all()
        assert told == ["Suppression : Stagiaire"]


def test_opening_a_person_is_in_the_history_and_shows_no_secret(agency: PortalClient, system: System) -> None:
    with system() as session:
        other = factories.person(session, "Secret", password="Mot-de-passe-1")
        pk, hashes = other.id, (other.password, other.niss_hash)
    for page in (
        f"/securite/utilisateurs/{pk}/",
        f"/securite/utilisateurs/{pk}/modifier/",
        "/securite/utilisateurs/",
    ):
        text = agency.get(page).text
        assert not any(secret in text for secret in hashes if secret)
    with system() as session:
        kept = session.execute(
            select(JournalEntry.action, JournalEntry.object_id)
            .where(JournalEntry.object_type == "ab_user")
            .order_by(JournalEntry.id)
        ).all()
        # The page, the form, and the list once, whomever it names.
        assert kept == [("consultation", pk), ("consultation", pk), ("consultation", None)]


def test_rights_are_named_in_words(agency: PortalClient) -> None:
    assert "Présences soumises : contrôler, renvoyer, rouvrir" in agency.get("/securite/roles/").text


def test_nobody_is_given_the_role_of_who_has_not_signed_in(agency: PortalClient, system: System) -> None:
    with system() as session:
        user_id = factories.agent(session).id
    form = agency.get(f"/securite/utilisateurs/{user_id}/modifier/").text
    assert "gestionnaire subsides" in form
    assert not re.search(r"<label[^>]*>\s*public\s*</label>", form)
    with system() as session:
        public = session.scalars(select(Role.id).where(Role.name == "public")).one()
    assert f'value="{public}"' not in form.partition('name="roles"')[2].partition("</ul>")[0]


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("abc 😀", False),
        ("123", False),
        ("0" * 20, False),
        ("081 12 34 56", True),
        ("+32 (0)2/542.14.45", True),
        ("", True),
    ],
)
def test_a_telephone_number_looks_like_one(
    agency: PortalClient, system: System, typed: str, right: bool
) -> None:
    with system() as session:
        row = factories.agent(session, "Marc")
        path, name = (
            f"/securite/utilisateurs/{row.id}/modifier/",
            {"last_name": row.last_name, "first_name": row.first_name},
        )
        form = {**name, "email": row.email, "phone": typed, "roles": [str(role.id) for role in row.roles]}
    answer = agency.submit(path, {**form, "seen": seen_in(agency.get(path).text)})
    assert answer.status_code == (302 if right else 422)
    assert ("Écrivez un numéro de téléphone" in answer.text) is not right
    assert right or f'value="{typed}"' in html.unescape(answer.text)

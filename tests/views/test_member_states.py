"""Closing, opening and correcting profiles, as pages: by whom."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.models import Dossier, JournalChange, Membership, MembershipState
from tests import factories
from tests.conftest import System, new_client


def test_reactivating_what_one_could_not_give_is_an_administrators(app: Flask, system: System) -> None:
    with system() as session:
        owner = factories.organiser(session, "Aulne")
        boss, clerk, other = (
            factories.member(session, owner, mark=mark) for mark in ("Chef", "Clerc", "Autre")
        )
        factories.grant(session, boss, Dossier.ADMINISTRATION)
        factories.grant(session, clerk, Dossier.USERS)
        factories.grant(session, other, Dossier.TEAM)
        boss_id, clerk_id, number = boss.user_id, clerk.user_id, other.id
    path = f"/utilisateurs/{number}/"
    of_clerk, of_boss = new_client(app).login(clerk_id), new_client(app).login(boss_id)
    of_clerk.submit(path + "desactiver")
    page = of_clerk.get(path).text
    assert "demandez-le à un administrateur" in page
    assert path + "reactiver" not in page
    of_clerk.submit(path + "reactiver")
    assert "pas vous-même" in of_clerk.get(path).text
    with system() as session:
        assert session.get_one(Membership, number).state is MembershipState.DISABLED
    assert path + "reactiver" in of_boss.get(path).text
    of_boss.submit(path + "reactiver")
    with system() as session:
        assert session.get_one(Membership, number).state is MembershipState.ACTIVE


def test_of_ones_own_name_and_address_the_address_alone_is_changed(app: Flask, system: System) -> None:
    with system() as session:
        owner = factories.organiser(session, "Aulne")
        boss, other = (factories.member(session, owner, mark=mark) for mark in ("Chef", "Autre"))
        factories.grant(session, boss, Dossier.ADMINISTRATION)
        boss_id, mine, theirs = boss.user_id, boss.id, other.id
        name = (boss.first_name, boss.last_name)
    client = new_client(app).login(boss_id)
    form = {"first_name": "Quelqu’un", "last_name": "Dautre", "email": "neuf@exemple.be"}
    assert "Votre propre nom" in client.get(f"/utilisateurs/{mine}/modifier/").text
    for number in (mine, theirs):
        assert client.submit(f"/utilisateurs/{number}/modifier/", form).status_code == 302
    with system() as session:
        own, changed = session.get_one(Membership, mine), session.get_one(Membership, theirs)
        assert (own.first_name, own.last_name, own.email) == (*name, "neuf@exemple.be")
        assert changed.name == "Quelqu’un Dautre"
        kept = session.execute(select(JournalChange.object_id, JournalChange.field, JournalChange.new)).all()
        assert (mine, "Courriel", "neuf@exemple.be") in [tuple(one) for one in kept]
        assert (theirs, "Nom", "Dautre") in [tuple(one) for one in kept]

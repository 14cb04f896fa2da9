"""Closing and opening profiles, as pages: by whom."""

from __future__ import annotations

from flask import Flask

from app.models import Dossier, Membership, MembershipState
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

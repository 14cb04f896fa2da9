"""`flask utilisateurs purger`."""

from __future__ import annotations

import datetime as dt

from flask import Flask
from sqlalchemy import select

from app import clock
from app.models import Membership, MembershipState
from tests import factories
from tests.conftest import System
from tests.databases import flask


def test_the_deleted_of_long_ago_are_removed_and_no_others(app: Flask, system: System) -> None:
    with system() as session:
        owner = factories.organiser(session)
        factories.administrator(session, owner)
        for days in (29, 31):
            row = factories.member(session, owner, mark=f"Parti{days}")
            row.state, row.state_since = MembershipState.DELETED, clock.now() - dt.timedelta(days=days)
    assert flask(app, "utilisateurs", "purger").strip() == "1 profil supprimé définitivement."
    with system() as session:
        left = session.scalars(
            select(Membership).where(
                Membership.state == MembershipState.DELETED, Membership.user_id.is_not(None)
            )
        ).all()
        assert [row.last_name[:7] for row in left] == ["Parti29"]

"""The ground that other tests stand on: a database of one's own, a signed-in browser."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.models import User
from tests.client import PortalClient
from tests.conftest import System


def _add_user(system: System) -> int:
    with system() as session:
        user = User(
            first_name="Anne", last_name="Lambert", username="anne", email="a@exemple.test", active=True
        )
        session.add(user)
        session.flush()
        user_id: int = user.id
    return user_id


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_begins_with_an_empty_database(system: System, turn: int) -> None:
    with system() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 0
    _add_user(system)


def test_nobody_is_signed_in_at_first(client: PortalClient) -> None:
    assert client.get("/").status_code in {302, 401}


def test_sign_in_holds_and_ends(client: PortalClient, system: System) -> None:
    client.login(_add_user(system))
    with client:
        client.get("/sante/")
        from flask import session

        assert session["strength"] == "forte"

"""The portal with the demo data, for tests that walk over pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import Membership, Profile, User
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client
from tests.databases import Databases
from tests.statements import Watch

#: A demo person → for whom they act ("agent", the rank of the organiser among theirs, None: no choice).
PROFILES: dict[str, str | int | None] = {
    "claire.lambert": None,
    "hugo.denis": None,
    "sarah.benali": 0,
    "ines.marchal": None,
    "marc.delvaux": None,
    "nadia.peeters": None,
    "olivia.stassart": None,
    "lucas.hermans": None,
    "valbois": None,
}

SignedIn = Callable[..., PortalClient]


@pytest.fixture
def database_url(request: pytest.FixtureRequest, databases: Databases, template: str) -> str:
    """This test's own database; with the demo data for tests marked `demo`."""
    if request.node.get_closest_marker("demo"):
        template = request.getfixturevalue("demo_template")
    return databases.create("essai", template)


@pytest.fixture
def count_statements(app: Flask) -> Callable[[Callable[[], object]], int]:
    """`count_statements(lambda: client.get(…))`: how many statements that sent to the database."""
    watch = Watch(app)

    def count(work: Callable[[], object]) -> int:
        with watch() as asked:
            work()
        return len(asked)

    return count


@pytest.fixture
def signed_in(app: Flask, system: System) -> SignedIn:
    """`signed_in("hugo.denis")`: a browser in which that demo person acts."""

    def opened(username: str, *, strong: bool = True) -> PortalClient:
        chosen = PROFILES[username]
        with system() as session:
            user = session.scalars(select(User).where(User.username == username)).one()
            if isinstance(chosen, int):
                theirs = select(Membership.organiser_id).where(Membership.user_id == user.id)
                chosen = str(sorted(session.scalars(theirs))[chosen])
            user_id = user.id
        return new_client(app).login(user_id, strong=strong, context=chosen)

    return opened


@pytest.fixture
def agency(client: PortalClient, system: System) -> PortalClient:
    """An administrator of the agency."""
    with system() as session:
        user_id = factories.agent(session, "Nadia", Profile.AGENCY_ADMINISTRATOR).id
    client.user_id = user_id  # type: ignore[attr-defined]
    return client.login(user_id)

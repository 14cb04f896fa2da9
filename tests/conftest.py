"""Fixtures of every test that needs a database: a real PostgreSQL, empty but for `flask bootstrap`."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from sqlalchemy.orm import Session

from app import create_app, scope
from app.db import db
from app.security import actors
from app.services import helpdesk
from app.services.attendance import months
from tests.client import PortalClient
from tests.databases import Databases, running

if TYPE_CHECKING:
    from tests.oracle.world import World

System = Callable[[], contextlib.AbstractContextManager[Session]]


def pytest_configure(config: pytest.Config) -> None:
    # A busy machine is no defect: what takes time is measured by `make bench`.
    settings.register_profile("portail", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    # `make test-long`: more examples of whatever is drawn.
    settings.register_profile("long", settings.get_profile("portail"), max_examples=1000)
    settings.load_profile(config.getoption("--hypothesis-profile") or "portail")
    # Told to end, end as on Ctrl-C: the servers that fixtures started are stopped, and their folders removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    with running() as found:
        yield found


@pytest.fixture(scope="session")
def template(databases: Databases) -> str:
    """The migrated database that each test gets a copy of."""
    return databases.prepare("portail_modele", ("db", "upgrade"), ("bootstrap",))


@pytest.fixture(scope="session")
def demo_template(databases: Databases, template: str) -> str:
    """The same with the fictional data."""
    return databases.prepare("demo_modele", ("demo", "charger"), template=template)


@pytest.fixture(scope="session")
def _application(databases: Databases, template: str) -> Iterator[Flask]:
    app = create_app("testing", DATABASE_URL=databases.create("essai", template))
    app.test_client_class = PortalClient
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def database_url(request: pytest.FixtureRequest, databases: Databases, template: str) -> str:
    """Address of a database of this test's own, with the oracle's world in it where a test asks for `world`."""
    if "world" in request.fixturenames:
        template, _world = request.getfixturevalue("world_template")
    return databases.create("essai", template)


@pytest.fixture(scope="session")
def world_template(databases: Databases, template: str, _application: Flask) -> tuple[str, World]:
    """A database with two organisers full of canaries, and what is in it."""
    from tests.oracle import world

    databases.create("essai", template)
    forget(_application)
    made = world.build(_application, _system(_application))
    forget(_application)  # PostgreSQL copies only a database that nobody uses
    databases.create("monde_modele", "essai")
    return "monde_modele", made


@pytest.fixture
def world(app: Flask, world_template: tuple[str, World]) -> World:
    """What is in this test's database: two organisers full of canaries."""
    return world_template[1]


@pytest.fixture
def app(database_url: str, _application: Flask) -> Flask:
    """The portal on this test's database. Built once: only what it keeps of a database is renewed."""
    forget(_application)
    return _application


def forget(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()
    months._kept.clear()
    helpdesk._kept.clear()
    actors._kept.clear()  # another database may hold other people under the same ids and version


@pytest.fixture
def client(app: Flask) -> PortalClient:
    """A browser that nobody has signed in with; `client.login(user_id)` does."""
    return new_client(app)


def new_client(app: Flask) -> PortalClient:
    """One more browser, for tests with two people."""
    found = app.test_client()
    assert isinstance(found, PortalClient)
    return found


@pytest.fixture
def system(app: Flask) -> System:
    """`with system() as session:` sees and writes everything, and commits at the end. No requests inside."""
    return _system(app)


def _system(app: Flask) -> System:
    @contextlib.contextmanager
    def opened() -> Iterator[Session]:
        with _session(app) as session:
            yield session
            session.commit()

    return opened


@pytest.fixture
def db_session(app: Flask) -> Iterator[Session]:
    """An all-seeing session for the whole test: for services. A request would end its scope: use `system`."""
    with _session(app) as session:
        yield session


@contextlib.contextmanager
def _session(app: Flask) -> Iterator[Session]:
    with app.app_context():
        engine = db.engine
    with Session(engine) as session, scope.system("test", session):
        yield session

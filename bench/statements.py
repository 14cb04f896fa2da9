"""How many statements each page sends, on few rows and on many, as PostgreSQL's own log tells it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import psycopg
from sqlalchemy.orm import Session

from app import create_app, scope
from app.db import db
from bench.report import Figure
from bench.server import Bench
from tests.client import PortalClient
from tests.databases import flask
from tests.oracle.world import build
from tests.statements import Visits, Watch, grow, visits


def measure(bench: Bench) -> list[Figure]:
    """Each page for whom it costs most; as many on many rows as on few, and no more than its bound."""
    with psycopg.connect(bench.database_url, autocommit=True) as admin:
        admin.execute("CREATE DATABASE requetes")
    app = create_app("testing", DATABASE_URL=bench.beside("requetes"))
    app.test_client_class = PortalClient
    for command in (("db", "upgrade"), ("bootstrap",)):
        flask(app, *command)

    @contextlib.contextmanager
    def system() -> Iterator[Session]:
        with app.app_context():
            engine = db.engine
        with Session(engine) as session, scope.system("bench statements", session):
            yield session
            session.commit()

    world = build(app, system)
    watch = Watch(app)
    few = visits(app, world, watch)
    grow(app, system, world)
    many = visits(app, world, watch)
    with app.app_context():
        db.engine.dispose()
    return [_figure(page, few, many) for page in sorted({page for page, _who in many})]


def _figure(page: str, few: Visits, many: Visits) -> Figure:
    costs = {key: len(visit.statements) for key, visit in many.items() if key[0] == page}
    key = max(costs, key=lambda one: costs[one])
    grown = costs[key] / len(few[key].statements)
    return Figure(f"requetes.{page}", costs[key], "", grown, "peu de lignes", 1, most=many[key].limit)

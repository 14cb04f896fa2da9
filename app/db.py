"""The engine, the session and the embedded server."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import flask_appbuilder
import psycopg
from flask import Flask, Response, request
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from app.embedded import embedded_server_url

#: The role the portal works under: not the owner, so that row-level security binds it.
PORTAL_ROLE = "portail_app"

#: FAB's own base, so that its tables and ours share one metadata.
db = SQLAlchemy(model_class=flask_appbuilder.Model)
migrate = Migrate(directory=str(Path(__file__).parent / "migrations"), compare_type=True)


def sqlalchemy_url(url: str) -> str:
    """The same database through psycopg 3, whatever way the address was written."""
    for prefix in ("postgresql+psycopg://", "postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    raise ValueError("DATABASE_URL: expected postgresql://…")


def init_app(app: Flask) -> None:
    """Bind the session to the database of the configuration, under the portal's role."""
    url = app.config["DATABASE_URL"] or embedded_server_url(Path(app.root_path).parent / "var" / "postgres")
    app.config["SQLALCHEMY_DATABASE_URI"] = sqlalchemy_url(url)
    app.config.setdefault(
        "SQLALCHEMY_ENGINE_OPTIONS",
        {
            "pool_size": int(os.environ.get("DATABASE_POOL", "5")),
            "max_overflow": 5,
            "pool_pre_ping": False,
            "hide_parameters": True,  # a failing statement must not print what people typed
            "json_serializer": lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True),
        },
    )
    db.init_app(app)
    migrate.init_app(app, db)
    app.after_request(_end_reading)
    with app.app_context():
        event.listen(db.engine, "connect", _take_portal_role)


def _take_portal_role(connection: Any, _record: Any) -> None:
    connection.execute(f"SET ROLE {PORTAL_ROLE}")
    connection.commit()


def driver(session: Session) -> psycopg.Connection:
    """The driver's connection of a session, inside its transaction: for fixed statements on the path of every
    save, which SQLAlchemy would take three times as long to hand over.
    """
    return cast(psycopg.Connection, session.connection().connection.driver_connection)


@contextlib.contextmanager
def committing(session: Session) -> Iterator[None]:
    """Send the last statements of a transaction and its COMMIT in one round trip.

    For writes through `driver` whose answers nobody reads. What they lock (the end of the organiser's history, which
    everyone there waits for) is let go as soon as the server can, not when this thread is next given its turn to say
    COMMIT. Raises what any of them raises, and then nothing is kept.
    """
    session.flush()
    connection = driver(session)
    with connection.pipeline():
        yield
        connection.commit()
    session.commit()  # the transaction is over: this ends the session's own side of it


@contextlib.contextmanager
def autocommit() -> Iterator[psycopg.Connection]:
    """A connection apart from the session's, where each statement is a transaction: one round trip a statement,
    and no ROLLBACK at its end (see `_end_reading`).
    """
    pooled = db.engine.raw_connection()
    try:
        connection = cast(psycopg.Connection, pooled.driver_connection)
        connection.autocommit = True
        try:
            yield connection
        finally:
            connection.autocommit = False
    finally:
        pooled.close()


def _end_reading(response: Response) -> Response:
    """End with COMMIT the transaction of a page that only read.

    The pool would end it with ROLLBACK, after which psycopg has the server forget all its prepared statements:
    every statement of the next requests would be planned anew, which costs more than running it.
    """
    if request.method in {"GET", "HEAD"} and response.status_code < 400 and db.session.registry.has():
        session = db.session()
        if session.in_transaction() and not (session.new or session.dirty or session.deleted):
            session.commit()
    return response


def owner_engine(app: Flask) -> Engine:
    """An engine that keeps the owner's role, for migrations and nothing else."""
    from sqlalchemy import create_engine

    return create_engine(app.config["SQLALCHEMY_DATABASE_URI"], hide_parameters=True)

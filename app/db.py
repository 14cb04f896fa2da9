"""The engine, the session and the embedded server."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import flask_appbuilder
import psycopg
from flask import Flask, Response, request
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from psycopg import abc
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait
from sqlalchemy import Connection, Engine, PoolProxiedConnection, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

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
            "connect_args": {"connect_timeout": 15},  # a server that does not answer is an error, not a wait
            "hide_parameters": True,  # a failing statement must not print what people typed
            "json_serializer": lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True),
        },
    )
    db.init_app(app)
    migrate.init_app(app, db)
    app.after_request(_end_reading)
    with app.app_context():
        event.listen(db.engine, "connect", _take_portal_role)
        event.listen(db.engine, "rollback", _forget_fixed)
        event.listen(db.engine, "rollback_savepoint", _forget_fixed)
        event.listen(db.engine, "reset", _forget_reset)


def _take_portal_role(connection: Any, _record: Any) -> None:
    connection.execute(f"SET ROLE {PORTAL_ROLE}")
    connection.commit()


def driver(session: Session) -> psycopg.Connection:
    """The driver's connection of a session, inside its transaction: for fixed statements on the path of every
    save, which SQLAlchemy would take three times as long to hand over.
    """
    return cast(psycopg.Connection, session.connection().connection.driver_connection)


@dataclass(frozen=True, slots=True)
class Bare:
    """A transaction of fixed statements alone (see `bare` of app/walls.py): what a session keeps track of would cost
    more than they do.
    """

    pooled: PoolProxiedConnection

    def commit(self) -> None:
        """End the transaction, unless `committing` did."""
        pq = _libpq(self.pooled)
        if pq.transaction_status != TransactionStatus.IDLE:
            _check(self.pooled, pq.exec_(b"COMMIT"))


#: What fixed statements run in.
Work = Session | Bare


class SessionNeeded(Exception):
    """What is to be done next takes more than fixed statements: it is begun again in a session."""


def session_of(work: Work) -> Session:
    """The session of a transaction. Raises SessionNeeded when it has none."""
    if isinstance(work, Bare):
        raise SessionNeeded
    return work


def pooled(work: Work) -> PoolProxiedConnection:
    """The pool's connection under a transaction."""
    return work.pooled if isinstance(work, Bare) else work.connection().connection


@dataclass(frozen=True, slots=True)
class _Ready:
    """A fixed statement under the name that its connection knows it by, with its values as libpq takes them."""

    name: bytes
    values: Sequence[Any]
    formats: Sequence[Any]
    #: Its text and the types of its values, when the connection does not know it yet.
    unknown: tuple[bytes, Sequence[int]] | None


_NUMBERS: Final = itertools.count()
#: Statements that a connection keeps prepared: as many as the driver keeps of its own.
_MOST_NAMED: Final = 100
_DONE: Final = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})


def read_fixed(connection: PoolProxiedConnection, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a fixed statement ($1, $2…), through libpq itself: a third of what the driver's cursor costs."""
    pq, transformer = _libpq(connection), Transformer(connection.driver_connection)
    ready = _ready(connection, transformer, sql, values)
    if ready.unknown:
        _check(connection, pq.prepare(ready.name, *ready.unknown))
    result = _check(connection, pq.exec_prepared(ready.name, ready.values, ready.formats))
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, tuple)


def write_fixed(work: Work, sql: str, values: Sequence[Any]) -> None:
    """Run a fixed statement whose answer nobody reads: at once, or with the COMMIT of `committing`."""
    connection = pooled(work)
    last: list[_Ready] | None = connection.info.get("committing")
    if last is None:
        read_fixed(connection, sql, values)
    else:
        last.append(_ready(connection, Transformer(connection.driver_connection), sql, values))


@contextlib.contextmanager
def committing(work: Work) -> Iterator[None]:
    """Send the last statements of a transaction, those given to `write_fixed`, and its COMMIT in one round trip.

    What they lock (the end of the organiser's history, which everyone there waits for) is let go as soon as the
    server can, not when this thread is next given its turn to say COMMIT. Raises what any of them raises, and then
    nothing is kept.
    """
    if isinstance(work, Session):
        work.flush()
    connection = pooled(work)
    last: list[_Ready] = []
    connection.info["committing"] = last
    try:
        yield
    except BaseException:
        connection.info.pop("fixed", None)  # the names of statements that were never sent among them
        raise
    finally:
        del connection.info["committing"]
    pq, driver_ = _libpq(connection), cast(psycopg.Connection, connection.driver_connection)
    pq.enter_pipeline_mode()
    for ready in last:
        if ready.unknown:
            pq.send_prepare(ready.name, *ready.unknown)
        pq.send_query_prepared(ready.name, ready.values, ready.formats)
    pq.send_query_params(b"COMMIT", None)
    pq.pipeline_sync()
    # The driver waits without the interpreter's lock, which libpq's own wait for a result would hold.
    answers = driver_.wait(_answers(pq))
    pq.exit_pipeline_mode()
    for answer in answers:
        _check(connection, answer)
    work.commit()  # the transaction is over: this ends the session's own side of it


def _answers(pq: PGconn) -> Generator[Wait, Ready | int, list[PGresult]]:
    """What the server answers to all that was sent down the pipeline; yields what is to be waited for."""
    while pq.flush():
        if (yield Wait.RW) & Ready.R:
            pq.consume_input()
    found: list[PGresult] = []
    while True:
        while pq.is_busy():
            yield Wait.R
            pq.consume_input()
        answer = pq.get_result()
        if answer is not None and answer.status == ExecStatus.PIPELINE_SYNC:
            return found
        if answer is not None:
            found.append(answer)


def _libpq(connection: PoolProxiedConnection) -> PGconn:
    return cast(psycopg.Connection, connection.driver_connection).pgconn


def _ready(
    connection: PoolProxiedConnection, transformer: abc.Transformer, sql: str, values: Sequence[Any]
) -> _Ready:
    given = transformer.dump_sequence(values, [PyFormat.AUTO] * len(values))
    types, formats = transformer.types or (), transformer.formats or ()
    names = connection.info.setdefault("fixed", {})
    if name := names.get((sql, types)):
        return _Ready(name, given, formats, None)
    name = b""  # the one that each statement takes over from the last
    if len(names) < _MOST_NAMED:
        names[sql, types] = name = b"fixed_%d" % next(_NUMBERS)
    return _Ready(name, given, formats, (sql.encode(), types))


def _check(connection: PoolProxiedConnection, result: PGresult) -> PGresult:
    if result.status not in _DONE:
        connection.info.pop("fixed", None)
        raise error_from_result(result)
    return result


def _forget_fixed(connection: Connection, *_savepoint: Any) -> None:
    """At a ROLLBACK the driver has the server forget every prepared statement, ours with its own."""
    connection.connection.info.pop("fixed", None)


def _forget_reset(connection: Any, record: ConnectionPoolEntry, _state: Any) -> None:
    if connection.info.transaction_status != TransactionStatus.IDLE:
        record.info.pop("fixed", None)


@contextlib.contextmanager
def autocommit() -> Iterator[PoolProxiedConnection]:
    """A connection apart from the session's, where each fixed statement is a transaction: one round trip a
    statement, and no ROLLBACK at its end (see `_end_reading`).
    """
    connection = db.engine.raw_connection()
    try:
        yield connection
    finally:
        connection.close()


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

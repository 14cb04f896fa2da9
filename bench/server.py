"""What is measured: the portal and the bare route under gunicorn, on a PostgreSQL of their own."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from flask import Flask

from app import create_app
from app.db import db
from app.dev.processes import Service, free_port
from app.embedded import leave, server_at
from bench import bare, data

#: Commits are as durable as in production: what a save costs is mostly that.
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True)
class Bench:
    """The servers' addresses, the database, an application in this process, and the data."""

    portal: str
    bare: str
    database_url: str
    app: Flask
    data: data.Data
    #: Gives the address of another database of the same server.
    beside: Callable[[str], str]


@contextlib.contextmanager
def running() -> Iterator[Bench]:
    """Start everything in a temporary folder, and leave nothing behind."""
    with tempfile.TemporaryDirectory(prefix="portail-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        server = server_at(folder / "pg", at_exit="delete")
        try:
            url = server.get_uri()
            with psycopg.connect(url, autocommit=True) as admin:
                for setting in DURABLE:
                    shown = admin.execute(f"SHOW {setting}").fetchone()
                    if shown != ("on",):
                        raise RuntimeError(f"{setting} is {shown}: commits would not be durable")
            app = create_app("development", DATABASE_URL=url)
            made = data.make(app)
            with psycopg.connect(url, autocommit=True) as admin:
                admin.execute(bare.TABLES)
                admin.execute("VACUUM ANALYZE")
            with (
                _gunicorn("bench.application:create_app()", "portail", url, folder) as portal,
                _gunicorn("bench.bare:create_app()", "temoin", url, folder) as witness,
            ):
                yield Bench(portal, witness, url, app, made, lambda name: server.get_uri(database=name))
            with app.app_context():
                db.engine.dispose()
        finally:
            leave(server)


@contextlib.contextmanager
def _gunicorn(application: str, name: str, database_url: str, folder: Path) -> Iterator[str]:
    """An application under the portal's own gunicorn settings; answers its address."""
    port = free_port()
    environment: Mapping[str, str] = {
        "PORT": str(port),
        "DATABASE_URL": database_url,
        "PORTAL_ENV": "development",
    }
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", application]
    with Service(name, command, f"{url}/sante/", folder / f"{name}.log", environment):
        yield url

"""Databases for tests: one embedded server, one template migrated once, a fresh copy in some 40 ms."""

from __future__ import annotations

import contextlib
import itertools
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from flask import Flask
from flask.testing import FlaskCliRunner

from app import create_app
from app.db import db
from app.embedded import leave, server_at

#: Durability costs most of the time of small transactions; these databases live for one run.
_FAST = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass
class Databases:
    """The server of one test run. Names ending in `_modele` are templates."""

    url_pattern: str
    admin: psycopg.Connection
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, name: str) -> str:
        return self.url_pattern.format(name=name)

    def create(self, name: str, template: str = "template1") -> str:
        """A database with the content of the template, replacing any of that name; answers its address."""
        self.drop(name)
        self.admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return self.url(name)

    def drop(self, name: str) -> None:
        self.admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @contextlib.contextmanager
    def copy_of(self, template: str) -> Iterator[str]:
        """The address of a copy under a name of its own, dropped at the end."""
        name = f"essai_{next(self._numbers)}"
        try:
            yield self.create(name, template)
        finally:
            self.drop(name)

    def prepare(self, name: str, *commands: tuple[str, ...], template: str = "template1") -> str:
        """Make a template by running commands of `flask` in a new database; answers its name."""
        app = create_app("testing", DATABASE_URL=self.create(name, template))
        for command in commands:
            flask(app, *command)
        with app.app_context():
            db.engine.dispose()  # PostgreSQL copies only a database that nobody uses
        return name


def flask(app: Flask, *arguments: str) -> str:
    """Run a command of `flask` as an operator would; answer what it printed."""
    outcome = FlaskCliRunner(app).invoke(args=list(arguments))
    if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    assert outcome.exit_code == 0, outcome.output
    return outcome.output


def demo_people(app: Flask) -> dict[str, dict[str, str]]:
    """The demo people by user name."""
    return {
        person["username"]: person
        for person in json.loads(flask(app, "demo", "personnes", "--format", "json"))
    }


@contextlib.contextmanager
def running() -> Iterator[Databases]:
    """Start a server for this run, in a folder of its own, and remove it at the end."""
    with tempfile.TemporaryDirectory(prefix="portail-tests-", ignore_cleanup_errors=True) as folder:
        server = server_at(Path(folder) / "pg", at_exit="delete")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as admin:
                for setting in _FAST:
                    admin.execute(f"ALTER SYSTEM SET {setting} = off")
                admin.execute("SELECT pg_reload_conf()")
                yield Databases(server.get_uri(database="{name}"), admin)
        finally:
            leave(server)

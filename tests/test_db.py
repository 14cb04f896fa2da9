"""The last statements of a transaction, sent with its COMMIT."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import scope
from app.db import autocommit, committing, db, read_fixed, write_fixed
from app.models import Organiser
from tests import factories
from tests.conftest import System

_RENAME = "UPDATE organiser SET name = $1 WHERE id = $2"


def _run(session: Session, steps: list[tuple[str, tuple[object, ...]]]) -> None:
    with committing(session):
        for statement, values in steps:
            write_fixed(session, statement, values)


def _name(app: Flask, number: int) -> str:
    """As another connection sees it."""
    with app.app_context():
        engine = db.engine
    with Session(engine) as session, scope.system("test", session):
        return session.scalars(select(Organiser.name).where(Organiser.id == number)).one()


def test_all_is_kept_once_the_with_is_left(app: Flask, system: System, db_session: Session) -> None:
    with system() as session:
        row = factories.organiser(session, "Avant")
        number, before = row.id, row.name
    with committing(db_session):
        write_fixed(db_session, _RENAME, ("Entre-temps", number))
        write_fixed(db_session, _RENAME, ("Après", number))
        assert _name(app, number) == before
    assert _name(app, number) == "Après"
    assert not db_session.in_transaction()


@pytest.mark.parametrize(
    "wrong", ["UPDATE organiser SET name = NULL WHERE id = $1", "SELECT 1 / ($1::int - $1::int)"]
)
@pytest.mark.parametrize("last", [True, False])
def test_nothing_is_kept_when_one_fails(
    app: Flask, system: System, db_session: Session, wrong: str, last: bool
) -> None:
    with system() as session:
        row = factories.organiser(session, "Avant")
        number, before = row.id, row.name
    steps = [(_RENAME, ("Après", number)), (wrong, (number,))]
    with pytest.raises(psycopg.Error):
        _run(db_session, steps if last else steps[::-1])
    db_session.rollback()
    assert _name(app, number) == before
    with committing(db_session):  # the connection goes on
        write_fixed(db_session, _RENAME, ("Enfin", number))
    assert _name(app, number) == "Enfin"


def test_nothing_is_kept_when_the_work_itself_fails(app: Flask, system: System, db_session: Session) -> None:
    with system() as session:
        row = factories.organiser(session, "Avant")
        number, before = row.id, row.name
    with pytest.raises(psycopg.ProgrammingError, match="cannot adapt"):
        _run(db_session, [(_RENAME, ("Après", number)), (_RENAME, ("Enfin", object()))])
    db_session.rollback()
    assert _name(app, number) == before


@pytest.mark.parametrize("partly", [True, False])
def test_a_fixed_statement_is_prepared_anew_after_a_rollback(
    app: Flask, db_session: Session, partly: bool
) -> None:
    for _ in range(2):
        for _ in range(10):  # often enough for the driver to prepare it, and to forget it at the rollback
            db_session.execute(select(Organiser.name))
        with db_session.begin_nested() as part:
            write_fixed(db_session, _RENAME, ("Personne", 0))
            if partly:
                part.rollback()
        if partly:
            write_fixed(db_session, _RENAME, ("Personne", 0))
        db_session.rollback()


def test_a_fixed_statement_that_failed_can_be_run_again(app: Flask) -> None:
    with app.app_context(), autocommit() as connection:
        for number, found in ((0, None), (2, 5), (0, None), (5, 2)):
            if found is None:
                with pytest.raises(psycopg.errors.DivisionByZero):
                    read_fixed(connection, "SELECT 10 / $1::int", (number,))
            else:
                assert read_fixed(connection, "SELECT 10 / $1::int", (number,)) == [(found,)]

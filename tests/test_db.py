"""The last statements of a transaction, sent with its COMMIT."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import scope
from app.db import committing, db, driver
from app.models import Organiser
from tests import factories
from tests.conftest import System

_RENAME = "UPDATE organiser SET name = %s WHERE id = %s"


def _run(session: Session, steps: list[tuple[str, tuple[object, ...]]]) -> None:
    with committing(session):
        for statement, values in steps:
            driver(session).execute(statement, values)


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
        driver(db_session).execute(_RENAME, ("Entre-temps", number))
        driver(db_session).execute(_RENAME, ("Après", number))
        assert _name(app, number) == before
    assert _name(app, number) == "Après"
    assert not db_session.in_transaction()


@pytest.mark.parametrize("wrong", ["UPDATE organiser SET name = NULL WHERE id = %s", "SELECT 1 / (%s - %s)"])
@pytest.mark.parametrize("last", [True, False])
def test_nothing_is_kept_when_one_fails(
    app: Flask, system: System, db_session: Session, wrong: str, last: bool
) -> None:
    with system() as session:
        row = factories.organiser(session, "Avant")
        number, before = row.id, row.name
    given = (number,) * wrong.count("%s")
    steps = [(_RENAME, ("Après", number)), (wrong, given)]
    with pytest.raises(psycopg.Error):
        _run(db_session, steps if last else steps[::-1])
    db_session.rollback()
    assert _name(app, number) == before
    with committing(db_session):  # the connection goes on
        driver(db_session).execute(_RENAME, ("Enfin", number))
    assert _name(app, number) == "Enfin"


def test_nothing_is_kept_when_the_work_itself_fails(app: Flask, system: System, db_session: Session) -> None:
    with system() as session:
        row = factories.organiser(session, "Avant")
        number, before = row.id, row.name
    with pytest.raises(psycopg.ProgrammingError, match="cannot adapt"):
        _run(db_session, [(_RENAME, ("Après", number)), (_RENAME, ("Enfin", object()))])
    db_session.rollback()
    assert _name(app, number) == before

"""The history: nobody rewrites it unseen, not even the database's owner."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import journal, scope
from app.db import db, owner_engine
from app.models import JournalEntry, JournalHead
from app.scope import Scope
from tests import factories
from tests.conftest import System


@pytest.fixture
def chain(system: System) -> int:
    """An organiser with five entries of two changes each."""
    with system() as session:
        owner = factories.organiser(session)
        for _ in range(5):
            factories.entry(session, owner.id, changes=2)
        owner_id: int = owner.id
    return owner_id


@pytest.fixture
def owner(app: Flask) -> Iterator[Connection]:
    """The database's owner, whom row-level security does not bind."""
    with app.app_context():
        engine = owner_engine(app)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _verify(app: Flask, *arguments: str) -> tuple[int, str]:
    outcome = FlaskCliRunner(app).invoke(args=["journal", "verifier", *arguments])
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.exception
    return outcome.exit_code, outcome.output


def test_chains_hold(app: Flask, system: System, chain: int) -> None:
    with system() as session:
        factories.entry(session, None)
    assert _verify(app) == (0, f"portail : intacte\norganisation {chain} : intacte\n")
    with system() as session:
        assert session.scalars(select(JournalEntry.seq).order_by(JournalEntry.id)).all() == [1, 2, 3, 4, 5, 1]


def _on_each_table(*statements: str) -> Iterator[str]:
    columns = {"journal_entry": "summary", "journal_change": "new", "journal_head": "hash"}
    for table, column in columns.items():
        yield from (statement.format(t=table, c=column) for statement in statements)


def test_the_portal_may_only_append(app: Flask, chain: int) -> None:
    for statement in _on_each_table(
        "UPDATE {t} SET {c} = {c}",
        "DELETE FROM {t}",
        "TRUNCATE {t} CASCADE",
        "INSERT INTO {t} SELECT * FROM {t}",
    ):
        refused = pytest.raises(DBAPIError, match="permission denied")
        with app.app_context(), scope.system("test"), Session(db.engine) as session, refused:
            session.execute(text(statement))


def test_even_the_owner_meets_the_triggers(owner: Connection, chain: int) -> None:
    for statement in _on_each_table("UPDATE {t} SET {c} = 'x'", "DELETE FROM {t}", "TRUNCATE {t} CASCADE"):
        with pytest.raises(DBAPIError, match="append-only"):
            owner.execute(text(statement))
        owner.rollback()


_TAMPERING: dict[str, tuple[str, str]] = {
    "an edited line": ("UPDATE journal_entry SET summary = 'rien' WHERE seq = 3", "ligne 3"),
    "another actor": ("UPDATE journal_entry SET actor = 'Personne' WHERE seq = 3", "ligne 3"),
    "another instant": ("UPDATE journal_entry SET at = at + interval '1 second' WHERE seq = 3", "ligne 3"),
    "a hidden line": ("UPDATE journal_entry SET facility_id = 99 WHERE seq = 3", "ligne 3"),
    "a changed value": (
        "UPDATE journal_change SET new = 'J' WHERE id = (SELECT min(c.id) FROM journal_change c"
        " JOIN journal_entry e ON e.id = c.entry_id WHERE e.seq = 3)",
        "ligne 3",
    ),
    "a change taken away": (
        "DELETE FROM journal_change WHERE id = (SELECT max(c.id) FROM journal_change c"
        " JOIN journal_entry e ON e.id = c.entry_id WHERE e.seq = 3)",
        "ligne 3",
    ),
    "a change hidden from a facility": (
        "UPDATE journal_change SET facility_id = 99 WHERE entry_id = (SELECT id FROM journal_entry WHERE seq = 3)",
        "ligne 3",
    ),
    "a change added": (
        "INSERT INTO journal_change (entry_id, organiser_id, object_type, field)"
        " SELECT id, organiser_id, 'x', 'x' FROM journal_entry WHERE seq = 3",
        "ligne 3",
    ),
    "the middle taken out": (
        "DELETE FROM journal_change WHERE entry_id = (SELECT id FROM journal_entry WHERE seq = 3);"
        "DELETE FROM journal_entry WHERE seq = 3",
        "ligne 3",
    ),
    "the middle taken out and closed up": (
        "DELETE FROM journal_change WHERE entry_id = (SELECT id FROM journal_entry WHERE seq = 3);"
        "DELETE FROM journal_entry WHERE seq = 3; UPDATE journal_entry SET seq = seq - 1 WHERE seq > 3",
        "ligne 3",
    ),
    "the tail taken off": (
        "DELETE FROM journal_change WHERE entry_id IN (SELECT id FROM journal_entry WHERE seq > 3);"
        "DELETE FROM journal_entry WHERE seq > 3",
        "ligne 4",
    ),
    "two lines exchanged": (
        "UPDATE journal_entry SET seq = -seq WHERE seq IN (3, 4);"
        "UPDATE journal_entry SET seq = 7 + seq WHERE seq < 0",
        "ligne 3",
    ),
    "a line put before the first": (
        "INSERT INTO journal_entry (organiser_id, seq, at, actor, door, action, object_type, summary, digest)"
        " SELECT organiser_id, 0, at, actor, door, action, object_type, summary, '' FROM journal_entry WHERE seq = 1",
        "hors de la chaîne",
    ),
    "a line put after the last": (
        "INSERT INTO journal_entry (organiser_id, seq, at, actor, door, action, object_type, summary, digest, previous)"
        " SELECT organiser_id, 6, at, actor, door, action, object_type, summary, '', hash FROM journal_entry WHERE seq = 5",
        "ligne 6",
    ),
}


def test_tampering_by_the_owner_is_named(owner: Connection, chain: int) -> None:
    for how, (statements, place) in _TAMPERING.items():
        _with_triggers_off(owner, statements)
        with scope.system("test"), Session(owner) as session:
            fault = journal.verify(session, chain)
        owner.rollback()
        assert fault is not None, how
        assert place in f"ligne {fault.seq} : {fault.what}", how
    with scope.system("test"), Session(owner) as session:
        assert journal.verify(session, chain) is None


def test_the_command_names_the_chain_and_the_line(app: Flask, owner: Connection, chain: int) -> None:
    _with_triggers_off(owner, _TAMPERING["an edited line"][0])
    owner.commit()
    code, printed = _verify(app)
    assert code == 1
    assert printed.startswith(f"organisation {chain} : ligne 3 (entrée ")


def _with_triggers_off(owner: Connection, statements: str) -> None:
    owner.execute(text("SET LOCAL session_replication_role = replica"))
    for statement in statements.split(";"):
        owner.execute(text(statement))


def test_a_chain_cut_with_its_head_is_named_by_heads_kept_elsewhere(
    app: Flask, owner: Connection, chain: int, tmp_path: Path
) -> None:
    kept = tmp_path / "tetes.jsonl"
    exported = FlaskCliRunner(app).invoke(args=["journal", "tetes"]).output
    kept.write_text(exported, encoding="utf-8")
    assert _verify(app, "--tetes", str(kept))[0] == 0
    head = json.loads(exported)
    assert (head["chaine"], head["ligne"]) == (chain, 5)
    cut = (
        "DELETE FROM journal_change WHERE entry_id IN (SELECT id FROM journal_entry WHERE seq > 3);"
        "DELETE FROM journal_entry WHERE seq > 3;"
        "UPDATE journal_head SET seq = 3, hash = (SELECT hash FROM journal_entry WHERE seq = 3)"
    )
    _with_triggers_off(owner, cut)
    owner.commit()
    assert _verify(app)[0] == 0, "without the kept heads, such a cut leaves no trace"
    code, printed = _verify(app, "--tetes", str(kept))
    assert (code, "ligne 4" in printed) == (1, True)
    _with_triggers_off(owner, "DELETE FROM journal_change;DELETE FROM journal_entry;DELETE FROM journal_head")
    owner.commit()
    assert _verify(app, "--tetes", str(kept))[0] == 1


def test_a_file_that_holds_no_heads_is_refused(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "autre").write_text("bonjour", encoding="utf-8")
    code, printed = _verify(app, "--tetes", str(tmp_path / "autre"))
    assert code == 2
    assert "autre n’est pas un fichier" in printed


def test_writers_at_once_do_not_fork_the_chain(app: Flask, chain: int) -> None:
    errors: list[BaseException] = []

    def write(number: int) -> None:
        try:
            with app.app_context(), scope.within(Scope.whole_organiser(chain)):
                for turn in range(10):
                    with Session(db.engine) as session:
                        factories.entry(session, chain, f"Fil{number}", object_id=turn)
                        session.rollback() if turn % 5 == 4 else session.commit()
        except BaseException as error:  # noqa: BLE001  # shown by the test
            errors.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert _verify(app)[0] == 0, "verifying while others write"
    for thread in threads:
        thread.join()
    assert not errors
    assert _verify(app)[0] == 0
    with app.app_context(), scope.system("test"), Session(db.engine) as session:
        assert session.scalar(select(func.max(JournalEntry.seq))) == 5 + 6 * 8
        assert session.scalar(select(JournalHead.seq).where(JournalHead.chain == chain)) == 5 + 6 * 8

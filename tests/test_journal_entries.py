"""Entries of the history: written with their action, read inside the scope, without national numbers."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import journal, scope
from app.db import db
from app.journal import HIDDEN, Change, Who
from app.models import JournalChange, JournalEntry, JournalHead, Organiser
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


def test_an_entry_lives_and_dies_with_its_action(app: Flask, system: System, chain: int) -> None:
    with app.app_context(), scope.within(Scope.whole_organiser(chain)), Session(db.engine) as session:
        factories.entry(session, chain)
        session.rollback()
    with system() as session:
        assert session.scalar(select(func.count()).select_from(JournalEntry)) == 5
        assert journal.verify(session, chain) is None


def test_nobody_writes_into_another_organisers_chain(app: Flask, system: System, chain: int) -> None:
    with system() as session:
        other = factories.organiser(session, "Autre").id
    outside = pytest.raises((DBAPIError, psycopg.Error), match="outside the scope")
    with (
        app.app_context(),
        scope.within(Scope.whole_organiser(other)),
        Session(db.engine) as session,
        outside,
    ):
        factories.entry(session, chain)


def test_the_history_is_read_inside_the_scope(app: Flask, system: System, chain: int) -> None:
    with system() as session:
        other = factories.organiser(session, "Autre")
        place = factories.facility(session, other)
        factories.entry(session, other.id, facility=place)
        factories.entry(session, None)
        other_id, place_id = other.id, place.id
    limited = Scope(frozenset({other_id}), {})
    seen = {
        "whole": (Scope.whole_organiser(other_id), 1),
        "no facility": (limited, 0),
        "nobody": (Scope(), 0),
    }
    for who, (limits, count) in seen.items():
        with app.app_context(), scope.within(limits), Session(db.engine) as session:
            for model in (JournalEntry, JournalChange):
                assert session.scalar(select(func.count()).select_from(model)) == count, who
            heads = set(session.scalars(select(JournalHead.chain)))
            assert heads <= {other_id}, who
    assert place_id


_text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    actor=_text,
    summary=_text,
    old=st.none() | _text,
    new=st.none() | _text,
    number=st.none() | st.integers(0, 2**62),
)
def test_the_database_and_the_verifier_read_the_same_bytes(
    system: System, chain: int, actor: str, summary: str, old: str | None, new: str | None, number: int | None
) -> None:
    with system() as session:
        journal.record(
            session, Who(None, actor), "encodage", organiser_id=chain, object_type="x", object_id=number,
            summary=summary, changes=[Change("x", number, "1", old, new)],
        )  # fmt: skip
        assert journal.verify(session, chain) is None


def test_no_national_number_reaches_the_history(system: System, chain: int) -> None:
    number = factories.niss()
    shown = f"{number[:2]}.{number[2:4]}.{number[4:6]}-{number[6:9]}.{number[9:]}"
    with system() as session:
        journal.record(
            session, Who(None, "Anne"), "encodage", organiser_id=chain, object_type="x",
            summary=f"numéro {number} du 0478123456, dossier 12345678901",
            changes=[Change("x", 1, "last_name", number, f"de {shown}")],
        )  # fmt: skip
        entry = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)).one()
        assert entry.summary == f"numéro {HIDDEN} du 0478123456, dossier 12345678901"
        assert (entry.changes[0].old, entry.changes[0].new) == (HIDDEN, f"de {HIDDEN}")
        assert journal.verify(session, chain) is None


def test_the_changes_of_a_row_hide_what_must_be_hidden(system: System, chain: int) -> None:
    with system() as session:
        place = factories.facility(session, session.get_one(Organiser, chain))
        place.name, place.phone = "Autre", "081 00 00 00"
        found = {
            c.field: (c.old, c.new) for c in journal.model_changes(place, "facility", frozenset({"phone"}))
        }
        assert found == {"name": ("Crèche Tilleul", "Autre"), "phone": (HIDDEN, HIDDEN)}


def test_a_long_chain_is_read_in_parts(system: System, chain: int) -> None:
    with system() as session:
        assert journal.verify(session, chain, batch=2) is None

"""Two organisers side by side, and each wall between them taken alone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app import scope
from app.db import db, owner_engine
from app.models import Dossier, Organiser
from app.scope import Scope
from tests import factories

#: As it is; the ORM guard alone (on the owner's connection); row-level security alone (the guard off).
WALLS = ("both", "orm", "rls")

Inside = Callable[[Scope], contextlib.AbstractContextManager[Session]]


@dataclass(frozen=True)
class Pair:
    """Ids of an organiser A with facilities 1 and 2, of an organiser B with facility 3, and of a person of each."""

    a: int
    b: int
    a1: int
    a2: int
    b3: int
    person_a: int
    person_b: int

    @property
    def all_of_a(self) -> Scope:
        return replace(Scope.whole_organiser(self.a), person=self.person_a)

    @property
    def only_a1(self) -> Scope:
        return Scope(frozenset({self.a}), {Dossier.SUBSIDES: frozenset({self.a1})}, self.person_a)


def pair(session: Session) -> Pair:
    """Rows of every owned table for both."""
    found = []
    for mark, count in (("Aulne", 2), ("Bouleau", 1)):
        owner = factories.organiser(session, mark)
        boss = factories.administrator(session, owner, mark=f"Chef{mark}")
        factories.code_mapping(session, owner, boss, mark)
        factories.preferences(session, boss)
        factories.dismissal(session, boss, mark)
        factories.ticket(session, boss, mark, answered=True)
        factories.kept_form(session, boss)
        factories.closure(session, owner, mark=f"{mark} partout")
        factories.project(session, owner, mark)
        factories.visit(session, owner, boss.id, mark)
        factories.access_request(session, factories.member(session, owner, mark=mark), mark)
        factories.entry(session, owner.id, mark)
        for number in range(1, count + 1):
            _facility(session, owner, f"{mark}{number}")
        session.flush()
        found.append((owner.id, sorted(facility.id for facility in owner.facilities), boss.id))
    (a, (a1, a2), person_a), (b, (b3,), person_b) = found
    return Pair(a, b, a1, a2, b3, person_a, person_b)


def _facility(session: Session, owner: Organiser, mark: str) -> None:
    one = factories.facility(session, owner, mark)
    user = factories.data_manager(session, owner, one, mark=f"Agent{mark}")
    month = factories.sheet(session, one, mark)
    factories.submission(session, month, user, mark)
    factories.return_to_organiser(session, month, mark)
    factories.pending_import(session, one, user, mark)
    factories.closure(session, owner, one, mark)
    factories.entry(session, owner.id, mark, facility=one)


@contextlib.contextmanager
def standing(app: Flask, wall: str) -> Iterator[Inside]:
    """With only that wall, a way to open sessions inside a scope."""
    with app.app_context():
        engine: Engine = owner_engine(app) if wall == "orm" else db.engine
    app.config["SCOPE_ORM_GUARD"] = wall != "rls"

    @contextlib.contextmanager
    def inside(within: Scope) -> Iterator[Session]:
        with app.app_context(), scope.within(within), Session(engine) as session:
            yield session

    try:
        yield inside
    finally:
        app.config["SCOPE_ORM_GUARD"] = True
        if wall == "orm":
            engine.dispose()

"""Every route with the ids of another organiser, another facility, another person: nothing is seen and nothing moves.

Once as the portal is, once with the ORM guard off: row-level security alone must hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from app import scope
from app.models import Dossier
from app.scope import ALL, Scope
from tests.conftest import forget
from tests.databases import Databases
from tests.oracle.asking import Form
from tests.oracle.attempts import reading, routes, writing
from tests.oracle.filling import owned_tables
from tests.oracle.walking import LEAVING, Walk
from tests.oracle.watching import Person, changed, fingerprint, names, people
from tests.oracle.world import SUBMITTED, World, owner_engine_of

#: What asks for a password, and the end of every walk.
UNREACHED = {
    ("SignInView.login", "POST"),
    *((endpoint, "POST") for endpoint in LEAVING),
}
#: Those who may do, between them, all that there is.
EVERY_RIGHT = (
    "administrateur-one", "gestionnaire-subsides", "helpdesk", "administrator of A", "manager of A", "both, for A",
)  # fmt: skip


@pytest.fixture
def owner(app: Flask) -> Iterator[Engine]:
    engine = owner_engine_of(app)
    yield engine
    engine.dispose()


@pytest.fixture(params=["both walls", "row-level security alone"])
def walls(app: Flask, request: pytest.FixtureRequest) -> Iterator[None]:
    app.config["SCOPE_ORM_GUARD"] = request.param == "both walls"
    yield
    app.config["SCOPE_ORM_GUARD"] = True


@dataclass
class Travels:
    """What those who hold every right reached, and the forms that they read."""

    reached: set[tuple[str, str]] = field(default_factory=set)
    forms: dict[str, list[Form]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def travels(_application: Flask, databases: Databases, world_template: tuple[str, World]) -> Travels:
    """In a database of their own: what they send is done."""
    template, world = world_template
    databases.create("essai", template)
    forget(_application)
    found = Travels()
    for name in EVERY_RIGHT:
        walk = _walk(_application, world, people(world)[name]).at_home("Un")
        found.reached |= walk.reached
        for endpoint, forms in walk.forms.items():
            each = {(form.action, form.shape): form for form in [*found.forms.get(endpoint, []), *forms]}
            found.forms[endpoint] = list(each.values())
    return found


def _walk(app: Flask, world: World, person: Person, travels: Travels | None = None) -> Walk:
    return Walk(app, world, person, person.client(app), travels.forms if travels else {})


def _every_request(app: Flask) -> set[tuple[str, str]]:
    return {
        (rule.endpoint, method)
        for rule in routes(app)
        for method in (*writing(rule), *(["GET"] if reading(rule) else []))
    }


@pytest.mark.parametrize("name", names())
def test_nobody_sees_or_moves_what_is_not_theirs(
    app: Flask, world: World, travels: Travels, owner: Engine, walls: None, name: str
) -> None:
    person = people(world)[name]
    before = fingerprint(owner, world, person)
    walk = _walk(app, world, person, travels).abroad()
    assert not walk.faults, "\n".join(walk.faults)
    assert changed(before, fingerprint(owner, world, person)) == []
    assert walk.tried == {one for one in _every_request(app) if one[0] not in person.skipped}


def test_canaries_are_found_where_their_owner_looks(app: Flask, world: World) -> None:
    """In pages, in JSON, in workbooks, in PDF: a canary that is there is seen."""
    owner, place = world.owners["A"], world.place("Un")
    children = {place.child_mark, place.draft_mark}
    marks = {owner.mark, owner.inner_mark, owner.people_mark, place.mark, *children}
    admin = people(world)["administrator of A"]
    walk = _walk(app, world, replace(admin, marks=frozenset(marks), ids=frozenset(owner.all_ids))).at_home(
        "Un"
    )
    assert walk.found["html"] >= marks
    for kind in ("json", "xlsx", "pdf"):
        assert walk.found[kind] & children, kind
    assert str(place.sheets[SUBMITTED]) in walk.found["html"]


@pytest.mark.parametrize("down", ["a scope too wide", "both walls"])
def test_what_is_let_through_is_found(
    app: Flask, world: World, travels: Travels, owner: Engine, monkeypatch: pytest.MonkeyPatch, down: str
) -> None:
    person = people(world)["administrator of A"]
    before = fingerprint(owner, world, person)
    if down == "both walls":
        monkeypatch.setitem(app.config, "SCOPE_ORM_GUARD", False)
        with owner.begin() as connection:
            for table, _owner, _facility in owned_tables():
                connection.execute(text(f"ALTER TABLE {table.name} DISABLE ROW LEVEL SECURITY"))
    else:
        everything = Scope(None, dict.fromkeys(Dossier, ALL), reason="test")
        enter = scope.enter
        monkeypatch.setattr(scope, "enter", lambda _scope: enter(everything))
    walk = _walk(app, world, person, travels).abroad()
    other = world.place("Trois")
    children = {other.child_mark, other.draft_mark}
    assert walk.found["html"] >= {other.mark, *(() if down == "both walls" else children)}
    # The history refuses what is outside the scope, walls or not, and whatever tells it what was read stops there.
    for kind in ("json",) if down == "both walls" else ("json", "xlsx", "pdf"):
        assert walk.found[kind] & {other.mark, *children}, kind
    if down != "both walls":
        assert set(changed(before, fingerprint(owner, world, person))) >= {"attendance_line", "closure"}


def test_every_request_leads_somewhere_for_somebody(app: Flask, travels: Travels) -> None:
    """An attempt on an address that answers nobody would prove nothing."""
    assert _every_request(app) - travels.reached == UNREACHED

"""What each page asks of the database: as much on many rows as on few, and little."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask

from app.models import Facility
from app.services.attendance import months
from app.views import menu
from app.views.crud_search import PAGE_SIZES
from tests.conftest import System
from tests.oracle.attempts import routes
from tests.oracle.world import World
from tests.statements import LEADING_ON, Watch, faults, grow, visits


def test_every_page_asks_little_whatever_the_rows(app: Flask, system: System, world: World) -> None:
    watch = Watch(app)
    few = visits(app, world, watch)
    grow(app, system, world)
    many = visits(app, world, watch)
    assert not faults(few, many), "\n".join(faults(few, many))
    assert few.keys() == many.keys()
    pages = {rule.endpoint for rule in routes(app) if "GET" in (rule.methods or ())}
    assert pages - {endpoint for endpoint, _who in many} <= LEADING_ON
    # Else there would be nothing to compare: a new list needs its rows in `grow`.
    lists = [
        key for key in many if key[0].endswith((".list", ".facilities", ".queue", ".entries", ".members"))
    ]
    assert [
        key for key in lists if many[key].length <= few[key].length and few[key].rows < PAGE_SIZES[0]
    ] == []
    assert len(lists) > 10


def test_a_longer_menu_asks_for_no_more(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    watch, pages = Watch(app), ("PortalIndexView.index", "ClosureView.list")
    few = visits(app, world, watch, *pages)
    monkeypatch.setattr(menu, "MENU", menu.MENU * 5)
    many = visits(app, world, watch, *pages)
    assert all(many[key].length > few[key].length for key in few)
    assert not faults(few, many)


def test_a_page_that_asks_for_each_row_is_found(
    app: Flask, system: System, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    strips = months.strips

    def one_by_one(session: Any, rows: Sequence[Facility], *rest: Any) -> Any:
        return {number: found for row in rows for number, found in strips(session, [row], *rest).items()}

    monkeypatch.setattr(months, "strips", one_by_one)
    watch = Watch(app)
    few = visits(app, world, watch, "AttendanceView.facilities")
    grow(app, system, world)
    found = faults(few, visits(app, world, watch, "AttendanceView.facilities"))
    assert len(found) == len(few) == 2


def test_what_goes_to_the_driver_is_counted(app: Flask, world: World) -> None:
    """Sessions, scopes and the history do not pass by SQLAlchemy's listeners."""
    asked = visits(app, world, Watch(app), "AttendanceView.month")[
        "AttendanceView.month", "gestionnaire"
    ].statements
    for begins in ("SELECT s.data", "BEGIN; SET LOCAL", "SELECT journal_add(", "COMMIT"):
        assert [statement for statement in asked if statement.startswith(begins)], begins

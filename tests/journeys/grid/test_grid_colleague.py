"""What a colleague, or another tab, stored meanwhile: shown, and never wiped by undoing one's own."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import expect

from tests.factories.niss import niss
from tests.journeys.grid.conftest import FIRST_LINE, value
from tests.journeys.grid.page import Grid
from tests.journeys.grid_sheet import Sheet

MINE, THEIRS = (niss(dt.date(2024, 5, day), day) for day in (1, 2))
LATER = "01:00"  # past the next look at what others did


@pytest.fixture(autouse=True)
def no_number_yet(server: Sheet, grid: Grid) -> None:
    server.put(FIRST_LINE, "niss", "")
    grid.page.clock.install()


def undone(grid: Grid, server: Sheet) -> None:
    """Undo, and time for whatever it would send."""
    grid.press("Control+z")
    expect(grid.banner).to_be_visible()
    grid.page.clock.fast_forward("00:10")
    grid.page.wait_for_timeout(500)
    assert server.lines[FIRST_LINE].child.niss_hash == THEIRS


def test_a_niss_that_they_put_after_mine_is_not_undone(grid: Grid, server: Sheet) -> None:
    grid.open().type(1, "niss", MINE)
    grid.saved()
    server.put(FIRST_LINE, "niss", THEIRS)
    grid.page.clock.fast_forward(LATER)
    grid.has(1, "niss", "n")
    undone(grid, server)
    expect(grid.banner).to_contain_text("Le NISS ne se défait pas")
    grid.shows(1, "niss", "présent")


def test_a_niss_that_they_put_after_mine_was_refused_is_not_undone(grid: Grid, server: Sheet) -> None:
    grid.open().type(1, "niss", "123")
    grid.has(1, "niss", "r")
    server.put(FIRST_LINE, "niss", THEIRS)
    with grid.page.expect_response("**/etat*"):
        grid.page.clock.fast_forward(LATER)
    undone(grid, server)


def test_a_niss_in_conflict_with_mine_is_not_undone(grid: Grid, server: Sheet) -> None:
    grid.open()
    server.put(FIRST_LINE, "niss", THEIRS)
    grid.type(1, "niss", MINE)
    grid.page.clock.fast_forward("00:02")
    grid.has(1, "niss", "x")
    undone(grid, server)
    grid.has(1, "niss", "x")


def test_a_niss_corrected_in_another_tab_is_not_undone_in_this_one(grid: Grid, server: Sheet) -> None:
    grid.open().type(1, "niss", MINE)
    grid.saved()
    other = Grid(grid.page.context.new_page()).open()
    other.type(1, "niss", THEIRS)
    other.saved()
    grid.page.bring_to_front()
    grid.page.wait_for_timeout(500)
    undone(grid, server)


def test_undo_leaves_a_day_in_conflict_to_the_persons_choice(grid: Grid, server: Sheet) -> None:
    grid.open()
    server.put(FIRST_LINE, "5", "I")
    grid.type(1, 5, "J")
    grid.page.clock.fast_forward("00:02")
    grid.has(1, 5, "x")
    grid.press("Control+z")
    expect(grid.banner).to_contain_text("1 cellule changée entre-temps : laissée en l’état.")
    grid.page.clock.fast_forward("00:10")
    grid.page.wait_for_timeout(500)
    assert value(server, 1, 5) == "I"
    grid.has(1, 5, "x")


def test_what_they_changed_on_a_line_that_i_write_in_is_shown(grid: Grid, server: Sheet) -> None:
    grid.open()
    theirs = "I" if value(server, 1, 6) != "I" else "J"
    server.put(FIRST_LINE, "6", theirs)
    grid.type(1, 5, "J")  # the answer tells the line's version, and nothing of day 6
    grid.saved()
    grid.page.clock.fast_forward(LATER)
    grid.shows(1, 6, theirs)

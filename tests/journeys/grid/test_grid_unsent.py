"""What a locked month refused: once it takes modifications again, only the person's own click sends or drops it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import Locator, expect

from tests.factories.niss import niss
from tests.journeys.conftest import Watch
from tests.journeys.grid.conftest import FIRST_LINE, value
from tests.journeys.grid.page import Grid
from tests.journeys.grid.test_grid_saving import FAILURES, stored
from tests.journeys.grid_sheet import Sheet


@pytest.fixture(autouse=True)
def failures_are_meant(watch: Watch) -> None:
    watch.expect(FAILURES)


def _refused(grid: Grid) -> None:
    """The page was told that the month is locked, and gave the unsent back."""
    dialog = grid.page.get_by_role("dialog", name="Modifications qui n’ont pas pu être enregistrées")
    expect(dialog).to_be_visible()
    grid.press("Escape")


def _reopened(grid: Grid, server: Sheet) -> Locator:
    """The month takes modifications again, and the page is opened anew: the question."""
    server.locked = server.readonly = False
    server.failure = None
    grid.page.reload()
    grid.ready()
    return grid.page.get_by_role("dialog", name="Modifications qui attendent votre décision")


def test_what_a_locked_month_refused_is_put_back_by_a_click_alone(grid: Grid, server: Sheet) -> None:
    server.put(FIRST_LINE, "5", "P")
    number = niss(dt.date(2024, 5, 1), 1)
    server.put(FIRST_LINE, "niss", number)
    other = niss(dt.date(2024, 5, 2), 2)
    grid.open()
    server.locked, server.delay = True, 1
    # The last one stands in the editor when the refusal comes.
    grid.type(1, "niss", other).type(1, 5, "I").type(1, 5, "J").click(1, "first_name")
    grid.keyboard.type("Ada")
    _refused(grid)
    server.delay = 0
    dialog = _reopened(grid, server)
    expect(dialog).to_contain_text("Vous aviez 3 modifications qui n’ont pas pu être enregistrées")
    rows = dialog.locator("tbody tr")
    expect(rows).to_have_text(
        [
            re.compile(r"^Lambert \S+, NISSprésentle vôtre$"),
            re.compile(r"^Lambert \S+, lundi 5PJ$"),
            re.compile(r"^Lambert \S+, Prénom\S+Ada$"),
        ]
    )
    # Put aside, it is asked again, and nothing has left meanwhile.
    grid.press("Escape")
    grid.shows(1, 5, "P")
    grid.type(2, 6, "J½")
    grid.saved()
    dialog = _reopened(grid, server)
    expect(rows).to_have_count(3)
    assert [[edit["new"] for edit in edits] for edits in server.saves] == [["J½"]]
    dialog.get_by_role("button", name="Les remettre").click()
    grid.shows(1, 5, "J")
    grid.saved()
    assert [value(server, 1, 5), value(server, 1, "first_name")] == ["J", "Ada"]
    assert server.lines[FIRST_LINE].child.niss_hash == other
    expect(_reopened(grid, server)).to_be_hidden()
    assert stored(grid.page) == []


def test_what_a_locked_month_refused_is_forgotten_by_a_click(grid: Grid, server: Sheet) -> None:
    before = value(server, 1, 5)
    grid.open()
    server.locked = True
    grid.type(1, 5, "J" if before != "J" else "I")
    _refused(grid)
    dialog = _reopened(grid, server)
    expect(dialog).to_contain_text("Vous aviez 1 modification qui n’a pas pu être enregistrée")
    dialog.get_by_role("button", name="Les oublier").click()
    expect(dialog).to_be_hidden()
    grid.shows(1, 5, before)
    expect(_reopened(grid, server)).to_be_hidden()
    grid.type(2, 6, "J½")
    grid.saved()
    assert len(server.saves) == 1
    assert value(server, 1, 5) == before


def test_what_was_never_answered_for_is_asked_about_once_the_month_was_seen_locked(
    grid: Grid, server: Sheet
) -> None:
    """Typed while the portal was away; the next page showed the month read-only, and the one after does not."""
    grid.open()
    server.failure = 503
    grid.type(1, 5, "J")
    expect(grid.status).to_contain_text("le serveur ne répond pas")
    server.readonly = True
    grid.page.reload()
    grid.ready()
    _refused(grid)
    # A line that has gone since takes nothing back: its values stay until they are forgotten.
    server.lines[FIRST_LINE].deleted = True
    dialog = _reopened(grid, server)
    expect(dialog.locator("tbody tr")).to_have_text([re.compile(r"^ligne supprimée, lundi 5J$")])
    expect(dialog.get_by_role("button", name="Les remettre")).to_be_hidden()
    grid.press("Escape")
    server.lines[FIRST_LINE].deleted = False
    dialog = _reopened(grid, server)
    dialog.get_by_role("button", name="Les remettre").click()
    grid.saved()
    assert [[edit["new"] for edit in edits] for edits in server.saves] == [["J"]]


def test_a_month_that_locks_stops_all_its_tabs(grid: Grid, server: Sheet) -> None:
    grid.open()
    other = Grid(grid.page.context.new_page()).open()
    server.locked = True
    grid.type(1, 5, "J")
    _refused(grid)
    expect(other.status).to_have_text("Relevé en lecture seule : plus rien n’est envoyé")
    server.locked = False
    other.page.evaluate("dispatchEvent(new Event('online'))")
    expect(_reopened(other, server)).to_be_visible()
    assert server.saves == []

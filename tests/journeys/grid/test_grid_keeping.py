"""What keeps a month's edits in one piece: several tabs, a closing page, a locked or foreign sheet."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import expect

from tests.factories.niss import niss
from tests.journeys.conftest import Watch
from tests.journeys.grid.conftest import FIRST_LINE, value
from tests.journeys.grid.page import Grid
from tests.journeys.grid.test_grid_saving import FAILURES, stored
from tests.journeys.grid_harness import Harness
from tests.journeys.grid_sheet import Sheet


@pytest.fixture(autouse=True)
def failures_are_meant(watch: Watch) -> None:
    watch.expect(FAILURES)


def test_two_tabs_of_one_sheet_send_each_edit_once_and_show_each_other(grid: Grid, server: Sheet) -> None:
    grid.open()
    other = Grid(grid.page.context.new_page()).open()
    server.delay = 0.3
    grid.type(1, 5, "J")
    other.type(2, 5, "J½")
    grid.shows(2, 5, "J½")
    other.shows(1, 5, "J")
    other.saved()
    grid.saved()
    keys = [edit["key"] for edits in server.saves for edit in edits]
    assert len(keys) == len(set(keys)) == 2
    assert [value(server, 1, 5), value(server, 2, 5)] == ["J", "J½"]


def test_without_a_store_the_page_warns_before_it_is_closed(grid: Grid, server: Sheet) -> None:
    grid.page.add_init_script(
        "Object.defineProperty(window, 'indexedDB', { get() { throw new Error('refusé'); } })"
    )
    grid.open()
    server.failure = 503
    grid.type(1, 5, "J")
    expect(grid.status).to_contain_text("Laissez cet onglet ouvert")
    with grid.page.expect_event("dialog") as asked:
        grid.page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.accept()


def test_a_niss_is_never_in_the_page_and_typing_replaces_it(grid: Grid, server: Sheet) -> None:
    grid.open().shows(2, "niss", "présent")
    grid.click(2, "niss").press("F2")
    expect(grid.page.locator(".grid-editor")).to_have_value("")
    grid.press("Enter").shows(2, "niss", "présent")
    assert server.saves == []
    grid.type(2, "niss", "85.07.30-033.28")
    grid.shows(2, "niss", "présent")
    grid.saved()
    assert server.saves[-1][0]["new"] == "85.07.30-033.28"
    assert "33.28" not in grid.page.content()
    assert stored(grid.page) == []


def test_a_niss_that_is_emptied_is_gone_and_the_person_is_told(grid: Grid, server: Sheet) -> None:
    grid.open().shows(2, "niss", "présent")
    grid.click(2, "niss").press("Delete")
    expect(grid.banner).to_contain_text("ni « Défaire » ni « Annuler les modifications » ne le remettra")
    grid.saved()
    assert server.saves[-1][0]["new"] == ""
    expect(grid.banner).to_be_visible()


def test_a_niss_that_was_not_stored_is_asked_for_again_without_being_kept(grid: Grid, server: Sheet) -> None:
    grid.open().type(1, "niss", "123456").has(1, "niss", "r")
    mine, theirs = (niss(dt.date(2024, 5, day), day) for day in (1, 2))
    server.put(FIRST_LINE + 1, "niss", theirs)
    grid.type(2, "niss", mine).has(2, "niss", "x")
    held = stored(grid.page, "held")
    assert [one["text"] for one in held] == [None, None]
    assert not any(number in str(held) for number in ("123456", mine))
    grid.page.reload()
    grid.ready()
    expect(grid.status).to_have_text("2 cellules à revoir")
    for line, why in ((1, "Refusé"), (2, "Quelqu’un d’autre a changé le NISS entre-temps.")):
        grid.click(line, "niss")
        expect(grid.note).to_contain_text(why)
        expect(grid.note).to_contain_text("n’est pas gardé sur cet appareil : retapez-le.")
    grid.type(1, "niss", "85.07.30-033.28")
    grid.saved_but(1)
    grid.click(2, "niss")
    grid.page.get_by_role("button", name="Abandonner").click()
    grid.page.reload()
    grid.ready().lacks(1, "niss", "r")
    grid.lacks(2, "niss", "r")
    assert stored(grid.page, "held") == []


def test_a_form_that_needs_the_month_waits_for_the_queue(grid: Grid, server: Sheet) -> None:
    grid.open()
    server.delay = 0.5
    grid.type(1, 5, "J")
    grid.page.get_by_role("button", name="Voir l’aperçu").click()
    grid.page.wait_for_url("**/soumis*")
    assert value(server, 1, 5) == "J"


def test_a_read_only_month_can_be_read_and_copied(grid: Grid, server: Sheet) -> None:
    server.readonly = True
    grid.open()
    expect(grid.status).to_have_text("Lecture seule")
    expect(grid.page.get_by_role("button", name="Défaire")).to_be_hidden()
    grid.click(1, "last_name")
    grid.keyboard.type("X")
    expect(grid.page.locator(".grid-editor:visible")).to_have_count(0)
    assert grid.copy() == "Lambert"
    grid.press("Delete").shows(1, "last_name", "Lambert")


def test_nothing_is_sent_for_another_sheet_of_the_same_browser(
    grid: Grid, harness: Harness, server: Sheet
) -> None:
    grid.open()
    server.failure = 503
    grid.type(1, 5, "J")
    expect(grid.status).to_contain_text("le serveur ne répond pas")
    server.failure = None
    server.user = 9
    grid.page.reload()
    grid.ready().lacks(1, 5, "q")
    expect(grid.status).to_have_text("Aucune modification en attente")


def test_a_table_that_did_not_load_whole_says_so(grid: Grid) -> None:
    grid.page.route("**/js/grid/totals.js", lambda route: route.abort())
    grid.page.goto("/")
    expect(grid.status).to_contain_text("rien ne s’encode encore")
    grid.page.unroute("**/js/grid/totals.js")
    grid.open()
    expect(grid.status).to_have_text("Aucune modification en attente")

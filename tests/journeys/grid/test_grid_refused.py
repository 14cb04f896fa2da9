"""What is refused or in conflict: it stays as it was typed, over a reload too, until a person settles it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from tests.factories.niss import niss
from tests.journeys.conftest import Watch
from tests.journeys.grid.conftest import FIRST_LINE, value
from tests.journeys.grid.page import Grid
from tests.journeys.grid_sheet import Sheet


@pytest.fixture(autouse=True)
def failures_are_meant(watch: Watch) -> None:
    watch.expect(r"Failed to load resource|^5\d\d ")


def test_a_refusal_stays_typed_says_why_and_can_be_given_up(grid: Grid, server: Sheet) -> None:
    grid.open().type(1, "birth_date", "31/02/2024")
    grid.has(1, "birth_date", "r")
    grid.shows(1, "birth_date", "31/02/2024")
    grid.click(1, "birth_date")
    expect(grid.note).to_contain_text("n’existe pas")
    expect(grid.note).to_contain_text("Valeur gardée par le portail : 01/01/2024")
    expect(grid.status).to_have_text(re.compile("sauf 1 cellule à revoir"))
    expect(grid.page.locator("[data-live=assertive]")).to_contain_text("Refusé")
    grid.page.reload()
    grid.ready().shows(1, "birth_date", "31/02/2024")
    grid.has(1, "birth_date", "r")
    grid.click(1, "birth_date")
    grid.page.get_by_role("button", name="Abandonner").click()
    grid.shows(1, "birth_date", "01/01/2024")
    grid.lacks(1, "birth_date", "r")
    grid.page.reload()
    grid.ready().shows(1, "birth_date", "01/01/2024")


def test_what_stands_in_the_way_of_signing_is_said_until_nothing_does(grid: Grid) -> None:
    grid.open().type(1, "birth_date", "31/02/2024")
    grid.has(1, "birth_date", "r")
    grid.page.get_by_role("link", name="Signer et soumettre").click()
    expect(grid.banner).to_contain_text("corrigez ou abandonnez d’abord ce que montre « À revoir »")
    grid.click(1, "birth_date")
    grid.page.get_by_role("button", name="Abandonner").click()
    expect(grid.banner).to_be_hidden()


def test_a_name_that_is_too_long_is_refused_whole_not_cut(grid: Grid) -> None:
    name = "Anne-Marie " * 11
    grid.open().type(1, "first_name", name.strip())
    grid.has(1, "first_name", "r")
    grid.shows(1, "first_name", name.strip())
    grid.click(1, "first_name")
    expect(grid.note).to_contain_text("100 au plus")


def test_an_unknown_code_is_refused_at_once_and_counts_for_what_is_stored(grid: Grid, server: Sheet) -> None:
    grid.open()
    before = grid.totals()
    grid.type(1, 5, "zz")
    grid.has(1, 5, "r")
    grid.shows(1, 5, "zz")
    assert grid.totals() == before
    assert server.saves == []
    grid.type(1, 5, "J")
    grid.saved()


def test_undo_gives_up_a_refused_code_before_the_edit_that_came_before(grid: Grid, server: Sheet) -> None:
    before = value(server, 1, 6)
    grid.open().type(1, 5, "J").type(1, 6, "I" if before != "I" else "J").type(1, 5, "zz")
    grid.has(1, 5, "r")
    grid.press("Control+z")
    grid.shows(1, 5, "J")
    grid.lacks(1, 5, "r")
    expect(grid.cell(1, 6)).not_to_have_text(before)
    grid.press("Control+y")
    grid.shows(1, 5, "zz")
    grid.has(1, 5, "r")
    # Given up by its button, it is no step any more: undo goes on to what was typed before it.
    grid.click(1, 5)
    grid.page.get_by_role("button", name="Abandonner").click()
    grid.shows(1, 5, "J")
    grid.press("Control+z")
    grid.shows(1, 6, before)
    grid.shows(1, 5, "J")
    grid.saved()


def test_a_code_refused_here_is_kept_over_a_reload(grid: Grid, server: Sheet) -> None:
    grid.open().type(1, 5, "zz").type(2, 6, "J").type(2, 6, "ww").type(3, 6, "vv").type(3, 6, "I")
    grid.saved_but(2)
    grid.page.reload()
    grid.ready().shows(1, 5, "zz")
    grid.has(1, 5, "r")
    grid.click(1, 5)
    expect(grid.note).to_contain_text("Le code « zz » au jour 5 n’est pas connu")
    grid.shows(2, 6, "ww")
    grid.has(2, 6, "r")
    grid.shows(3, 6, "I")
    assert [value(server, 2, 6), value(server, 3, 6)] == ["J", "I"]
    grid.click(1, 5).press("Delete")
    grid.press("Control+z").press("Control+z")
    grid.page.reload()
    grid.ready().lacks(3, 6, "r")


def test_a_code_refused_over_an_edit_that_waits_is_kept_with_it(grid: Grid, server: Sheet) -> None:
    grid.open()
    server.failure = 503
    grid.type(1, 5, "J").type(1, 5, "zz")
    expect(grid.status).to_contain_text("le serveur ne répond pas")
    grid.page.reload()
    grid.ready().shows(1, 5, "zz")
    grid.has(1, 5, "r")
    server.failure = None
    grid.saved_but(1)
    assert value(server, 1, 5) == "J"
    grid.page.reload()
    grid.ready().shows(1, 5, "zz")


def test_what_stands_in_the_editor_is_kept_too(grid: Grid, server: Sheet) -> None:
    grid.open().click(1, 5)
    grid.keyboard.type("I½")
    with grid.page.expect_event("dialog") as asked:
        grid.page.evaluate("setTimeout(() => location.reload())")
    assert asked.value.type == "beforeunload"
    with grid.page.expect_event("domcontentloaded"):
        asked.value.accept()
    grid.ready().shows(1, 5, "I½")
    grid.saved()
    assert value(server, 1, 5) == "I½"


def test_codes_refused_for_a_date_are_sent_again_once_it_is_mended(grid: Grid, server: Sheet) -> None:
    server.put(FIRST_LINE, "5", "")
    server.put(FIRST_LINE, "exit_date", "02/10/2026")
    grid.open().type(1, 5, "P")
    grid.has(1, 5, "r")
    expect(grid.page.locator("[data-live=assertive]")).to_contain_text("L’enfant sort le 02/10/2026")
    grid.type(1, "exit_date", "31/10/2026")
    grid.saved()
    assert value(server, 1, 5) == "P"


def test_two_corrections_of_one_niss_are_a_conflict_that_shows_no_number(grid: Grid, server: Sheet) -> None:
    first, second, third = (niss(dt.date(2024, 5, day), day) for day in (1, 2, 3))
    server.put(FIRST_LINE, "niss", first)
    grid.open()
    server.put(FIRST_LINE, "niss", second)
    grid.type(1, "niss", third)
    grid.has(1, "niss", "x")
    grid.click(1, "niss")
    expect(grid.note).to_contain_text("Anne Dupont a mis présent")
    grid.press("Enter")
    dialog = grid.page.get_by_role("dialog", name="Deux valeurs pour la même cellule")
    for number in (first, second, third):
        expect(dialog).not_to_contain_text(number)
    dialog.get_by_role("button", name="Garder le mien").click()
    grid.saved()
    assert server.lines[FIRST_LINE].child.niss_hash == third
    # One's own next corrections are no conflict, whether they wait together or one after the other.
    grid.type(1, "niss", first)
    grid.saved()
    server.failure = "lost"
    grid.type(1, "niss", second)
    expect(grid.status).to_contain_text("le serveur ne répond pas")
    grid.type(1, "niss", third)
    server.failure = None
    grid.saved()
    assert server.lines[FIRST_LINE].child.niss_hash == third


def test_a_date_refused_for_codes_is_sent_again_once_they_are_gone(grid: Grid, server: Sheet) -> None:
    for day, code in (("1", "P"), ("2", "J"), ("5", "")):
        server.put(FIRST_LINE, day, code)
    grid.open().type(1, "entry_date", "05/10/2026")
    grid.has(1, "entry_date", "r")
    grid.click(1, 1).press("Delete")
    grid.saved_but(1)
    grid.shows(1, "entry_date", "05/10/2026")
    grid.click(1, 2).press("Delete")
    grid.saved()
    grid.lacks(1, "entry_date", "r")
    assert value(server, 1, "entry_date") == "05/10/2026"


def test_what_was_refused_is_judged_again_when_typed_again(grid: Grid, server: Sheet) -> None:
    grid.open().type(1, "entry_date", "31/12/2026")
    grid.has(1, "entry_date", "r")
    for day in range(1, 32):
        server.put(FIRST_LINE, str(day), "")
    grid.click(1, "entry_date").press("F2", "Enter")
    grid.saved()
    assert value(server, 1, "entry_date") == "31/12/2026"


def test_deleting_a_refused_niss_leaves_the_one_that_is_kept(grid: Grid, server: Sheet) -> None:
    kept = niss(dt.date(2024, 5, 1), 1)
    server.put(FIRST_LINE, "niss", kept)
    grid.open().type(1, "niss", "24050100199")
    grid.has(1, "niss", "r")
    grid.click(1, "niss").press("Delete")
    grid.lacks(1, "niss", "r")
    grid.shows(1, "niss", "présent")
    assert server.lines[FIRST_LINE].child.niss_hash == kept


def test_a_conflict_shows_both_values_and_the_person_chooses(grid: Grid, server: Sheet) -> None:
    grid.open()
    server.put(FIRST_LINE, "5", "I")
    server.put(FIRST_LINE + 1, "5", "I½")
    grid.type(1, 5, "J").type(2, 5, "J")
    grid.has(1, 5, "x")
    grid.has(2, 5, "x")
    expect(grid.status).to_contain_text("sauf 2 cellules à revoir")
    grid.click(1, 5)
    expect(grid.note).to_contain_text("Anne Dupont a mis I le 03/11/2026 09:12")
    grid.press("Enter")
    dialog = grid.page.get_by_role("dialog", name="Deux valeurs pour la même cellule")
    expect(dialog.locator("tbody tr")).to_have_count(2)
    expect(dialog.locator("tbody tr").first).to_contain_text("Anne Dupont, 03/11/2026 09:12")
    dialog.get_by_role("button", name="Garder J").first.click()
    dialog.get_by_role("button", name="Prendre I½").click()
    expect(dialog).to_be_hidden()
    grid.shows(2, 5, "I½")
    grid.saved()
    assert [value(server, 1, 5), value(server, 2, 5)] == ["J", "I½"]

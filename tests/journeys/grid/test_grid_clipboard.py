"""Copy and paste, both ways, with what a spreadsheet puts on the clipboard."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.factories.children import children
from tests.journeys.grid.conftest import value
from tests.journeys.grid.page import Grid
from tests.journeys.grid_sheet import Sheet, context


def test_a_rectangle_is_copied_as_tab_separated_lines(grid: Grid) -> None:
    grid.open().click(1, "last_name").press("Shift+ArrowRight", "Shift+ArrowDown")
    assert grid.copy() == "Lambert\tZoé\r\nDubois\tZoé"


def test_a_block_is_pasted_and_undone_in_one_step(grid: Grid, server: Sheet) -> None:
    grid.open()
    before = [value(server, line, day) for line in (1, 2) for day in (5, 6)]
    grid.click(1, 5).paste("J\tI½\r\n0,5\t1\r\n")
    for line, day, shown in ((1, 5, "J"), (1, 6, "I½"), (2, 5, "P½"), (2, 6, "P")):
        grid.shows(line, day, shown)
    assert grid.selected() == 4
    grid.saved()
    assert value(server, 2, 5) == "P½"
    grid.press("Control+z")
    grid.saved()
    assert [value(server, line, day) for line in (1, 2) for day in (5, 6)] == before


def test_quoted_cells_hold_line_ends_tabs_and_quotes(grid: Grid, server: Sheet) -> None:
    grid.open().click(1, "last_name")
    grid.paste('"De\nBruyn"\tLéa\r\n"d""Arc"\tJeanne\r\n"Sans fin\tAda')
    grid.shows(1, "last_name", "De Bruyn")
    grid.shows(1, "first_name", "Léa")
    grid.shows(2, "last_name", 'd"Arc')
    grid.shows(3, "last_name", '"Sans fin')
    grid.saved()
    assert value(server, 1, "last_name") == "De Bruyn"


def test_one_value_fills_the_selection_and_a_block_repeats_in_it(grid: Grid) -> None:
    grid.open().click(1, 5).press("Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown").paste("J")
    for line in (1, 2, 3, 4):
        grid.shows(line, 5, "J")
    grid.click(1, 6).press("Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown").paste("I\nP")
    for line, shown in ((1, "I"), (2, "P"), (3, "I"), (4, "P")):
        grid.shows(line, 6, shown)


def test_a_pasted_code_on_a_closed_day_is_refused_there_and_the_rest_is_kept(
    grid: Grid, server: Sheet
) -> None:
    grid.open().click(1, 9).paste("J\tP\tP\tI")
    grid.shows(1, 9, "J")
    grid.has(1, 10, "r")
    grid.has(1, 11, "r")
    grid.shows(1, 12, "I")
    expect(grid.status).to_contain_text("sauf 2 cellules à revoir")
    assert value(server, 1, 12) == "I"
    assert value(server, 1, 10) == ""


def test_a_stored_niss_is_never_copied_nor_wiped_by_what_stands_for_it(grid: Grid, server: Sheet) -> None:
    grid.open().click(2, "last_name").press(*["Shift+ArrowRight"] * 6)
    copied = grid.copy()
    assert "présent" in copied
    grid.click(5, "last_name").paste(copied.replace("Dubois", "Durand"))
    grid.shows(5, "last_name", "Durand")
    grid.shows(5, "niss", "présent")
    assert all(edit["field"] != "niss" for edits in server.saves for edit in edits)


def test_a_formula_leaves_as_text_and_comes_back_as_it_was(grid: Grid, server: Sheet) -> None:
    grid.open().click(1, "last_name").press("F2", "Control+a")
    grid.keyboard.type("=1+1")
    grid.press("Enter").click(1, "last_name")
    copied = grid.copy()
    assert copied == "'=1+1"
    grid.click(2, "last_name").paste(copied)
    grid.shows(2, "last_name", "=1+1")


def test_more_lines_than_there_are_can_be_added_for_a_block(grid: Grid, server: Sheet) -> None:
    grid.open().click(11, "last_name").paste("\n".join(f"Enfant{number}\tAda" for number in range(5)))
    dialog = grid.page.get_by_role("dialog", name="Confirmation")
    expect(dialog).to_contain_text("3 lignes de plus")
    dialog.get_by_role("button", name="Ajouter").click()
    expect(grid.page.locator("#grid tbody tr")).to_have_count(15)
    grid.shows(15, "last_name", "Enfant4")
    grid.saved()
    assert value(server, 15, "last_name") == "Enfant4"


def test_cut_takes_the_values_along(grid: Grid, server: Sheet) -> None:
    grid.open().type(1, 5, "J").click(1, 5).press("Control+x")
    grid.shows(1, 5, "")
    grid.click(2, 5).press("Control+v")
    grid.shows(2, 5, "J")


def test_a_whole_month_is_pasted_at_once_and_sent_in_batches(grid: Grid, server: Sheet) -> None:
    ctx = context(capacity=600)
    server.ctx = ctx
    server.lines = type(server).of(children(100, ctx), ctx).lines
    block = "\r\n".join(
        "\t".join("" if day in ctx.closed else "J" for day in range(1, 32)) for _ in range(100)
    )
    grid.open().click(1, 1)
    took = grid.page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          const start = performance.now();
          document.activeElement.dispatchEvent(event);
          return new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now() - start))));
        }""",
        block,
    )
    grid.shows(100, 30, "J")
    assert took < 2500  # loosely: the bench has the figure, with 500 lines
    expect(grid.status).to_have_text(re.compile("^Tout est enregistré"), timeout=60_000)
    assert sum(map(len, server.saves)) == 100 * 22 - sum(
        child.codes[:31].count("J") for child in children(100, ctx)
    )
    assert max(map(len, server.saves)) <= 200

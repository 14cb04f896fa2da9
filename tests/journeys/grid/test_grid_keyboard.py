"""Moving, selecting and editing with the keyboard alone."""

from __future__ import annotations

import datetime as dt

from playwright.sync_api import expect

from tests.factories.niss import niss
from tests.journeys.grid.conftest import FIRST_LINE, value
from tests.journeys.grid.page import Grid
from tests.journeys.grid_sheet import Sheet


def test_arrows_move_in_two_dimensions_and_one_cell_takes_the_focus(grid: Grid) -> None:
    grid.open().click(2, 5).press("ArrowRight", "ArrowDown")
    grid.active(3, 6)
    expect(grid.page.locator("#grid tbody [tabindex='0']")).to_have_count(1)
    grid.press("ArrowLeft", "ArrowUp").active(2, 5)
    grid.press("Home").active(2, "last_name")
    grid.press("Control+Home").active(1, "last_name")
    grid.click(2, 5).press("Control+ArrowDown").active(12, 5)
    grid.press("PageUp")
    grid.press("PageUp").active(1, 5)


def test_end_goes_to_the_totals_which_cannot_be_edited(grid: Grid) -> None:
    grid.open().click(1, 5).press("End")
    expect(grid.page.locator("#grid tbody tr").first.locator("td").last).to_be_focused()
    grid.keyboard.type("9")
    expect(grid.page.locator(".grid-editor:visible")).to_have_count(0)


def test_typing_replaces_enter_goes_down_tab_goes_right(grid: Grid, server: Sheet) -> None:
    grid.open().click(1, 5)
    grid.keyboard.type("j½")
    grid.press("Enter").active(2, 5)
    grid.keyboard.type("0,5")
    grid.press("Tab").active(2, 6)
    grid.keyboard.type("i")
    grid.press("ArrowDown").active(3, 6)
    grid.shows(1, 5, "J½")
    grid.shows(2, 5, "P½")
    grid.shows(2, 6, "I")
    grid.saved()
    assert [value(server, 1, 5), value(server, 2, 5), value(server, 2, 6)] == ["J½", "P½", "I"]


def test_f2_edits_in_place_and_escape_gives_up(grid: Grid, server: Sheet) -> None:
    grid.open().click(1, "last_name").press("F2", "End")
    grid.keyboard.type(" Petit")
    grid.press("Escape").shows(1, "last_name", "Lambert")
    grid.active(1, "last_name")
    grid.press("Enter", "End")
    grid.keyboard.type(" Petit")
    grid.press("Enter").shows(1, "last_name", "Lambert Petit")
    grid.saved()
    assert value(server, 1, "last_name") == "Lambert Petit"


def test_tab_moves_on_inside_and_escape_then_tab_leaves(grid: Grid) -> None:
    grid.open().click(1, 5).press("Tab").active(1, 6)
    grid.press("Shift+Tab").active(1, 5)
    grid.press("Escape", "Tab")
    expect(grid.page.locator("#grid table :focus")).to_have_count(0)


def test_tab_goes_on_after_a_value_was_typed(grid: Grid) -> None:
    grid.open().click(1, 5)
    grid.keyboard.type("j")
    grid.press("Tab").active(1, 6)
    grid.press("Tab").active(1, 7)
    grid.keyboard.type("p")
    grid.press("Enter").active(2, 7)
    grid.press("Tab").active(2, 8)


def test_tab_passes_what_takes_no_value(grid: Grid) -> None:
    grid.open().click(1, 2).press("Tab").active(1, 5)  # over the weekend
    grid.press("Shift+Tab").active(1, 2)
    grid.click(1, 30).press("Tab").active(2, "last_name")  # over Saturday and the totals
    grid.press("Shift+Tab").active(1, 30)
    grid.press("ArrowRight").active(1, 31)  # where one can still go to read why


def test_who_passes_through_with_tab_is_not_caught(grid: Grid) -> None:
    grid.open()
    grid.page.locator("[data-preference=identity]").focus()
    grid.press("Tab")
    expect(grid.page.get_by_role("button", name="Historique de la cellule")).to_be_focused()
    grid.press("Tab").active(1, "last_name")
    grid.press("Tab")
    expect(grid.page.locator("#grid table :focus")).to_have_count(0)


def test_shift_and_arrows_select_a_rectangle_and_delete_clears_it(grid: Grid, server: Sheet) -> None:
    grid.open().click(1, 5).press("Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown")
    assert grid.selected() == 6
    grid.press("Delete")
    for line in (1, 2, 3):
        grid.shows(line, 5, "")
        grid.shows(line, 6, "")
    grid.saved()
    assert value(server, 3, 6) == ""
    grid.press("ArrowLeft")
    assert grid.selected() == 0


def test_whole_lines_columns_and_all_are_selected_from_the_keyboard(grid: Grid) -> None:
    grid.open().click(2, 5).press("Control+ ")
    assert grid.selected() == 12
    grid.click(2, 5).press("Shift+ ")
    assert grid.selected() == 7 + 31 + 6
    grid.press("Control+a")
    assert grid.selected() == 12 * 44


def test_fill_down_and_right_leave_closed_days_out(grid: Grid, server: Sheet) -> None:
    grid.open().type(1, 5, "J")
    grid.click(1, 5).press("Shift+ArrowDown", "Shift+ArrowDown", "Control+d")
    grid.shows(3, 5, "J")
    grid.click(1, 9).press("Delete").click(1, 8)
    grid.keyboard.type("i½")
    grid.press("Enter").click(1, 8).press(*["Shift+ArrowRight"] * 4, "Control+r")
    for day, shown in ((8, "I½"), (9, "I½"), (10, ""), (11, ""), (12, "I½")):
        grid.shows(1, day, shown)
    grid.saved()
    assert value(server, 1, 12) == "I½"


def test_control_enter_puts_one_value_in_the_whole_rectangle(grid: Grid) -> None:
    grid.open().click(1, 5).press("Shift+ArrowDown", "Shift+ArrowRight")
    grid.keyboard.type("j")
    grid.press("Control+Enter")
    for line, day in ((1, 5), (1, 6), (2, 5), (2, 6)):
        grid.shows(line, day, "J")


def test_undo_and_redo_go_through_the_server_too(grid: Grid, server: Sheet) -> None:
    before = value(server, 1, 5), value(server, 2, 5)
    grid.open().type(1, 5, "J").type(2, 5, "I")
    grid.saved()
    grid.press("Control+z", "Control+z").shows(1, 5, before[0])
    grid.shows(2, 5, before[1])
    grid.saved()
    assert (value(server, 1, 5), value(server, 2, 5)) == before
    grid.press("Control+y").shows(1, 5, "J")
    grid.saved()
    assert (value(server, 1, 5), value(server, 2, 5)) == ("J", before[1])


def test_undo_follows_a_value_that_the_portal_writes_its_own_way(grid: Grid, server: Sheet) -> None:
    rate, out = value(server, 1, "pfp_rate"), value(server, 2, "exit_date")
    grid.open().type(1, "pfp_rate", "13").type(2, "exit_date", "1/12/26")
    grid.saved()
    grid.shows(1, "pfp_rate", "13,00")
    grid.shows(2, "exit_date", "01/12/2026")
    grid.click(12, 31).press("Control+z").active(2, "exit_date")
    grid.shows(2, "exit_date", out)
    expect(grid.page.locator("[data-live=polite]")).to_contain_text("Annulé : Dubois Zoé, ")
    grid.press("Control+z").active(1, "pfp_rate")
    grid.shows(1, "pfp_rate", rate)
    expect(grid.cell(1, "pfp_rate")).to_be_in_viewport()
    grid.saved()
    assert (value(server, 1, "pfp_rate"), value(server, 2, "exit_date")) == (rate, out)
    grid.press("Control+y").shows(1, "pfp_rate", "13,00")
    grid.saved()
    # Typed again in other words, it changes nothing: undo goes on to what did.
    grid.type(1, "pfp_rate", "13,0")
    grid.saved()
    grid.press("Control+z").shows(1, "pfp_rate", rate)


def test_a_niss_is_not_undone_and_says_so_before_undo_goes_on(grid: Grid, server: Sheet) -> None:
    before = value(server, 1, 5)
    grid.open().type(1, 5, "J").type(2, "niss", niss(dt.date(2024, 5, 1), 1))
    grid.saved()
    grid.click(1, 8).press("Control+z")
    expect(grid.banner).to_contain_text("Le NISS ne se défait pas : retapez-le.")
    grid.active(2, "niss")
    grid.shows(1, 5, "J")
    grid.press("Control+z").active(1, 5)
    grid.shows(1, 5, before)
    expect(grid.banner).to_be_hidden()


def test_what_someone_else_changed_since_is_left_and_undo_says_so(grid: Grid, server: Sheet) -> None:
    grid.page.clock.install()
    grid.open().type(1, 5, "J")
    grid.saved()
    server.put(FIRST_LINE, "5", "I½")
    grid.page.clock.fast_forward("01:00")
    grid.shows(1, 5, "I½")
    grid.click(3, 8).press("Control+z").active(1, 5)
    expect(grid.banner).to_contain_text("1 cellule changée entre-temps : laissée en l’état.")
    grid.shows(1, 5, "I½")


def test_f8_goes_to_the_next_point_to_mend(grid: Grid) -> None:
    grid.open().type(2, 5, "xx").type(4, 8, "yy")
    grid.click(1, 1).press("F8").active(2, 5)
    grid.press("F8").active(4, 8)
    grid.press("F8").active(2, 5)
    grid.press("Shift+F8").active(4, 8)


def test_a_cell_says_who_changed_it(grid: Grid) -> None:
    grid.open().type(1, 5, "J")
    grid.saved()
    grid.click(1, 5).press("Alt+h")
    dialog = grid.page.get_by_role("dialog", name="Historique de la cellule")
    expect(dialog).to_contain_text("Moi Même")
    expect(dialog.locator("tbody tr")).to_have_text(["03/11/2026 09:14Moi MêmeP → Jgrille"])
    grid.press("Escape")
    grid.active(1, 5)

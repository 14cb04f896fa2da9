"""The mouse, the palette, the toolbar: what a person does without the keyboard."""

from __future__ import annotations

import math
import re

from playwright.sync_api import expect

from app.views.attendance_grid import LINES_PER_BODY
from tests.journeys.grid.conftest import FIRST_LINE, value
from tests.journeys.grid.page import Grid
from tests.journeys.grid_sheet import Sheet


def drag(grid: Grid, start: tuple[int, int], end: tuple[int, int], handle: str = "") -> None:
    grid.cell(*start).click()
    source = grid.cell(*start).locator(handle) if handle else grid.cell(*start)
    source.hover()
    grid.page.mouse.down()
    grid.cell(*end).hover()
    grid.page.mouse.up()


def test_a_drag_selects_and_shift_click_extends(grid: Grid) -> None:
    grid.open()
    drag(grid, (1, 5), (3, 7))
    assert grid.selected() == 9
    grid.cell(4, 8).click(modifiers=["Shift"])
    assert grid.selected() == 16


def test_the_handle_fills_and_leaves_closed_days_out(grid: Grid, server: Sheet) -> None:
    grid.open().type(1, 8, "J")
    drag(grid, (1, 8), (1, 12), ".grid-handle")
    for day, shown in ((9, "J"), (10, ""), (11, ""), (12, "J")):
        grid.shows(1, day, shown)
    drag(grid, (1, 8), (4, 8), ".grid-handle")
    grid.shows(4, 8, "J")
    grid.saved()
    assert value(server, 4, 8) == "J"


def test_the_palette_writes_in_the_selection_and_skips_closed_days(grid: Grid, server: Sheet) -> None:
    grid.open()
    drag(grid, (1, 8), (2, 12))
    grid.page.get_by_role("button", name="I½ : absence injustifiée d’un demi-jour").click()
    for day, shown in ((8, "I½"), (9, "I½"), (10, ""), (11, ""), (12, "I½")):
        grid.shows(2, day, shown)
    grid.saved()
    assert value(server, 2, 12) == "I½"
    grid.page.get_by_role("button", name="Effacer").click()
    grid.shows(2, 12, "")


def test_on_one_closed_day_the_palette_is_refused_with_the_reason(grid: Grid, server: Sheet) -> None:
    grid.open().click(1, 10)
    grid.page.get_by_role("button", name="P : présence", exact=True).click()
    grid.has(1, 10, "r")
    expect(grid.note).to_contain_text("jour fermé (samedi)")
    assert server.saves == []


def test_double_click_edits_and_a_click_elsewhere_commits(grid: Grid, server: Sheet) -> None:
    grid.open()
    grid.cell(1, "first_name").dblclick()
    grid.press("End")
    grid.keyboard.type("-Lou")
    grid.click(3, 5)
    grid.shows(1, "first_name", "Zoé-Lou")
    grid.saved()
    assert value(server, 1, "first_name") == "Zoé-Lou"


def test_the_line_number_selects_lines_which_can_be_deleted_and_brought_back(
    grid: Grid, server: Sheet
) -> None:
    grid.open()
    before = grid.totals()
    rows = grid.page.locator("#grid tbody tr")
    rows.nth(1).locator("td").first.click()
    assert grid.selected() == 7 + 31 + 6
    grid.page.get_by_role("button", name="Supprimer la ligne", exact=True).click()
    question = grid.page.get_by_role("dialog", name="Confirmation")
    days = sum(code != "." for code in server.lines[FIRST_LINE + 1].child.codes)
    expect(question).to_contain_text(f"Supprimer la ligne de Dubois Zoé ({days} jours encodés) ?")
    expect(question.get_by_role("button", name="Garder")).to_be_focused()
    grid.press("Enter")
    expect(question).to_be_hidden()
    expect(rows).to_have_count(12)
    grid.press("Control+Delete")
    question.get_by_role("button", name="Supprimer").click()
    expect(rows).to_have_count(11)
    expect(grid.banner).to_contain_text("1 ligne supprimée. « Défaire » la remet.")
    expect(rows.nth(1).locator("td").first).to_have_text("2")
    grid.shows(2, "last_name", "Nguyễn")
    assert server.lines[FIRST_LINE + 1].deleted
    assert sum(grid.totals()) < sum(before)
    grid.press("Control+z")
    expect(rows).to_have_count(12)
    grid.shows(2, "last_name", "Dubois")
    expect(grid.banner).to_be_hidden()
    assert not server.lines[FIRST_LINE + 1].deleted
    assert grid.totals() == before


def test_empty_lines_go_without_a_question_and_several_are_counted(grid: Grid, server: Sheet) -> None:
    grid.open()
    rows = grid.page.locator("#grid tbody tr")
    grid.page.get_by_role("button", name="Ajouter").click()
    expect(rows).to_have_count(13)
    grid.press("Control+Delete")
    expect(rows).to_have_count(12)
    grid.click(1, 6).press("Shift+ArrowDown", "Control+Delete")
    question = grid.page.get_by_role("dialog", name="Confirmation")
    expect(question).to_contain_text("Supprimer ces 2 lignes (")
    question.get_by_role("button", name="Supprimer").click()
    expect(rows).to_have_count(10)
    expect(grid.banner).to_contain_text("2 lignes supprimées. « Défaire » les remet.")


def test_lines_are_added_and_filled_in(grid: Grid, server: Sheet) -> None:
    grid.open()
    grid.page.get_by_label("Nombre de lignes à ajouter").fill("30")
    grid.page.get_by_role("button", name="Ajouter").click()
    expect(grid.page.locator("#grid tbody tr")).to_have_count(42)
    expect(grid.page.locator(".grid-table tbody")).to_have_count(math.ceil(42 / LINES_PER_BODY))
    grid.active(13, "last_name")
    grid.keyboard.type("Nouveau")
    grid.press("Tab")
    grid.keyboard.type("Né")
    grid.press("Enter").type(13, 5, "p")
    grid.saved()
    assert value(server, 13, "last_name") == "Nouveau"
    assert value(server, 13, 5) == "P"
    grid.has(13, 3, "c")


def test_lines_are_only_added_by_a_number_that_fits(grid: Grid, server: Sheet) -> None:
    grid.open()
    rows = grid.page.locator("#grid tbody tr")
    field, error = grid.page.get_by_label("Nombre de lignes à ajouter"), grid.page.locator("[data-add-error]")
    for typed, said in (
        ("-2", "Indiquez un nombre de 1 à 488"),
        ("0", "Indiquez un nombre de 1 à 488"),
        ("1.5", "Indiquez un nombre de 1 à 488"),
        ("501", "Indiquez un nombre de 1 à 488\u00a0: un relevé compte au plus 500 lignes"),
    ):
        field.fill(typed)
        grid.page.get_by_role("button", name="Ajouter").click()
        expect(error).to_have_text(said)
        expect(field).to_be_focused()
        expect(field).to_have_accessible_description(said)
    field.press("ControlOrMeta+a")
    field.press_sequentially("e")
    expect(error).to_be_hidden()
    field.press("Enter")
    expect(error).to_have_text("Indiquez un nombre de 1 à 488")
    expect(rows).to_have_count(12)
    field.fill("2")
    field.press("Enter")
    expect(rows).to_have_count(14)
    expect(error).to_be_hidden()


def test_the_list_of_what_is_to_mend_leaves_the_cell_in_sight(grid: Grid, server: Sheet) -> None:
    grid.open().type(2, 30, "zz").click(1, "last_name")
    toggle, panel = (
        grid.page.get_by_role("button", name=re.compile("À revoir")),
        grid.page.locator("#grid-issues"),
    )
    entry = panel.get_by_role("button", name="vendredi 30")
    toggle.click()
    entry.click()
    grid.active(2, 30)
    cell, beside = grid.cell(2, 30).bounding_box(), panel.bounding_box()
    assert cell
    assert beside
    assert cell["x"] + cell["width"] <= beside["x"]
    grid.page.set_viewport_size({"width": 390, "height": 844})
    entry.click()
    grid.active(2, 30)
    expect(panel).to_be_hidden()


def test_a_long_reason_is_whole_and_moves_nothing(grid: Grid, server: Sheet) -> None:
    grid.open().type(1, "birth_date", "31/02/2024")
    top = "table => table.getBoundingClientRect().top"
    table = grid.page.locator(".grid-table")
    for width, height in ((1440, 900), (1024, 768)):
        grid.page.set_viewport_size({"width": width, "height": height})
        grid.click(2, 5)
        before = table.evaluate(top)
        grid.click(1, "birth_date")
        expect(grid.note).to_contain_text("Valeur gardée par le portail")
        assert grid.note.evaluate("note => note.scrollHeight <= note.offsetHeight && note.offsetHeight > 40")
        assert table.evaluate(top) == before


def test_who_types_fast_in_the_search_lands_on_the_child_that_was_sought(grid: Grid) -> None:
    grid.open()
    search = grid.page.get_by_placeholder("Chercher un enfant")
    search.click()
    grid.keyboard.type("nguyen")
    grid.press("Enter")
    expect(grid.page.locator("#grid tbody :focus")).to_be_visible()
    expect(grid.page.locator("#grid tbody tr:has(:focus)")).to_contain_text("Nguyễn")
    search.fill("")
    grid.type(1, 5, "xx").click(1, 5)
    expect(grid.note).to_have_class(re.compile("wrong"))
    search.click()
    grid.keyboard.type("zzz")
    grid.press("Enter")
    expect(search).to_be_focused()
    expect(grid.note).not_to_have_class(re.compile("wrong"))  # there is no child, and nothing is refused


def test_the_search_hides_lines_and_keeps_the_totals(grid: Grid) -> None:
    grid.open()
    before = grid.totals()
    grid.page.get_by_placeholder("Chercher un enfant").fill("adam nguyen")
    visible = grid.page.locator("#grid tbody tr:visible")
    expect(visible).to_have_count(1)
    expect(grid.page.locator("[data-found]")).to_have_text("1 enfant")
    assert grid.totals() == before
    visible.locator("td").nth(10).click()
    grid.press("ArrowDown", "ArrowUp")
    expect(visible).to_have_count(1)
    grid.page.get_by_placeholder("Chercher un enfant").fill("")
    expect(grid.page.locator("#grid tbody tr:visible")).to_have_count(12)


def test_totals_and_occupancy_follow_what_is_typed(grid: Grid, server: Sheet) -> None:
    server.put(FIRST_LINE, "5", "")
    grid.open()
    before, rate = grid.totals(), grid.page.locator("[data-occupancy]").inner_text()
    row = grid.page.locator("#grid tbody tr").first
    presences = int(row.locator("td").nth(-6).inner_text())
    footer = grid.page.locator("#grid tfoot tr").first.locator("td")
    day = footer.nth(4).inner_text()
    grid.type(1, 5, "p½")
    assert grid.totals() == [before[0], before[1] + 1, *before[2:]]
    expect(row.locator("td").nth(-6)).to_have_text(str(presences))
    assert float(footer.nth(4).inner_text().replace(",", ".")) == float(day.replace(",", ".")) + 0.5
    expect(grid.page.locator("[data-occupancy]")).not_to_have_text(rate)
    grid.press("Control+z")
    assert grid.totals() == before
    expect(grid.page.locator("[data-occupancy]")).to_have_text(rate)


def test_a_day_over_capacity_is_marked_and_listed(grid: Grid, server: Sheet) -> None:
    server.ctx = type(server.ctx)(**{**vars(server.ctx), "capacity": 10})
    grid.open()
    grid.page.get_by_role("button", name=re.compile("À revoir")).click()
    expect(grid.page.locator("#grid-issues li").first).to_contain_text(
        "places occupées pour une capacité de 10"
    )
    expect(grid.page.locator("#grid tfoot .over").first).to_be_visible()


def test_the_card_of_the_child_can_be_put_away_and_stays_so(grid: Grid) -> None:
    grid.open()
    grid.page.get_by_label("Fiche de l’enfant").uncheck()
    expect(grid.cell(1, "niss")).to_be_hidden()
    grid.click(1, "first_name").press("ArrowRight").active(1, 1)
    grid.open()
    expect(grid.cell(1, "niss")).to_be_hidden()


def test_a_finger_taps_twice_to_edit_and_extends_on_demand(grid: Grid, server: Sheet) -> None:
    context = grid.page.context.browser.new_context(  # type: ignore[union-attr]  # the fixture's browser
        has_touch=True, is_mobile=True, viewport={"width": 820, "height": 1180}, base_url=grid.page.url
    )
    touch = Grid(context.new_page())
    touch.page.goto(grid.open().page.url)
    touch.ready().cell(1, 5).tap()
    touch.page.get_by_role("button", name="Étendre").tap()
    touch.cell(2, 6).tap()
    assert touch.selected() == 4
    touch.page.get_by_role("button", name="J : absence justifiée", exact=True).tap()
    touch.shows(2, 6, "J")
    # Once: the next tap stands on its own cell, and codes go from day to day, over the weekend, to the last.
    expect(touch.page.get_by_role("button", name="Étendre")).to_have_attribute("aria-pressed", "false")
    touch.cell(4, 1).tap()
    for code in ("P", "J", "I"):
        touch.page.get_by_role("button", name=f"{code} : ", exact=False).first.tap()
    for day, code in ((1, "P"), (2, "J"), (5, "I")):
        touch.shows(4, day, code)
    touch.active(4, 6)
    touch.cell(4, 30).tap()
    touch.page.get_by_role("button", name="P : présence", exact=True).tap()
    touch.active(4, 30)
    touch.cell(3, 5).tap()
    touch.cell(3, 5).tap()
    expect(touch.page.locator(".grid-editor")).to_be_visible()
    context.close()

"""Every state of the grid, seen and judged by axe: wide, tablet, phone, zoomed, in forced colours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.factories.children import children
from tests.journeys.conftest import Watch
from tests.journeys.grid.conftest import FIRST_LINE
from tests.journeys.grid.page import Grid
from tests.journeys.grid_harness import Harness
from tests.journeys.grid_sheet import Sheet, context

Judge = Callable[[Page], None]
Picture = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def failures_are_meant(watch: Watch) -> None:
    watch.expect(r"Failed to load resource|net::ERR_INTERNET_DISCONNECTED|^5\d\d ")


@pytest.fixture
def month(harness: Harness, request: pytest.FixtureRequest) -> Sheet:
    """Children in the middle of the month, with all that days can look like; twelve, or as asked for."""
    ctx = context(today=dt.date(2026, 10, 22), capacity=10)
    number = getattr(request, "param", 12)
    lines = [replace(child, codes=child.codes[:22] + "." * 9) for child in children(number, ctx)]
    lines[2] = replace(lines[2], entry_date=dt.date(2026, 10, 12), codes="." * 11 + lines[2].codes[11:])
    lines[5] = replace(lines[5], exit_date=dt.date(2026, 10, 9), codes=lines[5].codes[:9] + "." * 22)
    lines[8] = replace(lines[8], birth_date=dt.date(2022, 3, 1))
    lines[9] = replace(lines[9], first_name="")
    harness.sheet = Sheet.of(lines, ctx)
    return harness.sheet


def seen(page: Page, axe: Judge, screenshot: Picture, name: str) -> None:
    axe(page)
    screenshot(page, f"grille-{name}")


def test_empty(grid: Grid, harness: Harness, axe: Judge, screenshot: Picture) -> None:
    harness.sheet = Sheet.of([], context())
    grid.open()
    expect(grid.note).to_have_text("Ce relevé n’a pas encore de ligne : ajoutez-en, ou importez un classeur.")
    seen(grid.page, axe, screenshot, "vide")


@pytest.mark.parametrize("month", [40], indirect=True)
def test_filled(page: Page, month: Sheet, axe: Judge, screenshot: Picture) -> None:
    grid = Grid(page).open().click(3, 6)
    page.locator(".grid-legend summary").click()
    grid.click(3, 6).press("Shift+ArrowRight", "Shift+ArrowDown")
    seen(page, axe, screenshot, "remplie")


@pytest.mark.parametrize("month", [210], indirect=True)
def test_a_long_month_is_drawn_from_its_first_lines(page: Page, month: Sheet) -> None:
    """What the first sight does not need comes right after it, whether or not one scrolls there."""
    page.add_init_script("""new MutationObserver((_, watch) => {
      if (!document.querySelector("#grid[data-ready]")) return;
      watch.disconnect();
      window.lastAtFirst = document.querySelector("#grid tbody:last-of-type td").checkVisibility();
    }).observe(document, { attributes: true, subtree: true })""")
    Grid(page).open()
    expect(page.locator("#grid tbody:last-of-type td").first).to_be_visible()
    assert page.evaluate("lastAtFirst") is False


@pytest.mark.parametrize("month", [210], indirect=True)
def test_a_long_month_shows_all_its_lines_whatever_becomes_of_its_script(page: Page, month: Sheet) -> None:
    page.route("**/js/grid/totals.js", lambda route: route.abort())
    page.goto("/")
    expect(page.locator("#grid tbody:last-of-type td").first).to_be_visible()


def test_refused_and_in_conflict(page: Page, month: Sheet, axe: Judge, screenshot: Picture) -> None:
    grid = Grid(page).open()
    month.put(FIRST_LINE + 3, "5", "I")
    grid.type(1, 5, "zz").type(2, "birth_date", "31/02/2024").type(4, 5, "J")
    grid.has(2, "birth_date", "r")
    grid.has(4, 5, "x")
    grid.click(2, "birth_date")
    seen(page, axe, screenshot, "refus")
    grid.click(4, 5)
    seen(page, axe, screenshot, "conflit")
    grid.press("Enter")
    seen(page, axe, screenshot, "conflit-choix")
    grid.press("Escape")
    page.get_by_role("button", name="À revoir").click()
    seen(page, axe, screenshot, "a-revoir")


def test_offline(page: Page, month: Sheet, axe: Judge, screenshot: Picture) -> None:
    grid = Grid(page).open()
    page.context.set_offline(True)
    grid.type(1, 5, "J").type(1, 6, "I").type(2, 5, "J½")
    expect(grid.status).to_have_text("3 modifications en attente – hors ligne")
    screenshot(page, "grille-hors-ligne")
    axe(page)
    page.context.set_offline(False)


def test_signed_out(page: Page, month: Sheet, axe: Judge, screenshot: Picture) -> None:
    grid = Grid(page).open()
    month.signed_out = True
    grid.type(1, 5, "J")
    expect(grid.banner).to_be_visible()
    seen(page, axe, screenshot, "session-expiree")


def test_locked_with_unsent_edits(page: Page, month: Sheet, axe: Judge, screenshot: Picture) -> None:
    grid = Grid(page).open()
    month.locked = True
    grid.type(1, 5, "J")
    expect(page.get_by_role("dialog")).to_be_visible()
    seen(page, axe, screenshot, "verrouillee")


def test_read_only(page: Page, month: Sheet, axe: Judge, screenshot: Picture) -> None:
    month.readonly = True
    Grid(page).open().click(3, 6)
    seen(page, axe, screenshot, "lecture-seule")


def test_help_and_history(page: Page, month: Sheet, axe: Judge, screenshot: Picture) -> None:
    grid = Grid(page).open().type(1, 5, "J")
    grid.saved()
    page.get_by_role("button", name="Aide clavier").click()
    seen(page, axe, screenshot, "aide")
    grid.press("Escape").click(1, 5).press("Alt+h")
    expect(page.get_by_role("dialog").locator("tbody tr")).to_have_count(1)
    seen(page, axe, screenshot, "historique")


def test_at_twice_the_size_and_in_forced_colours(page: Page, month: Sheet, axe: Judge) -> None:
    page.set_viewport_size({"width": 720, "height": 450})  # 1440 × 900 at 200 %
    grid = Grid(page).open().click(2, 8)
    grid.active(2, 8)
    expect(grid.cell(2, 8)).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe(page)
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    grid.type(2, 8, "zz")
    marks = "cell => [getComputedStyle(cell, '::after').content, getComputedStyle(cell).borderTopWidth]"
    assert grid.cell(2, 8).evaluate(marks) == ['"!"', "2px"]


def test_with_reduced_motion_a_cell_changes_at_once(page: Page, month: Sheet) -> None:
    page.emulate_media(reduced_motion="reduce", forced_colors="active")
    grid = Grid(page).open()
    # Read before and after in one task: no frame in between could end a transition.
    change = """cell => {
      const width = () => getComputedStyle(cell).borderTopWidth;
      const before = width();
      cell.classList.add("r");
      return [before, width(), document.getAnimations().length];
    }"""
    assert grid.cell(2, 8).evaluate(change) == ["0px", "2px", 0]


@pytest.mark.parametrize(
    ("width", "height"),
    [(1440, 900), (820, 1180), (390, 844), (720, 450)],
    ids=["large", "tablette", "étroit", "200 %"],
)
@pytest.mark.parametrize("month", [40], indirect=True)
def test_totals_and_state_are_in_view_and_hide_no_cell_at_work(
    page: Page, month: Sheet, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    grid = Grid(page).open()
    dock = page.locator(".grid-dock")
    for _ in range(2):
        expect(grid.status).to_be_in_viewport(ratio=1)
        for figure in [*page.locator("[data-total]").all(), page.locator("[data-occupancy]")]:
            expect(figure).to_be_in_viewport(ratio=1)
        grid.click(1, 5).press(*["ArrowDown"] * 35)
        grid.active(36, 5)
    cell, below = grid.cell(36, 5).bounding_box(), dock.bounding_box()
    assert cell
    assert below
    assert cell["y"] + cell["height"] <= below["y"] + 1
    assert below["height"] < height / 4
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_phone_scrolls_inside_the_grid_and_keeps_the_names(page: Page, month: Sheet) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    grid = Grid(page).open()
    grid.cell(1, 20).scroll_into_view_if_needed()
    grid.click(1, 20)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    name = grid.cell(1, "last_name").bounding_box()
    first = grid.cell(1, "first_name").bounding_box()
    cell = grid.cell(1, 20).bounding_box()
    assert name
    assert first
    assert cell
    assert 0 <= name["x"] < first["x"] < cell["x"]
    assert first["x"] + first["width"] <= cell["x"] + 1


def test_over_200_lines_what_is_out_of_sight_can_be_kept_in_the_tree(grid: Grid, harness: Harness) -> None:
    ctx = context(capacity=600)
    harness.sheet = Sheet.of(children(230, ctx), ctx)
    grid.open()
    visibility = "body => getComputedStyle(body).contentVisibility"
    last = grid.page.locator(".grid-table tbody").last
    assert last.evaluate(visibility) == "auto"
    expect(grid.page.locator(".grid-table")).to_have_attribute("aria-rowcount", "234")
    expect(grid.page.locator(".grid-table tbody tr").last).to_have_attribute("aria-rowindex", "231")
    grid.click(1, 5).press("Control+ArrowDown").active(230, 5)
    expect(grid.cell(230, 5)).to_be_in_viewport()
    grid.page.get_by_label("Affichage allégé").uncheck()
    assert last.evaluate(visibility) == "visible"
    grid.open()
    assert grid.page.locator(".grid-table tbody").last.evaluate(visibility) == "visible"


def test_a_link_to_a_cell_brings_it_out(grid: Grid) -> None:
    grid.open().page.get_by_label("Fiche de l’enfant").uncheck()
    line = grid.page.locator("#grid tbody tr").nth(1).get_attribute("data-l")
    grid.page.goto("about:blank")
    grid.page.goto(f"/#cellule-{line}-exit_date")
    grid.ready().active(2, "exit_date")
    assert "#" not in grid.page.url  # or « Recharger la page » would only go to the cell again
    grid.page.get_by_placeholder("Chercher un enfant").fill("introuvable")
    expect(grid.note).to_contain_text("Aucun enfant")
    grid.page.goto("about:blank")
    grid.page.goto("/#cellule--5")
    grid.ready().active(1, 5)

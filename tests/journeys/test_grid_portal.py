"""The grid on the portal itself: what is typed is stored, with its history, and survives everything."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Portal, SignIn, Watch, enter
from tests.journeys.grid.page import Grid

MONTH = re.compile("Ouvrir le mois à traiter : Crèche Les Hirondelles")


def open_month(page: Page) -> Grid:
    """Les Hirondelles in October, the draft of the demo."""
    page.goto("/presences/")
    page.get_by_role("link", name=MONTH).click()
    return Grid(page).ready()


@pytest.fixture
def colleague(browser: Browser, portal: Portal) -> Iterator[Page]:
    """Another browser, as of a colleague at the next desk."""
    context = browser.new_context(
        base_url=portal.url, locale="fr-BE", viewport={"width": 1440, "height": 900}
    )
    page = context.new_page()
    enter(page, portal.people["claire.lambert"], "eID")
    yield page
    context.close()


def test_a_cell_is_stored_with_its_history(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "claire.lambert")
    grid = open_month(page)
    before = grid.cell(1, 6).inner_text()
    wanted = "J½" if before != "J½" else "I"
    grid.type(1, 6, wanted)
    grid.saved()
    page.reload()
    grid.ready().shows(1, 6, wanted)
    grid.click(1, 6).press("Alt+h")
    dialog = page.get_by_role("dialog", name="Historique de la cellule")
    expect(dialog).to_contain_text("Claire Lambert")
    expect(dialog).to_contain_text(f"{before or 'vide'} → {wanted}")


def test_two_people_on_one_cell_are_both_told_and_one_chooses(
    page: Page, sign_in: SignIn, colleague: Page
) -> None:
    sign_in(page, "claire.lambert")
    mine, theirs = open_month(page), open_month(colleague)
    theirs.type(2, 7, "I½" if theirs.cell(2, 7).inner_text() != "I½" else "I")
    theirs.saved()
    other = theirs.cell(2, 7).inner_text()
    mine.type(2, 7, "J")
    mine.has(2, 7, "x")
    mine.click(2, 7).press("Enter")
    dialog = page.get_by_role("dialog", name="Deux valeurs pour la même cellule")
    expect(dialog).to_contain_text("Claire Lambert")
    dialog.get_by_role("button", name="Garder J").click()
    mine.saved()
    colleague.reload()
    theirs.ready().shows(2, 7, "J")
    assert other != "J"


def test_offline_work_comes_back_after_the_tab_was_closed(page: Page, sign_in: SignIn, watch: Watch) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    sign_in(page, "claire.lambert")
    grid = open_month(page)
    wanted = "J" if grid.cell(3, 8).inner_text() != "J" else "I"
    context = page.context
    context.set_offline(True)
    grid.type(3, 8, wanted)
    expect(grid.status).to_have_text("1 modification en attente – hors ligne")
    page.close()
    context.set_offline(False)
    back = open_month(context.new_page())
    back.shows(3, 8, wanted)
    back.saved()
    back.page.reload()
    back.ready().shows(3, 8, wanted)


def test_a_block_of_a_spreadsheet_a_new_line_and_its_removal(page: Page, sign_in: SignIn) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, "claire.lambert")
    grid = open_month(page)
    rows = page.locator(".grid-table tbody tr")
    number = rows.count()
    page.get_by_role("button", name="Ajouter", exact=True).click()
    expect(rows).to_have_count(number + 1)
    grid.paste("Nouvelle\tAda\t5.1.25\t\t1/9/2025\t\t12.5\tP\t1/2")
    grid.shows(number + 1, "birth_date", "05/01/2025")
    grid.shows(number + 1, "pfp_rate", "12,50")
    grid.shows(number + 1, 2, "P½")
    grid.saved()
    page.reload()
    grid.ready().shows(number + 1, "last_name", "Nouvelle")
    grid.click(number + 1, "last_name").press("Control+Delete")
    expect(rows).to_have_count(number)
    grid.press("Control+z")
    expect(rows).to_have_count(number + 1)
    grid.shows(number + 1, 2, "P½")
    grid.press("Control+y")
    expect(rows).to_have_count(number)


def test_what_the_rules_refuse_is_refused_with_their_words(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "claire.lambert")
    grid = open_month(page).type(1, "niss", "85.13.30-001.05")
    grid.has(1, "niss", "r")
    grid.click(1, "niss")
    expect(grid.note).to_contain_text("Ce NISS n’est pas valide")
    page.get_by_role("button", name="Abandonner").click()
    grid.type(1, 10, "P")
    expect(page.locator("[data-live=assertive]")).to_contain_text("jour fermé")

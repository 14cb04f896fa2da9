"""The grid on the portal itself: what is typed is stored, with its history, and survives everything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import PHONE, WIDE, Portal, SignIn, Watch, enter
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


def test_on_a_phone_the_table_comes_first_and_the_rest_behind_two_buttons(
    page: Page, sign_in: SignIn, axe: Callable[[Page], None]
) -> None:
    sign_in(page, "claire.lambert")
    page.set_viewport_size(PHONE)
    open_month(page)
    expect(page.locator(".grid-table tbody tr > :nth-child(2)").nth(3)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("link", name="Signer et soumettre")).to_be_in_viewport(ratio=1)
    for button, within in (
        (page.get_by_role("button", name="Mois de 2026"), page.get_by_role("list", name="Mois de 2026")),
        (page.get_by_role("button", name="Importer, exporter"), page.get_by_role("link", name="Exporter")),
    ):
        expect(within).to_be_hidden()
        button.press("Enter")
        expect(within).to_be_visible()
        expect(button).to_have_attribute("aria-expanded", "true")
        axe(page)
        button.press("Enter")
        expect(within).to_be_hidden()
        page.set_viewport_size(WIDE)
        expect(within).to_be_visible()
        expect(button).to_be_hidden()
        page.set_viewport_size(PHONE)
    # What a button of the menu opens gives the focus back to it.
    page.get_by_role("button", name="Importer, exporter").press("Enter")
    opener = page.get_by_role("button", name="Importer", exact=True)
    opener.press("Enter")
    expect(page.get_by_role("dialog", name="Importer un relevé de présences")).to_be_visible()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_two_tabs_and_enter_lead_from_the_top_of_the_page_into_the_table(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "claire.lambert")
    open_month(page)
    for link in ("Aller au contenu", "Aller au tableau"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name=link)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".grid-table tbody tr:first-child > [tabindex='0']")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".grid-table tbody tr:nth-child(2) > [tabindex='0']")).to_be_focused()


def test_on_a_phone_the_codes_stay_at_hand_wherever_the_page_stands(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "claire.lambert")
    page.set_viewport_size(PHONE)
    open_month(page)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    code = page.get_by_role("button", name="J : absence justifiée")
    expect(code).to_be_in_viewport(ratio=1)
    code.click(trial=True)  # under nothing
    cell = page.locator("#grid tbody tr").first.locator("td").nth(9)
    cell.evaluate("cell => cell.scrollIntoView({ block: 'nearest' })")
    cell.click(trial=True, position={"x": 5, "y": 1})  # nor is the cell that one goes to under the codes


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
    page.get_by_role("dialog").get_by_role("button", name="Supprimer").click()
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


def test_modifications_are_given_up_since_the_draft_or_the_opening(
    page: Page, sign_in: SignIn, colleague: Page
) -> None:
    sign_in(page, "sarah.benali", "eID")
    page.get_by_role("button", name=re.compile("Valbois")).click()
    page.goto("/presences/")  # one facility: straight to the month
    grid = Grid(page).ready()
    give_up = page.get_by_role("button", name="Annuler les modifications")
    rows = page.locator(".grid-table tbody tr")
    number, before = rows.count(), [grid.cell(5, day).inner_text() for day in (6, 7, 8)]
    give_up.click()
    expect(grid.banner).to_contain_text("Rien à annuler : vous n’avez rien changé")
    for day, was in zip((6, 7, 8), before, strict=True):
        grid.type(5, day, "I½" if was != "I½" else "J")
    grid.type(6, 6, "zz")
    page.get_by_role("button", name="Ajouter", exact=True).click()
    expect(rows).to_have_count(number + 1)
    grid.saved_but(1)
    # Somebody else's hand on one of these cells since: theirs stays.
    theirs = open_month(colleague)
    theirs.type(5, 8, "J½")
    theirs.saved()
    # A reload is no new beginning.
    page.reload()
    grid.ready()
    give_up.click()
    question = page.get_by_role("dialog", name="Confirmation")
    expect(question).to_contain_text(
        "Remettre 2 cellules et 1 ligne comme quand vous avez ouvert ce mois après votre connexion ("
    )
    expect(question).to_contain_text("1 valeur refusée ou en conflit à abandonner")
    expect(question).to_contain_text("1 modification ne peut pas être annulée")
    question.get_by_role("button", name="Garder les modifications").click()
    expect(rows).to_have_count(number + 1)
    give_up.click()
    question.get_by_role("button", name="Annuler les modifications").click()
    expect(page.get_by_text("Vos modifications sont annulées : 2 cellules et 1 ligne.")).to_be_in_viewport()
    expect(page.get_by_text(re.compile(r"Laissé tel quel\s: .*, le 8 \(quelqu’un d’autre"))).to_be_visible()
    grid.ready()
    expect(rows).to_have_count(number)
    for day, was in zip((6, 7), before, strict=False):
        grid.shows(5, day, was)
    grid.shows(5, 8, "J½")
    grid.lacks(6, 6, "r")
    # From a saved draft on, only what came after it.
    grid.type(7, 6, "J" if grid.cell(7, 6).inner_text() != "J" else "I")
    kept = grid.cell(7, 6).inner_text()
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(grid.status).to_have_text(re.compile("^Brouillon enregistré à"))
    was = grid.cell(7, 7).inner_text()
    grid.type(7, 7, "J" if was != "J" else "I")
    give_up.click()
    expect(question).to_contain_text("Remettre 1 cellule comme au dernier brouillon enregistré")
    question.get_by_role("button", name="Annuler les modifications").click()
    expect(page.get_by_text("Vos modifications sont annulées : 1 cellule.")).to_be_visible()
    grid.ready().shows(7, 6, kept)
    grid.shows(7, 7, was)

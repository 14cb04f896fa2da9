"""« Historique » in a browser: an agent looks, the director sees it, narrows, exports, follows one object."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.journeys.conftest import SignIn

Axe = Callable[[Page], None]
Screenshot = Callable[[Page, str], None]


def test_the_director_sees_who_looked(
    page: Page, sign_in: SignIn, axe: Axe, screenshot: Screenshot, tmp_path: Path
) -> None:
    sign_in(page, "marc.delvaux", after="/controle/presences/?milieu=CR-4021&etat=tous")
    page.locator("tbody").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Crèche Les Lucioles")
    page.context.clear_cookies()
    sign_in(page, "claire.lambert", after="/historique/")
    first = page.get_by_role("row").nth(1)
    expect(first).to_contain_text("Marc Delvaux")
    expect(first).to_contain_text("Agent de l’Office")
    expect(first).to_contain_text("contrôle des présences soumises")
    axe(page)
    screenshot(page, "historique")

    # Keyboard alone: open the search, choose, send.
    page.get_by_text("Rechercher", exact=True).first.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Action", exact=True).focus()
    page.keyboard.type("Modif")
    page.get_by_label("Personne", exact=True).focus()
    page.keyboard.type("Claire")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("action=modification"))
    rows = page.get_by_role("row")
    corrected = rows.filter(has_text="jour 6").first
    expect(corrected).to_contain_text(re.compile(r"jour 6\s: J\s+P"))
    expect(page.get_by_text("Marc Delvaux", exact=True)).to_have_count(0)
    axe(page)
    screenshot(page, "historique-criteres")

    with page.expect_download() as download:
        page.get_by_role("link", name="Exporter (.xlsx)").click()
    download.value.save_as(tmp_path / "historique.xlsx")
    sheet = load_workbook(tmp_path / "historique.xlsx").active
    assert {row[1] for row in sheet.iter_rows(min_row=4, values_only=True)} == {"Claire Lambert"}

    corrected.get_by_role("link", name=re.compile("Tout son historique")).click()
    title = "Historique : Présences d’octobre 2026 – Crèche Les Hirondelles"
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_role("row").filter(has_text="Sarah Benali").first).to_be_visible()
    axe(page)
    screenshot(page, "historique-objet")
    page.get_by_role("link", name="Retour à ce relevé").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Octobre 2026")
    page.get_by_role("link", name="Historique du mois").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.get_by_role("rowheader").get_by_role("link").first.click()
    expect(page.get_by_text("N° dans la chaîne")).to_be_visible()
    axe(page)
    screenshot(page, "historique-entree")


def test_nothing_found_and_a_date_that_does_not_exist(
    page: Page, sign_in: SignIn, axe: Axe, screenshot: Screenshot
) -> None:
    sign_in(page, "claire.lambert", after="/historique/?quand-du=31/02/2026")
    expect(page.get_by_label("du (Période)")).to_have_accessible_description(
        "Cette date n’existe pas. Écrivez-la ainsi : 31/10/2026"
    )
    expect(page.get_by_label("du (Période)")).to_have_value("31/02/2026")
    axe(page)
    screenshot(page, "historique-erreur")
    page.get_by_label("du (Période)").fill("01/01/2001")
    page.get_by_label("au (Période)").fill("02/01/2001")
    page.get_by_label("au (Période)").press("Enter")
    expect(page.get_by_text("Aucun résultat")).to_be_visible()
    axe(page)
    screenshot(page, "historique-rien")

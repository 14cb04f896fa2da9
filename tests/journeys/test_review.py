"""An agent goes through the submitted months: with the keyboard alone, on any screen, losing nothing typed."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, TABLET, WIDE, SignIn, Watch

Check = Callable[[Page], None]
See = Callable[[Page, str], None]
QUEUE = "/controle/presences/"
#: Between tablet and desk, and 1440 pixels at a zoom of 200 %.
SIZES = (WIDE, {"width": 1024, "height": 768}, TABLET, {"width": 720, "height": 450}, PHONE)


def _looks_right(page: Page, axe: Check) -> None:
    """Nothing for axe to say and nothing that overlaps or sticks out, on each screen."""
    for size in SIZES:
        page.set_viewport_size(size)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (page.url, size)
        outside = page.eval_on_selector_all(
            "main .panel",
            "all => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.id)",
        )
        assert outside == [], (page.url, size)
    page.set_viewport_size(WIDE)


def test_the_queue_is_narrowed_and_ordered(page: Page, sign_in: SignIn, axe: Check, screenshot: See) -> None:
    sign_in(page, "marc.delvaux", after=QUEUE)
    rows = page.get_by_role("table", name="Relevés").locator("tbody tr")
    expect(rows).to_have_count(6)
    _looks_right(page, axe)
    screenshot(page, "agent-file")
    page.get_by_label("Milieu ou matricule").fill("CR-4022")
    page.get_by_label("Mois").select_option(label="août 2026")
    page.get_by_role("button", name="Rechercher").click()
    expect(rows).to_have_count(1)
    expect(page.get_by_role("link", name="Soumis 1")).to_have_attribute("aria-current", "true")
    page.get_by_label("Milieu ou matricule").fill("introuvable")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("aucun relevé de cet état ne répond à ces critères.")
    _looks_right(page, axe)
    page.get_by_role("link", name="Effacer les critères").first.click()
    page.get_by_role("link", name=re.compile("^Tous")).click()
    expect(rows).to_have_count(7)
    page.get_by_role("columnheader", name="Mois").get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="Mois")).to_have_attribute("aria-sort", "ascending")
    expect(rows.first).to_contain_text("juin 2026")
    page.get_by_role("columnheader", name="Mois").get_by_role("link").click()
    expect(rows.first).to_contain_text("septembre 2026")


def test_from_one_month_to_the_next_with_the_keyboard(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "marc.delvaux", after=QUEUE + "?organisateur=valbois")
    page.get_by_role("link", name=re.compile("Les Lucioles.*juin 2026")).press("Enter")
    place = page.get_by_role("navigation", name="Relevés de la file")
    expect(place).to_contain_text("1 sur 6")
    place.get_by_role("link", name="Suivant").press("Enter")
    for number in range(2, 6):
        expect(place).to_contain_text(f"{number} sur 6")
        expect(place.get_by_role("link", name="Suivant")).to_be_focused()  # Enter leads on, and on
        page.keyboard.press("Enter")
    expect(place).to_contain_text("6 sur 6")
    expect(place).to_contain_text("fin de la file")
    place.get_by_role("link", name="Précédent").press("Enter")
    for number in (5, 4):
        expect(place).to_contain_text(f"{number} sur 6")
        expect(place.get_by_role("link", name="Précédent")).to_be_focused()
        page.keyboard.press("Enter")


def test_a_decision_is_explained_taken_and_told(
    page: Page, sign_in: SignIn, axe: Check, screenshot: See, watch: Watch
) -> None:
    watch.expect("422")
    sign_in(page, "marc.delvaux", after=QUEUE + "?milieu=lucioles")
    page.get_by_role("link", name=re.compile("juillet 2026")).click()
    expect(page.locator(".grid-table")).to_have_attribute("aria-readonly", "true")
    _looks_right(page, axe)
    summary = page.get_by_text("Renvoyer pour correction ou rouvrir…")
    summary.press("Enter")
    _looks_right(page, axe)
    screenshot(page, "agent-mois")
    reason = page.get_by_label(re.compile("Motif, lu par l’organisateur"))
    reason.press_sequentially("Le 3, le numéro 85073003328 est faux.")
    page.keyboard.press("Tab")
    button = page.get_by_role("button", name="Renvoyer pour correction")
    expect(button).to_be_focused()
    expect(button).to_have_accessible_description(re.compile("corrige, puis soumet à nouveau"))
    page.keyboard.press("Enter")
    expect(reason).to_be_focused()  # refused: as it was typed, with what to mend
    expect(reason).to_have_value("Le 3, le numéro 85073003328 est faux.")
    expect(reason).to_have_accessible_description(re.compile(r"numéro de registre national\s: remplacez-le"))
    _looks_right(page, axe)
    reason.fill("Le 3, la présence de Camille est à vérifier.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Le relevé est renvoyé")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Renvoyé")
    expect(page.locator("main")).to_contain_text("Le 3, la présence de Camille est à vérifier.")
    _looks_right(page, axe)
    # The month left the queue; the way on starts from where it stood.
    page.get_by_role("link", name="Suivant").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("août 2026")
    page.get_by_role("link", name="Retour à la file").click()
    expect(page.get_by_label("Milieu ou matricule")).to_have_value("lucioles")


def test_months_in_order_are_checked_one_after_the_other_with_the_keyboard(
    page: Page, sign_in: SignIn, axe: Check, screenshot: See
) -> None:
    sign_in(page, "marc.delvaux", after=QUEUE + "?organisateur=petits+pas")
    expect(page.get_by_role("table", name="Relevés")).to_have_count(0)  # not in their portfolio
    _looks_right(page, axe)
    screenshot(page, "agent-file-hors-portefeuille")
    page.get_by_role("link", name="Entrer avec un motif : ASBL Les Petits Pas").click()
    page.get_by_label("Pourquoi entrez-vous ?").fill("Remplacement d’un collègue.")
    page.get_by_role("button", name="Entrer").click()
    page.get_by_role("link", name=re.compile("août 2026")).click()
    expect(page.locator("#a-verifier")).to_contain_text("1 avertissement :")
    page.locator("#a-verifier .finding a").click()  # what is said of a child leads to its cell
    expect(page.locator(".grid-table tbody :focus")).to_have_count(1)
    assert "#" not in page.url
    _looks_right(page, axe)
    screenshot(page, "agent-avertissements")
    page.get_by_role("link", name="Retour à la file").click()
    page.get_by_role("link", name=re.compile("juin 2026")).click()
    heading = page.get_by_role("heading", level=1)
    button = page.get_by_role("button", name="Marquer contrôlé, relevé suivant")
    expect(button).to_have_accessible_description(re.compile("Tout est en ordre. Le mois reste verrouillé"))
    button.press("Enter")
    expect(heading).to_contain_text("juillet 2026")
    expect(page.get_by_role("status").first).to_contain_text("juin 2026 : contrôlé.")
    expect(heading).to_be_in_viewport()  # one sees where one is
    expect(button).not_to_be_focused()  # held down, Enter must not go through the queue
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.get_by_text("Ajouter une remarque…").click()
    page.get_by_label(re.compile("Remarque, lue par l’organisateur")).fill("Merci pour la date corrigée.")
    _looks_right(page, axe)
    button.click()
    expect(heading).to_contain_text("août 2026")
    page.get_by_role("link", name="Retour à la file").click()
    page.get_by_role("link", name="Contrôlé 2").click()
    page.get_by_role("link", name=re.compile("juillet 2026")).click()
    expect(heading).to_contain_text("Contrôlé")
    expect(page.locator("main")).to_contain_text("Merci pour la date corrigée.")
    page.get_by_text("Rouvrir…").click()
    _looks_right(page, axe)
    screenshot(page, "agent-controle")


def test_the_organiser_reads_that_a_month_was_checked(
    page: Page, sign_in: SignIn, axe: Check, screenshot: See
) -> None:
    sign_in(page, "claire.lambert", after="/presences/?annee=2026")
    row = page.get_by_role("list", name="Mois de 2026").filter(has_text="Contrôlé")
    row.get_by_role("link", name=re.compile("Contrôlé")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Juin 2026")
    expect(page.locator("main")).to_contain_text("Contrôlé par l’Office le 12/07/2026")
    expect(page.locator(".grid-table")).to_have_attribute("aria-readonly", "true")
    for size in (WIDE, TABLET, PHONE):
        page.set_viewport_size(size)
        axe(page)
    screenshot(page, "mois-controle")

"""A month is signed, sent back by an agent with a reason, corrected in the grid and signed again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Elsewhere, SignIn, Watch, leave

MONTH = "2026-10"

See = Callable[[Page, str], None]
Check = Callable[[Page], None]


def _open_month(page: Page) -> None:
    """Les Hirondelles in October, the draft of the demo, from the home page on."""
    page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Présences").click()
    page.get_by_role("link", name=re.compile("Ouvrir le mois à traiter : Crèche Les Hirondelles")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Octobre 2026")
    _ready(page)


def _ready(page: Page) -> None:
    """The grid listens to keys."""
    expect(page.locator("#grid")).to_have_attribute("data-ready", "1")


def _cell(page: Page, line: int, day: int) -> str:
    return f".grid-table tr[aria-rowindex='{line + 1}'] > :nth-child({8 + day})"


def _correct(page: Page, line: int, day: int) -> None:
    """A justified absence in that cell, until the portal has stored it."""
    page.locator(_cell(page, line, day)).click()
    page.keyboard.type("J")
    page.keyboard.press("Enter")
    expect(page.locator("[data-status-text]")).to_contain_text("Tout est enregistré")


@pytest.mark.usefixtures("watch")
def test_the_whole_life_of_a_month(
    page: Page, watch: Watch, sign_in: SignIn, axe: Check, screenshot: See
) -> None:
    watch.expect(r"403 \(FORBIDDEN\)")  # the weak connection is told so with its status
    sign_in(page, "claire.lambert", means="code")
    _open_month(page)
    axe(page)
    screenshot(page, "mois-brouillon")

    page.get_by_role("link", name="Signer et soumettre").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("connexion forte")
    axe(page)
    page.get_by_role("link", name="Me connecter avec eID ou itsme").click()
    page.get_by_role("button", name="eID : Claire Lambert").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Signer et soumettre")
    axe(page)
    screenshot(page, "soumettre")
    page.get_by_label("Je certifie que ces présences sont exactes.").check()
    page.get_by_role("button", name="Signer et soumettre").click()
    expect(page.locator("main")).to_contain_text("sont soumises (version 1)")
    expect(page.locator("#grid")).to_have_attribute("data-readonly", "1")
    _ready(page)
    axe(page)
    screenshot(page, "mois-soumis")
    with page.expect_download() as download:
        page.get_by_role("link", name="Accusé de réception").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")

    leave(page)
    sign_in(page, "marc.delvaux", means="eID", after="/controle/presences/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Présences soumises")
    axe(page)
    screenshot(page, "agent-file")
    page.get_by_label("Milieu ou matricule").fill("hirondelles")
    page.get_by_role("button", name="Rechercher").click()
    page.get_by_role("link", name=re.compile("Crèche Les Hirondelles.*octobre 2026")).click()
    _ready(page)
    axe(page)
    screenshot(page, "agent-mois")
    page.get_by_text("Renvoyer pour correction ou rouvrir…").click()
    page.get_by_label(re.compile("Motif, lu par l’organisateur")).fill("Le 5, un enfant manque.")
    page.get_by_role("button", name="Renvoyer pour correction").click()
    expect(page.locator("main")).to_contain_text("Le relevé est renvoyé")

    leave(page)
    sign_in(page, "claire.lambert", means="itsme")
    _open_month(page)
    expect(page.locator("main")).to_contain_text("Le 5, un enfant manque.")
    axe(page)
    screenshot(page, "mois-renvoye")
    _correct(page, 2, 6)
    page.get_by_role("link", name=re.compile("Versions")).click()
    expect(page.locator("main")).to_contain_text("au brouillon actuel")
    expect(page.locator("main")).to_contain_text("→ J")
    axe(page)
    screenshot(page, "versions")
    page.get_by_role("link", name=re.compile("Retour à octobre")).click()
    page.get_by_role("link", name="Signer et soumettre").click()
    expect(page.locator("main")).to_contain_text(
        "Le 5, un enfant manque."
    )  # what one answers by signing again
    page.get_by_label("Je certifie que ces présences sont exactes.").check()
    page.get_by_role("button", name="Signer et soumettre").click()
    expect(page.locator("main")).to_contain_text("sont soumises (version 2)")

    leave(page)
    sign_in(page, "marc.delvaux", means="eID", after="/controle/presences/?milieu=hirondelles")
    page.get_by_role("link", name=re.compile("Crèche Les Hirondelles.*octobre 2026")).click()
    page.get_by_text("Renvoyer pour correction ou rouvrir…").click()
    page.get_by_role("button", name="Rouvrir").click()
    reason = page.get_by_label(re.compile("Motif, lu par l’organisateur"))
    expect(reason).to_be_focused()  # nothing is reopened without one
    reason.fill("À votre demande : une entrée oubliée.")
    page.get_by_role("button", name="Rouvrir").click()
    expect(page.locator("main")).to_contain_text("Le relevé est rouvert")

    leave(page)
    sign_in(page, "claire.lambert", means="itsme")
    _open_month(page)
    expect(page.locator("main")).to_contain_text("À votre demande : une entrée oubliée.")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rouvert")
    axe(page)
    screenshot(page, "mois-rouvert")
    _correct(page, 2, 7)


@pytest.mark.usefixtures("watch")
def test_giving_up_does_not_reach_behind_what_was_signed(
    page: Page, sign_in: SignIn, elsewhere: Elsewhere, screenshot: See
) -> None:
    sign_in(page, "claire.lambert", means="eID")
    _open_month(page)
    _correct(page, 3, 6)
    _correct(page, 3, 8)
    page.get_by_role("link", name="Signer et soumettre").click()
    page.get_by_label("Je certifie que ces présences sont exactes.").check()
    page.get_by_role("button", name="Signer et soumettre").click()
    expect(page.locator("main")).to_contain_text("sont soumises")
    agent = elsewhere("marc.delvaux", "eID", "/controle/presences/?milieu=hirondelles")
    agent.get_by_role("link", name=re.compile("Crèche Les Hirondelles.*octobre 2026")).click()
    agent.get_by_text("Renvoyer pour correction ou rouvrir…").click()
    agent.get_by_label(re.compile("Motif, lu par l’organisateur")).fill("Une entrée oubliée.")
    agent.get_by_role("button", name="Rouvrir").click()
    expect(agent.locator("main")).to_contain_text("Le relevé est rouvert")

    # The same session goes on: what it changed before signing is no modification any more.
    page.reload()
    _ready(page)
    before = page.locator(_cell(page, 3, 9)).inner_text()
    name = page.locator(".grid-table tr[aria-rowindex='4'] > :nth-child(2)").inner_text()
    _correct(page, 3, 9)
    page.get_by_role("button", name="Annuler les modifications").click()
    question = page.get_by_role("dialog", name="Confirmation")
    expect(question).to_contain_text("Remettre 1 cellule comme quand ce mois a été rouvert (")
    expect(question.get_by_role("listitem")).to_have_text(
        [re.compile(rf"^{re.escape(name)} .*, le 9\s: J → {before or 'vide'}$")]
    )
    expect(question.get_by_role("button", name="Annuler les modifications")).to_have_class(
        re.compile("btn-danger")
    )
    expect(question.get_by_role("button", name="Garder les modifications")).to_be_focused()
    screenshot(page, "annuler-les-modifications")
    question.get_by_role("button", name="Annuler les modifications").click()
    expect(page.get_by_text("Vos modifications sont annulées : 1 cellule.")).to_contain_text(
        "« Défaire » ne peut pas les remettre"
    )
    _ready(page)
    expect(page.locator(_cell(page, 3, 9))).to_have_text(before)
    for day in (6, 8):
        expect(page.locator(_cell(page, 3, day))).to_have_text("J")


def test_months_follow_each_other(page: Page, sign_in: SignIn, axe: Check, screenshot: See) -> None:
    sign_in(page, "sarah.benali", means="eID")
    expect(page.get_by_role("heading", level=1)).to_contain_text(
        re.compile("Pour qui|organis", re.IGNORECASE)
    )
    axe(page)
    page.get_by_role("button", name=re.compile("Les Petits Pas")).click()
    page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Présences").click()
    # One facility: straight to the month that was sent back.
    expect(page.get_by_role("heading", level=1)).to_contain_text("Septembre 2026")
    expect(page.locator("main")).to_contain_text("Relevé renvoyé pour correction")
    page.get_by_role("link", name="Mois suivant : octobre 2026").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Octobre 2026")
    page.get_by_role("link", name="Mois suivant : novembre 2026").click()
    axe(page)
    page.get_by_role("button", name="Reprendre les enfants").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Brouillon")
    expect(page.locator(".grid-table tbody tr")).to_have_count(18)
    page.get_by_role("link", name="Retour à mes milieux d’accueil").click()
    axe(page)
    screenshot(page, "milieux")


def test_a_refused_cell_stands_in_the_way_of_signing(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "hugo.denis", means="eID")
    page.goto("/presences/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Septembre 2026")  # the one that needs work
    page.get_by_label("Nombre de lignes").fill("2")
    page.get_by_role("button", name="Créer le tableau").click()
    _ready(page)
    page.locator(_cell(page, 1, 1)).click()
    page.keyboard.type("X")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Signer et soumettre").click()
    expect(page.get_by_role("alert").filter(has_text="refusée")).to_be_visible()
    expect(page).to_have_url(re.compile("2026-09/$"))
    page.locator(_cell(page, 1, 1)).click()
    page.get_by_role("button", name="Abandonner").click()
    page.locator(_cell(page, 2, 1)).click()
    page.keyboard.type("P")
    page.keyboard.press("Enter")
    expect(page.locator("[data-status-text]")).to_contain_text("Tout est enregistré")
    page.get_by_role("link", name="Signer et soumettre").click()
    # What stands in the way leads to its cell.
    page.get_by_role("list", name="Erreurs bloquantes").get_by_role(
        "link", name="Ligne sans nom"
    ).first.click()
    expect(page.locator(".grid-table tr[aria-rowindex='3'] > :nth-child(2)")).to_be_focused()


def test_what_was_refused_is_come_back_to(page: Page, sign_in: SignIn, axe: Check, watch: Watch) -> None:
    watch.expect("422")
    sign_in(page, "hugo.denis", means="eID", after="/presences/")
    page.get_by_role("link", name=re.compile("^Mois suivant")).click()
    address = page.url
    page.get_by_label("Nombre de lignes").fill("900")
    page.get_by_role("button", name="Créer le tableau").click()
    lines = page.get_by_label("Nombre de lignes")
    expect(lines).to_be_focused()
    expect(lines).to_have_value("900")
    expect(lines).to_have_accessible_description(re.compile("Donnez un nombre de lignes entre 1 et 500"))
    axe(page)
    page.get_by_role("link", name="Retour à mes milieux d’accueil").click()
    expect(page).to_have_url(re.compile("annee="))
    page.go_back()  # not to the browser's own page, which asks whether to send the form again
    expect(page).to_have_url(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text("2026")
    page.reload()
    expect(page.get_by_label("Nombre de lignes")).not_to_have_value("900")

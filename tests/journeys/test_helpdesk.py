"""A person asks the helpdesk, an agent answers, the bell rings; banners and preferences: in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Portal, SignIn, Watch, enter

Axe = Callable[[Page], None]
Screenshot = Callable[[Page, str], None]


def test_a_question_and_its_answer(
    page: Page, browser: Browser, browser_context_args: dict[str, Any], portal: Portal, sign_in: SignIn,
    axe: Axe, screenshot: Screenshot, watch: Watch,
) -> None:  # fmt: skip
    watch.expect("422")
    sign_in(page, "claire.lambert", after="/milieux-d-accueil/")
    page.get_by_role("button", name="AIDE").press("Enter")
    dialog = page.get_by_role("dialog", name="Besoin d’aide ?")
    expect(dialog).to_contain_text("02/542.14.45")
    axe(page)
    dialog.get_by_role("link", name="Écrire au helpdesk").press("Enter")
    expect(page.get_by_text("de quelle page vous écrivez : Milieux d’accueil")).to_be_visible()
    axe(page)
    page.get_by_label("En un mot, de quoi s’agit-il ?").fill("Numéro mal encodé")
    page.get_by_label("Votre question").fill("Le 85.07.30-033.28 de Zoé est refusé.")
    page.get_by_role("button", name="Envoyer").press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Votre question")).to_have_value("Le 85.07.30-033.28 de Zoé est refusé.")
    axe(page)
    screenshot(page, "aide-ecrire")
    page.get_by_label("Votre question").fill("Le numéro d’un enfant des Lucioles est refusé.")
    page.get_by_role("button", name="Envoyer").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Numéro mal encodé")).to_be_visible()
    axe(page)

    context = browser.new_context(**browser_context_args)
    agent = context.new_page()
    watch.follow(agent)
    enter(agent, portal.people["olivia.stassart"], after="/helpdesk/tickets/")
    axe(agent)
    screenshot(agent, "aide-file")
    agent.get_by_role("link", name="Numéro mal encodé").press("Enter")
    agent.get_by_role("button", name="Prendre en charge").press("Enter")
    agent.get_by_label("Note interne").fill("Le chiffre de contrôle était faux.")
    agent.get_by_role("button", name="Garder la note").press("Enter")
    expect(agent.get_by_text("Le chiffre de contrôle était faux.")).to_be_visible()
    agent.get_by_label("Votre réponse").fill("Relisez-le sur la carte kids-ID : deux chiffres sont inversés.")
    agent.get_by_role("button", name="Envoyer la réponse").press("Enter")
    expect(agent.get_by_role("status")).to_contain_text("Votre réponse est partie")
    axe(agent)
    screenshot(agent, "aide-ticket-agent")

    page.goto("/aide/tickets/")
    expect(page.get_by_role("row", name="Numéro mal encodé")).to_contain_text("réponse non lue")
    axe(page)
    screenshot(page, "aide-mes-tickets")
    page.get_by_role("banner").get_by_role("link", name="Avis").press("Enter")
    axe(page)
    screenshot(page, "avis")
    page.get_by_role("button", name="Le helpdesk vous a répondu : Numéro mal encodé").press("Enter")
    expect(page.get_by_text("deux chiffres sont inversés")).to_be_visible()
    expect(page.get_by_text("Le chiffre de contrôle était faux.")).to_have_count(0)
    axe(page)
    screenshot(page, "aide-ticket")
    page.get_by_label("Votre message").fill("Merci !")
    page.get_by_role("button", name="Envoyer").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Votre message est parti")
    page.get_by_role("button", name="C’est résolu").press("Enter")
    expect(page.get_by_text("Résolu", exact=True)).to_be_visible()
    context.close()


def test_what_is_shown_is_read(page: Page, sign_in: SignIn) -> None:
    """Opening the ticket itself, not its notice, takes both marks away."""
    sign_in(page, "hugo.denis", after="/aide/tickets/")
    expect(page.get_by_text("réponse non lue")).to_be_visible()
    with page.expect_response(lambda answer: answer.url.endswith("/lu")):
        page.get_by_role("link", name="Coller depuis Excel").press("Enter")
    page.goto("/aide/tickets/")
    expect(page.get_by_text("réponse non lue")).to_have_count(0)


def test_another_form_of_the_page_does_not_take_an_answer_away(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "olivia.stassart", after="/helpdesk/tickets/")
    page.get_by_role("link", name="Convertir mon utilisateur").press("Enter")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_label("Votre réponse").fill("Commencée, pas finie")
    page.get_by_label("Note interne").fill("Demander à Nadia")
    page.get_by_role("button", name="Garder la note").click()
    expect(page.get_by_label("Votre réponse")).to_have_value("Commencée, pas finie")
    assert asked == ["beforeunload"]


def test_banners_and_preferences(page: Page, sign_in: SignIn, axe: Axe, screenshot: Screenshot) -> None:
    sign_in(page, "claire.lambert")
    banner = page.get_by_role("article").filter(has_text="Présences du troisième trimestre")
    expect(banner).to_contain_text("Information")
    axe(page)
    screenshot(page, "accueil-communications")
    banner.get_by_role("button", name="Fermer").press("Enter")
    expect(banner).to_have_count(0)
    page.reload()
    expect(banner).to_have_count(0)
    page.get_by_role("navigation", name="Navigation principale").get_by_role(
        "link", name="Communications"
    ).press("Enter")
    expect(banner).to_be_visible()
    axe(page)
    screenshot(page, "communications")
    page.goto("/mes-preferences/")
    axe(page)
    screenshot(page, "mes-preferences")
    group = page.get_by_role("group", name="Le Flash Accueil")
    group.get_by_label("Pas du tout").check()
    page.get_by_role("button", name="Enregistrer").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("enregistrées")
    expect(group.get_by_label("Pas du tout")).to_be_checked()


def test_an_agent_looks_before_publishing(
    page: Page, sign_in: SignIn, axe: Axe, screenshot: Screenshot
) -> None:
    sign_in(page, "nadia.peeters", after="/reference/communications/ajouter/")
    page.get_by_label("Titre").fill("Nouveau barème")
    page.get_by_label("Texte").fill("À lire sur https://www.one.be/ avant janvier.")
    page.get_by_label("Du", exact=False).first.fill("01/01/2026")
    page.get_by_label("Au", exact=False).first.fill("31/12/2026")
    page.get_by_role("group", name="Pouvoirs organisateurs").get_by_label("ASBL").check()
    page.get_by_role("button", name="Aperçu et nombre de personnes").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 personne la verra.")
    expect(page.get_by_role("article").get_by_role("link", name="https://www.one.be/")).to_be_visible()
    axe(page)
    screenshot(page, "communication-apercu")
    page.get_by_role("button", name="Enregistrer").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Enregistré : Nouveau barème.")

"""Every page in a real browser, wide and narrow: nothing for axe to say, nothing sticking out, no complaint, no
punctuation left alone on a line, and nothing that only a mouse would do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urldefrag, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import (
    PHONE,
    TABLET,
    WIDE,
    Portal,
    SignIn,
    Watch,
    enter_by_password,
    give_password,
)
from tests.journeys.keyboard import Walker
from tests.journeys.typography import LOOSE
from tests.views.conftest import PROFILES
from tests.views.pages import kind_of

Axe = Callable[[Page], None]
#: 1440 pixels at a zoom of 200 %.
ZOOMED = {"width": 720, "height": 450}
#: WCAG 1.4.10 (reflow): 1280 pixels at 400 %.
REFLOW = {"width": 320, "height": 640}


def _addresses(page: Page, *starts: str) -> Iterator[str]:
    """Pages that links lead to, one of each kind; each is open when it is given."""
    waiting, seen, kinds = list(starts), set(starts), {kind_of(start) for start in starts}
    while waiting:
        address = waiting.pop(0)
        page.goto(address)
        yield address
        links = page.eval_on_selector_all("a[href]:not([download])", "all => all.map(one => one.href)")
        for link in links:
            parts = urlsplit(urldefrag(link).url)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            here = parts.netloc == urlsplit(page.url).netloc and not path.startswith("/connexion/")
            if here and path not in seen and kind_of(path) not in kinds:
                seen.add(path)
                kinds.add(kind_of(path))
                # A workbook or a PDF is no page.
                if page.request.head(path).headers["content-type"].startswith("text/html"):
                    waiting.append(path)


def _fits(page: Page) -> None:
    """Nothing makes the page itself scroll sideways (a wide table scrolls in its own frame)."""
    for size in (WIDE, TABLET, ZOOMED, REFLOW, PHONE):
        page.set_viewport_size(size)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], f"{page.url} at {size['width']}: {width}"


@pytest.fixture(scope="module")
def walker() -> Walker:
    return Walker()


def _looked_at(page: Page, axe: Axe, walker: Walker) -> list[str]:
    """The page as it stands, wide again at the end. What the keyboard does not do, narrow and wide, and where a
    line could begin with a colon, is told.
    """
    axe(page)
    _fits(page)
    axe(page)
    faults = page.evaluate(LOOSE) + walker.walk(page)
    page.set_viewport_size(WIDE)
    return faults + walker.walk(page)


@pytest.mark.parametrize("person", PROFILES)
def test_every_page_of_a_profile(
    page: Page, portal: Portal, sign_in: SignIn, axe: Axe, walker: Walker, watch: Watch, person: str
) -> None:
    if person == "valbois":
        watch.expect("403")  # on a weak connection: the page that asks for a strong one
    if portal.people[person]["password"]:
        enter_by_password(page, portal.people[person])
    else:
        sign_in(page, person)
    if "/organisation/" in page.url:
        page.locator("main").get_by_role("button").first.click()
    menu = page.eval_on_selector_all("nav.side a[href]", "all => all.map(one => one.pathname)")
    visited: list[str] = []
    faults: list[str] = []
    for address in _addresses(page, "/"):
        faults += _looked_at(page, axe, walker)
        visited.append(address)
    assert not faults, "\n".join(faults)
    assert menu
    assert set(menu) < {urlsplit(one).path for one in visited}


def test_pages_for_everyone(page: Page, axe: Axe, walker: Walker, watch: Watch) -> None:
    watch.expect("404")
    for address in ("/connexion/", "/accessibilite/", "/vie-privee/", "/galerie/", "/nulle-part/"):
        page.goto(address)
        faults = _looked_at(page, axe, walker)
        assert not faults, "\n".join(faults)


def test_the_menu_is_left_as_the_person_left_it(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "nadia.peeters")
    menu = page.get_by_role("navigation", name="Navigation principale")
    button = page.get_by_role("button", name="Menu")
    expect(menu).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    menu.get_by_text("Sécurité").click()
    expect(menu.get_by_role("link", name="Rôles")).to_be_hidden()
    page.reload()
    expect(menu.get_by_role("link", name="Rôles")).to_be_hidden()
    expect(menu.get_by_role("link", name="Paramètres")).to_be_visible()
    button.click()
    expect(menu).to_be_hidden()
    page.goto("/reference/parametres/")
    expect(menu).to_be_hidden()
    expect(button).to_have_attribute("aria-expanded", "false")
    button.press("Enter")
    expect(menu).to_be_visible()
    expect(menu.get_by_role("link", name="Paramètres")).to_have_attribute("aria-current", "page")


def test_on_a_phone_menu_and_account_open_over_the_page(page: Page, sign_in: SignIn, axe: Axe) -> None:
    sign_in(page, "nadia.peeters")
    page.set_viewport_size(PHONE)
    menu = page.get_by_role("navigation", name="Navigation principale")
    expect(menu).to_be_hidden()
    button = page.get_by_role("button", name="Menu", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()
    page.get_by_role("button", name="Mon compte").click()
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    button.click()
    page.keyboard.press("Shift+Tab")
    expect(menu).to_be_hidden()
    button.press("Enter")
    menu.get_by_role("link", name="Rôles").click()
    expect(page.get_by_role("heading", name="Rôles", level=1)).to_be_visible()


def test_help_and_its_keyboard(page: Page, axe: Axe) -> None:
    page.goto("/connexion/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    button = page.get_by_role("button", name="AIDE")
    button.press("Enter")
    dialog = page.get_by_role("dialog", name="Besoin d’aide ?")
    expect(dialog).to_contain_text("02/542.14.45")
    axe(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


def test_a_deletion_is_asked_about_and_sent_once(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "nadia.peeters", after="/reference/motifs-de-fermeture/")
    page.get_by_role("link", name="Travaux", exact=True).click()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="Supprimer").click()
    question = page.get_by_role("dialog", name="Supprimer « Travaux » ?")
    expect(question.get_by_role("button", name="Annuler")).to_be_focused()
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    assert sent == []
    page.get_by_role("button", name="Supprimer").click()
    question.get_by_role("button", name="Supprimer").dblclick()
    expect(page.get_by_role("status")).to_contain_text("Supprimé : Travaux.")
    expect(page.get_by_role("link", name="Travaux", exact=True)).to_have_count(0)
    assert len(sent) == 1
    page.get_by_role("button", name="Fermer ce message").click()
    expect(page.get_by_text("Supprimé : Travaux.")).to_be_hidden()


def test_a_form_with_errors_leads_to_its_fields(page: Page, sign_in: SignIn, axe: Axe, watch: Watch) -> None:
    watch.expect("422")
    sign_in(page, "nadia.peeters", after="/reference/jours-feries/ajouter/")
    page.get_by_label("Jour").fill("31/02/2027")
    page.get_by_role("button", name="Enregistrer").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    axe(page)
    summary.get_by_role("link", name="Libellé : Ce champ est requis").click()
    field = page.get_by_label("Libellé")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description("Erreur Ce champ est requis")
    field.fill("Jour d’essai")
    page.get_by_label("Jour", exact=False).first.fill("28/02/2027")
    page.get_by_label("Source").fill("essai")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status")).to_contain_text("Enregistré : Jour d’essai.")


def test_what_was_typed_is_not_lost_by_a_stray_click(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "nadia.peeters", after="/reference/motifs-de-fermeture/ajouter/")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_label("Libellé").fill("Inondation")
    page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Rôles").click()
    expect(page.get_by_label("Libellé")).to_have_value("Inondation")
    assert asked == ["beforeunload"]
    page.get_by_role("link", name="Annuler").click()  # meant: no question
    page.wait_for_url("**/motifs-de-fermeture/**")
    assert asked == ["beforeunload"]


def test_a_page_brought_back_can_be_sent_again(page: Page, portal: Portal, watch: Watch) -> None:
    """Back, after a form was sent: the browser may show the page as it was, button and all."""
    watch.expect("401")
    page.goto("/connexion/")
    page.get_by_label("Nom d’utilisateur ou courriel").fill("personne")
    page.get_by_label("Mot de passe", exact=True).fill("faux")
    page.get_by_role("button", name="Connexion", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("incorrect")
    page.go_back()
    give_password(page, portal.people["valbois"])
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
    expect(page.get_by_text("connexion faible")).to_be_visible()
    expect(page.get_by_role("link", name="Renforcer")).to_be_visible()


def test_without_movement_and_in_forced_colours(page: Page, axe: Axe) -> None:
    page.emulate_media(reduced_motion="reduce", forced_colors="active")
    page.goto("/galerie/")
    axe(page)
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.shortcut')).transitionDuration") != "0.15s"
    )


def test_printed_a_page_is_its_content(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "nadia.peeters", after="/reference/parametres/")
    page.emulate_media(media="print")
    expect(page.locator(".site-header")).to_be_hidden()
    expect(page.get_by_role("heading", name="Paramètres", level=1)).to_be_visible()
    expect(page.get_by_role("table")).to_be_visible()


def test_what_the_browser_refuses_is_said_in_french(page: Page, portal: Portal) -> None:
    """In Chromium's own English, without a word of it: the fields of a page's form, as portal.js answers for them."""
    page.goto("/connexion/")
    page.evaluate("""() => {
      const form = document.body.appendChild(document.createElement("form"));
      form.id = "essai";
      form.innerHTML = `<input name=a required> <input name=b type=checkbox required> <input name=c type=email value=x>
        <input name=d type=number min=1 max=500 value=501> <input name=e type=date min=2026-10-01 value=2026-09-30>
        <input name=f type=radio value=1 required> <input name=f type=radio value=2 required>`;
      form.checkValidity();
    }""")
    told = page.eval_on_selector_all("#essai input", "all => all.map(one => one.validationMessage)")
    assert told == [
        "Complétez ce champ.",
        "Cochez cette case pour continuer.",
        "Écrivez une adresse complète, comme nom@exemple.be.",
        "Écrivez 500 ou moins.",
        "Choisissez le 01/10/2026 ou plus tard.",
        "Choisissez une réponse.",
        "Choisissez une réponse.",
    ]
    page.locator("#essai [name=f]").first.check()
    for name, text in (("a", "x"), ("c", "a@b.be"), ("d", "500"), ("e", "2026-10-01")):
        page.locator(f"#essai [name={name}]").fill(text)
    page.locator("#essai [name=b]").check()
    assert page.eval_on_selector("#essai", "form => form.checkValidity()")


def test_in_a_long_menu_the_link_of_the_page_is_in_sight(page: Page, sign_in: SignIn) -> None:
    page.set_viewport_size({"width": 1440, "height": 600})
    sign_in(page, "nadia.peeters", after="/securite/roles/")
    link = page.locator("#navigation [aria-current]")
    expect(link).to_be_in_viewport(ratio=1)
    assert page.evaluate("window.scrollY") == 0
    page.set_viewport_size({"width": 390, "height": 500})
    page.reload()
    page.get_by_role("button", name="Menu").first.click()
    expect(link).to_be_in_viewport(ratio=1)

"""The end of a session, and a connection made strong, in a real browser: nothing typed is lost on the way."""

from __future__ import annotations

import re
from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.conftest import Portal, SignIn, Watch

Check = Callable[[Page], None]
See = Callable[[Page, str], None]

FORM = "/reference/motifs-de-fermeture/ajouter/"


@pytest.fixture
def age(portal: Portal) -> Callable[..., None]:
    """Put every session's last request, or its beginning, that long ago."""

    def aged(column: str = "last_seen_at", **ago: int) -> None:
        with psycopg.connect(portal.database_url, autocommit=True) as connection:
            values = {"ago": " ".join(f"{number} {unit}" for unit, number in ago.items())}
            connection.execute(f"UPDATE user_session SET {column} = now() - %(ago)s::interval", values)

    return aged


def _pass(page: Page, time: str) -> None:
    """The page's own clock goes on; what its timers ask for is answered by the real portal."""
    page.clock.fast_forward(time)


def _save(page: Page) -> None:
    """The rest of the form, and the button."""
    page.get_by_label("Valable à partir du").fill("01/01/2027")
    page.get_by_label("Source").fill("essai")
    page.get_by_role("button", name="Enregistrer").click()


def _at(page: Page, sign_in: SignIn, address: str = FORM, person: str = "nadia.peeters") -> None:
    page.clock.install()
    sign_in(page, person, after=address)


def test_the_warning_keeps_the_session_in_every_tab(
    page: Page, context: BrowserContext, watch: Watch, sign_in: SignIn, age: Callable[..., None], axe: Check, screenshot: See
) -> None:  # fmt: skip
    _at(page, sign_in)
    other = context.new_page()
    watch.follow(other)
    other.clock.install()
    other.goto("/")
    page.get_by_label("Libellé").fill("Inondation")
    age(minutes=28, seconds=10)
    for tab in (page, other):
        _pass(tab, "28:20")
    warning = page.get_by_role("alertdialog", name="Votre session va se terminer")
    expect(warning).to_be_visible()
    expect(warning.get_by_role("button", name="Rester connecté")).to_be_focused()
    expect(warning).to_contain_text(re.compile(r"Temps restant\s: 1 min \d\d s"))
    expect(page).to_have_title(re.compile("^Votre session va se terminer"))
    axe(page)
    screenshot(page, "session-avertissement")
    expect(other.get_by_role("alertdialog")).to_be_visible()
    page.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    expect(other.get_by_role("alertdialog")).to_be_hidden()
    expect(page.get_by_label("Libellé")).to_be_focused()
    expect(page.get_by_label("Libellé")).to_have_value("Inondation")
    _save(page)
    expect(page.get_by_role("status").filter(has_text="Enregistré : Inondation")).to_be_visible()


def test_what_was_typed_waits_for_its_person(
    page: Page, watch: Watch, sign_in: SignIn, age: Callable[..., None], axe: Check, screenshot: See
) -> None:
    watch.expect("401")
    _at(page, sign_in)
    page.get_by_label("Libellé").fill("Tempête")
    age(minutes=31)
    _pass(page, "30:00")
    over = page.get_by_role("alertdialog", name="Votre session a pris fin")
    expect(over).to_be_visible()
    axe(page)
    screenshot(page, "session-finie")
    page.keyboard.press("Escape")
    expect(over).to_be_visible()
    over.get_by_role("link", name="Me reconnecter").click()
    expect(page.get_by_role("status")).to_contain_text("Votre session a pris fin")
    page.get_by_role("link", name="Connexion avec eID ou itsme").click()
    page.get_by_role("button", name="itsme : Nadia Peeters").click()
    offer = page.get_by_role("region", name="Une saisie n’a pas été envoyée")
    expect(offer).to_be_focused()
    axe(page)
    screenshot(page, "saisie-retrouvee")
    expect(page.get_by_label("Libellé")).to_have_value("")
    offer.get_by_role("button", name="La remettre dans le formulaire").click()
    expect(page.get_by_label("Libellé")).to_have_value("Tempête")
    expect(page.get_by_label("Libellé")).to_be_focused()
    _save(page)
    expect(page.get_by_role("status").filter(has_text="Enregistré : Tempête")).to_be_visible()
    page.goto(FORM)
    expect(offer).to_be_hidden()


def test_sent_on_an_ended_session_it_is_found_again(
    page: Page, sign_in: SignIn, age: Callable[..., None]
) -> None:
    sign_in(page, "nadia.peeters", after=FORM)
    page.get_by_label("Libellé").fill("Canicule")
    age(minutes=31)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status")).to_contain_text("Votre session a pris fin")
    expect(page.get_by_role("status")).to_contain_text("ce que vous veniez de remplir vous sera proposé")
    page.get_by_role("link", name="Connexion avec eID ou itsme").click()
    page.get_by_role("button", name="itsme : Nadia Peeters").click()
    page.get_by_role("button", name="La remettre dans le formulaire").click()
    expect(page.get_by_label("Libellé")).to_have_value("Canicule")


def test_nothing_is_offered_to_another_person_nor_any_national_number(
    page: Page, watch: Watch, sign_in: SignIn, age: Callable[..., None]
) -> None:
    watch.expect("401")
    _at(page, sign_in)
    page.get_by_label("Libellé").fill("Enfant 85.07.30-033 28")
    age(minutes=31)
    _pass(page, "30:00")
    expect(page.get_by_role("alertdialog", name="Votre session a pris fin")).to_be_visible()
    assert page.evaluate("Object.keys(sessionStorage)") == []
    sign_in(page, "nadia.peeters", after=FORM)
    page.get_by_label("Libellé").fill("Verglas")
    age(minutes=31)
    _pass(page, "30:00")
    expect(page.get_by_role("alertdialog", name="Votre session a pris fin")).to_be_visible()
    assert "Verglas" in page.evaluate("Object.values(sessionStorage).join()")
    sign_in(page, "marc.delvaux")
    assert page.evaluate("Object.keys(sessionStorage)") == []
    expect(page.get_by_role("region", name="Une saisie n’a pas été envoyée")).to_be_hidden()


def test_a_session_does_not_last_all_day(
    page: Page, sign_in: SignIn, age: Callable[..., None], axe: Check
) -> None:
    _at(page, sign_in)
    page.get_by_label("Libellé").fill("Neige")
    age("created_at", hours=7, minutes=59)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    _pass(page, "28:30")
    warning = page.get_by_role("alertdialog", name="Votre session va se terminer")
    expect(warning).to_contain_text("Une session a une durée limitée")
    axe(page)
    expect(warning.get_by_role("button", name="Rester connecté")).to_be_hidden()
    warning.get_by_role("link", name="Me reconnecter").click()
    page.get_by_role("link", name="Connexion avec eID ou itsme").click()
    page.get_by_role("button", name="itsme : Nadia Peeters").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ajouter")


def test_a_form_that_met_a_weak_connection_comes_back_filled(
    page: Page, context: BrowserContext, watch: Watch, sign_in: SignIn, axe: Check, screenshot: See
) -> None:
    """The connection becomes weak in another tab, while a month stands here to be signed."""
    watch.expect(r"403 \(FORBIDDEN\)")
    sign_in(page, "claire.lambert", after="/presences/")
    page.get_by_role("link", name=re.compile("Ouvrir le mois à traiter : Crèche Les Hirondelles")).click()
    page.get_by_role("link", name="Signer et soumettre").click()
    page.get_by_label("Je certifie que ces présences sont exactes.").check()
    before = page.locator("meta[name=csrf-token]").get_attribute("content")
    other = context.new_page()
    watch.follow(other)
    sign_in(other, "claire.lambert", means="code")
    expect(page.locator("meta[name=csrf-token]")).not_to_have_attribute("content", before or "")
    page.get_by_role("button", name="Signer et soumettre").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("connexion forte")
    expect(page.locator("main")).to_contain_text("Ce que vous venez d’encoder est gardé")
    axe(page)
    screenshot(page, "connexion-a-renforcer")
    page.get_by_role("link", name="Me connecter avec eID ou itsme").click()
    page.get_by_role("button", name="eID : Claire Lambert").click()
    back = page.get_by_role("region", name="Votre saisie est de retour")
    expect(back).to_be_focused()
    axe(page)
    screenshot(page, "saisie-gardee")
    expect(page.get_by_label("Je certifie que ces présences sont exactes.")).to_be_checked()
    expect(page.locator("main")).not_to_contain_text("sont soumises")
    back.get_by_role("button", name="Aller au formulaire").click()
    expect(page.get_by_label("Je certifie que ces présences sont exactes.")).to_be_focused()
    page.get_by_role("button", name="Signer et soumettre").click()
    expect(page.locator("main")).to_contain_text("sont soumises (version 1)")


def test_one_s_sessions_and_ending_another(
    page: Page, context: BrowserContext, portal: Portal, sign_in: SignIn, axe: Check, screenshot: See
) -> None:
    sign_in(page, "hugo.denis")
    with psycopg.connect(portal.database_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE user_session SET agent = 'Mozilla/5.0 (iPhone; like Mac OS X) Version/17 Safari/604.1'"
        )
    there = context.browser.new_context(base_url=portal.url) if context.browser else context
    elsewhere = there.new_page()
    sign_in(elsewhere, "hugo.denis", means="code")
    elsewhere.get_by_role("link", name="Mes sessions").click()
    expect(elsewhere.get_by_role("row", name=re.compile("Safari, iPhone"))).to_be_visible()
    axe(elsewhere)
    screenshot(elsewhere, "mes-sessions")
    elsewhere.get_by_role("button", name=re.compile("^Déconnecter : Safari, iPhone")).click()
    expect(elsewhere.get_by_role("status")).to_contain_text("Session déconnectée.")
    page.goto("/")
    expect(page).to_have_url(re.compile("/connexion/"))
    there.close()

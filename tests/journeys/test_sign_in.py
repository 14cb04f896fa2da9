"""A person signs in with eID or itsme, weakly, or gives up; the provider's page is for everyone too."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import PHONE, Identity, Portal, SignIn, enter


def test_from_the_first_page_to_the_portal_and_out(page: Page, portal: Portal, identity: Identity) -> None:
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/connexion/"))
    page.locator("a[href*='/connexion/csam/']").first.click()
    page.get_by_role("button", name="itsme : Claire Lambert").click()
    expect(page).to_have_url(re.compile(rf"^{portal.url}/"))
    expect(page.get_by_role("banner")).to_contain_text("Claire Lambert")
    expect(page.get_by_role("banner")).to_contain_text(re.compile("forte", re.IGNORECASE))
    provider = page.context.new_page()
    provider.goto(identity.issuer)
    expect(provider.locator("main")).to_contain_text("Session ouverte : Claire Lambert")
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page).to_have_url(f"{portal.url}/connexion/")
    expect(page.get_by_role("status")).to_contain_text("Vous êtes déconnecté.")
    provider.reload()
    expect(provider.locator("main")).to_contain_text("Aucune session ouverte")
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/connexion/"))
    page.get_by_role("link", name="Connexion avec eID ou itsme").click()
    expect(page.get_by_role("heading", name="Se connecter au portail")).to_be_visible()
    expect(page.get_by_role("button", name="itsme : Claire Lambert")).to_be_visible()


def test_signing_out_without_scripts_takes_one_more_button(
    browser: Browser, browser_context_args: dict[str, Any], portal: Portal
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    enter(page, portal.people["claire.lambert"])
    page.get_by_role("button", name="Se déconnecter").click()
    page.get_by_role("button", name="Terminer la déconnexion").click()
    expect(page).to_have_url(f"{portal.url}/connexion/")
    expect(page.get_by_role("status")).to_contain_text("Vous êtes déconnecté.")
    context.close()


def test_a_weak_means_shows_as_weak(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "claire.lambert", means="code")
    expect(page.get_by_role("banner")).to_contain_text(re.compile("faible", re.IGNORECASE))
    page.get_by_role("link", name=re.compile("Renforcer")).click()
    page.get_by_role("button", name="eID : Claire Lambert").click()
    expect(page.get_by_role("banner")).to_contain_text(re.compile("forte", re.IGNORECASE))


def test_who_acts_for_several_chooses_first(page: Page, sign_in: SignIn, axe: Callable[[Page], None]) -> None:
    sign_in(page, "sarah.benali")
    expect(page).to_have_url(re.compile("/organisation/"))
    axe(page)
    page.locator("main").get_by_role("button", name=re.compile("Petits Pas")).click()
    expect(page.get_by_role("banner")).to_contain_text("Petits Pas")


def test_giving_up_comes_back_to_the_sign_in_page(page: Page) -> None:
    page.goto("/connexion/csam/")
    page.get_by_role("button", name="Annuler et revenir au portail").click()
    expect(page).to_have_url(re.compile(r"/connexion/$"))
    expect(page.locator("body")).to_contain_text("La connexion n’a pas abouti")


def test_the_provider_page_is_accessible(page: Page, axe: Callable[[Page], None]) -> None:
    page.goto("/connexion/csam/")
    axe(page)
    page.set_viewport_size(PHONE)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

"""A person signs in with eID or itsme, weakly, or gives up; the provider's page is for everyone too."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, Portal, SignIn


def test_from_the_first_page_to_the_portal_and_out(page: Page, portal: Portal) -> None:
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/connexion/"))
    page.locator("a[href*='/connexion/csam/']").first.click()
    page.get_by_role("button", name="itsme : Claire Lambert").click()
    expect(page).to_have_url(re.compile(rf"^{portal.url}/"))
    expect(page.get_by_role("banner")).to_contain_text("Claire Lambert")
    expect(page.get_by_role("banner")).to_contain_text(re.compile("forte", re.IGNORECASE))
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.locator("body")).to_contain_text("Vous êtes déconnecté")
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/connexion/"))


def test_a_weak_means_shows_as_weak(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "claire.lambert", means="mot de passe")
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

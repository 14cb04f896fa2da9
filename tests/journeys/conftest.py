"""Journeys: the portal under gunicorn, the local identity provider, a real browser. Nothing is replaced."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright, expect

from app import create_app
from app.dev.processes import ROOT, free_port, provider_service
from app.dev.run import CALLBACK, SIGN_IN, portal_service
from tests.databases import Databases, demo_people
from tests.journeys.chromium import find_chromium

SCREENSHOTS = ROOT / "var" / "screenshots"
WIDE = {"width": 1440, "height": 900}
TABLET = {"width": 820, "height": 1180}
PHONE = {"width": 390, "height": 844}

SignIn = Callable[..., None]
Elsewhere = Callable[..., Page]

# A busy machine is slow, not wrong: what is expected has time to come.
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)


@dataclass(frozen=True)
class Portal:
    """The portal of this module's tests. `people` are the demo people by user name."""

    url: str
    database_url: str
    people: dict[str, dict[str, str]]


@dataclass(frozen=True)
class Identity:
    """The provider of the run, and the port on which it expects the portal."""

    issuer: str
    secret: str
    portal_port: int
    people: dict[str, dict[str, str]]


@pytest.fixture(scope="session")
def identity(
    databases: Databases, demo_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Identity]:
    folder = tmp_path_factory.mktemp("provider")
    with databases.copy_of(demo_template) as url:
        people = demo_people(create_app("testing", DATABASE_URL=url))
    (folder / "people.json").write_text(json.dumps(list(people.values())), encoding="utf-8")
    port, portal_port = free_port(), free_port()
    found = Identity(f"http://localhost:{port}", "secret-des-parcours", portal_port, people)
    service = provider_service(
        port=port,
        people=folder / "people.json",
        redirect_uris=[f"http://localhost:{portal_port}{CALLBACK}"],
        sign_out_uris=[f"http://localhost:{portal_port}{SIGN_IN}"],
        client_secret=found.secret,
        log=folder / "log",
    )
    with service:
        yield found


@pytest.fixture(scope="module")
def portal(
    databases: Databases, demo_template: str, identity: Identity, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """The portal on a database of this module's own, with the demo data."""
    with databases.copy_of(demo_template) as database_url:
        service = portal_service(
            port=identity.portal_port,
            log=tmp_path_factory.mktemp("portal") / "log",
            environment={
                "PORTAL_ENV": "development",
                "DATABASE_URL": database_url,
                "OIDC_ISSUER": identity.issuer,
                "OIDC_CLIENT_SECRET": identity.secret,
            },
        )
        with service:
            yield Portal(f"http://localhost:{identity.portal_port}", database_url, identity.people)


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], playwright: Playwright
) -> dict[str, Any]:
    quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    quiet += ["--disable-component-update", "--disable-sync"]
    if sys.platform == "linux" and os.geteuid() == 0:
        quiet.append("--no-sandbox")  # Chromium refuses its sandbox to root
    return {**browser_type_launch_args, "executable_path": find_chromium(playwright), "args": quiet}


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], portal: Portal) -> dict[str, Any]:
    return {
        **browser_context_args,
        "base_url": portal.url,
        "locale": "fr-BE",
        "timezone_id": "Europe/Brussels",
        "viewport": WIDE,
    }


class Watch:
    """What the browser complained of: console errors (the CSP's among them), exceptions, answers ≥ 500."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self._expected: list[str] = []

    def expect(self, pattern: str) -> None:
        """This test provokes complaints that match the pattern, such as a refused save (409)."""
        self._expected.append(pattern)

    def follow(self, page: Page) -> None:
        page.on(
            "console",
            lambda message: self._note(message.text, message.location) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: self._note(str(error), {"url": page.url}))
        page.on("response", lambda r: self._note(str(r.status), {"url": r.url}) if r.status >= 500 else None)

    def _note(self, what: str, where: Mapping[str, Any]) -> None:
        self.complaints.append(f"{what} ({where.get('url', '')})")

    def unexpected(self) -> list[str]:
        return [one for one in self.complaints if not any(re.search(p, one) for p in self._expected)]


@pytest.fixture
def watch() -> Iterator[Watch]:
    found = Watch()
    yield found
    assert not found.unexpected(), "\n".join(found.unexpected())


@pytest.fixture
def page(page: Page, watch: Watch) -> Page:
    """A page whose every complaint fails the test."""
    page.set_default_timeout(10_000)
    watch.follow(page)
    return page


@pytest.fixture
def sign_in(portal: Portal) -> SignIn:
    return lambda page, person, means="itsme", after="/": enter(page, portal.people[person], means, after)


@pytest.fixture
def elsewhere(
    browser: Browser, browser_context_args: dict[str, Any], portal: Portal, watch: Watch
) -> Iterator[Elsewhere]:
    """`elsewhere("hugo.denis", after="/")`: a page of somebody else, signed in in a browser of their own."""
    contexts = []

    def opened(person: str, means: str = "itsme", after: str = "/") -> Page:
        contexts.append(browser.new_context(**browser_context_args))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        watch.follow(page)
        enter(page, portal.people[person], means, after)
        return page

    yield opened
    for context in contexts:
        context.close()


def enter(page: Page, person: dict[str, str], means: str = "itsme", after: str = "/") -> None:
    """Sign a demo person in on the provider's page. `means`: how the button begins: eID, itsme…"""
    page.goto(f"/connexion/csam/?next={quote(after)}")
    name = f"{person['first_name']} {person['last_name']}"
    page.get_by_role("button", name=re.compile(rf"^{re.escape(means)}.* : {re.escape(name)}$")).click()
    page.wait_for_url(re.compile(r"^(?!.*(/oauth2/|/connexion/))"))


def enter_by_password(page: Page, person: dict[str, str]) -> None:
    """Sign a demo person in with the old user name and password."""
    page.goto("/connexion/")
    give_password(page, person)
    page.wait_for_url(re.compile(r"^(?!.*/connexion/)"))


def give_password(page: Page, person: dict[str, str]) -> None:
    """Fill in and send the form of the sign-in page."""
    page.get_by_label("Nom d’utilisateur ou courriel").fill(person["username"])
    page.get_by_label("Mot de passe", exact=True).fill(person["password"])
    page.get_by_role("button", name="Connexion", exact=True).click()


def leave(page: Page) -> None:
    """Sign out, by way of the provider, back to the sign-in page."""
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url(re.compile(r"/connexion/$"))


@pytest.fixture
def axe() -> Callable[[Page], None]:
    return no_violations


def no_violations(page: Page) -> None:
    """Fail with each element that axe complains of on the page as it stands."""
    # A panel that is still fading in has the contrast of no moment in particular.
    page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")
    found = Axe().run(page).response["violations"]
    told = [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n    {node['html']}\n    {node['target']}"
        for rule in found
        for node in rule["nodes"]
    ]
    assert not told, f"{page.url}\n" + "\n".join(told)


@pytest.fixture
def screenshot() -> Callable[[Page, str], None]:
    return picture


def picture(page: Page, name: str) -> None:
    """Keep the page wide and narrow, whole, in var/screenshots/."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    for label, size in (("large", WIDE), ("tablette", TABLET), ("etroit", PHONE)):
        page.set_viewport_size(size)
        page.screenshot(path=SCREENSHOTS / f"{name}-{label}.png", full_page=True)
    if before:
        page.set_viewport_size(before)

"""The pages about an organiser's people, as somebody handles them."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import no_violations, picture

#: Fictional, with valid check digits; nobody of the demo has it.
NISS = "85.07.30-033.28"


class Members:
    """One person's window on them. `see` looks at the page as it stands: axe, and a picture under a name."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keyboard = page.keyboard
        self.status = page.get_by_role("status").first
        self.alert = page.get_by_role("alert").first

    def see(self, name: str) -> Members:
        no_violations(self.page)
        picture(self.page, name)
        return self

    def person(self, name: str) -> Members:
        """The page of a person of the list, by « Nom Prénom »."""
        self.page.goto("/utilisateurs/")
        self.page.get_by_role("link", name=name, exact=True).click()
        expect(self.page.get_by_role("heading", name="Accès aux dossiers")).to_be_visible()
        return self

    def box(self, name: str) -> Locator:
        """A line of the access tree, or a cell of the matrix."""
        return self.page.get_by_role("checkbox", name=name, exact=True)

    def send(self, button: str) -> Members:
        self.page.get_by_role("button", name=button, exact=True).click()
        return self

    def confirm(self, button: str) -> Members:
        """Press a button that asks first, and answer yes."""
        self.page.get_by_role("button", name=re.compile(f"^{button} : ")).click()
        question = self.page.get_by_role("dialog").filter(has=self.page.get_by_role("button", name=button))
        question.get_by_role("button", name=button).click()
        return self

    def tab_to(self, place: Locator, key: str = "Tab") -> Members:
        """Press Tab until that place has the focus, as somebody without a mouse does."""
        for _ in range(120):
            if place.evaluate("one => one === document.activeElement"):
                return self
            self.keyboard.press(key)
        raise AssertionError(f"Tab does not lead to {place}")

"""The grid as a person handles it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from app.rules.attendance import FIELDS

_FIELD_INDEX = {spec.key: index for index, spec in enumerate(FIELDS, 1)}


class Grid:
    """Lines count from 1; columns are field keys or days."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keyboard = page.keyboard
        self.status = page.locator("[data-status-text]")
        self.note = page.locator("[data-bar-note]")
        self.banner = page.locator("[data-banner]")

    def open(self) -> Grid:
        self.page.goto("/")
        return self.ready()

    def ready(self) -> Grid:
        self.page.wait_for_selector("#grid[data-ready]")
        return self

    def cell(self, line: int, column: str | int) -> Locator:
        index = len(FIELDS) + column if isinstance(column, int) else _FIELD_INDEX[column]
        return self.page.locator("#grid tbody tr").nth(line - 1).locator("td, th").nth(index)

    def click(self, line: int, column: str | int) -> Grid:
        self.cell(line, column).click()
        return self

    def press(self, *keys: str) -> Grid:
        for key in keys:
            self.keyboard.press(key)
        return self

    def type(self, line: int, column: str | int, text: str, end: str = "Enter") -> Grid:
        """Stand on a cell, type over it, and commit."""
        self.click(line, column)
        self.keyboard.type(text)
        return self.press(end)

    def shows(self, line: int, column: str | int, text: str) -> None:
        expect(self.cell(line, column)).to_have_text(text)

    def has(self, line: int, column: str | int, state: str) -> None:
        """The cell carries a state's class."""
        expect(self.cell(line, column)).to_have_class(re.compile(rf"(^| ){state}( |$)"))

    def lacks(self, line: int, column: str | int, state: str) -> None:
        expect(self.cell(line, column)).not_to_have_class(re.compile(rf"(^| ){state}( |$)"))

    def active(self, line: int, column: str | int) -> None:
        expect(self.cell(line, column)).to_be_focused()

    def selected(self) -> int:
        return self.page.locator("#grid [aria-selected=true]").count()

    def saved(self) -> None:
        expect(self.status).to_have_text(re.compile(r"^Tout est enregistré à \d\d:\d\d$"))

    def saved_but(self, cells: int) -> None:
        """Stored, but for these cells, which wait for the person."""
        expect(self.status).to_have_text(
            re.compile(rf"^Enregistré à \d\d:\d\d, sauf {cells} cellules? à revoir$")
        )

    def totals(self) -> list[int]:
        return [int(text) for text in self.page.locator("[data-total]").all_inner_texts()]

    def copy(self) -> str:
        self.press("Control+c")
        return str(self.page.evaluate("navigator.clipboard.readText()"))

    def paste(self, text: str) -> None:
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.press("Control+v")

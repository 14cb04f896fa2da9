"""The grid alone, in a real browser, against a server whose failures are chosen."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page

from tests.factories.children import children
from tests.journeys.grid.page import Grid
from tests.journeys.grid_harness import Harness, running
from tests.journeys.grid_sheet import Sheet, context

FIRST_LINE = 881


@pytest.fixture(scope="session")
def harness() -> Iterator[Harness]:
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def portal(harness: Harness) -> SimpleNamespace:
    """In place of the whole portal, which these tests do without."""
    return SimpleNamespace(url=harness.url)


@pytest.fixture
def server(harness: Harness) -> Sheet:
    """A month of twelve children, fresh for each test."""
    ctx = context()
    harness.sheet = Sheet.of(children(12, ctx), ctx)
    return harness.sheet


@pytest.fixture
def grid(page: Page, server: Sheet) -> Grid:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return Grid(page)


def value(server: Sheet, line: int, column: str | int) -> str:
    """What the server holds."""
    return server.value(FIRST_LINE + line - 1, str(column))

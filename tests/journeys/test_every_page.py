"""Every page that a link leads to, for each kind of person: axe, wide and narrow, and nothing off the side."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import WIDE, Portal, SignIn

#: WCAG 1.4.10 (reflow): what 1280 pixels become at 400 %, and a small telephone.
NARROW = {"width": 320, "height": 640}
#: Enough for every page of the portal; a crawl that gets here goes round in circles.
MOST = 120

#: The innermost elements that make the page scroll sideways; what scrolls inside a box of its own does not.
_BEYOND = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const clips = (e) => /(auto|scroll|hidden|clip)/.test(getComputedStyle(e).overflowX);
  const boxed = (e) => e && e !== root && (clips(e) || boxed(e.parentElement));
  const beyond = (e) => e.getBoundingClientRect().right > root.clientWidth + 1;
  const wide = [...document.body.querySelectorAll("*")].filter(
    (e) => e.checkVisibility() && beyond(e) && !boxed(e.parentElement));
  const innermost = wide.filter((e) => !wide.some((inner) => inner !== e && e.contains(inner)));
  return innermost.map((e) => e.outerHTML.slice(0, 120));
}"""

Axe = Callable[[Page], None]


def _shape(path: str) -> str:
    """One page for all facilities, months and records: they are the same template."""
    return re.sub(r"\d+(-\d+)*", "#", path)


def _pages(page: Page, portal: Portal, start: str) -> Iterator[str]:
    """Visit each page reachable by links from `start`, one of each shape; answer its address once open."""
    waiting, seen = [start], {_shape(urlsplit(start).path)}
    while waiting:
        address = waiting.pop(0)
        answer = page.request.get(address)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue  # a document to download
        page.goto(address)
        yield address
        for link in page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
            shape = _shape(urlsplit(link).path)
            if link.startswith(portal.url + "/") and shape not in seen and "/connexion/csam/" not in link:
                seen.add(shape)
                waiting.append(link)
        assert len(seen) < MOST, sorted(seen)


def _inspect(page: Page, axe: Axe, address: str) -> list[str]:
    """What is wrong with the open page, at both widths."""
    wrong = []
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        try:
            axe(page)
        except AssertionError as found:
            wrong.append(f"{size['width']} px : {found}")
    wrong += [
        f"{address} : {element} sort de l’écran à {NARROW['width']} px" for element in page.evaluate(_BEYOND)
    ]
    page.set_viewport_size(WIDE)
    return wrong


def _crawl(page: Page, portal: Portal, axe: Axe, start: str = "/") -> None:
    wrong: list[str] = []
    visited = []
    for address in _pages(page, portal, portal.url + start):
        visited.append(address)
        wrong += _inspect(page, axe, address)
    assert len(visited) >= 2
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("person", ["claire.lambert", "marc.delvaux", "nadia.peeters"])
def test_pages_of_a_person(page: Page, portal: Portal, sign_in: SignIn, axe: Axe, person: str) -> None:
    sign_in(page, person)
    _crawl(page, portal, axe)


def test_pages_of_who_must_choose_first(page: Page, portal: Portal, sign_in: SignIn, axe: Axe) -> None:
    sign_in(page, "sarah.benali")
    assert not _inspect(page, axe, page.url)
    page.locator("main").get_by_role("button").first.click()
    page.wait_for_url(re.compile(r"^(?!.*/organisation/)"))
    _crawl(page, portal, axe)


def test_pages_before_sign_in(page: Page, portal: Portal, axe: Axe) -> None:
    _crawl(page, portal, axe, "/connexion/")

"""The grid of 500 lines in Chromium, against a page of 15 500 inputs that the same application serves."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from app.rules.attendance import FIELDS
from bench.report import Figure, median
from bench.server import Bench
from tests.journeys.chromium import find_chromium

ROUNDS = 5
CELLS = 12
# A new window of Chromium first loads pages of its own, hidden, on the very cores that are measured.
SETTLING = 4.0
AGAINST = "page de 15 500 champs WTForms"

# Ready: the script said so (a form is, once read), the cell has the focus, and the frame that shows it is drawn.
_READY = """(() => {
  const drawn = (done) => requestAnimationFrame(() => setTimeout(done));
  const ready = (cell) => { cell.focus(); drawn(() => { window.readyAt = performance.now(); }); };
  new MutationObserver((_, watch) => {
    const cell = document.querySelector("#grid[data-ready] [tabindex='0']");
    if (cell) { watch.disconnect(); ready(cell); }
  }).observe(document, { attributes: true, attributeFilter: ["data-ready"], subtree: true });
  addEventListener("DOMContentLoaded", () => {
    const input = document.querySelector("#champs input:not([type=hidden])");
    if (input) ready(input);
  });
  addEventListener("paste", () => {
    const at = performance.now();
    drawn(() => { window.pasted = performance.now() - at; });
  }, true);
})()"""


@dataclass
class _Times:
    """What each round took, in ms; the bytes of the page and of all that a first visit loads."""

    opening: list[float] = field(default_factory=list)
    cell: list[float] = field(default_factory=list)
    paste: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    visit: list[float] = field(default_factory=list)


def measure(bench: Bench) -> list[Figure]:
    """Both pages in turn, each time in a browser that has nothing of them yet."""
    ours, theirs = _Times(), _Times()
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses its sandbox to root
        browser = playwright.chromium.launch(executable_path=find_chromium(playwright), args=arguments)
        for number in range(ROUNDS):
            _inputs(browser, bench, theirs)
            _grid(browser, bench, ours, number)
        browser.close()
    pairs = zip(("opening", "cell", "page", "visit"), (1 / 5, 1 / 20, None, None), strict=True)
    shown = {
        "opening": ("ouverture", "ms"),
        "cell": ("touche", "ms"),
        "page": ("octets", "o"),
        "visit": ("octets.visite", "o"),
    }
    figures = []
    for name, limit in pairs:
        value, other = median(getattr(ours, name)), median(getattr(theirs, name))
        label, unit = shown[name]
        figures.append(Figure(f"grille.{label}", value, unit, value / other, AGAINST, limit))
    return [*figures[:2], Figure("grille.collage", median(ours.paste), "ms"), *figures[2:]]


def _inputs(browser: Browser, bench: Bench, times: _Times) -> None:
    with _opened(browser, bench, "/bench/champs/", times) as (page, devtools):
        before = _busy(devtools)
        for _ in range(CELLS):
            _type(page, "J", "Tab")
        _drawn(page)
        times.cell.append((_busy(devtools) - before) / CELLS)


def _grid(browser: Browser, bench: Bench, times: _Times, number: int) -> None:
    place, month = bench.data.edited, bench.data.month
    was, new = ("P", "J") if number % 2 == 0 else ("J", "P")
    day = bench.data.days[1]
    with _opened(browser, bench, f"/presences/{place.facility_id}/{month}/", times) as (page, devtools):
        _stand(page, 2, day)
        before = _busy(devtools)
        for _ in range(CELLS):
            _type(page, new, "ArrowDown")
        _saved(page)
        times.cell.append((_busy(devtools) - before) / CELLS)
        line = "\t".join(new if one in bench.data.days else "" for one in range(1, month.days + 1))
        page.evaluate("text => navigator.clipboard.writeText(text)", "\r\n".join([line] * len(place.lines)))
        _stand(page, 0, 1)
        page.keyboard.press("Control+v")
        _saved(page)
        times.paste.append(float(page.evaluate("window.pasted")))
        left = page.evaluate(
            "code => [...document.querySelectorAll('#grid td')].filter(td => td.textContent === code).length",
            was,
        )
        if left:
            raise RuntimeError(f"{left} cells were not pasted")


@contextlib.contextmanager
def _opened(browser: Browser, bench: Bench, path: str, times: _Times) -> Iterator[tuple[Page, CDPSession]]:
    """A first visit to a page, noted in `times`."""
    name, _, value = bench.data.person.cookie.partition("=")
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="fr-BE")
    context.add_cookies([{"name": name, "value": value, "url": bench.portal}])
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(_READY)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    sizes: list[float] = []
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    time.sleep(SETTLING)
    page.goto(bench.portal + path, wait_until="commit")
    times.opening.append(float(_until(page, "window.readyAt")))
    page.wait_for_load_state("networkidle")
    times.page.append(float(page.evaluate("performance.getEntriesByType('navigation')[0].transferSize")))
    times.visit.append(sum(sizes))
    yield page, devtools
    context.close()


def _type(page: Page, text: str, leave: str) -> None:
    """One cell as a person writes it: a key, a key to go on, and the time to see it."""
    page.keyboard.press(text)
    page.keyboard.press(leave)
    time.sleep(0.05)


def _stand(page: Page, line: int, day: int) -> None:
    page.locator("#grid tbody tr").nth(line).locator("td, th").nth(len(FIELDS) + day).click()


def _busy(devtools: CDPSession) -> float:
    """Processor time of the page's main thread so far, in ms: scripts, styles, layout, painting."""
    found = {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}
    return float(found["TaskDuration"]) * 1000


def _drawn(page: Page) -> None:
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def _saved(page: Page) -> None:
    """Until the server has said that all is stored."""
    _until(page, "document.querySelector('[data-status-text]').textContent.startsWith('Tout est enregistré')")


def _until(page: Page, expression: str) -> Any:
    """The expression once it is true, asking seldom: asking is work for the page as well."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if found := page.evaluate(expression):
            return found
        time.sleep(0.5)
    raise RuntimeError(f"never true: {expression}")

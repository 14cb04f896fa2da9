"""A page walked by real keys alone: what they do not reach, what does not show where one is, what keeps the focus."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request, Route

_SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
_CLICKS = {"click", "dblclick", "mousedown", "mouseup", "pointerdown", "pointerup"}
#: How many stops Shift+Tab goes back.
_BACK = 4
#: Frames that scroll are stops of the browser's own making: Tab may need more presses than there are places.
_MORE = 20


class Walker:
    """Walks pages. What looks alike (rings, dialogs) is looked at closely once, whatever the page."""

    def __init__(self) -> None:
        self._known: set[tuple[int, str]] = set()

    def walk(self, page: Page) -> list[str]:
        """The faults of the page as it stands, its details unfolded. It is left with the focus and the choices moved."""
        address, sent = page.url, []

        def note(request: Request) -> None:
            if request.method != "GET" or request.is_navigation_request():
                sent.append(f"keys alone sent {request.method} {request.url}")

        page.on("request", note)
        page.route("**/*", _stay)
        self._walk(page)
        page.unroute("**/*", _stay)
        page.remove_listener("request", note)
        faults = sent + page.evaluate("[...keyboard.faults]")
        return [f"{address} at {_width(page)}: {fault}" for fault in faults]

    def _walk(self, page: Page) -> None:
        page.emulate_media(reduced_motion="reduce")  # a ring that fades in is not measured halfway
        page.evaluate(_SCRIPT)
        _tell_click_handlers(page)
        if not _goes_through(page):
            return
        stops = page.evaluate("keyboard.forward()")
        page.evaluate("keyboard.fromEnd()")
        _press(page, "Shift+Tab", min(_BACK, stops - 1))
        page.evaluate("keyboard.back()")
        if page.evaluate("keyboard.skips"):
            page.evaluate("keyboard.start()")
            for key in ("Tab", "Enter", "Tab"):
                _press(page, key)
            page.evaluate("keyboard.skipped()")
        self._look_at_rings(page)
        self._open_and_close(page)
        _choose(page)

    def _new(self, page: Page, kinds: list[str]) -> Iterator[int]:
        for rank, kind in enumerate(kinds):
            if (_width(page), kind) not in self._known:
                self._known.add((_width(page), kind))
                yield rank

    def _look_at_rings(self, page: Page) -> None:
        """In pixels: a ring may be clipped, or of the colour of what it stands on."""
        for rank in self._new(page, page.evaluate("keyboard.kinds()")):
            clip = page.evaluate("rank => keyboard.show(rank)", rank)
            if clip:
                focused = _picture(page, clip)
                page.evaluate("keyboard.hide()")
                page.evaluate("pictures => keyboard.differ(...pictures)", [focused, _picture(page, clip)])

    def _open_and_close(self, page: Page) -> None:
        """Dialogs, questions and menus: in by Enter, through by Tab, back by Escape."""
        for rank in self._new(page, page.evaluate("keyboard.openers()")):
            page.evaluate("rank => keyboard.toOpener(rank)", rank)
            _press(page, "Enter")
            stops = page.evaluate("keyboard.open()")
            if stops:
                _press(page, "Tab", stops)
                page.evaluate("keyboard.through()")
                _press(page, "Escape")
                page.evaluate("keyboard.closed()")


def _stay(route: Route) -> None:
    """Keys must not lead away from the page; where they would, it is told and the page stays: a key pressed while a
    page is leaving may never be answered for.
    """
    if route.request.is_navigation_request():
        route.abort("aborted")
    else:
        route.continue_()


def _width(page: Page) -> int:
    return page.viewport_size["width"] if page.viewport_size else 0


def _press(page: Page, key: str, times: int = 1) -> None:
    for _ in range(times):
        page.keyboard.press(key)


def _goes_through(page: Page) -> bool:
    """Press Tab from the top until the page is left; False when it never is."""
    places = page.evaluate("keyboard.plan()")
    page.evaluate("keyboard.start()")
    _press(page, "Tab", places)
    for _ in range(_MORE):
        _press(page, "Tab")
        if page.evaluate("keyboard.left()"):
            return True
    page.evaluate("keyboard.trapped()")
    return False


def _choose(page: Page) -> None:
    """Choosing from a list sends nothing by itself (WCAG 3.2.2)."""
    rank = 0
    while page.evaluate("rank => keyboard.toChoice(rank)", rank):
        _press(page, "ArrowDown")
        rank += 1
    page.wait_for_timeout(100 if rank else 0)  # a form sent at the last choice is on its way by then


def _picture(page: Page, clip: Any) -> str:
    return base64.b64encode(page.screenshot(clip=clip)).decode()


def _tell_click_handlers(page: Page) -> None:
    """Tell the page which of its elements listen to the mouse: only the debugger knows."""
    session = page.context.new_cdp_session(page)
    document = session.send("Runtime.evaluate", {"expression": "document"})["result"]["objectId"]
    whole = {"objectId": document, "depth": -1, "pierce": True}
    found: dict[str, Any] = session.send("DOMDebugger.getEventListeners", whole)
    for node in {one["backendNodeId"] for one in found["listeners"] if one["type"] in _CLICKS}:
        element = session.send("DOM.resolveNode", {"backendNodeId": node})["object"]["objectId"]
        mark = "function () { keyboard.handlers.push(this) }"
        session.send("Runtime.callFunctionOn", {"objectId": element, "functionDeclaration": mark})
    session.detach()

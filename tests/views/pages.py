"""Reading pages as a person would: their links, and the words they see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from tests.client import PortalClient

_UNSEEN = {"script", "style", "svg", "code", "head"}
_SPOKEN = {
    "alt",
    "aria-label",
    "placeholder",
    "title",
    "data-confirm",
    "data-confirm-title",
    "data-confirm-label",
}
_VOID = {"meta", "link", "input", "img", "br", "hr", "path", "use", "circle", "rect"}


class Page(HTMLParser):
    """The links, the words and the tags of one page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._open: list[str] = []
        self.feed(html)

    @property
    def text(self) -> str:
        return "\n".join(self.words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append((tag, values))
        if tag not in _VOID:
            self._open.append(tag)
        self.words += [values[name] for name in _SPOKEN & values.keys()]
        if tag == "a" and "href" in values and "download" not in values:
            self.links.append(values["href"])

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not _UNSEEN.intersection(self._open):
            self.words.append(" ".join(data.split()))


def walk(client: PortalClient, start: str = "/", limit: int = 150) -> Iterator[tuple[str, str]]:
    """Every page of the portal that links lead to, once for each kind of address: (address, HTML).

    Fails on an error page and on a link that leads nowhere.
    """
    waiting, seen, kinds = [start], {start}, set()
    while waiting and len(kinds) < limit:
        address = waiting.pop(0)
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        if not answer.content_type.startswith("text/html"):
            continue
        yield address, answer.text
        for link in Page(answer.text).links:
            target = urldefrag(urljoin(f"http://localhost{address}", link)).url
            parts = urlsplit(target)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            kind = kind_of(path)
            local = parts.scheme == "http" and parts.netloc == "localhost"
            if local and path not in seen and kind not in kinds and not path.startswith("/connexion/"):
                seen.add(path)
                kinds.add(kind)
                waiting.append(path)


def kind_of(path: str) -> str:
    """An address without its numbers and values: lists of a hundred rows are one kind of page."""
    route, _, query = path.partition("?")
    names = sorted(part.partition("=")[0] for part in query.split("&"))
    return "".join("0" if letter.isdigit() else letter for letter in route) + "?" + "&".join(names)


#: English that FAB, WTForms, Flask or Werkzeug would show; whole words, so that « Relation » is no hit.
_ENGLISH = re.compile(
    r"\b(list|show|add|edit|delete|save|cancel|back|search|page size|order by|record count|no records found|"
    r"are you sure|user confirmation|access is denied|login|logout|sign in|password|username|email|"
    r"can (read|write|list|show|add|edit|delete) on|this field is required|not a valid|field must be|invalid|"
    r"not found|forbidden|bad request|the csrf|true|false|none|yes|home|welcome|next|previous|first name)\b",
    re.IGNORECASE,
)
#: Words of the people and of French that look like it.
_MEANT = re.compile(r"login et mot de passe|nom d’utilisateur|@[\w.]+|\S+\.(xlsx|xls)")


def english_in(html: str) -> list[str]:
    """What a person would read in English on a page."""
    return [words for words in Page(html).words if _ENGLISH.search(_MEANT.sub("", words))]


def seen_in(html: str) -> str:
    """The version of the row that a form was made from."""
    found = re.search(r'name="seen"[^>]*value="(\w+)"', html)
    assert found
    return found.group(1)

"""What requests can say: the names that views ask for and the forms that pages hold, noted while they are walked over."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException

from tests.factories.niss import niss

#: In the place of a file to send.
FILE = object()
#: What fields take that do not take any word.
TYPED = {
    "email": "intrus@exemple.be", "courriel": "intrus@exemple.be", "niss": niss(dt.date(1980, 5, 4), 7), "valeur": "5640",
    "phone": "081 12 34 56",
    "motif": "Contrôle annuel des présences",
}  # fmt: skip
_PRESSED = {"submit", "image"}
_TICKED = {"checkbox", "radio"}


@dataclass
class Form:
    """A form of a page as its person would send it: blanks filled in, boxes that are required ticked."""

    action: str
    method: str = "post"
    fields: dict[str, Any] = field(default_factory=dict)
    #: What else a field offers.
    offered: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def bodies(self) -> Iterator[dict[str, Any]]:
        """One for each of its buttons."""
        for button in self.buttons or [("", "")]:
            yield {**self.fields, **({button[0]: button[1]} if button[0] else {})}

    @property
    def shape(self) -> tuple[Any, ...]:
        return (*sorted(self.fields), *sorted(self.buttons))


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select = self._text = ""
        self._chosen = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        name = values.get("name", "")
        if tag == "form":
            self.forms.append(Form(values.get("action", ""), values.get("method", "get").lower()))
        elif not self.forms:
            return
        elif tag == "input" and values.get("type") not in _PRESSED:
            self._input(name, values)
        elif tag in {"input", "button"} and values.get("type") in _PRESSED:
            self.forms[-1].buttons.append((name, values.get("value", "")))
        elif tag == "select":
            self._select, self._chosen = name, False
        elif tag == "option" and self._select:
            self._option(values)
        elif tag == "textarea" and name:
            self._text = name
            self.forms[-1].fields[name] = ""

    def _input(self, name: str, values: dict[str, str]) -> None:
        form, kind, value = self.forms[-1], values.get("type", "text"), values.get("value", "")
        if not name or name == "csrf_token":
            return
        if kind == "file":
            form.fields[name] = FILE
        elif kind in _TICKED:
            form.offered.setdefault(name, []).append(value)
            if "checked" in values or ("required" in values and name not in form.fields):
                form.fields[name] = value
        else:
            form.fields[name] = value or ("" if kind == "hidden" else _typed(kind, values))

    def _option(self, values: dict[str, str]) -> None:
        form, value = self.forms[-1], values.get("value", "")
        form.offered.setdefault(self._select, []).append(value)
        if value and ("selected" in values or not self._chosen):
            form.fields[self._select] = value
            self._chosen = True

    def handle_data(self, data: str) -> None:
        if self._text:
            self.forms[-1].fields[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text:
            fields = self.forms[-1].fields
            fields[self._text] = fields[self._text].strip() or TYPED.get(self._text, "Intrus")
            self._text = ""
        elif tag == "select":
            self._select = ""


def _typed(kind: str, values: dict[str, str]) -> str:
    if values.get("name") in TYPED:
        return TYPED[values["name"]]
    if values.get("inputmode") in {"numeric", "decimal"}:
        return "03/02/2026" if values.get("maxlength") == "30" else "1"
    return "Intrus"


Forms = Mapping[str, list[Form]]


class Notebook:
    """Names by endpoint and method, forms by the endpoint that they go to."""

    def __init__(self, app: Flask, forms: Forms | None = None) -> None:
        self._map = app.url_map.bind("localhost")
        self.names: defaultdict[tuple[str, bool], dict[str, None]] = defaultdict(dict)
        self.forms: defaultdict[str, list[Form]] = defaultdict(list, forms or {})

    def note(self, endpoint: str, method: str, name: object) -> None:
        """A view asked for a value of its request."""
        if isinstance(name, str) and name != "csrf_token":
            self.names[endpoint, method == "GET"][name] = None

    def read(self, path: str, html: str) -> None:
        """Keep the forms of a page, one of each shape for each address."""
        for form in _Reader(html).forms:
            if form.method != "post":
                continue  # what a search sends, its view asks for
            target = urlsplit(urljoin(f"http://localhost{path}", form.action)).path
            try:
                endpoint, _values = self._map.match(target, "POST")
            except HTTPException:
                continue  # the gallery's forms show how a form looks, and lead nowhere
            form.action = target
            known = (one for one in self.forms[endpoint] if (one.action, one.shape) != (target, form.shape))
            self.forms[endpoint] = [*known, form]  # the page as it was read last

    def forms_to(self, endpoint: str, path: str) -> list[Form]:
        """The forms that pages send to an address; else one of each shape that goes to another of its kind."""
        exact = [form for form in self.forms[endpoint] if form.action == path]
        return exact or list({form.shape: form for form in self.forms[endpoint]}.values()) or [Form(path)]


@contextlib.contextmanager
def listening(app: Flask, forms: Forms | None = None) -> Iterator[Notebook]:
    """Note what views ask of their requests meanwhile; `forms`: those that others have read."""
    notebook, plain = Notebook(app, forms), app.request_class

    class Noted(ImmutableMultiDict[str, Any]):
        def _note(self, name: object) -> None:
            if request:
                notebook.note(request.endpoint or "", request.method, name)

        def __getitem__(self, name: str) -> Any:
            self._note(name)
            return super().__getitem__(name)

        def __contains__(self, name: object) -> bool:
            self._note(name)
            return super().__contains__(name)

        def get(self, name: str, *more: Any, **options: Any) -> Any:
            self._note(name)
            return super().get(name, *more, **options)

        def getlist(self, name: str, *more: Any, **options: Any) -> Any:
            self._note(name)
            return super().getlist(name, *more, **options)

    app.request_class = type("NotedRequest", (plain,), {"parameter_storage_class": Noted})
    try:
        yield notebook
    finally:
        app.request_class = plain

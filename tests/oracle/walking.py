"""One person's way over every route: what they try, in which order, and what came of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from app.views.errors import STALE
from tests.client import PortalClient
from tests.oracle.asking import Forms, Notebook, listening
from tests.oracle.attempts import Attempt, Attempts, reading, routes, writing
from tests.oracle.watching import Person
from tests.oracle.world import World

#: What rightly ends a walk, in this order: giving up one's access, signing out.
LEAVING = ("OwnAccessView.leave", "SignInView.logout")
_KINDS = {
    "text/html": "html",
    "application/json": "json",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}


@dataclass
class Walk:
    """One person's requests, and what came back."""

    app: Flask
    world: World
    person: Person
    client: PortalClient
    #: The forms of pages that are closed to the person.
    forms: Forms = field(default_factory=dict)
    #: Endpoint and method of each request, and of those that were answered with a page or led on to one.
    tried: set[tuple[str, str]] = field(default_factory=set)
    reached: set[tuple[str, str]] = field(default_factory=set)
    #: Kind of answer → canaries found in it.
    found: dict[str, set[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.token = self.client.csrf_token()
        self.said: set[object] = set()
        self.asked: set[tuple[str, str]] = set()

    def abroad(self) -> Walk:
        """Try everything with what is somebody else's."""
        with listening(self.app, self.forms) as notebook:
            trying = Attempts(self.app, self.world, notebook)
            # Reading before writing, and own rows last: what is tried first must not take away what is tried next.
            for step in (
                self._own_pages,
                self._foreign_pages,
                self._questions,
                self._foreign_writes,
                self._own_writes,
                self._leaving,
            ):
                self._send_all(self._new(step(trying)), notebook)
        return self

    def at_home(self, place: str) -> Walk:
        """Open the pages of a facility and send their forms, as they are."""
        with listening(self.app) as notebook:
            trying = Attempts(self.app, self.world, notebook)
            self._send_all(self._pages(trying, place), notebook)
            self._send_all(self._forms(trying, place), notebook)
            self.forms = notebook.forms
        return self

    def _new(self, attempts: Iterator[Attempt]) -> Iterator[Attempt]:
        """What was not sent before, word for word."""
        for attempt in attempts:
            if (asked := (attempt.method, attempt.sent)) not in self.asked:
                self.asked.add(asked)
                yield attempt

    def _send_all(self, attempts: Iterator[Attempt], notebook: Notebook) -> None:
        for attempt in attempts:
            if attempt.endpoint not in self.person.skipped:
                self._send(attempt, notebook)

    def _send(self, attempt: Attempt, notebook: Notebook) -> None:
        answer = attempt.send(self.client, self.token, self.world.workbooks[self.person.own or "Un"])
        if (
            attempt.method != "GET" and answer.status_code < 400
        ):  # acting for another organiser takes another token
            self.token = self.client.csrf_token()
        self.tried.add((attempt.endpoint, attempt.method))
        if answer.status_code < 400 and not answer.headers.get("Location", "").startswith(
            "/connexion/?next="
        ):
            self.reached.add((attempt.endpoint, attempt.method))
        if answer.status_code >= 500:
            self.faults.append(f"{answer.status_code}: {attempt}")
        # What one searched for is kept, and told again in one's own history.
        self.said |= set(attempt.query.values())
        if attempt.endpoint not in LEAVING and (lost := self._lost(answer)):
            self.faults.append(f"{lost}: {attempt}")
        if leaks := self.person.leaks(f"{attempt.sent} {self.said}", answer):
            self.found.setdefault(_KINDS.get(answer.mimetype, answer.mimetype), set()).update(leaks)
            self.faults.append(f"{', '.join(leaks)}: {attempt}")
        if answer.mimetype == "text/html" and answer.status_code == 200:
            notebook.read(attempt.path, answer.text)

    def _lost(self, answer: Any) -> str:
        """Why what was refused proves nothing, "" when it does."""
        told = answer.get_json(silent=True)
        stale = (
            STALE[0] in answer.text if answer.mimetype == "text/html" else told and STALE[1] in told.values()
        )
        if answer.status_code == 400 and stale:
            return "the token was refused"
        gone = self.person.user_id and answer.headers.get("Location", "").startswith("/connexion/?next=")
        return "signed out" if gone else ""

    def _rules(self, *, write: bool) -> Iterator[Rule]:
        for rule in routes(self.app):
            if rule.endpoint not in LEAVING and (writing(rule) if write else reading(rule)):
                yield rule

    def _leaving(self, trying: Attempts) -> Iterator[Attempt]:
        rules = {rule.endpoint: rule for rule in routes(self.app)}
        for endpoint in LEAVING:
            for path in trying.addresses(rules[endpoint], None):
                yield from trying.bodies(rules[endpoint], path, "POST", self.person.foreign[0])

    def _pages(self, trying: Attempts, mine: str) -> Iterator[Attempt]:
        for rule in self._rules(write=False):
            for path in trying.addresses(rule, mine):
                yield Attempt(rule.endpoint, "GET", path)
            yield from trying.queries(rule, path, mine)  # what a script asks is in no link

    def _forms(self, trying: Attempts, mine: str) -> Iterator[Attempt]:
        for rule in self._rules(write=True):
            for path in trying.addresses(rule, mine):
                if reading(rule):
                    yield Attempt(rule.endpoint, "GET", path)  # its form as it stands now
                for method in writing(rule):
                    yield from trying.own_bodies(rule, path, method, mine)

    def _own_pages(self, trying: Attempts) -> Iterator[Attempt]:
        if self.person.own:
            yield from self._pages(trying, self.person.own)

    def _foreign_pages(self, trying: Attempts) -> Iterator[Attempt]:
        for theirs in self.person.foreign:
            for rule in self._rules(write=False):
                for place, path in enumerate(trying.addresses(rule, self.person.own, theirs)):
                    yield Attempt(rule.endpoint, "GET", path)
                    if place == 0:  # an address that names somebody else's row ends there
                        yield from trying.queries(rule, path, theirs)

    def _questions(self, trying: Attempts) -> Iterator[Attempt]:
        """Ids and words of others in the parameters of one's own addresses."""
        for rule in self._rules(write=False):
            if rule.arguments and not self.person.own:
                continue
            for path in itertools.islice(trying.addresses(rule, self.person.own), 2):
                yield from trying.searches(rule, path)
                for theirs in self.person.foreign if rule.arguments else ():
                    yield from trying.queries(rule, path, theirs)

    def _foreign_writes(self, trying: Attempts) -> Iterator[Attempt]:
        for theirs in self.person.foreign:
            for rule in self._rules(write=True):
                for path in trying.addresses(rule, self.person.own, theirs):
                    for method in writing(rule):
                        yield from trying.bodies(rule, path, method, theirs)

    def _own_writes(self, trying: Attempts) -> Iterator[Attempt]:
        """Ids of others in the forms of one's own addresses."""
        mine = self.person.own
        for theirs in self.person.foreign if mine else ():
            for rule in self._rules(write=True):
                for path in trying.addresses(rule, mine):
                    for method in writing(rule):
                        yield from trying.bodies(rule, path, method, theirs, mine)

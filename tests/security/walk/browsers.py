"""The people of a walk at their browsers: signing in, acting, and asking every address what it answers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import Engine

from app.security.guards import PASSWORD
from tests.client import PortalClient
from tests.conftest import new_client
from tests.security.walk.oracle import Seat, State
from tests.security.walk.routes import (
    ACCOUNT,
    CHOOSE,
    CLOSED,
    OPEN,
    REASON,
    SIGN_IN,
    Probe,
    answer,
    probes,
)
from tests.security.walk.world import World

_FIRST: Final = {
    "connexion": SIGN_IN, "organisation": CHOOSE, "mon-utilisateur": ACCOUNT, "hors-portefeuille": REASON,
}  # fmt: skip

#: What a probe writes, so that nothing but access refuses it.
_BODY: Final = {"add": 1, "edits": [{"key": "k", "line": 1, "field": "2", "old": "", "new": "P"}]}

#: Addresses asked again after a step that moves many, of each person.
_MOVED: Final = 6


class Browsers:
    """One browser for each person, and the model of all that decides what they reach."""

    def __init__(self, app: Flask, engine: Engine, world: World) -> None:
        self.app, self.engine, self.world = app, engine, world
        self.state: State = world.state
        self.seats: dict[int, Seat] = {}
        self.clients: dict[int, PortalClient] = {}
        self.tokens: dict[int, str] = {}
        self.probes = list(probes(app, world.rows))
        self.said: dict[int, list[str]] = {}
        self.asked = 0
        self._known: dict[object, list[str]] = {}
        self._turns = itertools.count()
        for user in sorted(self.state.people):
            self.sign_in(user)

    def sign_in(self, user: int, *, strong: bool = True, by_password: bool = False, chosen: str = "") -> None:
        """Anew, on another browser; who has no national number has the password alone."""
        by_password = by_password or not self.state.people[user].known
        seat = Seat(user, strong=strong and not by_password, by_password=by_password, chosen=chosen)
        client = new_client(self.app).login(user, strong=seat.strong, context=chosen or None)
        if by_password:
            with client.session_transaction() as session:
                session["means"] = PASSWORD
        self.seats[user], self.clients[user], self.tokens[user] = seat, client, client.csrf_token()

    def end_sessions(self, user: int) -> None:
        """The model's side: the portal ended them."""
        if user in self.seats:
            self.seats[user].alive = False

    def forget(self, user: int) -> None:
        """The account is gone."""
        del self.state.people[user], self.seats[user], self.clients[user]

    def send(self, user: int, path: str, form: dict[str, Any]) -> Any:
        """A form as its page would send it, whoever may."""
        found = self.clients[user].post(path, data={"csrf_token": self.tokens[user], **form})
        assert found.status_code in {200, 302, 400, 403, 404, 409, 422}, (path, form, found.status)
        return found

    def expected(self, user: int, probe: Probe) -> str:
        return answer(self.state, self.seats[user], probe)

    def may_post(self, user: int, rule: str, row: tuple[str, int] | None = None) -> bool:
        return self.expected(user, Probe(rule, "POST", rule, row)) == OPEN

    def differences(self, touched: set[int], thorough: bool = False) -> Iterator[str]:
        """Where the portal answers otherwise than the oracle. A sample is asked: addresses whose answer the last steps
        should have moved, some of who was touched, and everybody in turn; `thorough`: all of who was touched."""
        turn = next(self._turns)
        for position, user in enumerate(sorted(self.seats)):
            now = self._answers(user)
            chosen = set(self._moved(user, now, turn))
            if user in touched:
                some = ((turn * 7 + more * 31) % len(now) for more in range(3))
                chosen.update(range(len(now)) if thorough else some)
            if (turn + position) % 4 == 0:
                chosen.add((turn // 4 + position * 11) % len(now))
            for index in sorted(chosen):
                probe = self.probes[index]
                found = self._ask(user, probe, now[index])
                if found != now[index]:
                    yield f"{probe} for {user}, {self.seats[user]}: « {found} », the oracle says « {now[index]} »"

    def _moved(self, user: int, now: list[str], turn: int) -> list[int]:
        """At most _MOVED of the addresses that answer otherwise than when the person was last signed in."""
        if not self.seats[user].alive:
            return []
        before = self.said.get(user, now)
        self.said[user] = now
        moved = [] if now is before else [index for index, one in enumerate(now) if one != before[index]]
        every = -(-len(moved) // _MOVED) or 1
        return moved[turn % every :: every]

    def _answers(self, user: int) -> list[str]:
        """The oracle's for every address: worked out once for all that they depend on."""
        state, seat = self.state, self.seats[user]
        me = state.acting(seat)
        held = me if me is None or isinstance(me, str) else (me.id, me.organiser, frozenset(state.held(me)))
        seen = tuple((one.id, one.state == "supprime") for one in state.members.values())
        doors = (
            frozenset(state.portfolios.get(user, ())),
            frozenset(
                organiser
                for (agent, organiser), day in state.reasons.items()
                if (agent, day) == (user, state.today)
            ),
        )
        sitting = user, seat.alive, seat.strong, seat.by_password, state.people[user].converted
        key = (sitting, held, seen, doors)
        if key not in self._known:
            self._known[key] = [self.expected(user, probe) for probe in self.probes]
        return self._known[key]

    def _ask(self, user: int, probe: Probe, expected: str) -> str:
        client = self.clients[user]
        if probe.method == "GET":
            return self._read(probe, client.get(probe.path))
        if expected == OPEN or not self.seats[user].alive:
            return expected  # the steps do what is open; without a session the token is refused first
        self.asked += 1
        content = {"json": _BODY} if probe.path.startswith("/api/") else {"data": {"reponse": "Non"}}
        return self._read(
            probe, client.post(probe.path, headers={"X-CSRFToken": self.tokens[user]}, **content)
        )

    def _read(self, probe: Probe, found: Any) -> str:
        self.asked += 1
        if found.status_code in {302, 303}:
            first = urlsplit(found.headers["Location"]).path.split("/")[1]
            return OPEN if first == probe.path.split("/")[1] else _FIRST.get(first, OPEN)
        return {200: OPEN, 401: SIGN_IN, 403: CLOSED, 404: CLOSED}.get(found.status_code, found.status)

"""Access as a whole: random people do random things, through the pages; after each step the portal and an oracle written
apart from it (tests/security/walk) say the same of who reaches what, and nobody got more than an administrator gave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine

from app import clock
from tests.conftest import System
from tests.oracle.world import owner_engine_of
from tests.security.walk import escalation
from tests.security.walk.acts import Acts
from tests.security.walk.oracle import ADMIN, DOSSIERS, USERS, Key
from tests.security.walk.world import START, World, build, kept, of_model

#: Steps of one walk; walks, here and under `make test-long`, which also asks who is concerned by a step everything.
STEPS, WALKS, MANY_WALKS = 80, 28, 120
#: What a run here makes at least: some walks are short.
LEAST = 2_000

_any = st.integers(0, 10_000)
_soon = st.integers(0, 4)


class Walk(Acts):
    """One walk, and what is checked after each of its steps."""

    steps = 0
    thorough = False

    def __init__(self, app: Flask, engine: Engine, system: System, world: World) -> None:
        self.system, self.moment = system, START
        super().__init__(app, engine, world)
        self.organisers = list(world.organisers.values())
        self.rows, self.still = kept(engine, self.organisers)
        self.ceilings = escalation.begin(self.rows)

    def settle(self, actor: int | None, touched: set[int], helpdesk: bool = False) -> None:
        rows, still = kept(self.engine, self.organisers)
        assert rows == of_model(self.state)
        assert still == self.still
        found = escalation.faults(self.rows, rows, actor, self.state.today, self.ceilings, helpdesk=helpdesk)
        assert not list(found)
        differences = list(self.differences(touched | ({actor} if actor else set()), self.thorough))
        assert not differences, "\n".join(differences)
        self.rows = rows
        Walk.steps += 1


class AccessMachine(RuleBasedStateMachine):
    """Who, whom and what are drawn as numbers and looked up among what there is: any step fits any state."""

    app: Flask
    engine: Engine
    system: System
    walk: Walk
    #: Days passed in the last step: somebody acts before others do.
    slept = False

    @initialize()
    def begin(self) -> None:
        clock.now = lambda: START
        self.walk = Walk(self.app, self.engine, self.system, build(self.system))
        clock.now = lambda: self.walk.moment

    @rule(who=_any, whom=_any, what=_any, first=_soon, last=st.one_of(st.none(), st.integers(-1, 5)))
    def open(self, who: int, whom: int, what: int, first: int, last: int | None) -> None:
        today = self.walk.state.today
        key, number = self._key(what), self._member(whom)
        wanted = dict(self.walk.state.members[number].grants)
        old = wanted.get(key)
        if old is not None and old[1] is not None and last is None:
            last = 5  # the form keeps a day that is left empty
        until = None if last is None else today + dt.timedelta(days=last)
        wanted[key] = (today + dt.timedelta(days=first), until)
        self._acted(who, lambda actor: self.walk.change(actor, number, wanted))

    @rule(who=_any, whom=_any, what=_any)
    def close(self, who: int, whom: int, what: int) -> None:
        number = self._member(whom)
        wanted = dict(self.walk.state.members[number].grants)
        if wanted:
            del wanted[sorted(wanted, key=str)[what % len(wanted)]]
        self._acted(who, lambda actor: self.walk.change(actor, number, wanted))

    @rule(who=_any, whom=_any, source=_any)
    def copy(self, who: int, whom: int, source: int) -> None:
        """All that a colleague has today, from today on."""
        today, number = self.walk.state.today, self._member(whom)
        them = self.walk.state.members[self._member(source)]
        wanted = dict(self.walk.state.members[number].grants)
        wanted |= {key: (today, None) for key in self.walk.state.held(them) if key not in wanted}
        self._acted(who, lambda actor: self.walk.change(actor, number, wanted))

    @rule(who=_any, first=_any, second=_any, what=_any)
    def tick(self, who: int, first: int, second: int, what: int) -> None:
        boxes = dict.fromkeys((self._member(first), self._member(second)), self._key(what))
        self._acted(who, lambda actor: self.walk.tick(actor, boxes))

    @rule(who=_any, whom=_any, what=_any)
    def take_away(self, who: int, whom: int, what: int) -> None:
        number = self._member(whom)
        held = sorted(self.walk.state.members[number].grants, key=str) or [USERS]
        self._acted(who, lambda actor: self.walk.take_away(actor, number, held[what % len(held)]))

    @rule(who=_any, whom=_any, verb=st.sampled_from(["desactiver", "reactiver", "reactiver", "supprimer"]))
    def move(self, who: int, whom: int, verb: str) -> None:
        self._acted(who, lambda actor: self.walk.move(actor, self._member(whom), verb))

    @rule(who=_any)
    def leave(self, who: int) -> None:
        self._acted(who, self.walk.leave)

    @rule(who=_any, whom=st.one_of(st.none(), _any))
    def add(self, who: int, whom: int | None) -> None:
        known = None if whom is None or len(self.walk.state.people) < 4 else self._person(whom)
        if known is None and len(self.walk.state.people) > 16:
            known = self._person(who)
        self._acted(who, lambda actor: self.walk.add(actor, known))

    @rule(who=_any, whom=st.one_of(st.none(), _any), anybody=st.integers(0, 3))
    def convert(self, who: int, whom: int | None, anybody: int) -> None:
        account = self.walk.world.names["Ancien"]
        actor = self._person(who) if not anybody or account not in self.walk.seats else account
        user = None if whom is None else self._person(whom)
        self.walk.settle(actor, self.walk.convert(actor, user))

    @rule(who=_any, whom=_any)
    def restore(self, who: int, whom: int) -> None:
        deleted = [one.id for one in self.walk.state.members.values() if one.state == "supprime"]
        number = deleted[whom % len(deleted)] if deleted else self._member(whom)
        self._acted(who, lambda actor: self.walk.restore(actor, number), agents=True)

    @rule(who=_any, where=st.booleans(), reason=st.sampled_from(["Remplacement d’une collègue", "court"]))
    def come_in(self, who: int, where: bool, reason: str) -> None:
        organiser = self.walk.organisers[where]
        self._acted(who, lambda actor: self.walk.come_in(actor, organiser, reason), agents=True)

    @rule(who=_any, whom=_any, where=st.sampled_from("AB"))
    def entrust(self, who: int, whom: int, where: str) -> None:
        agents = sorted(self._agents())
        self._acted(who, lambda actor: self.walk.entrust(actor, agents[whom % 3], where), agents=True)

    @precondition(lambda self: not self.slept)
    @rule(days=st.sampled_from([1, 1, 2, 3, 31, 31]))
    def pass_days(self, days: int) -> None:
        """First every session is dead, then everybody signs in again."""
        self.slept = True
        self.walk.settle(None, self.walk.pass_days(days))
        for user, seat in list(self.walk.seats.items()):
            self._sign_in(user, seat.strong, seat.by_password, seat.chosen)
        self.walk.settle(None, set())
        Walk.steps -= 1

    @precondition(lambda self: self.walk.overdue())
    @rule()
    def purge(self) -> None:
        touched = self.walk.purge()
        self.walk.rows = {n: row for n, row in self.walk.rows.items() if n in self.walk.state.members}
        self.walk.settle(None, touched)

    @rule(
        who=_any, strong=st.sampled_from([True, True, True, False]), by_password=st.booleans(), chosen=_soon
    )
    def sign_in(self, who: int, strong: bool, by_password: bool, chosen: int) -> None:
        user = self._person(who)
        place = ["", *map(str, self.walk.organisers), *sorted(self.walk.state.people[user].profiles), ""][
            chosen % 4
        ]
        account = user == self.walk.world.names["Ancien"]
        self._sign_in(user, strong, by_password and account, place)
        self.walk.settle(None, {user})

    # --- Among what there is -----------------------------------------------------------------------

    def _sign_in(self, user: int, strong: bool, by_password: bool, chosen: str) -> None:
        self.walk.sign_in(user, strong=strong, by_password=by_password, chosen=chosen)

    def _acted(self, who: int, act: Callable[[int], set[int]], agents: bool = False) -> None:
        """By anybody, but more often by who may."""
        state = self.walk.state
        managers = {
            one.user
            for one in state.members.values()
            if one.state == "actif" and state.holds(one, ADMIN, USERS)
        }
        often = sorted(self._agents() if agents else managers) or [0]
        everybody = sorted(self.walk.seats)
        pool = [
            one for one in often * (3 * len(everybody) // len(often)) if one in self.walk.seats
        ] + everybody
        actor = pool[who % len(pool)]
        seat = self.walk.seats[actor]
        if not seat.alive and who % 2:
            self._sign_in(actor, True, seat.by_password, seat.chosen)
        self.slept = False
        helpdesk = bool(state.people[actor].profiles & {"helpdesk", "administrateur-one"})
        self.walk.settle(actor, act(actor), helpdesk)

    def _agents(self) -> set[int]:
        return {one.id for one in self.walk.state.people.values() if one.profiles}

    def _person(self, number: int) -> int:
        everybody = sorted(self.walk.seats)
        return everybody[number % len(everybody)]

    def _member(self, number: int) -> int:
        everybody = sorted(self.walk.state.members)
        return everybody[number % len(everybody)]

    def _key(self, number: int) -> Key:
        facilities, projects = list(self.walk.state.facilities), list(self.walk.state.projects)
        # Also what the tree does not have: a facility for « Mon équipe », somebody else's facility.
        places = [(dossier, one) for dossier in DOSSIERS for one in (None, *facilities, projects[0])]
        usual: list[Key] = [ADMIN, USERS, *(("subsides", one) for one in facilities[:2]), ("cigogne", None)]
        return usual[number // 2 % len(usual)] if number % 2 else places[number // 2 % len(places)]


@pytest.fixture
def engine(app: Flask) -> Iterator[Engine]:
    found = owner_engine_of(app)
    yield found
    found.dispose()


@pytest.fixture
def clock_of_walks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the clock back at the end: each walk sets its own."""
    monkeypatch.setattr(clock, "now", lambda: START)


@pytest.mark.usefixtures("clock_of_walks")
def test_every_address_answers_everybody_as_the_oracle_says(
    app: Flask, engine: Engine, system: System
) -> None:
    walk = Walk(app, engine, system, build(system))
    assert list(walk.differences(set(walk.seats), thorough=True)) == []
    assert walk.asked > 2_000, "addresses by people"


@pytest.mark.usefixtures("clock_of_walks")
def test_nobody_reaches_or_gets_more_than_the_oracle_says_whatever_people_do(
    app: Flask, engine: Engine, system: System
) -> None:
    long = settings.get_current_profile_name() == "long"
    walking = settings(
        max_examples=MANY_WALKS if long else WALKS,
        stateful_step_count=STEPS,
        suppress_health_check=list(HealthCheck),
        # A walk that fails is told as it is: shortening it would take longer than reading it.
        phases=[Phase.generate],
        database=None,
    )
    Walk.steps, Walk.thorough = 0, long
    machine = type(
        "AccessMachine", (AccessMachine,), {"app": app, "engine": engine, "system": staticmethod(system)}
    )
    run_state_machine_as_test(machine, settings=walking)
    assert Walk.steps >= LEAST

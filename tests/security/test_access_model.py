"""Access as a whole: random people do random things, through the pages; after each step the portal and an oracle written
apart from it (tests/security/walk) say the same of who reaches what, and nobody got more than an administrator gave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine

from app import clock
from tests.conftest import System
from tests.oracle.world import owner_engine_of
from tests.security.walk import escalation
from tests.security.walk.acts import Acts
from tests.security.walk.oracle import ADMIN, DOSSIERS, USERS, Key, Member
from tests.security.walk.world import START, World, build, kept, of_model

#: Steps of one walk; walks under `make test-long`, which also asks who is concerned by a step everything.
STEPS, MANY_WALKS = 80, 120
#: What a run makes at least. Hypothesis ends some walks early: rounds of walks go on until it is reached.
LEAST, ROUNDS = 2_000, 10

#: How often each act is drawn. Not Hypothesis' own choice of rules, which leaves most of them out of each walk: rights must
#: be given, and days pass, for anything to end.
_OFTEN = {
    "open": 6, "close": 2, "copy": 1, "tick": 3, "take_away": 1, "move": 3, "leave": 1, "add": 2, "convert": 1,
    "restore": 1, "come_in": 1, "entrust": 1, "pass_days": 2, "sign_in": 2,
}  # fmt: skip


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
    """Who, whom and what are drawn among what there is: any step fits any state, and a few are ones that nobody may do."""

    app: Flask
    engine: Engine
    system: System
    walk: Walk
    #: Hypothesis draws them once a walk: drawn at each step, they fall alike over and over.
    dice: Random

    @initialize(dice=st.randoms(use_true_random=True))
    def begin(self, dice: Random) -> None:
        clock.now = lambda: START
        self.dice = dice
        self.walk = Walk(self.app, self.engine, self.system, build(self.system))
        clock.now = lambda: self.walk.moment

    @rule()
    def step(self) -> None:
        acts = _OFTEN | ({"purge": 20} if self.walk.overdue() else {})
        act = self.dice.choices(list(acts), list(acts.values()))[0]
        note(act)
        getattr(self, act)(self.dice)

    def open(self, dice: Random) -> None:
        today, actor, number = self.walk.state.today, *self._pair(dice)
        wanted, key = dict(self.walk.state.members[number].grants), self._key(dice)
        first = today + dt.timedelta(days=dice.choice([0, 0, 0, 1, 3]))
        days = dice.choice([None, -1, 0, 0, 1, 2, 5])
        if key in wanted and wanted[key][1] is not None and days is None:
            days = 5  # the form keeps a day that is left empty
        wanted[key] = (first, None if days is None else first + dt.timedelta(days=days))
        self._did(actor, self.walk.change(actor, number, wanted))

    def close(self, dice: Random) -> None:
        actor, number = self._pair(dice)
        wanted = dict(self.walk.state.members[number].grants)
        if wanted:
            del wanted[dice.choice(sorted(wanted, key=str))]
        self._did(actor, self.walk.change(actor, number, wanted))

    def copy(self, dice: Random) -> None:
        """All that a colleague has today, from today on."""
        actor, number = self._pair(dice)
        them = self.walk.state.members[self._member(dice, actor)]
        wanted = dict(self.walk.state.members[number].grants)
        today = self.walk.state.today
        wanted |= {key: (today, None) for key in self.walk.state.held(them) if key not in wanted}
        self._did(actor, self.walk.change(actor, number, wanted))

    def tick(self, dice: Random) -> None:
        actor, number = self._pair(dice)
        boxes = dict.fromkeys((number, self._member(dice, actor)), self._key(dice))
        self._did(actor, self.walk.tick(actor, boxes))

    def take_away(self, dice: Random) -> None:
        actor, number = self._pair(dice)
        held = sorted(self.walk.state.members[number].grants, key=str) or [USERS]
        self._did(actor, self.walk.take_away(actor, number, dice.choice(held)))

    def move(self, dice: Random) -> None:
        actor, number = self._pair(dice)
        verb = dice.choice(["desactiver", "desactiver", "reactiver", "reactiver", "supprimer"])
        closed = [one.id for one in self.walk.state.members.values() if one.state == "desactive"]
        if verb == "reactiver" and closed:
            number = dice.choice(closed)
        self._did(actor, self.walk.move(actor, number, verb))

    def leave(self, dice: Random) -> None:
        actor = dice.choice(sorted(self.walk.seats))
        self._did(actor, self.walk.leave(actor))

    def add(self, dice: Random) -> None:
        actor, known = self._actor(dice), dice.choice(sorted(self.walk.seats))
        new = dice.random() < 0.5 and len(self.walk.seats) < 16
        self._did(actor, self.walk.add(actor, None if new else known))

    def convert(self, dice: Random) -> None:
        everybody, account = sorted(self.walk.seats), self.walk.world.names["Ancien"]
        actor = account if account in everybody and dice.random() < 0.7 else dice.choice(everybody)
        self._did(actor, self.walk.convert(actor, dice.choice([None, *everybody])))

    def restore(self, dice: Random) -> None:
        deleted = [one.id for one in self.walk.state.members.values() if one.state == "supprime"]
        actor = self._actor(dice, agents=True)
        number = dice.choice(deleted) if deleted else self._member(dice, actor)
        self._did(actor, self.walk.restore(actor, number))

    def come_in(self, dice: Random) -> None:
        actor, reason = self._actor(dice, agents=True), dice.choice(["Remplacement d’une collègue", "court"])
        self._did(actor, self.walk.come_in(actor, dice.choice(self.walk.organisers), reason))

    def entrust(self, dice: Random) -> None:
        actor, agent = self._actor(dice, agents=True), dice.choice(self._agents())
        self._did(actor, self.walk.entrust(actor, agent, dice.choice("AB")))

    def pass_days(self, dice: Random) -> None:
        """First every session is dead, then everybody signs in again."""
        self._did(None, self.walk.pass_days(dice.choice([1, 1, 1, 2, 3, 31])))
        self._sit_down()
        self._did(None, set())
        Walk.steps -= 1

    def purge(self, _dice: Random) -> None:
        touched = self.walk.purge()
        self.walk.rows = {n: row for n, row in self.walk.rows.items() if n in self.walk.state.members}
        self._did(None, touched)

    def sign_in(self, dice: Random) -> None:
        user = dice.choice(sorted(self.walk.seats))
        places = ["", *map(str, self.walk.organisers), *sorted(self.walk.state.people[user].profiles)]
        account = user == self.walk.world.names["Ancien"]
        self.walk.sign_in(
            user,
            strong=dice.random() < 0.7,
            by_password=account and dice.random() < 0.5,
            chosen=dice.choice(places),
        )
        self._did(None, {user})

    # --- Among what there is -----------------------------------------------------------------------

    def _did(self, actor: int | None, touched: set[int]) -> None:
        profiles = self.walk.state.people[actor].profiles if actor in self.walk.state.people else frozenset()
        self.walk.settle(actor, touched, helpdesk=bool(profiles & {"helpdesk", "administrateur-one"}))

    def _actor(self, dice: Random, *, agents: bool = False) -> int:
        """By anybody, but more often by who may, where they may."""
        state = self.walk.state
        managers = [
            one for one in state.members.values()
            if one.state == "actif" and one.user in self.walk.seats and state.holds(one, ADMIN, USERS)
        ]  # fmt: skip
        if dice.random() < 0.15 or not (agents or managers):
            return dice.choice(sorted(self.walk.seats))
        self._sit_down()
        if agents:
            return dice.choice(self._agents())
        administrators = [one for one in managers if state.holds(one, ADMIN)]
        one = dice.choice(administrators if administrators and dice.random() < 0.6 else managers)
        if not self.walk.seats[one.user].strong or state.acting(self.walk.seats[one.user]) is not one:
            self.walk.sign_in(one.user, chosen=str(one.organiser))
        return one.user

    def _sit_down(self) -> None:
        """Whoever was signed out signs in again."""
        for user, seat in list(self.walk.seats.items()):
            if not seat.alive:
                self.walk.sign_in(user, strong=seat.strong, by_password=seat.by_password, chosen=seat.chosen)

    def _agents(self) -> list[int]:
        return sorted(one.id for one in self.walk.state.people.values() if one.profiles)

    def _pair(self, dice: Random) -> tuple[int, int]:
        actor = self._actor(dice)
        return actor, self._member(dice, actor)

    def _member(self, dice: Random, actor: int) -> int:
        """Anybody, but more often a colleague of the actor."""
        members, me = self.walk.state.members, self.walk.state.acting(self.walk.seats[actor])
        colleagues = [
            one.id for one in members.values()
            if isinstance(me, Member) and one.organiser == me.organiser and one is not me and one.state != "supprime"
        ]  # fmt: skip
        return dice.choice(sorted(colleagues if colleagues and dice.random() < 0.8 else members))

    def _key(self, dice: Random) -> Key:
        facilities, projects = list(self.walk.state.facilities), list(self.walk.state.projects)
        usual: list[Key] = [ADMIN, USERS, *(("subsides", one) for one in facilities), ("cigogne", None)]
        # Also what the tree does not have: a facility for « Mon équipe », somebody else's facility.
        places = [(dossier, one) for dossier in DOSSIERS for one in (None, *facilities, projects[0])]
        return dice.choice(usual if dice.random() < 0.7 else places)


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
    Walk.steps, Walk.thorough = 0, settings.get_current_profile_name() == "long"
    machine = type(
        "AccessMachine", (AccessMachine,), {"app": app, "engine": engine, "system": staticmethod(system)}
    )
    for _round in range(ROUNDS):
        walking = settings(
            max_examples=MANY_WALKS if Walk.thorough else -(-(LEAST - Walk.steps) // STEPS),
            stateful_step_count=STEPS,
            suppress_health_check=list(HealthCheck),
            # A walk that fails is told as it is: shortening it would take longer than reading it.
            phases=[Phase.generate],
            database=None,
        )
        run_state_machine_as_test(machine, settings=walking)
        if Walk.steps >= LEAST:
            break
    assert Walk.steps >= LEAST

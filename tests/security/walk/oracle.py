"""Who reaches what and who may change what, written a second time from the guides and docs/adr/0007: plain Python.

Nothing here is the portal's: neither its rules, nor its table of rights, nor its database. Days are `date`s, both included;
`last` None is without end. An access is keyed (dossier, facility or project or None).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

Key = tuple[str, int | None]
Period = tuple[dt.date, dt.date | None]
Grants = dict[Key, Period]

ADMIN: Key = ("administration", None)
USERS: Key = ("utilisateurs", None)

#: The tree of the guides: what is opened facility by facility (in which sector), by project, for the whole organiser.
BY_FACILITY = {"pre_demandes": "petite-enfance", "bilans": "petite-enfance", "subsides": "petite-enfance"}
BY_FACILITY["pse_mon_equipe"] = "sante-ecole"
BY_PROJECT = {"cigogne"}
WHOLE = (
    "administration", "utilisateurs", "mon_equipe", "autorisation", "aes1", "aes2", "centres_vacances",
    "ecoles_devoirs", "coordination_atl",
)  # fmt: skip
DOSSIERS = (*WHOLE, *BY_PROJECT, *BY_FACILITY)

SUBSIDY_AGENT, AGENCY, HELPDESK = "gestionnaire-subsides", "administrateur-one", "helpdesk"


def in_force(period: Period, day: dt.date) -> bool:
    return period[0] <= day and (period[1] is None or day <= period[1])


def end(period: Period) -> dt.date:
    return period[1] or dt.date.max


@dataclass
class Person:
    """Somebody with an account. `known`: they have a national number; `converted`: their password opens one page."""

    id: int
    known: bool = True
    converted: bool = False
    profiles: frozenset[str] = frozenset()


@dataclass
class Member:
    """A person of an organiser; state: actif, desactive, supprime."""

    id: int
    user: int
    organiser: int
    grants: Grants = field(default_factory=dict)
    state: str = "actif"
    since: dt.date = dt.date.min


@dataclass
class Seat:
    """A browser where somebody signed in; `alive`: the session was not ended since. `chosen`: an organiser, or a profile."""

    user: int
    strong: bool = True
    by_password: bool = False
    chosen: str = ""
    alive: bool = True


@dataclass(frozen=True)
class Place:
    """Whose a facility or a project is; the sector of a facility."""

    organiser: int
    sector: str = ""


@dataclass
class State:
    """All that access depends on."""

    today: dt.date
    people: dict[int, Person] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    facilities: dict[int, Place] = field(default_factory=dict)
    projects: dict[int, Place] = field(default_factory=dict)
    #: Agent → organisers entrusted to them, however; and (agent, organiser) → the day of the reason they gave.
    portfolios: dict[int, set[int]] = field(default_factory=dict)
    reasons: dict[tuple[int, int], dt.date] = field(default_factory=dict)

    def copy(self) -> State:
        return replace(
            self,
            people={key: replace(one) for key, one in self.people.items()},
            members={key: replace(one, grants=dict(one.grants)) for key, one in self.members.items()},
            portfolios={key: set(one) for key, one in self.portfolios.items()},
            reasons=dict(self.reasons),
        )

    def holds(self, member: Member, *keys: Key) -> bool:
        return any(key in member.grants and in_force(member.grants[key], self.today) for key in keys)

    def held(self, member: Member) -> Iterator[Key]:
        return (key for key in member.grants if self.holds(member, key))

    def lasting(self, organiser: int) -> bool:
        """Somebody active administers it from today or before, without end."""
        return any(
            one.organiser == organiser and one.state == "actif" and self.holds(one, ADMIN)
            and one.grants[ADMIN][1] is None
            for one in self.members.values()
        )  # fmt: skip

    def acting(self, seat: Seat) -> Member | str | None:
        """In which capacity: a member, an agent's profile, None for who has none or has yet to choose."""
        person = self.people[seat.user]
        if person.converted and seat.by_password:
            return None
        capacities: dict[str, Member | str] = {profile: profile for profile in person.profiles}
        for one in self.members.values():
            if one.user == person.id and one.state == "actif":
                capacities[str(one.organiser)] = one
        if seat.chosen in capacities:
            return capacities[seat.chosen]
        return next(iter(capacities.values())) if len(capacities) == 1 else None


def may_touch(state: State, me: Member, them: Member) -> bool:
    """Whether a profile may be changed, disabled, deleted: never one's own; an administrator's by administrators alone."""
    if me.id == them.id or me.organiser != them.organiser or them.state == "supprime":
        return False
    if state.holds(me, ADMIN):
        return True
    protected = ADMIN in them.grants and end(them.grants[ADMIN]) >= state.today
    return state.holds(me, USERS) and not protected


def may_give(state: State, me: Member, key: Key, period: Period) -> bool:
    """An administrator gives all; whoever else manages users, what they hold, no longer than they hold it."""
    if state.holds(me, ADMIN):
        return True
    sources = {key, (key[0], None)} if key[0] in BY_PROJECT else {key}
    longest = [end(me.grants[one]) for one in sources if state.holds(me, one)]
    return key != ADMIN and bool(longest) and end(period) <= max(longest)


def may_give_back(state: State, me: Member, them: Member) -> bool:
    """Whether a closed profile may be opened again: all that comes back with it, one may give."""
    return all(
        may_give(state, me, key, period) for key, period in them.grants.items() if end(period) >= state.today
    )


def exists(state: State, organiser: int, key: Key) -> bool:
    """Whether the tree of the organiser has this line."""
    dossier, number = key
    if dossier in BY_FACILITY:
        place = state.facilities.get(number or 0)
        return place is not None and (place.organiser, place.sector) == (organiser, BY_FACILITY[dossier])
    if dossier in BY_PROJECT and number is not None:
        return number in state.projects and state.projects[number].organiser == organiser
    return number is None


def may_change(state: State, me: Member, them: Member, wanted: Grants) -> bool:
    """Whether all that is wanted may be; what is taken away or shortened is never refused for its own sake."""
    if not may_touch(state, me, them):
        return False
    for key, period in wanted.items():
        old = them.grants.get(key)
        if not exists(state, them.organiser, key):
            return False
        if period == old:
            continue
        if end(period) < max(period[0], state.today):
            return False
        shorter = old is not None and period[0] >= old[0] and end(period) <= end(old)
        if not shorter and not may_give(state, me, key, period):
            return False
    return True

"""Who asks, what they must not see, and what must not change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import Engine, text

from app.models import Profile
from app.models.base import Model
from app.security.rights import RIGHTS
from tests.client import PortalClient
from tests.conftest import new_client
from tests.oracle.filling import owned_tables
from tests.oracle.readable import parts
from tests.oracle.world import Owner, Place, World

_NUMBER = re.compile(rb"(?<!\d)\d{8}(?!\d)")
#: Counters and caches: what they hold follows from any request.
_MOVING = frozenset({"rate_counter", "rights_version", "journal_head"})


@dataclass(frozen=True)
class Person:
    """Somebody, their own facility, and the facilities they try to reach."""

    name: str
    user_id: int | None = None
    context: int | str | None = None
    own: str | None = None
    foreign: tuple[str, ...] = ("Un", "Trois")
    #: Words and numbers that they must not see.
    marks: frozenset[str] = frozenset()
    ids: frozenset[int] = frozenset()
    #: Their organiser, and their facility when they have one alone.
    organiser_id: int | None = None
    facility_id: int | None = None
    #: Tables that the person may rightly change anywhere.
    allowed: frozenset[str] = frozenset()
    #: Whether they may change what belongs to nobody: people, reference data.
    keeper: bool = False
    #: Endpoints that would rightly make them somebody else.
    skipped: frozenset[str] = frozenset()

    def client(self, app: Flask) -> PortalClient:
        found = new_client(app)
        return found if self.user_id is None else found.login(self.user_id, context=self.context)

    def leaks(self, sent: str, answer: Any) -> list[str]:
        """Canaries in an answer: an id that stands in `sent`, what the person said themselves, does not count."""
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers).encode().lower()
        own_words = {int(number) for number in _NUMBER.findall(sent.encode())}
        found = set()
        for part in (headers, *parts(answer.get_data())):
            found |= {mark for mark in self.marks if mark.lower().encode() in part}
            found |= {str(n) for n in self.ids.intersection(map(int, _NUMBER.findall(part))) - own_words}
        return sorted(found)


_TICKETS = ("ticket", "ticket_message", "ticket_note")


def _asked(world: World, owner: Owner) -> set[str]:
    """Words of the questions that people of an organiser asked, and of their names."""
    people = owner.people.values()
    return {
        owner.mark,
        owner.people_mark,
        *(f"{world.personal[number]}{table}-" for number in people for table in _TICKETS),
    }


def _known(_world: World, owner: Owner) -> set[str]:
    return {owner.mark, *_facilities(owner)}


def _submitted(_world: World, owner: Owner) -> set[str]:
    return {
        owner.mark,
        owner.inner_mark,
        owner.people_mark,
        *_facilities(owner),
        *(place.child_mark for place in owner.places.values()),
    }


def _facilities(owner: Owner) -> set[str]:
    return {place.mark for place in owner.places.values()}


#: An agent's visit outside their portfolio is told to the organiser, as is what they do there.
_TOLD = frozenset({"agent_visit", "notice", "mail", "journal_entry", "journal_change"})
_ANSWERING: dict[str, Any] = {
    "sees": _asked,
    "numbers": frozenset({*_TICKETS, "ab_user"}),
    "allowed": _TOLD | {"ticket", "ticket_message"},
    "keeper": True,
}

#: What an agent's profile may see of organisers and change there; those that are not here, their names.
_AGENTS: dict[Profile, dict[str, Any]] = {
    Profile.SUBSIDY_AGENT: {
        "sees": _submitted,
        "numbers": frozenset(Model.metadata.tables),
        "allowed": _TOLD | {"attendance_sheet", "attendance_return"},
    },
    # A message taken back takes with it who closed it.
    Profile.AGENCY_ADMINISTRATOR: {**_ANSWERING, "allowed": _ANSWERING["allowed"] | {"dismissal"}},
    Profile.HELPDESK: _ANSWERING,
}  # fmt: skip


def _profiles() -> list[Profile]:
    """The agents' profiles, one of those that hold the same rights."""
    held = {frozenset(row.right for row in RIGHTS if one in row.profiles): one for one in reversed(Profile)}
    return [one for one in Profile if one in held.values()]


#: An agent who opens what is outside the portfolio without saying why.
_NO_REASON = "gestionnaire-subsides without a reason"
#: Of the organiser A: everything; what is opened for the whole of it; what is opened for one facility. Of B, whose rows
#: have the higher numbers, its administrator: the other way round.
_INSIDERS = ("administrator of A", "clerk of A", "manager of A", "administrator of B")


def people(world: World) -> dict[str, Person]:
    """Everyone who tries, by name, with what is closed to them."""
    found = [_outsider(world, "nobody", None, lambda _world, _owner: set())]
    for profile in _profiles():
        told = {"allowed": _TOLD} | _AGENTS.get(profile, {})
        found.append(_outsider(world, profile.value, world.agents[profile.value], **told))
    # They read which organisers there are, and nothing of their months.
    found.append(
        _outsider(
            world, _NO_REASON, world.stranger, _known, frozenset({"organiser"}),
            skipped=frozenset({"AgentDoorView.enter"}),
        )
    )  # fmt: skip
    for key, other in (("A", "B"), ("B", "A")):
        insiders = _insiders(world, world.owners[key], world.owners[other])
        found += (person for person in insiders if person.name in _INSIDERS)
    a, b = world.owners["A"], world.owners["B"]
    # Their other organiser's name stands where they choose between the two.
    found.append(
        Person(
            "both, for A", world.both, a.organiser_id, "Un", ("Trois",),
            frozenset(_marks(world, b, None) - {b.mark}), frozenset(b.all_ids - {b.organiser_id}), a.organiser_id,
            skipped=frozenset({"ContextView.enter"}),
        )
    )  # fmt: skip
    return {person.name: person for person in found}


def names() -> list[str]:
    """The names of `people`, known before there is a world."""
    agents = [profile.value for profile in _profiles()]
    return [
        "nobody",
        *agents,
        _NO_REASON,
        *_INSIDERS,
        "both, for A",
    ]


def _outsider(
    world: World,
    name: str,
    user_id: int | None,
    sees: Callable[[World, Owner], set[str]] = lambda _world, owner: {owner.mark},
    numbers: frozenset[str] = frozenset(),
    **more: Any,
) -> Person:
    """Who belongs to no organiser: `numbers` are the tables whose ids they may see."""
    marks, ids = set[str](), set[int]()
    for owner in world.owners.values():
        marks |= _marks(world, owner, user_id) - sees(world, owner)
        for rows in (owner.ids, *(place.ids for place in owner.places.values())):
            ids.update(number for table, found in rows.items() if table not in numbers for number in found)
    return Person(name, user_id, marks=frozenset(marks), ids=frozenset(ids), **more)


def _insiders(world: World, mine: Owner, other: Owner) -> Iterator[Person]:
    first, second = mine.places
    theirs = next(iter(other.places))
    manager = mine.people[f"manager {first}"]
    closed = frozenset(_marks(world, other, None))
    for role, user_id in (("administrator", mine.people["admin"]), ("clerk", mine.people["clerk"])):
        yield Person(
            f"{role} of {mine.key}", user_id, None, first, (theirs,),
            closed | _personal(world, mine, user_id), frozenset(other.all_ids), mine.organiser_id,
        )  # fmt: skip
    place = mine.places[second]
    yield Person(
        f"manager of {mine.key}", manager, None, first, (second, theirs),
        closed | _personal(world, mine, manager) | {place.mark, place.child_mark, place.draft_mark},
        frozenset(other.all_ids | _ids_of(place)), mine.organiser_id, mine.places[first].facility_id,
    )  # fmt: skip


def _marks(world: World, owner: Owner, user_id: int | None) -> set[str]:
    found = {owner.mark, owner.inner_mark, owner.people_mark, *_personal(world, owner, user_id)}
    for place in owner.places.values():
        found |= {place.mark, place.child_mark, place.draft_mark}
    return found


def _personal(world: World, owner: Owner, user_id: int | None) -> frozenset[str]:
    """What is each person's own, but for that person's."""
    tables = [table.name for table, column, _facility in owned_tables() if column == "user_id"]
    return frozenset(
        f"{world.personal[number]}{table}-"
        for number in owner.people.values()
        for table in tables
        if number != user_id
    )


def _ids_of(place: Place) -> set[int]:
    return {number for ids in place.ids.values() for number in ids}


def fingerprint(engine: Engine, world: World, person: Person) -> dict[str, str]:
    """A hash of each table's rows that the person must not change."""
    strangers = set(world.agents.values())
    for owner in world.owners.values():
        if owner.organiser_id != person.organiser_id:
            strangers |= set(owner.people.values())
    queries = [
        f"SELECT '{table}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t WHERE {which}"
        for table, which in _untouched(person)
        if table not in person.allowed
    ]
    with engine.connect() as connection:
        rows = connection.execute(
            text(" UNION ALL ".join(queries)),
            {
                "mine": person.organiser_id,
                "facility": person.facility_id,
                "strangers": sorted(strangers - {person.user_id}),
            },
        )
        return dict(rows.all())  # type: ignore[arg-type]


def _untouched(person: Person) -> Iterator[tuple[str, str]]:
    """Tables and conditions: other organisers' rows, those of facilities not one's own, strangers, what is nobody's."""
    owned = set()
    for table, owner, facility in owned_tables():
        owned.add(table.name)
        if owner == "user_id":
            yield table.name, "user_id = ANY (:strangers)"
        elif person.organiser_id is None:
            yield table.name, f"{owner} IS NOT NULL"
        elif person.facility_id is None or not facility:
            yield table.name, f"{owner} <> :mine"
        else:
            # What one does oneself is told in entries of the whole organiser.
            differs = "<>" if table.name.startswith("journal_") else "IS DISTINCT FROM"
            yield table.name, f"({owner} <> :mine OR {owner} = :mine AND {facility} {differs} :facility)"
    for table in Model.metadata.sorted_tables:
        if table.name not in owned | _MOVING and not person.keeper:
            which = {"ab_user": "id = ANY (:strangers)"}.get(table.name, "true")
            yield table.name, "user_id = ANY (:strangers)" if "user_id" in table.columns else which


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables that differ."""
    return sorted(name for name in before if before[name] != after[name])

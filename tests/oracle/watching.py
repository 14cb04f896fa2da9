"""Who asks, what they must not see, and what must not change."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import Engine, text

from app.models.base import PersonOwned
from app.scope import owned_mappers
from tests.client import PortalClient
from tests.conftest import new_client
from tests.oracle.readable import parts
from tests.oracle.world import Owner, Place, World

_NUMBER = re.compile(rb"(?<!\d)\d{8}(?!\d)")


@dataclass(frozen=True)
class Person:
    """Somebody, their own facility, and the facilities they try to reach."""

    name: str
    user_id: int | None
    context: int | str | None
    own: str | None
    foreign: tuple[str, ...]
    marks: frozenset[str]
    ids: frozenset[int]
    #: Organisers and facilities whose rows must stay as they are.
    untouched: tuple[tuple[str, int], ...]
    #: Tables that the person may rightly change there.
    allowed: frozenset[str] = frozenset()

    def client(self, app: Flask) -> PortalClient:
        found = new_client(app)
        return found if self.user_id is None else found.login(self.user_id, context=self.context)

    def leaks(self, sent: str, answer: Any) -> list[str]:
        """Canaries in an answer: what was in the request itself does not count."""
        body = answer.get_data()
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers).encode().lower()
        found = set()
        own_words = {int(number) for number in _NUMBER.findall(sent.encode())}
        for part in (headers, *parts(body)):
            found |= {mark for mark in self.marks if mark.lower().encode() in part}
            found |= {
                str(number) for number in self.ids.intersection(map(int, _NUMBER.findall(part))) - own_words
            }
        return sorted(found)


def people(world: World) -> list[Person]:
    """Everyone who tries, with what is closed to them; whoever may submit a month comes after the agent."""
    a, b = world.owners["A"], world.owners["B"]
    two = a.places["Deux"]
    of_b = _marks(b) | {b.mark, b.people_mark}
    return [
        Person(
            "nobody", None, None, None, ("Un", "Trois"), frozenset(of_b | _marks(a) | {a.mark, a.people_mark}),
            frozenset(a.all_ids | b.all_ids), (*_of(a), *_of(b)),
        ),
        Person(
            "agency administrator", world.agents["agency"], None, None, ("Un", "Trois"),
            frozenset((of_b | _marks(a) | {a.mark}) - {b.people_mark}),
            frozenset((a.all_ids | b.all_ids) - set(a.ids["ab_user"]) - set(b.ids["ab_user"])),
            (*_of(a), *_of(b)),
        ),
        Person(
            "agent", world.agents["agent"], None, None, ("Un", "Trois"),
            frozenset({place.draft_mark for place in (*a.places.values(), *b.places.values())}), frozenset(),
            (*_of(a), *_of(b)),
            frozenset({"attendance_sheet", "attendance_return", "journal_entry", "journal_change"}),
        ),
        Person(
            "manager of A, one facility", a.people["manager Un"], None, "Un", ("Deux", "Trois"),
            frozenset(of_b | {two.mark, two.draft_mark}), frozenset(b.all_ids | _ids_of(two)),
            (*_of(b), ("facility_id", two.facility_id)),
        ),
        Person("admin of A", a.people["admin"], None, "Un", ("Trois",), frozenset(of_b), frozenset(b.all_ids), _of(b)),
    ]  # fmt: skip


def _marks(owner: Owner) -> set[str]:
    return {mark for place in owner.places.values() for mark in (place.mark, place.draft_mark)}


def _ids_of(place: Place) -> set[int]:
    return {number for ids in place.ids.values() for number in ids}


def _of(owner: Owner) -> tuple[tuple[str, int], ...]:
    return (("organiser_id", owner.organiser_id),)


def fingerprint(engine: Engine, person: Person) -> dict[str, str]:
    """A hash of each table's rows that the person must not change."""
    queries = []
    for mapper in owned_mappers():
        table, owner = mapper.local_table, mapper.class_.__owner_column__
        if table.name in person.allowed or issubclass(mapper.class_, PersonOwned):
            continue  # rows of a person: tests/test_scope_people.py
        for column, number in person.untouched:
            name = owner if column == "organiser_id" else "id" if table.name == "facility" else column
            if name in table.columns:
                queries.append(
                    f"SELECT '{table.name} {column} {number}', md5(coalesce(string_agg(t::text, '|' ORDER BY id), ''))"
                    f" FROM {table.name} t WHERE {name} = {number}"
                )
    with engine.connect() as connection:
        return dict(connection.execute(text(" UNION ALL ".join(queries))).all())  # type: ignore[arg-type]


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables that differ."""
    return sorted(name for name in before if before[name] != after[name])


def named(findings: Iterable[tuple[str, str, list[str]]]) -> str:
    """Findings as lines of a report."""
    return "\n".join(f"{who}: {what}: {', '.join(map(str, which))}" for who, what, which in findings)

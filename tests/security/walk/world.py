"""Two organisers, their people, agents: the rows, the model of them, and the addresses that name them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from app import clock
from app.models import (
    AccessRequest,
    Dossier,
    Facility,
    JournalEntry,
    Membership,
    Organiser,
    Parameter,
    Profile,
    Role,
)
from app.rules.months import Month
from tests import factories
from tests.conftest import System
from tests.security.walk.oracle import Key, Member, Period, Person, Place, State
from tests.security.walk.routes import Row

#: The walk begins at this moment; the month is one that the facilities submitted.
START: Final = dt.datetime(2026, 11, 3, 9, 0, tzinfo=dt.UTC)
MONTH: Final = Month.parse("2026-10")
POSTCODES: Final = {"A": "5640", "B": "1000"}


@dataclass
class World:
    """What a walk begins with."""

    state: State
    organisers: dict[str, int]
    rows: Sequence[tuple[str, Sequence[Row]]]
    #: National numbers by person.
    numbers: dict[int, str]
    names: dict[str, int]


def build(system: System) -> World:
    """New rows for one walk; other walks' rows stay where they are."""
    state, numbers = State(clock.today()), {}
    names: dict[str, int] = {}
    with system() as session:
        owners = {key: factories.organiser(session, f"Aulne{key}", postcode=POSTCODES[key]) for key in "AB"}
        places = [
            factories.facility(session, owners[key], f"Creche{number}", postcode=POSTCODES[key])
            for number, key in enumerate("AAB")
        ]
        projects = [factories.project(session, one) for one in owners.values()]

        def person(name: str, niss: str | None = None, **values: Any) -> Any:
            niss = factories.niss() if niss is None else niss
            user = factories.person(session, name, niss=niss, **values)
            state.people[user.id] = Person(user.id, known=bool(niss))
            names[name], numbers[user.id] = user.id, niss
            return user

        def joins(user: Any, key: str, *grants: tuple[Dossier, Facility | None]) -> Membership:
            row = factories.member(session, owners[key], user)
            since = dt.date(2020, 1, 1)
            for dossier, place in grants:
                factories.grant(session, row, dossier, facility_id=place.id if place else None)
            held = {(dossier.value, place.id if place else None): (since, None) for dossier, place in grants}
            state.members[row.id] = Member(row.id, user.id, row.organiser_id, dict(held), since=clock.today())
            return row

        subsides = Dossier.SUBSIDES
        boss = person("Chef")
        joins(boss, "A", (Dossier.ADMINISTRATION, None))
        joins(person("Clerc"), "A", (Dossier.USERS, None), (Dossier.TEAM, None), (subsides, places[0]))
        joins(person("Donnees"), "A", (subsides, places[0]))
        bare = joins(person("Rien"), "A")
        both = person("Deux")
        joins(both, "A", (Dossier.BILANS, places[1]))
        joins(both, "B", (Dossier.ADMINISTRATION, None))
        foreign = joins(person("Autre"), "B", (Dossier.USERS, None), (subsides, places[2]))
        account = person("Ancien", niss="", password="x")
        joins(account, "A", (Dossier.USERS, None), (Dossier.AUTHORISATION, None), (subsides, places[1]))
        person("Dehors")
        for profile in (Profile.SUBSIDY_AGENT, Profile.AGENCY_ADMINISTRATOR, Profile.HELPDESK):
            role = session.scalars(select(Role).where(Role.name == profile.label)).one()
            agent = person(profile.value, roles=[role])
            state.people[agent.id].profiles = frozenset({profile.value})
        state.facilities = {one.id: Place(one.organiser_id, one.kind.sector.value) for one in places}
        state.projects = {one.id: Place(one.organiser_id) for one in projects}
        rows = _rows(session, owners, places, bare, foreign, boss, names)
        return World(state, {key: one.id for key, one in owners.items()}, rows, numbers, names)


def _rows(
    session: Session, owners: dict[str, Organiser], places: Sequence[Facility], bare: Membership,
    foreign: Membership, boss: Any, names: dict[str, int],
) -> Sequence[tuple[str, Sequence[Row]]]:  # fmt: skip
    """The rows of addresses, by a pattern of the rule; the first that holds counts."""
    everyone = ("everyone", 0)
    sheets = [factories.sheet(session, one, month=MONTH.first) for one in places]
    for one in sheets:
        factories.submission(session, one, boss)
    lines = {one.id: factories.line(session, one).id for one in sheets}
    a = owners["A"]
    closures = [
        factories.closure(session, a, places[0]),
        factories.closure(session, a),
        factories.closure(session, owners["B"]),
    ]
    ticket = factories.ticket(session, boss)
    asked = AccessRequest(
        organiser_id=a.id,
        membership_id=bare.id,
        dossier=Dossier.BILANS,
        place="",
        why="",
        asked_at=clock.now(),
    )
    session.add(asked)
    factories.entry(session, None)
    factories.entry(session, a.id)
    last = select(JournalEntry.id).order_by(JournalEntry.id.desc()).limit(1)
    entries = [
        (session.scalars(last.where(JournalEntry.organiser_id == a.id)).one(), ("organiser", a.id)),
        (session.scalars(last.where(JournalEntry.organiser_id.is_(None))).one(), ("platform", 0)),
    ]
    communication = factories.communication(session)
    session.flush()

    def of(one: Any) -> tuple[str, int]:
        return ("organiser", one.organiser_id)

    since = "?since=2020-01-01T00:00:00%2B00:00&field=2&line="
    boss_row = session.scalars(select(Membership).where(Membership.user_id == boss.id)).one()
    people = [boss_row, bare, foreign]
    return [
        ("facility_id", [
            Row({"facility_id": one.id, "month": MONTH, "version": 1}, of(one), one.id) for one in places
        ]),
        ("^/api/presences/", [
            Row({"sheet_id": one.id}, of(one), one.facility_id, f"{since}{lines[one.id]}") for one in sheets
        ]),
        ("^/controle/presences/", [
            Row({"sheet_id": one.id, "version": 1}, ("door", one.organiser_id), None, f"{since}{lines[one.id]}")
            for one in (sheets[0], sheets[2])
        ]),
        ("^/historique/<kind>", [
            Row({"kind": "presences", "number": sheets[0].id}, of(sheets[0])),
            Row({"kind": "milieux-d-accueil", "number": places[2].id}, of(places[2])),
            Row({"kind": "profils", "number": bare.id}, of(bare)),
        ]),
        ("^/historique/", [Row({"entry_id": number}, owner) for number, owner in entries]),
        ("^/milieux-d-accueil/", [Row({"pk": one.id}, of(one), one.id) for one in places]),
        ("^/fermetures/", [Row({"pk": one.id}, of(one), one.facility_id) for one in closures]),
        ("^/reference/communications/", [Row({"pk": communication.id}, everyone)]),
        ("^/reference/parametres/", [Row({"pk": session.scalars(select(Parameter.id).limit(1)).one()}, everyone)]),
        ("^/reference/", [Row({"pk": 1}, everyone)]),
        ("^/securite/", [Row({"pk": 1, "user_id": names["helpdesk"]}, everyone)]),
        ("^/aide/tickets/", [Row({"ticket_id": ticket.id}, ("person", boss.id))]),
        ("^/helpdesk/tickets/", [Row({"ticket_id": ticket.id}, everyone)]),
        ("^/hors-portefeuille/", [Row({"organiser_id": a.id}, everyone)]),
        ("organiser_id>", [Row({"organiser_id": one.id}, ("door", one.id)) for one in owners.values()]),
        ("^/helpdesk/utilisateurs/", [Row({"user_id": boss.id}, everyone)]),
        ("^/communications/", [Row({"communication_id": communication.id}, everyone)]),
        ("^/avis/", [Row({"notice_id": 0}, ("nobody", 0))]),
        ("^/utilisateurs/demandes/", [Row({"request_id": asked.id}, ("organiser", a.id))]),
        ("member_id", [Row({"member_id": one.id}, ("member", one.id), query=f"?de={one.id}") for one in people]),
    ]  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """A membership as the database has it."""

    user: int
    organiser: int
    state: str
    grants: frozenset[tuple[Key, Period]]


_PEOPLE: Final = text(
    "SELECT id, user_id, organiser_id, state FROM membership"
    " WHERE organiser_id = ANY (:owners) AND user_id IS NOT NULL ORDER BY id"
)
_GRANTS: Final = text(
    "SELECT membership_id, dossier, coalesce(facility_id, project_id), valid_from, valid_until FROM access_grant"
    " WHERE revoked_at IS NULL AND organiser_id = ANY (:owners)"
)
#: What no step of the walk may change: the organisers' rows, whoever asks.
_STILL: Final = text(
    " UNION ALL ".join(
        f"SELECT '{table}', md5(coalesce(string_agg(t::text, '|' ORDER BY id), '')) FROM {table} t"
        f" WHERE {column} = ANY (:owners)"
        for table, column in (
            ("organiser", "id"), ("facility", "organiser_id"), ("closure", "organiser_id"),
            ("attendance_sheet", "organiser_id"), ("attendance_line", "organiser_id"),
        )
    )
)  # fmt: skip


def kept(engine: Engine, organisers: Sequence[int]) -> tuple[dict[int, Kept], dict[str, str]]:
    """The memberships with what is opened, as the database's owner sees them; and what must stay as it is."""
    owners = {"owners": list(organisers)}
    with engine.connect() as connection:
        grants: dict[int, set[tuple[Key, Period]]] = {}
        for member, dossier, number, first, last in connection.execute(_GRANTS, owners):
            grants.setdefault(member, set()).add(((dossier, number), (first, last)))
        members = {
            number: Kept(user, organiser, state, frozenset(grants.get(number, ())))
            for number, user, organiser, state in connection.execute(_PEOPLE, owners)
        }
        still = dict(connection.execute(_STILL, owners).all())  # type: ignore[arg-type]
    return members, still


def of_model(state: State) -> dict[int, Kept]:
    """The same, as the model has it."""
    return {
        one.id: Kept(one.user, one.organiser, one.state, frozenset(one.grants.items()))
        for one in state.members.values()
    }

"""Two organisers full of canaries: words and numbers that stand nowhere else, and that only some may see."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import owner_engine
from app.models import AttendanceLine, Communication, Facility, Organiser, Profile, User
from app.rules.dossiers import Dossier, Reach
from app.rules.months import Month
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client
from tests.oracle.filling import collect, common_rows, fill, number_from

_NOW = Month.of(clock.today())
#: Nothing made yet; a draft with a workbook under preview; one submitted; one submitted, then sent back.
EMPTY, DRAFT, SUBMITTED, RETURNED = (
    _NOW,
    _NOW.previous(),
    _NOW.previous().previous(),
    _NOW.previous().previous().previous(),
)
#: Rows are numbered from here on, one range for each organiser and table, so that a number tells whose it is.
_FIRST_ID = {"A": 41_000_000, "B": 72_000_000}


@dataclass
class Place:
    """A facility: its marks, the ids of its rows by table."""

    key: str
    facility_id: int
    sheets: dict[Month, int]
    ids: dict[str, list[int]] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        return f"Fenrul{self.key}"

    @property
    def child_mark(self) -> str:
        """Of the children of the months that were submitted, and of what was said of these."""
        return f"Pilpat{self.key}"

    @property
    def draft_mark(self) -> str:
        """Of the children of a month that was never submitted."""
        return f"Drumel{self.key}"


@dataclass
class Owner:
    """An organiser: its marks, facilities, people."""

    key: str
    organiser_id: int
    places: dict[str, Place]
    people: dict[str, int]
    #: Rows that belong to no facility.
    ids: dict[str, list[int]] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        return f"Zorvak{self.key}"

    @property
    def inner_mark(self) -> str:
        """Of its rows, where `mark` is of its name and address."""
        return f"Durnok{self.key}"

    @property
    def people_mark(self) -> str:
        return f"Pervin{self.key}"

    @property
    def all_ids(self) -> set[int]:
        rows = [self.ids, *(place.ids for place in self.places.values())]
        return {number for tables in rows for ids in tables.values() for number in ids}


@dataclass
class World:
    """Both organisers and the people of the agency."""

    owners: dict[str, Owner]
    agents: dict[str, int]
    #: An agent to whom nothing is entrusted, where those of `agents` have the whole territory.
    stranger: int
    #: Somebody who acts for both organisers.
    both: int
    #: A word for each person, in the rows that are theirs alone, before the name of the table.
    personal: dict[int, str]
    #: A row of each table that belongs to nobody.
    common: dict[str, list[int]] = field(default_factory=dict)
    #: A workbook of ours for each facility.
    workbooks: dict[str, bytes] = field(default_factory=dict)

    def place(self, key: str) -> Place:
        return self.owner(key).places[key]

    def owner(self, key: str) -> Owner:
        """The organiser of a facility."""
        return next(owner for owner in self.owners.values() if key in owner.places)

    def rows(self, key: str) -> dict[str, list[int]]:
        """Ids by table: one of the facility's (of its months, all), one of its organiser's, else one of anybody's."""
        found = {table: list(ids) for table, ids in self.common.items()}
        place, owner = self.place(key), self.owner(key)
        for table in {*owner.ids, *place.ids}:
            few = None if table in {"attendance_sheet", "attendance_line"} else 1
            found[table] = [*place.ids.get(table, [])[:few], *owner.ids.get(table, [])[:1]]
        found["ab_user"].append(self.agents[Profile.SUBSIDY_AGENT])
        return found


def build(app: Flask, system: System) -> World:
    """Make the world in the application's database. No two canaries hold one another."""
    engine = owner_engine_of(app)
    owners: dict[str, Owner] = {}
    with engine.connect() as connection:
        for key, places in (("A", ("Un", "Deux")), ("B", ("Trois", "Quatre"))):
            number_from(connection, _FIRST_ID[key])
            with system() as session:
                owners[key] = _owner(session, key, places)
        number_from(connection, 90_000_000)
        world = _people(system, owners)
        for owner in owners.values():
            number_from(connection, _FIRST_ID[owner.key] + 5_000)
            _upload(app, owner, world)
            with system() as session:
                _own_rows(session, owner, world)
            fill(connection, owner, world.personal)
            collect(connection, owner)
        world.common = common_rows(connection)
    engine.dispose()
    return world


def _people(system: System, owners: dict[str, Owner]) -> World:
    """The agency's, one of each profile, and somebody of both organisers."""
    with system() as session:
        agents = {
            profile.value: factories.agent(session, f"Kestrel{place}", profile).id
            for place, profile in enumerate(Profile)
        }
        stranger = factories.agent(session, "Ailleurs", everywhere=False)
        session.add(
            Communication(title="Avis", body="Avis", valid_from=clock.today(), valid_until=clock.today())
        )
        both = factories.person(session, "Deuxfois")
        for owner in owners.values():
            factories.administrator(session, session.get_one(Organiser, owner.organiser_id), both)
        world = World(owners, agents, stranger.id, both.id, {})
    people = {
        f"{owner.key}{name}": number for owner in owners.values() for name, number in owner.people.items()
    }
    for name, number in {**people, **agents, "deux": world.both}.items():
        world.personal[number] = f"Solvik-{name.replace(' ', '')}-"
    return world


def _own_rows(session: Session, owner: Owner, world: World) -> None:
    """What a page finds by more than its number: for each person, a form kept for a strong connection, another device."""
    for number in owner.people.values():
        user = session.get_one(User, number)
        factories.kept_form(session, user, f"{world.personal[number]}kept_form-")
        factories.open_session(session, user)


def owner_engine_of(app: Flask) -> Any:
    with app.app_context():
        return owner_engine(app)


def _owner(session: Session, key: str, places: tuple[str, ...]) -> Owner:
    mark, inner, people_mark = f"Zorvak{key}", f"Durnok{key}", f"Pervin{key}"
    row = factories.organiser(session, mark)
    boss = factories.administrator(session, row, mark=people_mark)
    factories.code_mapping(session, row, boss, inner)
    factories.closure(session, row, mark=inner)
    factories.project(session, row, inner)
    factories.entry(session, row.id, inner, object_type="organiser", object_id=row.id)
    clerk = factories.member(session, row, mark=people_mark)
    for dossier in Dossier:
        if dossier.reach is Reach.ORGANISER and dossier is not Dossier.ADMINISTRATION:
            factories.grant(session, clerk, dossier)
    owner = Owner(key, row.id, {}, {"admin": boss.id, "clerk": clerk.user_id})
    for name in places:
        owner.places[name] = _place(session, row, boss, name, owner)
    return owner


def _place(session: Session, owner: Organiser, boss: User, key: str, found: Owner) -> Place:
    place = Place(key, 0, {})
    facility = factories.facility(session, owner, place.mark, weekdays=(0, 1, 2, 3, 4, 5, 6))
    place.facility_id = facility.id
    manager = factories.member(session, owner, mark=found.people_mark)
    for dossier in Dossier:
        if dossier.reach is Reach.FACILITY:
            factories.grant(session, manager, dossier, facility_id=facility.id)
    found.people[f"manager {key}"] = manager.user_id
    factories.closure(session, owner, facility, place.mark)
    draft = factories.sheet(session, facility, place.draft_mark, month=DRAFT.first)
    place.sheets[DRAFT] = draft.id
    for month in (SUBMITTED, RETURNED):
        sheet = factories.sheet(session, facility, place.child_mark, month=month.first)
        factories.submission(session, sheet, boss, place.child_mark, drawn=True)
        if month is RETURNED:
            factories.return_to_organiser(session, sheet, place.child_mark)
        place.sheets[month] = sheet.id
    _entries(session, facility, place)
    return place


def _entries(session: Session, facility: Facility, place: Place) -> None:
    for month, sheet_id in place.sheets.items():
        mark = place.draft_mark if month is DRAFT else place.child_mark
        factories.entry(
            session, facility.organiser_id, mark, facility=facility, changes=3,
            object_type="attendance_sheet", object_id=sheet_id,
        )  # fmt: skip
        for line in session.scalars(select(AttendanceLine.id).where(AttendanceLine.sheet_id == sheet_id)):
            factories.entry(
                session, facility.organiser_id, mark, facility=facility, changes=2, object_id=line
            )


def _upload(app: Flask, owner: Owner, world: World) -> None:
    """Each manager sends a workbook and leaves it in preview: our template, with its children."""
    for name, place in owner.places.items():
        client = new_client(app).login(owner.people[f"manager {name}"])
        base = f"/presences/{place.facility_id}/{DRAFT}"
        workbook = client.get(f"{base}/export.xlsx")
        assert workbook.status_code == 200, workbook.status
        world.workbooks[name] = workbook.data
        answer = send_workbook(client, f"{base}/importer", workbook.data, f"{place.draft_mark}.xlsx")
        assert answer.status_code == 303, answer.get_data(as_text=True)[:2000]


def send_workbook(client: PortalClient, path: str, content: bytes, name: str) -> Any:
    form = {"fichier": (io.BytesIO(content), name)}
    return client.submit(path, form, content_type="multipart/form-data")

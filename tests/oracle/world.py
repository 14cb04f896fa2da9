"""Two organisers full of canaries: words and numbers that stand nowhere else, and that only some may see."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app import clock
from app.db import owner_engine
from app.models import Facility, Organiser, Profile, User
from app.models.base import PersonOwned
from app.rules.months import Month
from app.scope import owned_mappers
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client

_NOW = Month.of(clock.today())
#: A draft with a workbook under preview; one submitted; one submitted, then sent back.
DRAFT, SUBMITTED, RETURNED = (
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

    def place(self, key: str) -> Place:
        return next(owner.places[key] for owner in self.owners.values() if key in owner.places)


def build(app: Flask, system: System) -> World:
    """Make the world in the application's database. No two canaries hold one another."""
    engine = owner_engine_of(app)
    owners = {}
    with engine.connect() as connection:
        for key, places in (("A", ("Un", "Deux")), ("B", ("Trois", "Quatre"))):
            _number_from(connection, _FIRST_ID[key])
            with system() as session:
                owners[key] = _owner(session, key, places)
            _upload(app, owners[key])
            _collect(connection, owners[key])
    engine.dispose()
    with system() as session:
        agents = {
            "agent": factories.agent(session, "Kestrelo").id,
            "agency": factories.agent(session, "Kestrelu", Profile.AGENCY_ADMINISTRATOR).id,
        }
    return World(owners, agents)


def owner_engine_of(app: Flask) -> Any:
    with app.app_context():
        return owner_engine(app)


def _owner(session: Session, key: str, places: tuple[str, ...]) -> Owner:
    mark, people_mark = f"Zorvak{key}", f"Pervin{key}"
    row = factories.organiser(session, mark)
    boss = factories.administrator(session, row, mark=people_mark)
    factories.code_mapping(session, row, boss, mark)
    factories.closure(session, row, mark=mark)
    factories.project(session, row, mark)
    factories.entry(session, row.id, mark, object_type="organiser", object_id=row.id)
    owner = Owner(key, row.id, {}, {"admin": boss.id})
    for name in places:
        owner.places[name] = _place(session, row, boss, name, owner)
    return owner


def _place(session: Session, owner: Organiser, boss: User, key: str, found: Owner) -> Place:
    place = Place(key, 0, {})
    facility = factories.facility(session, owner, place.mark, weekdays=(0, 1, 2, 3, 4, 5, 6))
    place.facility_id = facility.id
    manager = factories.data_manager(session, owner, facility, mark=found.people_mark)
    found.people[f"manager {key}"] = manager.id
    factories.closure(session, owner, facility, place.mark)
    draft = factories.sheet(session, facility, place.draft_mark, month=DRAFT.first)
    place.sheets[DRAFT] = draft.id
    for month in (SUBMITTED, RETURNED):
        sheet = factories.sheet(session, facility, place.mark, month=month.first)
        factories.submission(session, sheet, boss, place.mark, drawn=True)
        if month is RETURNED:
            factories.return_to_organiser(session, sheet, place.mark)
        place.sheets[month] = sheet.id
    _entries(session, facility, place)
    return place


def _entries(session: Session, facility: Facility, place: Place) -> None:
    for month, sheet_id in place.sheets.items():
        mark = place.draft_mark if month is DRAFT else place.mark
        factories.entry(
            session, facility.organiser_id, mark, facility=facility, changes=3,
            object_type="attendance_sheet", object_id=sheet_id,
        )  # fmt: skip


def _upload(app: Flask, owner: Owner) -> None:
    """Each manager sends a workbook and leaves it in preview: our template, with its children."""
    for name, place in owner.places.items():
        client = new_client(app).login(owner.people[f"manager {name}"])
        base = f"/presences/{place.facility_id}/{DRAFT}"
        workbook = client.get(f"{base}/export.xlsx")
        assert workbook.status_code == 200, workbook.status
        answer = send_workbook(client, f"{base}/importer", workbook.data, f"{place.draft_mark}.xlsx")
        assert answer.status_code == 303, answer.get_data(as_text=True)[:2000]


def send_workbook(client: PortalClient, path: str, content: bytes, name: str) -> Any:
    form = {"fichier": (io.BytesIO(content), name)}
    return client.submit(path, form, content_type="multipart/form-data")


def _number_from(connection: Connection, first: int) -> None:
    for offset, (table, column) in enumerate(_numbered(connection)):
        sequence = connection.execute(
            text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table, "column": column}
        ).scalar_one()
        connection.execute(
            text("SELECT setval(:sequence, :value)"), {"sequence": sequence, "value": first + offset * 10_000}
        )
    connection.commit()


def _numbered(connection: Connection) -> Iterator[tuple[str, str]]:
    rows = connection.execute(
        text(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL ORDER BY 1"
        )
    )
    yield from rows.all()  # type: ignore[misc]


def _collect(connection: Connection, owner: Owner) -> None:
    """The ids of every row of the organiser, by facility where it has one."""
    places = {place.facility_id: place for place in owner.places.values()}
    for mapper in owned_mappers():
        table, model = mapper.local_table.name, mapper.class_
        facility = "id" if model is Facility else "facility_id" if hasattr(model, "facility_id") else "NULL"
        owners = list(owner.people.values()) if issubclass(model, PersonOwned) else [owner.organiser_id]
        rows = connection.execute(
            text(
                f"SELECT id, {facility} FROM {table} WHERE {model.__owner_column__} = ANY (:owners) ORDER BY id"
            ),
            {"owners": owners},
        )
        for number, facility_id in rows:
            holder = places[facility_id].ids if facility_id in places else owner.ids
            holder.setdefault(table, []).append(number)
    owner.ids["ab_user"] = list(owner.people.values())
    connection.rollback()

"""What a page asks of the database, as PostgreSQL itself saw it, on few rows and on many."""

from __future__ import annotations

import contextlib
import datetime as dt
import decimal
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from flask import Flask
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import db
from app.models import (
    AttendanceLine,
    AttendanceSheet,
    ClosureMotive,
    Communication,
    Dossier,
    Facility,
    Grant,
    HelpdeskContact,
    Holiday,
    Membership,
    Organiser,
    Parameter,
    Profile,
    User,
)
from app.rules.months import Month
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client
from tests.oracle.asking import listening
from tests.oracle.attempts import Attempts, reading, routes
from tests.oracle.world import DRAFT, RETURNED, SUBMITTED, World, send_workbook

#: What has no page of its own: the way to another, or to the identity provider and back.
LEADING_ON = frozenset(
    {
        "AttendanceView.facility", "SignInView.start", "SignInView.callback", "SignInView.strengthen",
    }
)  # fmt: skip
#: How many rows of each kind there are more, the second time.
MANY = 25

_ENTRY = re.compile(r"^\d{4}-\d\d-\d\d \S+ \S+ \[\d+\] (LOG:  (?:statement|execute [^:]*): )?", re.MULTILINE)


class Watch:
    """The log of the embedded server, for one application's database.

    A listener on the engine would miss what goes to the driver directly: sessions, scopes, the history.
    """

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            url = app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "")
            with psycopg.connect(url, autocommit=True) as admin:
                name, folder = admin.execute(
                    "SELECT current_database(), current_setting('data_directory')"
                ).fetchone()  # type: ignore[misc]
                admin.execute(f"ALTER DATABASE \"{name}\" SET log_statement = 'all'")
                admin.execute(f'ALTER DATABASE "{name}" SET log_parameter_max_length = 0')
            db.engine.dispose()  # only new connections obey
        self._log = Path(folder) / "log"

    @contextlib.contextmanager
    def __call__(self) -> Iterator[list[str]]:
        """The statements sent during the `with`, those that begin and end transactions included."""
        asked: list[str] = []
        start = self._log.stat().st_size
        yield asked
        with self._log.open("rb") as log:
            log.seek(start)
            text = log.read().decode(errors="replace")
        marks = list(_ENTRY.finditer(text))
        ends = [mark.start() for mark in marks[1:]] + [len(text)]
        asked += [
            " ".join(text[mark.end() : end].split()) for mark, end in zip(marks, ends, strict=True) if mark[1]
        ]


@dataclass(frozen=True)
class Visit:
    """A page seen by a person: what it asked, and how much it shows."""

    statements: list[str]
    length: int
    #: Rows of its tables.
    rows: int
    #: Whether it stands on its own: a list, a form, the home page; else it shows one thing.
    own: bool

    @property
    def limit(self) -> int:
        """An agent's page of one thing passes two doors, each with its entry in the history."""
        return 10 if self.own else 20


Visits = dict[tuple[str, str], Visit]


def visits(app: Flask, world: World, watch: Watch, *only: str) -> Visits:
    """Every GET page (or `only` these endpoints) for everyone who may see it: (endpoint, who) → visit.

    Each is asked for twice and looked at the second time: a process reads a person's rights and a month's calendar
    once, and keeps them until they change.
    """
    with listening(app) as notebook:
        return _visits(app, world, watch, Attempts(app, world, notebook), only)


def _visits(app: Flask, world: World, watch: Watch, trying: Attempts, only: tuple[str, ...]) -> Visits:
    found = {}
    for who, client in _people(app, world).items():
        for rule in filter(reading, routes(app)):
            if rule.endpoint in LEADING_ON or (only and rule.endpoint not in only):
                continue
            for attempt in trying.pages(rule, "Un"):
                if attempt.send(client).status_code != 200:
                    continue
                own = not rule.arguments and rule.rule.endswith("/")  # else a download
                with watch() as asked:
                    answer = attempt.send(client)
                found[rule.endpoint, who] = Visit(asked, len(answer.data), answer.data.count(b"<tr"), own)
                break
    return found


def faults(few: Visits, many: Visits) -> list[str]:
    """The pages that ask for more on many rows than on few, or for too much, with what they ask."""
    found = []
    for (endpoint, who), visit in many.items():
        before, now = len(few[endpoint, who].statements), len(visit.statements)
        if now != before or now > visit.limit:
            told = "\n".join(f"    {statement[:200]}" for statement in visit.statements)
            found.append(
                f"{endpoint}, {who}: {before} statements, then {now} (at most {visit.limit})\n{told}"
            )
    return found


def _people(app: Flask, world: World) -> dict[str, PortalClient]:
    owner = world.owners["A"]
    return {
        "personne": new_client(app),
        "administrateur": new_client(app).login(owner.people["admin"], context=owner.organiser_id),
        "gestionnaire": new_client(app).login(owner.people["manager Un"]),
        "agent": new_client(app).login(world.agents[Profile.SUBSIDY_AGENT]),
        "administrateur ONE": new_client(app).login(world.agents[Profile.AGENCY_ADMINISTRATOR]),
    }


def grow(app: Flask, system: System, world: World) -> None:
    """Make a long list of everything that the pages of the organiser A and of the agency show."""
    owner, place = world.owners["A"], world.place("Un")
    with system() as session:
        organiser, facility = (
            session.get_one(Organiser, owner.organiser_id),
            session.get_one(Facility, place.facility_id),
        )
        admin, manager = (session.get_one(User, owner.people[name]) for name in ("admin", "manager Un"))
        _more_facilities(session, organiser, admin, manager)
        _more_months(session, facility, admin, place.sheets)
        for number in range(MANY):
            factories.closure(session, organiser, facility, f"Fermeture {number}")
            factories.administrator(session, factories.organiser(session, f"Autre{number}"), admin)
            factories.agent(session, f"Collègue{number}")
            factories.administrator(session, organiser, mark=f"Membre{number}")
            factories.notice(session, admin, f"Avis {number}")
            factories.ticket(session, admin, f"Aide {number}")
        _more_reference(session)
    client = new_client(app).login(owner.people["manager Un"])
    base = f"/presences/{place.facility_id}/{DRAFT}"
    sent = send_workbook(client, f"{base}/importer", client.get(f"{base}/export.xlsx").data, "plus.xlsx")
    assert sent.status_code == 303


def _more_facilities(session: Session, organiser: Organiser, admin: User, manager: User) -> None:
    membership = session.scalars(select(Membership).where(Membership.user_id == manager.id)).one()
    for number in range(MANY):
        facility = factories.facility(session, organiser, f"Grandie{number}")
        session.add(
            Grant(
                organiser_id=organiser.id, membership_id=membership.id, facility_id=facility.id,
                dossier=Dossier.SUBSIDES,
            )
        )  # fmt: skip
        for month in (SUBMITTED, RETURNED):
            sheet = factories.sheet(session, facility, month=month.first)
            factories.submission(session, sheet, admin)
            if month is RETURNED:
                factories.return_to_organiser(session, sheet)
    session.flush()


def _more_months(session: Session, facility: Facility, admin: User, sheets: dict[Month, int]) -> None:
    for month, sheet_id in sheets.items():
        sheet = session.get_one(AttendanceSheet, sheet_id)
        child = session.scalars(select(AttendanceLine.id).where(AttendanceLine.sheet_id == sheet_id)).first()
        for number in range(MANY):
            for kind, object_id in (("attendance_sheet", sheet_id), ("attendance_line", child)):
                factories.entry(
                    session, facility.organiser_id, facility=facility, object_type=kind, object_id=object_id, changes=3,
                )  # fmt: skip
            if month == DRAFT:
                factories.line(session, sheet, f"Enfant{number}", position=100 + number)
            elif number < 5:
                factories.submission(session, sheet, admin, drawn=True)
                factories.check(session, sheet)
                if month == RETURNED or number < 4:
                    factories.return_to_organiser(session, sheet)
        session.flush()


def _more_reference(session: Session) -> None:
    today, source = clock.today(), "essai"
    for number in range(MANY):
        first = dt.date(2150 + number, 5, 4)
        session.add_all(
            [
                Communication(title=f"Message {number}", body="Texte", valid_from=today, valid_until=today),
                Holiday(day=first, label=f"Fête {number}", source=source),
                ClosureMotive(label=f"Motif {number}", valid_from=today, source=source),
                Parameter(
                    key=f"essai-{number}", label="Essai", value=decimal.Decimal(number), valid_from=first, source=source
                ),
                Role(name=f"Profil {number}"),
                HelpdeskContact(valid_from=first, phone="0", email="a@b.invalid", hours="-", source=source),
            ]
        )  # fmt: skip
    session.flush()

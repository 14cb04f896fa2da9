"""Fictional data: crèches at the limit of 500 lines, one for each thing that is measured, and their people."""

from __future__ import annotations

import datetime as dt
import decimal
import secrets
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskCliRunner
from itsdangerous import URLSafeTimedSerializer

from app import clock, scope
from app.db import db
from app.models import Dossier, Facility, Grant, Membership, OpeningHours, Organiser, Strength, User
from app.rules.attendance import ChildLine, MonthContext
from app.rules.codes import BLANK
from app.rules.months import Month
from app.services.attendance import months, sheets

LINES = 500
PEOPLE = 200


@dataclass(frozen=True)
class Person:
    """A signed-in person: the session's cookie and a CSRF token that it accepts."""

    user_id: int
    cookie: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie, "X-CSRFToken": self.token}


@dataclass(frozen=True)
class Place:
    """A full month of a crèche."""

    facility_id: int
    sheet_id: int
    lines: list[int]


@dataclass(frozen=True)
class Data:
    """Where the measures take place. `days` are those that take a code."""

    month: Month
    days: list[int]
    #: Whose cells are saved; what the browser edits; where workbooks are imported, empty.
    saved: Place
    edited: Place
    importing: int
    person: Person
    #: Administrators of the same organiser, by id.
    savers: list[int]


def make(app: Flask) -> Data:
    """Migrate, bootstrap, load the demo, add a full month. The month is the last one that is over."""
    for command in (("db", "upgrade"), ("bootstrap",), ("demo", "charger")):
        outcome = FlaskCliRunner(app).invoke(args=list(command))
        if outcome.exit_code:
            raise RuntimeError(outcome.output) from outcome.exception
    today = clock.today()
    month = Month.of(today).previous()
    with app.app_context(), scope.system("bench data", db.session()):
        organiser = Organiser(
            name="Commune de Bellerive", bce="0712345682", postcode="1300", city="Bellerive"
        )
        db.session.add(organiser)
        db.session.flush()
        saved, edited = (
            _place(facility_of(organiser, name, LINES), month, today) for name in ("CR-9001", "CR-9002")
        )
        importing = facility_of(organiser, "CR-9003", LINES).id
        closed = months.context(db.session(), saved.facility_id, month, today).closed
        db.session.commit()
        user_ids = [user(organiser.id, f"bench.{number}").id for number in range(PEOPLE)]
    days = [day for day in range(1, month.days + 1) if day not in closed]
    return Data(month, days, saved, edited, importing, signed_in(app, user_ids[0]), user_ids)


def _place(facility: Facility, month: Month, today: dt.date) -> Place:
    session = db.session()
    ctx = months.context(session, facility.id, month, today)
    sheet = sheets.make(session, facility, month, clock.now())
    return Place(facility.id, sheet.id, sheets.add(session, sheet, children(LINES, ctx), clock.now()))


def facility_of(organiser: Organiser, matricule: str, capacity: int) -> Facility:
    """A facility of an organiser, open five days a week."""
    facility = Facility(
        organiser_id=organiser.id, matricule=matricule, name=f"Crèche {matricule}", capacity=capacity,
        opened_on=dt.date(2025, 1, 1),
    )  # fmt: skip
    db.session.add(facility)
    db.session.flush()
    for weekday in range(5):
        db.session.add(
            OpeningHours(
                organiser_id=organiser.id, facility_id=facility.id, weekday=weekday,
                valid_from=dt.date(2025, 1, 1), opens_at=dt.time(7), closes_at=dt.time(18),
            )
        )  # fmt: skip
    db.session.flush()
    return facility


def user(organiser_id: int, name: str) -> User:
    """An administrator of the organiser. Commits."""
    found = User(
        first_name="Bénédicte", last_name=name, username=name, email=f"{name}@exemple.invalid", active=True,
        password="",
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    member = Membership(
        user_id=found.id,
        organiser_id=organiser_id,
        first_name=found.first_name,
        last_name=name,
        email=found.email,
    )
    db.session.add(member)
    db.session.flush()
    db.session.add(Grant(organiser_id=organiser_id, membership_id=member.id, dossier=Dossier.ADMINISTRATION))
    db.session.commit()
    return found


def children(count: int, ctx: MonthContext) -> list[ChildLine]:
    """Children with every field, a code on every open day."""
    codes = "".join(BLANK if day in ctx.closed or day > ctx.days else "P" for day in range(1, 32))
    return [
        ChildLine(
            last_name=f"Enfant {number:03d}", first_name="Camille",
            birth_date=ctx.month.first - dt.timedelta(days=300 + number),
            entry_date=ctx.month.first - dt.timedelta(days=100), pfp_rate=decimal.Decimal("12.50"), codes=codes,
        )
        for number in range(count)
    ]  # fmt: skip


def signed_in(app: Flask, user_id: int) -> Person:
    """A session as signing in leaves it, written through the portal's own session store."""
    with app.app_context(), scope.system("bench sign-in", db.session()):
        epoch = db.session.get_one(User, user_id).epoch
    client, raw = app.test_client(), secrets.token_hex(20)
    with client.session_transaction() as session:
        session["_user_id"] = str(user_id)
        session["_fresh"] = True
        session["epoch"] = epoch
        session["strength"] = Strength.STRONG.value
        session["means"] = "bench"
        session["auth_time"] = clock.now().isoformat()
        session["csrf_token"] = raw
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    if cookie is None:
        raise RuntimeError("no session cookie")
    token = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps(raw)
    return Person(user_id, f"{name}={cookie.value}", str(token))

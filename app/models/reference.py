"""Dated, sourced, editable data of the domain: no amount, deadline or list stands in the code."""

from __future__ import annotations

import datetime as dt
import decimal
from typing import ClassVar

from flask_appbuilder import Model
from sqlalchemy import ARRAY, CheckConstraint, Date, DateTime, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.rules.audiences import Audience


class Parameter(Model):
    """A number of the domain, valid from a date. `official` False: shown as « valeur non officielle »."""

    #: The unit of what is true or not: 1 for yes, 0 for no.
    YES_NO: ClassVar[str] = "oui/non"

    __tablename__ = "parameter"
    __table_args__ = (UniqueConstraint("key", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(200))
    value: Mapped[decimal.Decimal] = mapped_column(Numeric(12, 4))
    unit: Mapped[str] = mapped_column(String(40), default="")
    valid_from: Mapped[dt.date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(300))
    official: Mapped[bool] = mapped_column(default=False)

    def __str__(self) -> str:
        return self.label


class Holiday(Model):
    """A day on which no facility is open by law."""

    __tablename__ = "holiday"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[dt.date] = mapped_column(Date, unique=True)
    label: Mapped[str] = mapped_column(String(100))
    source: Mapped[str] = mapped_column(String(300))
    official: Mapped[bool] = mapped_column(default=True)

    def __str__(self) -> str:
        return self.label


class ClosureMotive(Model):
    """Reasons a facility may give for closing (guide 10.1.1, third step)."""

    __tablename__ = "closure_motive"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(100), unique=True)
    valid_from: Mapped[dt.date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(300))
    official: Mapped[bool] = mapped_column(default=False)

    def __str__(self) -> str:
        return self.label


class HelpdeskContact(Model):
    """How to reach the helpdesk, from a date on (guide 3): the AIDE button shows it on every page."""

    __tablename__ = "helpdesk_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    valid_from: Mapped[dt.date] = mapped_column(Date, unique=True)
    phone: Mapped[str] = mapped_column(String(30))
    email: Mapped[str] = mapped_column(String(200))
    hours: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(300))
    official: Mapped[bool] = mapped_column(default=False)

    def __str__(self) -> str:
        return f"{self.phone}, {self.hours}"


class Communication(Model):
    """A banner on the home page (guide 6.2.1.4)."""

    __tablename__ = "communication"
    __table_args__ = (
        CheckConstraint("valid_from <= valid_until", name="period"),
        CheckConstraint("colour IN ('bleu', 'jaune', 'vert', 'rouge')", name="colour"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    colour: Mapped[str] = mapped_column(String(10), default="bleu")
    valid_from: Mapped[dt.date] = mapped_column(Date)
    valid_until: Mapped[dt.date] = mapped_column(Date)
    for_organisers: Mapped[bool] = mapped_column(default=True)
    for_agents: Mapped[bool] = mapped_column(default=True)
    #: Values of OrganiserKind and Sector; empty: all.
    organiser_kinds: Mapped[list[str]] = mapped_column(ARRAY(String(20)), default=list)
    sectors: Mapped[list[str]] = mapped_column(ARRAY(String(20)), default=list)
    #: Part of the newsletter: everybody is told on the first day; `told_at`: when they were.
    flash: Mapped[bool] = mapped_column(default=False)
    told_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def audience(self) -> Audience:
        return Audience.of(self.for_organisers, self.for_agents, self.organiser_kinds, self.sectors)

    def __str__(self) -> str:
        return self.title

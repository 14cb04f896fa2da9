"""Pouvoirs organisateurs and their milieux d'accueil."""

from __future__ import annotations

import datetime as dt
import enum
from typing import ClassVar

from flask_appbuilder import Model
from sqlalchemy import (
    CheckConstraint,
    Date,
    Enum,
    ForeignKeyConstraint,
    Integer,
    String,
    Time,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import FacilityOwned, OrganiserOwned, enum_values
from app.models.folding import folded
from app.rules.audiences import OrganiserKind
from app.rules.dossiers import Dossier, Sector


class FacilityKind(enum.StrEnum):
    """Kinds of facility. Value stored, label shown."""

    CRECHE = "creche"
    SCHOOL_HEALTH_SERVICE = "service-pse"

    @property
    def label(self) -> str:
        return {"creche": "Crèche", "service-pse": "Service de promotion de la santé à l’école"}[self.value]

    @property
    def sector(self) -> Sector:
        """The sector whose dossiers are opened for it."""
        return {"creche": Sector.EARLY_CHILDHOOD, "service-pse": Sector.SCHOOL_HEALTH}[self.value]


class Organiser(Model):
    """A pouvoir organisateur: holder of the authorisation of one or more facilities (guide 6)."""

    __tablename__ = "organiser"
    __owner_column__: ClassVar[str] = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    #: Enterprise number (BCE), 10 digits.
    bce: Mapped[str] = mapped_column(String(10), unique=True)
    kind: Mapped[OrganiserKind] = mapped_column(
        Enum(OrganiserKind, values_callable=enum_values, native_enum=False, length=20),
        default=OrganiserKind.OTHER,
    )
    street: Mapped[str] = mapped_column(String(200), default="")
    postcode: Mapped[str] = mapped_column(String(4), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")

    facilities: Mapped[list[Facility]] = relationship(
        back_populates="organiser", order_by=lambda: folded(Facility.name)
    )

    def __str__(self) -> str:
        return self.name


class Facility(OrganiserOwned, Model):
    """A milieu d'accueil."""

    __tablename__ = "facility"
    __table_args__ = (
        UniqueConstraint("organiser_id", "id"),
        CheckConstraint(
            "capacity BETWEEN 1 AND 1000 OR kind = 'service-pse' AND capacity = 0", name="capacity"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The agency's number of the facility, shown everywhere.
    matricule: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[FacilityKind] = mapped_column(
        Enum(FacilityKind, values_callable=enum_values, native_enum=False, length=30),
        default=FacilityKind.CRECHE,
    )
    #: Authorised places; 0 for a service that looks after no child.
    capacity: Mapped[int] = mapped_column(Integer)
    subsidised: Mapped[bool] = mapped_column(default=True)
    street: Mapped[str] = mapped_column(String(200), default="")
    postcode: Mapped[str] = mapped_column(String(4), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    #: First day the facility was open; months before it need no presences.
    opened_on: Mapped[dt.date] = mapped_column(Date)

    organiser: Mapped[Organiser] = relationship(back_populates="facilities")

    def __str__(self) -> str:
        return f"{self.name} ({self.matricule})"


class OpeningHours(FacilityOwned, Model):
    """Hours of one weekday, from a date on (0 = Monday). A weekday without a row is closed."""

    __tablename__ = "opening_hours"
    __constraints__ = (UniqueConstraint("facility_id", "weekday", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    weekday: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[dt.date] = mapped_column(Date)
    opens_at: Mapped[dt.time | None] = mapped_column(Time)
    closes_at: Mapped[dt.time | None] = mapped_column(Time)


class Closure(OrganiserOwned, Model):
    """A period of closure, of one facility or (facility empty) common to all of the organiser's."""

    __tablename__ = "closure"
    __dossier__: ClassVar[Dossier | None] = Dossier.SUBSIDES
    __facility_optional__: ClassVar[bool] = True
    __table_args__ = (
        ForeignKeyConstraint(["organiser_id", "facility_id"], ["facility.organiser_id", "facility.id"]),
        CheckConstraint("first_day <= last_day", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    facility_id: Mapped[int | None] = mapped_column(Integer, index=True)
    first_day: Mapped[dt.date] = mapped_column(Date)
    last_day: Mapped[dt.date] = mapped_column(Date)
    motive: Mapped[str] = mapped_column(String(100))

    facility: Mapped[Facility | None] = relationship(
        primaryjoin="Closure.facility_id == Facility.id", foreign_keys=[facility_id], viewonly=True
    )

    def __str__(self) -> str:
        return f"{self.motive}, {self.first_day:%d/%m/%Y} – {self.last_day:%d/%m/%Y}"

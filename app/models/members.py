"""An organiser's people: who acts for it, what is opened to them, what they ask for."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any, ClassVar

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import (
    CheckConstraint,
    Computed,
    Date,
    DateTime,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    column,
    func,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from app import clock
from app.models.base import OrganiserOwned, enum_values
from app.models.organisers import Organiser
from app.rules.dossiers import Dossier


class MembershipState(enum.StrEnum):
    """Where a person stands with an organiser."""

    ACTIVE = "actif"
    #: The profile stays in the list and can be reactivated (guide 6.1.2).
    DISABLED = "desactive"
    #: Gone for the organiser; the helpdesk can undo it for a while.
    DELETED = "supprime"

    @property
    def label(self) -> str:
        return {"actif": "Actif", "desactive": "Désactivé", "supprime": "Supprimé"}[self.value]


def _state() -> Enum:
    return Enum(MembershipState, values_callable=enum_values, native_enum=False, length=20)


class Membership(OrganiserOwned, Model):
    """One person acting for one organiser, under the name by which that organiser knows them.

    Name and address are the organiser's own: what another organiser wrote of the same person is not theirs to see.
    """

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("user_id", "organiser_id"),
        UniqueConstraint("organiser_id", "id"),
        Index("ix_membership_folded", "organiser_id", "folded"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: None once a deletion is final: who could see what, under which name, remains to be asked about, and no more.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), index=True)
    first_name: Mapped[str] = mapped_column(String(64))
    last_name: Mapped[str] = mapped_column(String(64))
    email: Mapped[str] = mapped_column(String(320), default="")
    #: What lists are ordered by and searched in (app/models/folding.py), kept: an organiser may have thousands of people.
    folded: Mapped[str] = mapped_column(
        Text(collation="C"),
        Computed(
            "folded(last_name::text || chr(9) || first_name::text || chr(9) || email::text)", persisted=True
        ),
        nullable=False,
        deferred=True,
    )
    state: Mapped[MembershipState] = mapped_column(_state(), default=MembershipState.ACTIVE)
    #: Since when, for the days within which a deletion can be undone.
    state_since: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    #: When somebody certified that the person consents to the use of their national number (guide 6.1.2).
    consent_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    #: Last time the person came in to act for this organiser; what they do for others is not told.
    last_entered_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))

    user: Mapped[User] = relationship()
    organiser: Mapped[Organiser] = relationship()
    grants: Mapped[list[Grant]] = relationship(
        back_populates="membership",
        primaryjoin="Grant.membership_id == Membership.id",
        foreign_keys="Grant.membership_id",
        cascade="all, delete-orphan",
    )

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def __str__(self) -> str:
        return self.name


class _OfMembership(OrganiserOwned):
    """Rows about one member; the composite foreign key keeps them in the member's organiser."""

    @declared_attr
    def membership_id(cls) -> Mapped[int]:
        return mapped_column(Integer, index=True)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805  (a declared attribute gets the class)
        own: tuple[Any, ...] = getattr(cls, "__constraints__", ())
        return (
            *own,
            ForeignKeyConstraint(
                ["organiser_id", "membership_id"],
                ["membership.organiser_id", "membership.id"],
                ondelete="CASCADE",
            ),
        )


class MembershipEvent(_OfMembership, Model):
    """A state that a member entered; only ever added to, so that a past date can be asked about."""

    __tablename__ = "membership_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[MembershipState] = mapped_column(_state())
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    by: Mapped[str] = mapped_column(String(200), default="")


class CallProject(OrganiserOwned, Model):
    """A project that an organiser submitted to a call (« Appel à projets Cigogne +5200 »)."""

    __tablename__ = "call_project"
    __table_args__ = (UniqueConstraint("organiser_id", "id"), UniqueConstraint("organiser_id", "name"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))

    def __str__(self) -> str:
        return self.name


class Grant(_OfMembership, Model):
    """A dossier opened to a member from a day on, until a day or without end (guide « Accès aux dossiers »).

    Never edited: another period is another row, and what is taken away keeps its row with the date. So the
    table itself answers « who could see what, that day? ». Facility and project are empty where the dossier is the
    whole organiser's, or for all of its projects.
    """

    __tablename__ = "access_grant"
    __facility_optional__: ClassVar[bool] = True
    __constraints__ = (
        ForeignKeyConstraint(["organiser_id", "facility_id"], ["facility.organiser_id", "facility.id"]),
        ForeignKeyConstraint(
            ["organiser_id", "project_id"], ["call_project.organiser_id", "call_project.id"]
        ),
        CheckConstraint("valid_until IS NULL OR valid_from <= valid_until", name="period"),
        CheckConstraint("facility_id IS NULL OR project_id IS NULL", name="one_object"),
        Index(
            "uq_access_grant_open",
            "membership_id",
            "dossier",
            "facility_id",
            "project_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=column("revoked_at").is_(None),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier: Mapped[Dossier] = mapped_column(
        Enum(Dossier, values_callable=enum_values, native_enum=False, length=30)
    )
    facility_id: Mapped[int | None] = mapped_column(Integer, index=True)
    project_id: Mapped[int | None] = mapped_column(Integer, index=True)
    #: Days in Brussels, both included.
    valid_from: Mapped[dt.date] = mapped_column(Date, default=clock.today)
    valid_until: Mapped[dt.date | None] = mapped_column(Date)
    granted_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    granted_by: Mapped[str] = mapped_column(String(200), default="")
    revoked_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_by: Mapped[str] = mapped_column(String(200), default="")

    membership: Mapped[Membership] = relationship(
        back_populates="grants",
        primaryjoin="Grant.membership_id == Membership.id",
        foreign_keys="Grant.membership_id",
    )


class RequestState(enum.StrEnum):
    """Where a request for an access stands."""

    WAITING = "en-attente"
    GIVEN = "ouvert"
    REFUSED = "refuse"

    @property
    def label(self) -> str:
        return {"en-attente": "En attente", "ouvert": "Accès ouvert", "refuse": "Refusé"}[self.value]


class AccessRequest(_OfMembership, Model):
    """A dossier that a member asks the administrators for, and their answer."""

    __tablename__ = "access_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier: Mapped[Dossier] = mapped_column(
        Enum(Dossier, values_callable=enum_values, native_enum=False, length=30)
    )
    #: Which facility or project, in the person's words: the others' names are not theirs to see.
    place: Mapped[str] = mapped_column(String(200), default="")
    why: Mapped[str] = mapped_column(String(1000), default="")
    asked_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    state: Mapped[RequestState] = mapped_column(
        Enum(RequestState, values_callable=enum_values, native_enum=False, length=20),
        default=RequestState.WAITING,
    )
    answer: Mapped[str] = mapped_column(String(1000), default="")
    answered_by: Mapped[str] = mapped_column(String(200), default="")
    answered_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))

"""Who may act for which organiser, and the server's side of sessions."""

from __future__ import annotations

import datetime as dt
import enum

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Dossier, EncryptedText, OrganiserOwned, enum_values
from app.models.organisers import Organiser


class Profile(enum.StrEnum):
    """The profiles of an organiser's people (guide 6.1.1) and of the agency's agents."""

    ADMINISTRATOR = "administrateur"
    DATA_MANAGER = "gestionnaire-donnees"
    SUBSIDY_AGENT = "gestionnaire-subsides"
    AGENCY_ADMINISTRATOR = "administrateur-one"

    @property
    def label(self) -> str:
        return {
            "administrateur": "administrateur du PO",
            "gestionnaire-donnees": "gestionnaire des données",
            "gestionnaire-subsides": "gestionnaire subsides",
            "administrateur-one": "administrateur ONE",
        }[self.value]

    @property
    def is_agent(self) -> bool:
        return self in (Profile.SUBSIDY_AGENT, Profile.AGENCY_ADMINISTRATOR)


class Membership(OrganiserOwned, Model):
    """One person acting for one organiser."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("user_id", "organiser_id"),
        UniqueConstraint("organiser_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), index=True)
    profile: Mapped[Profile] = mapped_column(
        Enum(Profile, values_callable=enum_values, native_enum=False, length=30)
    )
    active: Mapped[bool] = mapped_column(default=True)

    user: Mapped[User] = relationship()
    organiser: Mapped[Organiser] = relationship()
    grants: Mapped[list[Grant]] = relationship(
        back_populates="membership",
        primaryjoin="Grant.membership_id == Membership.id",
        foreign_keys="Grant.membership_id",
        cascade="all, delete-orphan",
    )


class Grant(OrganiserOwned, Model):
    """A dossier of one facility, opened to a person (guide « Accès aux dossiers »)."""

    __tablename__ = "facility_grant"
    __table_args__ = (
        UniqueConstraint("membership_id", "dossier", "facility_id"),
        ForeignKeyConstraint(
            ["organiser_id", "membership_id"],
            ["membership.organiser_id", "membership.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["organiser_id", "facility_id"], ["facility.organiser_id", "facility.id"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    membership_id: Mapped[int] = mapped_column(Integer, index=True)
    facility_id: Mapped[int] = mapped_column(Integer, index=True)
    dossier: Mapped[Dossier] = mapped_column(
        Enum(Dossier, values_callable=enum_values, native_enum=False, length=30)
    )

    membership: Mapped[Membership] = relationship(
        back_populates="grants",
        primaryjoin="Grant.membership_id == Membership.id",
        foreign_keys=[membership_id],
    )


class Strength(enum.StrEnum):
    """How a person proved who they are."""

    STRONG = "forte"
    WEAK = "faible"


class UserSession(Model):
    """The server's side of a session; the cookie holds a random id, kept here as a hash only."""

    __tablename__ = "user_session"
    __table_args__ = (CheckConstraint("strength IN ('forte', 'faible')", name="strength"),)

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), index=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    strength: Mapped[str] = mapped_column(String(10), default=Strength.WEAK.value)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    last_seen_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), index=True)


class RateCounter(Model):
    """Counters of Flask-Limiter, shared by every worker and host."""

    __tablename__ = "rate_counter"

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    hits: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), index=True)


class RightsVersion(Model):
    """One row, bumped by triggers: `version` at any change of people, profiles, grants or permissions,
    `reference` at any change of what months are judged against (calendar, closures, hours, parameters).

    Workers cache both under these numbers, so that a revocation or a correction holds on the next request.
    """

    __tablename__ = "rights_version"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    reference: Mapped[int] = mapped_column(Integer, server_default="1")


# Columns added in place to FAB's user: a subclass would be a second identity for one row.
User.niss_hash = mapped_column(String(64), unique=True, nullable=True)
User.niss_sealed = mapped_column(EncryptedText, nullable=True, deferred=True)
#: Sessions opened under a lower epoch are dead (disabling, logging out everywhere).
User.epoch = mapped_column(Integer, nullable=False, default=0, server_default="0")

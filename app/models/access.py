"""The agents' roles, and the server's side of sign-in: sessions, counters, versions."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import EncryptedText


class Profile(enum.StrEnum):
    """The roles of the agency's agents. An organiser's people have no role: they have grants."""

    AGENCY_ADMINISTRATOR = "administrateur-one"
    SUBSIDY_AGENT = "gestionnaire-subsides"
    COORDINATOR = "coordinateur-accueil"
    ADVISER = "agent-conseil"
    CARE_REFERENT = "referent-accueil"
    HEALTH_REFERENT = "referent-sante"
    HELPDESK = "helpdesk"

    @property
    def label(self) -> str:
        """Also the name of the role in Flask-AppBuilder's table."""
        return {
            "administrateur-one": "administrateur ONE",
            "gestionnaire-subsides": "gestionnaire subsides",
            "coordinateur-accueil": "coordinateur·trice accueil",
            "agent-conseil": "agent conseil",
            "referent-accueil": "référent accueil",
            "referent-sante": "référent santé",
            "helpdesk": "helpdesk",
        }[self.value]


class Strength(enum.StrEnum):
    """How a person proved who they are."""

    STRONG = "forte"
    WEAK = "faible"


class UserSession(Model):
    """The server's side of a session; the cookie holds a random id, kept here as a hash only."""

    __tablename__ = "user_session"
    __table_args__ = (CheckConstraint("strength IN ('forte', 'faible')", name="strength"),)

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: How its owner names it among theirs; it opens nothing.
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), index=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    strength: Mapped[str] = mapped_column(String(10), default=Strength.WEAK.value)
    #: The User-Agent header it was opened with (app/security/devices.py).
    agent: Mapped[str] = mapped_column(String(300), server_default="")
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


#: The domain of the address of accounts that have none: FAB wants one, and a unique one.
NO_MAILBOX: Final = "portail.invalid"

# Columns added in place to FAB's user: a subclass would be a second identity for one row.
User.niss_hash = mapped_column(String(64), unique=True, nullable=True)
User.niss_sealed = mapped_column(EncryptedText, nullable=True, deferred=True)
#: Since when the old user name and password open the page « Mon utilisateur » alone (guide 12).
User.converted_at = mapped_column(DateTime(timezone=True), nullable=True)
#: Sessions opened under a lower epoch are dead (disabling, logging out everywhere).
User.epoch = mapped_column(Integer, nullable=False, default=0, server_default="0")

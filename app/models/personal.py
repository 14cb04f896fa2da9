"""What belongs to one person, whomever they act for: how they are told of things, and what they are told."""

from __future__ import annotations

import datetime as dt
import enum

from flask_appbuilder import Model
from sqlalchemy import DateTime, Enum, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import PersonOwned, enum_values


class Channel(enum.StrEnum):
    """How news reaches a person. Value stored, label shown."""

    EMAIL = "courriel"
    PORTAL = "portail"
    NONE = "aucun"

    @property
    def label(self) -> str:
        return {
            "courriel": "Par courriel, et dans le portail",
            "portail": "Dans le portail seulement",
            "aucun": "Pas du tout",
        }[self.value]


class Preferences(PersonOwned, Model):
    """How a person wants to be told; without a row, everything by e-mail."""

    __tablename__ = "preferences"
    __table_args__ = (UniqueConstraint("user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The agency's newsletter, Flash Accueil (guide « Préférences »).
    flash: Mapped[Channel] = mapped_column(
        Enum(Channel, values_callable=enum_values, native_enum=False, length=10), default=Channel.EMAIL
    )
    notices: Mapped[Channel] = mapped_column(
        Enum(Channel, values_callable=enum_values, native_enum=False, length=10), default=Channel.EMAIL
    )


class NoticeKind(enum.StrEnum):
    """What a notice is about: `notice_add` chooses by it which preference holds (SECURITY: none does)."""

    TICKET = "aide"
    FLASH = "flash"
    SECURITY = "securite"
    ACCESS = "acces"
    ATTENDANCE = "presences"

    @property
    def label(self) -> str:
        return {
            "aide": "Helpdesk",
            "flash": "Flash Accueil",
            "securite": "Sécurité",
            "acces": "Accès",
            "presences": "Présences",
        }[self.value]


class Notice(PersonOwned, Model):
    """Something a person should know, with the page to see it on. Written by `notice_add` alone."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(
        Enum(NoticeKind, values_callable=enum_values, native_enum=False, length=20)
    )
    title: Mapped[str] = mapped_column(String(200))
    #: Of the portal, beginning with "/".
    path: Mapped[str] = mapped_column(String(300))
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    read_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class MailState(enum.StrEnum):
    """Where an e-mail stands."""

    WAITING = "a-envoyer"
    SENT = "envoye"
    GIVEN_UP = "abandonne"


class Mail(PersonOwned, Model):
    """An e-mail to send: « vous avez un avis », and nothing of what it says. Written by `notice_add` alone.

    One waits for a person at each address at most: it announces all that is unread when they come.
    """

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: It goes to the address that this organiser has; None: to the account's own.
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organiser.id", ondelete="CASCADE"))
    state: Mapped[MailState] = mapped_column(
        Enum(MailState, values_callable=enum_values, native_enum=False, length=20)
    )
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    #: Not to be tried before.
    due_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    attempts: Mapped[int] = mapped_column(Integer)
    sent_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    #: Why the last attempt failed: a code of SMTP or the name of an error, never an address.
    failure: Mapped[str] = mapped_column(String(60))


class Dismissal(PersonOwned, Model):
    """A banner that the person closed."""

    __tablename__ = "dismissal"
    __table_args__ = (UniqueConstraint("user_id", "communication_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    communication_id: Mapped[int] = mapped_column(
        ForeignKey("communication.id", ondelete="CASCADE"), index=True
    )


Index("ix_notice_unread", Notice.user_id, postgresql_where=Notice.read_at.is_(None))
Index(
    "uq_mail_waiting", Mail.user_id, Mail.organiser_id, unique=True, postgresql_nulls_not_distinct=True,
    postgresql_where=Mail.state == MailState.WAITING,
)  # fmt: skip
Index("ix_mail_due", Mail.due_at, postgresql_where=Mail.state == MailState.WAITING)


class KeptForm(PersonOwned, Model):
    """What a person sent on a weak connection to an action that needs a strong one: theirs to send again.

    No constraint keeps one a page: sent twice at the same instant it is here twice, and the newest is given back.
    """

    __tablename__ = "kept_form"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The address that the form was sent to, and the page that it stood on.
    action: Mapped[str] = mapped_column(Text)
    page: Mapped[str] = mapped_column(Text)
    #: Fields and files, under the keyring (app/security/kept_forms.py).
    sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    kept_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), index=True)

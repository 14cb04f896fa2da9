"""Questions to the helpdesk and what is answered: they belong to the person who asked (guide 3)."""

from __future__ import annotations

import datetime as dt

from flask_appbuilder import Model
from sqlalchemy import (
    DateTime,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import PersonOwned, enum_values
from app.rules.tickets import TicketState


class Ticket(PersonOwned, Model):
    """One question and where it stands."""

    __tablename__ = "ticket"
    __table_args__ = (UniqueConstraint("user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(150))
    #: The page it was asked from: a path of the portal, without its query; "" when not known.
    page: Mapped[str] = mapped_column(String(300))
    #: Name of the person, and for whom they acted, at the time.
    author: Mapped[str] = mapped_column(String(200))
    on_behalf: Mapped[str] = mapped_column(String(300))
    state: Mapped[TicketState] = mapped_column(
        Enum(TicketState, values_callable=enum_values, native_enum=False, length=20), index=True
    )
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    #: Of the last message, by whomever.
    changed_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    #: The helpdesk wrote something that the person has not seen.
    unread: Mapped[bool] = mapped_column(default=False)

    @property
    def organiser_name(self) -> str:
        """« Commune de Valbois » of « Commune de Valbois, administrateur »; "" of whoever acted for no organiser."""
        return self.on_behalf.rpartition(", ")[0]


class TicketMessage(PersonOwned, Model):
    """What either side wrote. The composite key keeps it with the person whose question it is."""

    __tablename__ = "ticket_message"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "ticket_id"], ["ticket.user_id", "ticket.id"], ondelete="CASCADE"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(Integer, index=True)
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    author: Mapped[str] = mapped_column(String(200))
    from_agent: Mapped[bool] = mapped_column()
    body: Mapped[str] = mapped_column(Text)


class TicketNote(PersonOwned, Model):
    """An internal note: it belongs to the agent who wrote it, so that no wall opens it to the person who asked."""

    __tablename__ = "ticket_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    author: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)

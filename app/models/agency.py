"""The agents' portfolios, and their visits outside them."""

from __future__ import annotations

import datetime as dt

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import OrganiserOwned
from app.models.organisers import Organiser


class Assignment(Model):
    """What is entrusted to an agent: one organiser, a commune (its postcode), or, both empty, the whole territory.

    The agency's own: « CONTACTS ONE » is read from it, and whether an agent needs a reason to come in.
    """

    __tablename__ = "agent_assignment"
    __table_args__ = (
        UniqueConstraint("user_id", "organiser_id", "postcode", postgresql_nulls_not_distinct=True),
        CheckConstraint("organiser_id IS NULL OR postcode = ''", name="one_object"),
        Index("ix_agent_assignment_postcode", "postcode"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), index=True)
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organiser.id"), index=True)
    postcode: Mapped[str] = mapped_column(String(4), default="")

    user: Mapped[User] = relationship()
    organiser: Mapped[Organiser | None] = relationship()


class AgentVisit(OrganiserOwned, Model):
    """An agent who came in from outside their portfolio: why, and until when the reason stands."""

    __tablename__ = "agent_visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(Integer, index=True)
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    until: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


#: An agent's professional number, shown to the organisers entrusted to them.
User.phone = mapped_column(String(30), nullable=False, default="", server_default="")

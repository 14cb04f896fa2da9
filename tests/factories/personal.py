"""What belongs to one person."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.models import Channel, Preferences, User


def preferences(session: Session, user: User, **values: Any) -> Preferences:
    """How a person wants to be told; everything by e-mail unless given."""
    row = Preferences(**{"user_id": user.id, "flash": Channel.EMAIL, "notices": Channel.EMAIL} | values)
    session.add(row)
    session.flush()
    return row

"""What belongs to one person."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.models import Channel, NoticeKind, Preferences, User
from app.services import notices


def preferences(session: Session, user: User, **values: Any) -> Preferences:
    """How a person wants to be told; everything by e-mail unless given."""
    row = Preferences(**{"user_id": user.id, "flash": Channel.EMAIL, "notices": Channel.EMAIL} | values)
    session.add(row)
    session.flush()
    return row


def notice(
    session: Session,
    user: User,
    mark: str = "Réponse",
    *,
    kind: NoticeKind = NoticeKind.TICKET,
    path: str = "/",
) -> None:
    """A notice, and the e-mail that goes with it if the person wants one."""
    notices.tell(session, user.id, kind, mark, path)

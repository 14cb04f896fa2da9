"""Closing and opening a person's access to the portal."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app import journal
from app.journal import Change, Who
from app.models import User, UserSession


class OwnAccount(Exception):
    """Nobody closes their own access: a colleague does."""


def disable(session: Session, who: Who, user: User) -> None:
    """End the person's access and every session of theirs, for good. Raises OwnAccount. Commits."""
    if who.user_id == user.id:
        raise OwnAccount
    _set_active(session, who, user, active=False)


def reactivate(session: Session, who: Who, user: User) -> None:
    """Let the person in again; sessions opened before stay dead. Commits."""
    _set_active(session, who, user, active=True)


def end_sessions(session: Session, who: Who, user: User) -> None:
    """Sign the person out everywhere, of a lost telephone for example. Commits."""
    _end_sessions(session, user)
    journal.record(
        session, who, "sessions-terminees", organiser_id=None, object_type="ab_user", object_id=user.id,
        summary=f"Sessions de {user.first_name} {user.last_name} terminées",
    )  # fmt: skip
    session.commit()


def _set_active(session: Session, who: Who, user: User, *, active: bool) -> None:
    if bool(user.active) == active:
        return
    user.active = active
    if not active:
        _end_sessions(session, user)
    journal.record(
        session, who, "reactivation" if active else "desactivation", organiser_id=None, object_type="ab_user",
        object_id=user.id,
        summary=f"Accès de {user.first_name} {user.last_name} {'rouvert' if active else 'fermé'}",
        changes=[Change("ab_user", user.id, "active", _yes_no(not active), _yes_no(active))],
    )  # fmt: skip
    session.commit()


def _end_sessions(session: Session, user: User) -> None:
    # The epoch holds against a request under way, which would otherwise go on with what it has read.
    user.epoch += 1
    session.execute(delete(UserSession).where(UserSession.user_id == user.id))
    session.flush()


def _yes_no(value: bool) -> str:
    return "oui" if value else "non"

"""One's own open sessions: what there is, and ending those of another device."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from app import journal
from app.journal import Who
from app.models import Strength, UserSession


@dataclass(frozen=True)
class OpenSession:
    """One row of the list. `agent`: the User-Agent header it was opened with; `here`: the one that asks."""

    number: int
    opened_at: dt.datetime
    seen_at: dt.datetime
    strength: Strength
    agent: str
    here: bool


def of(
    session: Session, who: Who, here: str, *, idle_since: dt.datetime, opened_since: dt.datetime
) -> Sequence[OpenSession]:
    """The person's sessions that still hold, this one first, then the last used; `here`: the hash of this one's id."""
    found = session.execute(
        select(
            UserSession.number, UserSession.created_at, UserSession.last_seen_at, UserSession.strength,
            UserSession.agent, UserSession.id_hash == here,
        )
        .where(
            UserSession.user_id == who.user_id,
            UserSession.last_seen_at >= idle_since,
            UserSession.created_at >= opened_since,
        )
        .order_by((UserSession.id_hash == here).desc(), UserSession.last_seen_at.desc())
    )  # fmt: skip
    return [
        OpenSession(number, opened, seen, Strength(strength), agent, here=mine)
        for number, opened, seen, strength, agent, mine in found
    ]


def end(session: Session, who: Who, number: int) -> int:
    """End one of the person's own sessions, from its next request on. Answers how many ended: 0 or 1. Commits."""
    return _end(session, who, UserSession.number == number)


def end_others(session: Session, who: Who, here: str) -> int:
    """End all of them but this one. Answers how many. Commits."""
    return _end(session, who, UserSession.id_hash != here)


def _end(session: Session, who: Who, which: ColumnElement[bool]) -> int:
    # A request under way does not bring its session back: sessions are updated, never inserted again.
    ended = session.scalars(
        delete(UserSession).where(UserSession.user_id == who.user_id, which).returning(UserSession.number)
    ).all()
    for number in ended:
        journal.record(
            session, who, "session-fermee", organiser_id=None, object_type="user_session", object_id=number,
            summary="Session fermée par la personne elle-même, depuis une autre",
        )  # fmt: skip
    session.commit()
    return len(ended)

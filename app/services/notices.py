"""What the portal tells a person (« Avis »), and how they want to be told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import journal
from app.journal import Who
from app.models import Channel, Notice, NoticeKind, Preferences
from app.services.pages import spread

PAGE: Final = 25
#: In characters.
LONGEST_TITLE: Final = 200


@dataclass(frozen=True)
class NoticePage:
    """A page of a person's notices, newest first."""

    rows: Sequence[Notice]
    total: int
    page: int
    pages: int


def tell(
    session: Session, user_id: int, kind: NoticeKind, title: str, path: str, organiser_id: int | None = None
) -> None:
    """Leave a notice for somebody, in the transaction of what it tells of, and an e-mail if they want one.

    `path`: the page of the portal to see it on; `organiser_id`: whose people it is about, the e-mail goes to the address
    that this organiser has. Never commits. Anybody may tell anybody: only the person reads it.
    """
    session.execute(select(func.notice_add(user_id, kind.value, title[:LONGEST_TITLE], path, organiser_id)))


def unread(session: Session, user_id: int) -> int:
    """How many notices the person has not read, for the bell of every page."""
    counted = select(func.count(Notice.id)).where(Notice.user_id == user_id, Notice.read_at.is_(None))
    return session.scalar(counted) or 0


def of_person(session: Session, user_id: int, page: int) -> NoticePage:
    """The person's notices. Two statements."""
    mine = Notice.user_id == user_id
    total = session.scalar(select(func.count(Notice.id)).where(mine)) or 0
    shown = spread(page, total, PAGE)
    rows = session.scalars(
        select(Notice).where(mine).order_by(Notice.id.desc()).limit(PAGE).offset(shown.offset)
    ).all()
    return NoticePage(rows, total, shown.page, shown.pages)


def opened(session: Session, user_id: int, notice_id: int, now: dt.datetime) -> str:
    """Mark a notice as read and give its page; commits. Raises LookupError when it is not the person's."""
    row = session.scalar(select(Notice).where(Notice.user_id == user_id, Notice.id == notice_id))
    if row is None:
        raise LookupError("no such notice")
    path: str = row.path
    row.read_at = row.read_at or now
    session.commit()
    return path


def read_all(session: Session, user_id: int, now: dt.datetime, path: str | None = None) -> None:
    """Mark everything as read, or what leads to one page. Never commits."""
    marked = update(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None)).values(read_at=now)
    session.execute(marked if path is None else marked.where(Notice.path == path))


def preferences(session: Session, user_id: int) -> Preferences:
    """How the person wants to be told; the defaults, not stored, when they never said."""
    row = session.scalar(select(Preferences).where(Preferences.user_id == user_id))
    return row or Preferences(user_id=user_id, flash=Channel.EMAIL, notices=Channel.EMAIL)


def prefer(session: Session, who: Who, user_id: int, flash: Channel, notices: Channel) -> None:
    """Keep how the person wants to be told; commits."""
    row = preferences(session, user_id)
    session.add(row)
    session.flush()
    row.flash, row.notices = flash, notices
    changes = journal.model_changes(row, "preferences")
    if changes:
        journal.record(
            session, who, "modification", organiser_id=None, object_type="preferences", object_id=row.id,
            summary="Préférences : comment recevoir le Flash Accueil et les avis", changes=changes,
        )  # fmt: skip
    session.commit()

"""The agency's communications: on the home page of whom they are for, in the archive, and as Flash Accueil."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models import (
    Communication,
    Dismissal,
    Membership,
    MembershipState,
    NoticeKind,
    Organiser,
    Profile,
    Role,
    User,
)
from app.rules.audiences import Audience, Reader
from app.security.actors import in_force, reader_of
from app.services import notices
from app.services.pages import spread

PAGE: Final = 20
#: What may be closed: the others are too serious to be put away.
DISMISSABLE: Final = "bleu"


@dataclass(frozen=True)
class Archive:
    """A page of the communications that were for a reader."""

    rows: Sequence[Communication]
    page: int
    pages: int


def current(session: Session, reader: Reader, user_id: int, today: dt.date) -> list[Communication]:
    """What the person has to see today, newest first, without what they closed. One statement."""
    rows = session.execute(
        select(Communication, Dismissal.id)
        .outerjoin(
            Dismissal, (Dismissal.communication_id == Communication.id) & (Dismissal.user_id == user_id)
        )
        .where(Communication.valid_from <= today, Communication.valid_until >= today)
        .order_by(Communication.valid_from.desc(), Communication.id.desc())
    )
    return [
        row
        for row, dismissed in rows
        if row.audience.admits(reader) and not (dismissed and row.colour == DISMISSABLE)
    ]


def archive(session: Session, reader: Reader, today: dt.date, page: int) -> Archive:
    """All that was ever for the reader, closed or over. One statement."""
    rows = session.scalars(
        select(Communication)
        .where(Communication.valid_from <= today)
        .order_by(Communication.valid_from.desc(), Communication.id.desc())
    )
    found = [row for row in rows if row.audience.admits(reader)]
    shown = spread(page, len(found), PAGE)
    return Archive(found[shown.offset : shown.offset + PAGE], shown.page, shown.pages)


def dismiss(session: Session, reader: Reader, user_id: int, communication_id: int) -> None:
    """Close a blue banner for the person, for good; again changes nothing. Commits. Raises LookupError."""
    row = session.get(Communication, communication_id)
    if row is None or row.colour != DISMISSABLE or not row.audience.admits(reader):
        raise LookupError("nothing to close")
    known = select(Dismissal.id).where(
        Dismissal.user_id == user_id, Dismissal.communication_id == communication_id
    )
    if session.scalar(known) is None:
        session.add(Dismissal(user_id=user_id, communication_id=communication_id))
    session.commit()


def reached(session: Session, audience: Audience, today: dt.date) -> set[int]:
    """The people that an audience holds. Needs a scope that sees all organisers."""
    return {user_id for user_id, reader in _readers(session, today) if audience.admits(reader)}


def tell_flash(session: Session, today: dt.date, now: dt.datetime) -> int:
    """Tell the Flash Accueil that began to those whom it is for, once; gives how many people. Commits.

    Needs an all-seeing scope.
    """
    due = session.scalars(
        select(Communication)
        .where(
            Communication.flash,
            Communication.told_at.is_(None),
            Communication.valid_from <= today,
            Communication.valid_until >= today,
        )
        .with_for_update(skip_locked=True)
    ).all()
    told = 0
    for row in due:
        for user_id in sorted(reached(session, row.audience, today)):
            notices.tell(
                session, user_id, NoticeKind.FLASH, f"Flash Accueil : {row.title}", "/communications/"
            )
            told += 1
        row.told_at = now
    session.commit()
    return told


def _readers(session: Session, today: dt.date) -> Iterator[tuple[int, Reader]]:
    """Everybody who may sign in, once for each capacity."""
    agents = select(User.id).where(User.active, User.roles.any(Role.name.in_([one.label for one in Profile])))
    for user_id in session.scalars(agents):
        yield user_id, Reader()
    members = (
        select(User.id, Membership)
        .join(User, User.id == Membership.user_id)
        .where(User.active, Membership.state == MembershipState.ACTIVE)
        .options(
            selectinload(Membership.organiser).selectinload(Organiser.facilities),
            selectinload(Membership.grants.and_(in_force(today))),
        )
    )
    for user_id, membership in session.execute(members):
        yield user_id, reader_of(membership)

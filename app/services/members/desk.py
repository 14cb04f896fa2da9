"""What every change to an organiser's people needs: the organiser locked, who acts, what is opened to whom."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.journal import Who
from app.models import Dossier, Grant, Membership, MembershipEvent, MembershipState, Organiser, User
from app.rules.access import Opened, Refusal
from app.security.actors import in_force
from app.security.rights import BY_RIGHT, Right


class Refused(Exception):
    """The rules object; nothing was written. `refusals` says why, all at once."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(", ".join(one.objection.name for one in refusals))
        self.refusals = list(refusals)


class LastAdministrator(Exception):
    """The organiser would be left without an administrator for good; nothing was written."""


class Unknown(LookupError):
    """No such person in this organiser's list."""


@dataclass(frozen=True)
class Manager:
    """Who changes an organiser's people: a person of the organiser."""

    who: Who
    membership_id: int
    organiser_id: int


def lock(session: Session, organiser_id: int) -> None:
    """One change to an organiser's people at a time: what the rules saw still holds when it is written.

    Weaker than a lock for deletion, so that saving presences does not wait for it.
    """
    session.execute(select(Organiser.id).where(Organiser.id == organiser_id).with_for_update(key_share=True))


def lock_number(session: Session, fingerprint: str) -> None:
    """One account is given a national number at a time, until the commit.

    Two organisers may add the same new person at once: without it the second would fail, and learn why.
    """
    session.execute(select(func.pg_advisory_xact_lock(int(fingerprint[:15], 16))))


def member(session: Session, membership_id: int) -> Membership:
    """A person of the list, the deleted left out. Raises Unknown. Read anew: call it under the lock."""
    found = session.scalars(
        select(Membership)
        .where(Membership.id == membership_id, Membership.state != MembershipState.DELETED)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise Unknown
    return found


def opened(session: Session, membership_id: int) -> list[Opened]:
    """What is opened to a member and not taken away, past and future periods included."""
    return opened_to(session, [membership_id])[membership_id]


def opened_to(session: Session, members: Iterable[int]) -> dict[int, list[Opened]]:
    """The same for several members, in one statement; a list for each, empty when nothing is."""
    found: dict[int, list[Opened]] = {one: [] for one in members}
    rows = session.scalars(
        select(Grant).where(Grant.membership_id.in_(found), Grant.revoked_at.is_(None)).order_by(Grant.id)
    )
    for row in rows:
        found[row.membership_id].append(as_opened(row))
    return found


def as_opened(row: Grant) -> Opened:
    return Opened(row.dossier, row.facility_id, row.project_id, row.valid_from, row.valid_until)


def acting(session: Session, manager: Manager) -> list[Opened]:
    """What the manager holds at this moment, in the database: [] for who is no longer active."""
    row = session.scalars(
        select(Membership)
        .where(Membership.id == manager.membership_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None or row.state is not MembershipState.ACTIVE:
        return []
    return opened(session, manager.membership_id)


def enter_state(session: Session, row: Membership, state: MembershipState, at: dt.datetime, by: str) -> None:
    """Move a member to a state, and keep the moment."""
    row.state, row.state_since = state, at
    session.add(
        MembershipEvent(organiser_id=row.organiser_id, membership_id=row.id, state=state, at=at, by=by[:200])
    )


@contextlib.contextmanager
def still_administered(session: Session, organiser_id: int, today: dt.date) -> Iterator[None]:
    """Around a change, under the lock: of two at once the second sees the first. Flushes.

    Rolls back and raises LastAdministrator when the organiser had somebody active who administers it without end, and
    has nobody any more.
    """
    had = _administered(session, organiser_id, today)
    yield
    session.flush()
    if had and not _administered(session, organiser_id, today):
        session.rollback()
        raise LastAdministrator


def _administered(session: Session, organiser_id: int, today: dt.date) -> bool:
    lasting = administrators(today).where(Grant.organiser_id == organiser_id, Grant.valid_until.is_(None))
    return bool(session.scalar(select(exists(lasting))))


def administrators(today: dt.date) -> Select[int]:
    """The memberships of who can sign in and administers an organiser on that day."""
    return _holders(today).where(Grant.dossier == Dossier.ADMINISTRATION)


def who_administers(session: Session, organiser_id: int, day: dt.date) -> Sequence[int]:
    """The accounts of an organiser's administrators on that day."""
    return _accounts(session, administrators(day), organiser_id)


def who_may(
    session: Session, right: Right, organiser_id: int, facility_id: int, day: dt.date
) -> Sequence[int]:
    """The accounts of an organiser's people who can sign in and hold a right for that facility on that day.

    `right`: one that is opened facility by facility.
    """
    of_facility = and_(Grant.dossier.in_(BY_RIGHT[right].dossiers), Grant.facility_id == facility_id)
    held = or_(Grant.dossier == Dossier.ADMINISTRATION, of_facility)
    return _accounts(session, _holders(day).where(held), organiser_id)


def _holders(day: dt.date) -> Select[int]:
    """The memberships of who can sign in and has something opened on that day."""
    return (
        select(Grant.membership_id)
        .join(Membership, Membership.id == Grant.membership_id)
        .join(User, User.id == Membership.user_id)
        .where(in_force(day), Membership.state == MembershipState.ACTIVE, User.active)
    )


def _accounts(session: Session, memberships: Select[int], organiser_id: int) -> Sequence[int]:
    found = memberships.with_only_columns(User.id).where(Membership.organiser_id == organiser_id)
    return session.scalars(found.distinct().order_by(User.id)).all()

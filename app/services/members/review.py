"""The yearly review: accesses and profiles that nobody seems to use any more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from app import clock, journal
from app.models import Grant, JournalEntry, Membership, MembershipState
from app.rules.access import Opened
from app.security.actors import in_force
from app.services.members import access, desk, tree
from app.services.members.desk import Manager
from app.services.parameters import Value, values_on


@dataclass(frozen=True)
class Unused:
    """An access of one facility behind which nothing was seen or done for months. `seal`: what the person holds now."""

    member_id: int
    member: str
    key: str
    name: str
    given_at: dt.datetime
    seal: str


@dataclass(frozen=True)
class Review:
    """What there is to look at. `months` without use make an access worth a look; `last`: the last review, None for never."""

    sleeping: Sequence[Membership]
    unused: Sequence[Unused]
    months: Value
    #: Months between two reviews.
    every: Value
    last: dt.datetime | None
    due: bool


def review(session: Session, organiser_id: int, today: dt.date) -> Review:
    """The list to go through, in a fixed number of statements."""
    values = values_on(session, today)
    months = values["utilisateurs.inactivite"]
    since = clock.now() - dt.timedelta(days=30 * int(months.value))
    at = session.scalar(last(organiser_id))
    every = values["utilisateurs.revue"]
    return Review(
        _sleeping(session, organiser_id, since),
        _unused(session, organiser_id, since, today),
        months,
        every,
        at,
        is_due(at, every),
    )


def is_due(last: dt.datetime | None, every: Value) -> bool:
    """Whether so many months went by since the last review, or there was none."""
    return last is None or last < clock.now() - dt.timedelta(days=30 * int(every.value))


def last(organiser_id: int) -> Select[dt.datetime]:
    """When an administrator last said that the list was gone through."""
    return (
        select(JournalEntry.at)
        .where(JournalEntry.organiser_id == organiser_id, JournalEntry.action == "revue")
        .order_by(JournalEntry.seq.desc())
        .limit(1)
    )


def done(session: Session, manager: Manager) -> None:
    """Say that the list was gone through; commits."""
    journal.record(
        session, manager.who, "revue", organiser_id=manager.organiser_id, object_type="organiser",
        object_id=manager.organiser_id, summary="Liste des utilisateurs et de leurs accès revue",
    )  # fmt: skip
    session.commit()


@dataclass(frozen=True)
class Taken:
    """An access that the review took away today: whose, which, and what the person holds now."""

    grant_id: int
    member_id: int
    member: str
    name: str
    seal: str


def take_away(session: Session, manager: Manager, membership_id: int, key: str, seal: str) -> int:
    """Close one access; commits. Answers the number by which it can be given back.

    Raises what access.change raises, and LookupError for what is not open.
    """
    before = desk.opened(session, membership_id)
    left: list[Opened] = [one for one in before if tree.key_of(one) != key]
    if len(left) == len(before):
        raise LookupError(key)
    access.change(session, manager, {membership_id: left}, {membership_id: seal})
    (one,) = (one for one in before if one not in left)
    return session.scalars(
        select(Grant.id)
        .where(
            Grant.membership_id == membership_id, Grant.dossier == one.dossier,
            Grant.facility_id.is_not_distinct_from(one.facility_id),
            Grant.project_id.is_not_distinct_from(one.project_id),
        )
        .order_by(Grant.revoked_at.desc())
        .limit(1)
    ).one()  # fmt: skip


def taken(session: Session, organiser_id: int, grant_id: int) -> Taken | None:
    """What can still be given back in one click: taken away today, from somebody in the list, and not open again."""
    found = _taken(session, organiser_id, grant_id)
    if found is None:
        return None
    grant, member = found
    opened = desk.opened(session, member.id)
    one = desk.as_opened(grant)
    if any(held.key == one.key for held in opened):
        return None
    return Taken(
        grant.id, member.id, member.name, access.named(one, access.names(session)), access.seal(opened)
    )


def give_back(session: Session, manager: Manager, grant_id: int, seal: str) -> str:
    """Open again what was just taken away, from today until its own end; commits. Answers whose it is.

    Raises what access.change raises, and LookupError for what cannot be given back.
    """
    found = _taken(session, manager.organiser_id, grant_id)
    if found is None:
        raise LookupError(grant_id)
    grant, member = found
    one = desk.as_opened(grant)
    again = replace(one, first=max(one.first, clock.today()))
    name, number = member.name, member.id
    access.change(session, manager, {number: [*desk.opened(session, number), again]}, {number: seal})
    return name


def _taken(session: Session, organiser_id: int, grant_id: int) -> tuple[Grant, Membership] | None:
    midnight = dt.datetime.combine(clock.today(), dt.time(), clock.BRUSSELS)
    found = session.execute(
        select(Grant, Membership)
        .join(Membership, Membership.id == Grant.membership_id)
        .where(
            Grant.id == grant_id, Grant.organiser_id == organiser_id, Grant.revoked_at >= midnight,
            Membership.state != MembershipState.DELETED,
        )
    ).one_or_none()  # fmt: skip
    return None if found is None else (found[0], found[1])


def _sleeping(session: Session, organiser_id: int, since: dt.datetime) -> Sequence[Membership]:
    """Active profiles that did not come in since, nor were added or reactivated since."""
    return session.scalars(
        select(Membership)
        .where(
            Membership.organiser_id == organiser_id,
            Membership.state == MembershipState.ACTIVE,
            Membership.state_since < since,
            or_(Membership.last_entered_at.is_(None), Membership.last_entered_at < since),
        )
        .order_by(Membership.last_entered_at.nulls_first(), Membership.folded)
    ).all()


def _unused(session: Session, organiser_id: int, since: dt.datetime, today: dt.date) -> list[Unused]:
    seen = exists().where(
        JournalEntry.organiser_id == organiser_id,
        JournalEntry.user_id == Membership.user_id,
        JournalEntry.facility_id == Grant.facility_id,
        JournalEntry.at >= since,
    )
    asleep = and_(in_force(today), Grant.facility_id.is_not(None), Grant.granted_at < since, ~seen)
    # All that is open, the accesses in use too: a seal is of everything that a person holds.
    rows = session.execute(
        select(Grant, Membership, asleep)
        .join(Membership, Membership.id == Grant.membership_id)
        .where(
            Grant.organiser_id == organiser_id, Grant.revoked_at.is_(None),
            Membership.state == MembershipState.ACTIVE,
        )
        .order_by(Membership.folded, Membership.id, Grant.id)
    ).all()  # fmt: skip
    held: dict[int, list[Opened]] = {}
    for grant, member, _asleep in rows:
        held.setdefault(member.id, []).append(desk.as_opened(grant))
    names = access.names(session)
    return [
        Unused(
            member.id, member.name, tree.key_of(one := desk.as_opened(grant)), access.named(one, names),
            grant.granted_at, access.seal(held[member.id]),
        )
        for grant, member, is_asleep in rows
        if is_asleep
    ]  # fmt: skip

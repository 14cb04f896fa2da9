"""« Qui voit quoi, et pourquoi ? »: on any day, from the grants and states as they stood at its end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app import clock
from app.models import Facility, Grant, Membership, MembershipEvent, MembershipState
from app.rules.dossiers import Dossier, Reach
from app.security.rights import BASIC, BY_RIGHT, RIGHTS, through
from app.services.members import access, desk


@dataclass(frozen=True)
class Reason:
    """One access that was open: what, since when, who opened it and when."""

    name: str
    days: str
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class Sight:
    """What a person could do that day: why, and what it allowed, in the words of the rights table."""

    member_id: int
    name: str
    #: Still in the list: the person has a page.
    listed: bool
    reasons: Sequence[Reason]
    allowed: Sequence[str]


def of_person(session: Session, organiser_id: int, membership_id: int, day: dt.date) -> Sight | None:
    """What somebody could see and do; None for who was not active that day."""
    found = [one for one in _sights(session, organiser_id, day, None) if one.member_id == membership_id]
    return found[0] if found else None


def of_facility(session: Session, organiser_id: int, facility: Facility, day: dt.date) -> list[Sight]:
    """Everyone who could see something of a facility, by name."""
    return _sights(session, organiser_id, day, facility)


def _sights(session: Session, organiser_id: int, day: dt.date, facility: Facility | None) -> list[Sight]:
    """Four statements, whatever the people. The deleted of today were there yesterday."""
    moment = min(_end_of(day), clock.now())
    states = _states(session, organiser_id, moment)
    people = session.scalars(
        select(Membership)
        .where(Membership.organiser_id == organiser_id)
        .order_by(Membership.folded, Membership.id)
    )
    grants: dict[int, list[Grant]] = {}
    for grant in session.scalars(
        select(Grant)
        .where(
            Grant.organiser_id == organiser_id,
            Grant.granted_at <= moment,
            or_(Grant.revoked_at.is_(None), Grant.revoked_at > moment),
            Grant.valid_from <= day,
            or_(Grant.valid_until.is_(None), Grant.valid_until >= day),
        )
        .order_by(Grant.id)
    ):
        if facility is None or _reaches(grant, facility):
            grants.setdefault(grant.membership_id, []).append(grant)
    names = access.names(session)
    return [
        _sight(row, grants.get(row.id, []), names)
        for row in people
        if states.get(row.id) is MembershipState.ACTIVE and (facility is None or row.id in grants)
    ]


def _end_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), clock.BRUSSELS)


def _states(session: Session, organiser_id: int, moment: dt.datetime) -> Mapping[int, MembershipState]:
    latest = (
        select(func.max(MembershipEvent.id))
        .where(MembershipEvent.organiser_id == organiser_id, MembershipEvent.at <= moment)
        .group_by(MembershipEvent.membership_id)
    )
    rows = session.scalars(select(MembershipEvent).where(MembershipEvent.id.in_(latest)))
    return {row.membership_id: row.state for row in rows}


def _reaches(grant: Grant, facility: Facility) -> bool:
    if grant.facility_id is not None:
        return grant.facility_id == facility.id
    everything = grant.dossier is Dossier.ADMINISTRATION
    return everything or (
        grant.dossier.reach is Reach.ORGANISER and grant.dossier.sector is facility.kind.sector
    )


def _sight(row: Membership, grants: Sequence[Grant], names: Mapping[tuple[str, int], str]) -> Sight:
    reasons = []
    for grant in grants:
        one = desk.as_opened(grant)
        reasons.append(
            Reason(access.named(one, names), access.described(one), grant.granted_by, grant.granted_at)
        )
    listed = row.state is not MembershipState.DELETED
    return Sight(row.id, row.name, listed, reasons, allowed(grant.dossier for grant in grants))


def allowed(dossiers: Iterable[Dossier]) -> list[str]:
    """The rights that these dossiers give, as the table says them, beyond what everyone has."""
    held = through(frozenset(dossiers)) - BASIC
    return [BY_RIGHT[row.right].label for row in RIGHTS if row.right in held]

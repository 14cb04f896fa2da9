"""When a person last came in to act for an organiser: what its managers see, and no more."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.models import Membership, MembershipState


def came_in(session: Session, user_id: int, organiser: str | None) -> None:
    """Note it for the organiser named (its id as text), or for the only one the person has; for several, not yet.

    Inside `scope.system`; does not commit.
    """
    memberships = session.execute(
        select(Membership.id, Membership.organiser_id).where(
            Membership.user_id == user_id, Membership.state == MembershipState.ACTIVE
        )
    ).all()
    chosen = [
        number
        for number, owner in memberships
        if organiser == str(owner) or (not organiser and len(memberships) == 1)
    ]
    if chosen:
        session.execute(
            update(Membership).where(Membership.id.in_(chosen)).values(last_entered_at=clock.now())
        )

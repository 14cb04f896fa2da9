"""What waits for a person beside the months: requests to answer, the yearly review, answers of the helpdesk."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.models import AccessRequest, RequestState, Ticket
from app.rules.tickets import TicketState
from app.services.members import review
from app.services.parameters import over_time


@dataclass(frozen=True)
class Todo:
    """How many requests for an access and tickets wait, and whether the review of accesses is due."""

    tickets: int
    requests: int = 0
    review: bool = False

    def __bool__(self) -> bool:
        return bool(self.tickets or self.requests or self.review)


def of_person(session: Session, user_id: int) -> Todo:
    """One's own tickets with an answer to read or to give. One statement."""
    return Todo(session.scalar(select(_tickets(user_id))) or 0)


def of_manager(session: Session, user_id: int, organiser_id: int, today: dt.date) -> Todo:
    """The same and what waits for who manages an organiser's users. Two statements."""
    requests = (
        select(func.count(AccessRequest.id))
        .where(AccessRequest.organiser_id == organiser_id, AccessRequest.state == RequestState.WAITING)
        .scalar_subquery()
    )
    last = review.last(organiser_id).scalar_subquery()
    tickets, waiting, at = session.execute(select(_tickets(user_id), requests, last)).one()
    every = over_time(session, "utilisateurs.revue")(today)
    return Todo(tickets, waiting, review.is_due(at, every))


def _tickets(user_id: int) -> Any:
    mine = select(func.count(Ticket.id)).where(
        Ticket.user_id == user_id, or_(Ticket.unread, Ticket.state == TicketState.WAITING)
    )
    return mine.scalar_subquery()

"""A person's questions to the helpdesk: asking, following, answering back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import journal
from app.journal import Change, Who
from app.models import Ticket, TicketMessage
from app.rules.tickets import TicketState, after_message
from app.services import notices
from app.services.pages import spread

PAGE: Final = 25


@dataclass(frozen=True)
class TicketPage:
    """A page of somebody's questions, the last one that moved first."""

    rows: Sequence[Ticket]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Conversation:
    """A question with what both sides wrote, oldest first."""

    ticket: Ticket
    messages: Sequence[TicketMessage]

    @property
    def last(self) -> int:
        """The id of the last message."""
        return self.messages[-1].id


def page_of(ticket_id: int) -> str:
    """Where the person reads it; notices lead there."""
    return f"/aide/tickets/{ticket_id}/"


def ask(
    session: Session,
    who: Who,
    user_id: int,
    on_behalf: str,
    subject: str,
    body: str,
    page: str,
    now: dt.datetime,
) -> int:
    """Write to the helpdesk; gives the number of the ticket. Commits."""
    ticket = Ticket(
        user_id=user_id, subject=subject, page=page[:300], author=who.name, on_behalf=on_behalf[:300],
        state=TicketState.NEW, created_at=now, changed_at=now, unread=False,
    )  # fmt: skip
    session.add(ticket)
    session.flush()
    _write(session, ticket, who.name, body, now)
    note_in_history(session, who, ticket, "creation", "question posée")
    number: int = ticket.id
    session.commit()
    return number


def of_person(session: Session, user_id: int, page: int) -> TicketPage:
    """The person's own questions. Two statements."""
    mine = Ticket.user_id == user_id
    total = session.scalar(select(func.count(Ticket.id)).where(mine)) or 0
    shown = spread(page, total, PAGE)
    rows = session.scalars(
        select(Ticket).where(mine).order_by(Ticket.changed_at.desc(), Ticket.id.desc())
        .limit(PAGE).offset(shown.offset)
    ).all()  # fmt: skip
    return TicketPage(rows, total, shown.page, shown.pages)


def conversation(session: Session, ticket_id: int) -> Conversation:
    """One question of the scope. Raises LookupError."""
    ticket = session.scalar(select(Ticket).where(Ticket.id == ticket_id))
    if ticket is None:
        raise LookupError("no such ticket")
    messages = session.scalars(
        select(TicketMessage).where(TicketMessage.ticket_id == ticket_id).order_by(TicketMessage.id)
    ).all()
    return Conversation(ticket, messages)


def reply(session: Session, who: Who, ticket_id: int, body: str, now: dt.datetime) -> None:
    """The person writes again; a question that was resolved is open again. Commits. Raises LookupError."""
    ticket = locked(session, ticket_id)
    _write(session, ticket, who.name, body, now)
    _seen(session, ticket, now)
    move(session, who, ticket, after_message(ticket.state), "reponse", "la personne a écrit", now)
    session.commit()


def settle(session: Session, who: Who, ticket_id: int, now: dt.datetime) -> None:
    """The person says that their question is resolved. Commits. Raises LookupError."""
    ticket = locked(session, ticket_id)
    _seen(session, ticket, now)
    move(session, who, ticket, TicketState.RESOLVED, "etat", "la personne dit sa question résolue", now)
    session.commit()


def seen(session: Session, ticket_id: int, now: dt.datetime) -> None:
    """The person has read what was answered. Commits. Raises LookupError."""
    _seen(session, locked(session, ticket_id), now)
    session.commit()


def locked(session: Session, ticket_id: int) -> Ticket:
    """The question, held until the end of the transaction. Raises LookupError."""
    ticket: Ticket | None = session.scalar(select(Ticket).where(Ticket.id == ticket_id).with_for_update())
    if ticket is None:
        raise LookupError("no such ticket")
    return ticket


def move(
    session: Session, who: Who, ticket: Ticket, state: TicketState, action: str, told: str, now: dt.datetime
) -> None:
    """Where the question stands from now on, with its entry in the history."""
    old, ticket.state, ticket.changed_at = ticket.state, state, now
    changes = (
        [Change("ticket", ticket.id, "state", old.desk_label, state.desk_label)] if old is not state else []
    )
    session.flush()
    note_in_history(session, who, ticket, action, told, changes)


def note_in_history(
    session: Session, who: Who, ticket: Ticket, action: str, told: str, changes: Sequence[Change] = ()
) -> None:
    """That something was done, never what was written. In the platform's chain: a question is of no organiser."""
    journal.record(
        session, who, action, organiser_id=None, object_type="ticket", object_id=ticket.id,
        summary=f"Ticket n° {ticket.id} : {told}", changes=changes,
    )  # fmt: skip


def _write(session: Session, ticket: Ticket, author: str, body: str, now: dt.datetime) -> None:
    session.add(
        TicketMessage(
            user_id=ticket.user_id, ticket_id=ticket.id, at=now, author=author, from_agent=False, body=body
        )
    )


def _seen(session: Session, ticket: Ticket, now: dt.datetime) -> None:
    ticket.unread = False
    notices.read_all(session, ticket.user_id, now, page_of(ticket.id))

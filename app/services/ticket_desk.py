"""The helpdesk's side of questions. Everything here needs the door to people (`scope.people_door`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, cast, func, or_, select
from sqlalchemy.orm import Session

from app.journal import Who
from app.models import NoticeKind, Ticket, TicketMessage, TicketNote, User
from app.models.folding import folded, speaks_of
from app.rules.tickets import TO_DO, TicketState, after_taking
from app.services import notices, tickets
from app.services.pages import spread
from app.services.tickets import PAGE, locked, move, note_in_history


class MovedOn(Exception):
    """Somebody wrote while the agent was writing: they should read it first."""


@dataclass(frozen=True)
class DeskRow:
    """One question as the queue shows it."""

    ticket: Ticket
    assignee: str


@dataclass(frozen=True)
class Desk:
    """A page of the queue, and how many new questions wait for somebody in all."""

    rows: Sequence[DeskRow]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Wanted:
    """What the agent looks for. `states` empty: all; `assignee`: somebody's id, 0 for nobody, None for all."""

    states: tuple[TicketState, ...] = TO_DO
    assignee: int | None = None
    search: str = ""


def queue(session: Session, wanted: Wanted, page: int) -> Desk:
    """Questions, the one that waits longest first. Two statements, whatever the rows."""
    conditions: list[ColumnElement[bool]] = [Ticket.state.in_(wanted.states)] if wanted.states else []
    if wanted.assignee is not None:
        conditions.append(
            Ticket.assignee_id == wanted.assignee if wanted.assignee else Ticket.assignee_id.is_(None)
        )
    for word in wanted.search.split():
        found = speaks_of(word, folded(Ticket.subject, Ticket.author, Ticket.on_behalf))
        conditions.append(or_(found, cast(Ticket.id, String) == word.removeprefix("#")))
    total = session.scalar(select(func.count(Ticket.id)).where(*conditions)) or 0
    shown = spread(page, total, PAGE)
    rows = session.execute(
        select(Ticket, func.coalesce(User.first_name + " " + User.last_name, ""))
        .outerjoin(User, User.id == Ticket.assignee_id)
        .where(*conditions)
        .order_by(Ticket.changed_at, Ticket.id)
        .limit(PAGE)
        .offset(shown.offset)
    )
    return Desk([DeskRow(ticket, name) for ticket, name in rows], total, shown.page, shown.pages)


def count_to_do(session: Session) -> int:
    """How many questions wait for the helpdesk."""
    return session.scalar(select(func.count(Ticket.id)).where(Ticket.state.in_(TO_DO))) or 0


def notes(session: Session, ticket_id: int) -> Sequence[TicketNote]:
    """The helpdesk's own notes on a question, oldest first."""
    return session.scalars(
        select(TicketNote).where(TicketNote.ticket_id == ticket_id).order_by(TicketNote.id)
    ).all()


def answer(
    session: Session, who: Who, agent_id: int, ticket_id: int, body: str, state: TicketState, last: int,
    now: dt.datetime,
) -> None:  # fmt: skip
    """Answer, say what the person has to do, and tell them. `last`: the last message that the agent read.

    Commits. Raises LookupError, MovedOn.
    """
    ticket = locked(session, ticket_id)
    newest = session.scalar(select(func.max(TicketMessage.id)).where(TicketMessage.ticket_id == ticket_id))
    if newest != last:
        session.rollback()
        raise MovedOn
    session.add(
        TicketMessage(
            user_id=ticket.user_id, ticket_id=ticket.id, at=now, author=who.name, from_agent=True, body=body
        )
    )
    ticket.unread = True
    ticket.assignee_id = ticket.assignee_id or agent_id
    move(session, who, ticket, state, "reponse", "le helpdesk a répondu", now)
    title = f"Le helpdesk vous a répondu : {ticket.subject}"
    notices.tell(session, ticket.user_id, NoticeKind.TICKET, title, tickets.page_of(ticket.id))
    session.commit()


def take(session: Session, who: Who, agent_id: int, ticket_id: int, now: dt.datetime) -> None:
    """The agent takes the question on, whoever had it. Commits. Raises LookupError."""
    ticket = locked(session, ticket_id)
    ticket.assignee_id = agent_id
    move(session, who, ticket, after_taking(ticket.state), "prise-en-charge", "pris en charge", now)
    session.commit()


def close(session: Session, who: Who, ticket_id: int, now: dt.datetime) -> None:
    """Resolved without another answer. Commits. Raises LookupError."""
    ticket = locked(session, ticket_id)
    move(session, who, ticket, TicketState.RESOLVED, "etat", "clos par le helpdesk", now)
    session.commit()


def note(session: Session, who: Who, agent_id: int, ticket_id: int, body: str, now: dt.datetime) -> None:
    """Write something for colleagues alone. Commits. Raises LookupError."""
    ticket = locked(session, ticket_id)
    session.add(TicketNote(user_id=agent_id, ticket_id=ticket_id, at=now, author=who.name, body=body))
    note_in_history(session, who, ticket, "note", "note interne écrite")
    session.commit()


def consulted(session: Session, who: Who, ticket: Ticket) -> None:
    """That an agent read somebody's question. Never commits."""
    note_in_history(session, who, ticket, "consultation", "consulté par le helpdesk")

"""Questions to the helpdesk: both sides, and what each wall alone keeps from others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import clock, scope
from app.journal import Who
from app.models import JournalEntry, Notice, Ticket, TicketMessage, TicketNote
from app.rules.tickets import TicketState
from app.scope import OutOfScope, Scope
from app.services import ticket_desk, tickets
from app.services.ticket_desk import Wanted
from tests import factories
from tests.conftest import System
from tests.isolation import WALLS, Inside, standing

_WHO = Who(None, "Claire Lambert")


@pytest.fixture(params=WALLS)
def inside(app: Flask, request: pytest.FixtureRequest) -> Iterator[Inside]:
    with standing(app, request.param) as opened:
        yield opened


@pytest.fixture
def two(system: System) -> tuple[int, int, int]:
    """A person, and another with an answered ticket: their ids and the ticket's."""
    with system() as session:
        mine, other = (factories.person(session, mark) for mark in ("Aulne", "Bouleau"))
        factories.ticket(session, mine, "Aulne")
        ticket = factories.ticket(session, other, "Bouleau", answered=True)
        return mine.id, other.id, ticket.id


def test_nobody_reads_anothers_ticket(two: tuple[int, int, int], inside: Inside) -> None:
    mine, _other, theirs = two
    for limits in (Scope(person=mine), scope.door("contrôle"), Scope()):
        with inside(limits) as session:
            with pytest.raises(LookupError):
                tickets.conversation(session, theirs)
            assert not session.scalars(select(Ticket).where(Ticket.id == theirs)).all()
            assert not session.scalars(select(TicketMessage).where(TicketMessage.ticket_id == theirs)).all()
            assert not session.scalars(select(TicketNote)).all()


def test_who_asked_reads_the_answers_and_no_internal_note(two: tuple[int, int, int], inside: Inside) -> None:
    _mine, other, theirs = two
    with inside(Scope(person=other)) as session:
        found = tickets.conversation(session, theirs)
        assert [message.body for message in found.messages] == ["Question Bouleau", "Réponse Bouleau"]
        assert not session.scalars(select(TicketNote)).all()
        assert tickets.of_person(session, other, 1).total == 1
    with inside(scope.people_door("tickets du helpdesk")) as session:
        assert [note.body for note in ticket_desk.notes(session, theirs)] == ["Note Bouleau"]
        assert ticket_desk.queue(session, Wanted(states=()), 1).total == 2


_ATTACKS: dict[str, Callable[[Session, int, int], object]] = {
    "reply": lambda s, _p, t: tickets.reply(s, _WHO, t, "Intrus", clock.now()),
    "settle": lambda s, _p, t: tickets.settle(s, _WHO, t, clock.now()),
    "mark as read": lambda s, _p, t: tickets.seen(s, t, clock.now()),
    "answer": lambda s, p, t: ticket_desk.answer(
        s, _WHO, p, t, "Intrus", TicketState.RESOLVED, 1, clock.now()
    ),
    "take": lambda s, p, t: ticket_desk.take(s, _WHO, p, t, clock.now()),
    "add a message": lambda s, p, t: (
        s.add(
            TicketMessage(user_id=p, ticket_id=t, at=clock.now(), author="x", from_agent=False, body="Intrus")
        ),
        s.commit(),
    ),
    "update": lambda s, _p, t: (
        s.execute(update(Ticket).where(Ticket.id == t).values(subject="Intrus")),
        s.commit(),
    ),
    "delete": lambda s, _p, t: (s.execute(delete(Ticket).where(Ticket.id == t)), s.commit()),
}


def test_nobody_writes_in_anothers_ticket(two: tuple[int, int, int], inside: Inside, system: System) -> None:
    mine, _other, theirs = two
    wrong = []
    for way, attack in _ATTACKS.items():
        with inside(Scope(person=mine)) as session:
            try:
                attack(session, mine, theirs)
            except (LookupError, OutOfScope, DBAPIError):
                session.rollback()
        with system() as session:
            ticket = session.get_one(Ticket, theirs)
            bodies = [message.body for message in tickets.conversation(session, theirs).messages]
            if (ticket.subject, ticket.state, ticket.unread, bodies) != (
                "Objet Bouleau", TicketState.WAITING, True, ["Question Bouleau", "Réponse Bouleau"],
            ):  # fmt: skip
                wrong.append(way)
    assert not wrong


def test_the_life_of_a_question(system: System) -> None:
    with system() as session:
        person, agent = factories.person(session, "Charme"), factories.person(session, "Agent")
        desk = Who(agent.id, "Olivia", "agent : helpdesk")
        number = tickets.ask(
            session, _WHO, person.id, "Commune", "Objet", "Question", "/presences/", clock.now()
        )
        person_id, agent_id = person.id, agent.id

        def state() -> tuple[TicketState, bool]:
            ticket = session.get_one(Ticket, number, populate_existing=True)
            return ticket.state, ticket.unread

        assert state() == (TicketState.NEW, False)
        tickets.reply(session, _WHO, number, "Encore", clock.now())
        assert state() == (TicketState.NEW, False)
        ticket_desk.take(session, desk, agent_id, number, clock.now())
        assert state() == (TicketState.OPEN, False)
        last = tickets.conversation(session, number).last
        ticket_desk.answer(session, desk, agent_id, number, "Quoi ?", TicketState.WAITING, last, clock.now())
        assert state() == (TicketState.WAITING, True)
        assert session.scalars(select(Notice.path).where(Notice.user_id == person_id)).all() == [
            f"/aide/tickets/{number}/"
        ]
        tickets.reply(session, _WHO, number, "Ceci", clock.now())
        assert state() == (TicketState.OPEN, False)
        assert session.scalars(select(Notice.id).where(Notice.read_at.is_(None))).all() == []
        tickets.settle(session, _WHO, number, clock.now())
        assert state() == (TicketState.RESOLVED, False)
        tickets.reply(session, _WHO, number, "Pas encore", clock.now())
        assert state() == (TicketState.OPEN, False)
        ticket_desk.close(session, desk, number, clock.now())
        assert state() == (TicketState.RESOLVED, False)
        told = session.scalars(
            select(JournalEntry.action).where(JournalEntry.object_type == "ticket").order_by(JournalEntry.id)
        ).all()
    assert told == [
        "creation", "reponse", "prise-en-charge", "reponse", "reponse", "etat", "reponse", "etat",
    ]  # fmt: skip


def test_an_answer_over_a_message_that_was_not_read_is_held_back(system: System) -> None:
    with system() as session:
        person = factories.person(session, "Charme")
        ticket = factories.ticket(session, person)
        number, person_id = ticket.id, person.id
        last = tickets.conversation(session, number).last
        tickets.reply(session, _WHO, number, "Au fait…", clock.now())
        with pytest.raises(ticket_desk.MovedOn):
            ticket_desk.answer(
                session, _WHO, person_id, number, "Trop tôt", TicketState.RESOLVED, last, clock.now()
            )
        assert not session.scalars(select(TicketMessage).where(TicketMessage.from_agent)).all()
        assert not session.scalars(select(Notice)).all()


def test_the_queue_is_filtered(system: System) -> None:
    with system() as session:
        person, agent = factories.person(session, "Charme"), factories.person(session, "Agent")
        first = factories.ticket(session, person, "Premier").id
        second = factories.ticket(session, person, "Second", answered=True).id
        third = factories.ticket(session, person, "Troisième").id
        ticket_desk.take(session, _WHO, agent.id, third, clock.now())

        def found(**wanted: object) -> list[int]:
            return [row.ticket.id for row in ticket_desk.queue(session, Wanted(**wanted), 1).rows]  # type: ignore[arg-type]

        assert found() == [first, third]
        assert found(states=(TicketState.WAITING,)) == [second]
        assert found(states=(), assignee=agent.id) == [third]
        assert found(states=(), assignee=0) == [first]
        assert found(states=(), search="second objet") == [second]
        assert found(states=(), search=f"#{third}") == [third]
        assert found(states=(), search="ailleurs") == []
        assert found(states=(), search="%") == [], "what is typed is text, not a pattern"

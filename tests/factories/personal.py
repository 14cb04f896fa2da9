"""What belongs to one person."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from app import clock
from app.journal import Who
from app.keyring import keyring
from app.models import (
    Channel,
    Communication,
    Dismissal,
    KeptForm,
    NoticeKind,
    Preferences,
    Strength,
    Ticket,
    User,
    UserSession,
)
from app.rules.tickets import TicketState
from app.security.kept_forms import Contents
from app.services import notices, ticket_desk, tickets
from tests.factories.people import person


def preferences(session: Session, user: User, **values: Any) -> Preferences:
    """How a person wants to be told; everything by e-mail unless given."""
    row = Preferences(**{"user_id": user.id, "flash": Channel.EMAIL, "notices": Channel.EMAIL} | values)
    session.add(row)
    session.flush()
    return row


def notice(
    session: Session,
    user: User,
    mark: str = "Réponse",
    *,
    kind: NoticeKind = NoticeKind.TICKET,
    path: str = "/",
) -> None:
    """A notice, and the e-mail that goes with it if the person wants one."""
    notices.tell(session, user.id, kind, mark, path)


def ticket(session: Session, user: User, mark: str = "Connexion", *, answered: bool = False) -> Ticket:
    """A question to the helpdesk; `answered`: with an answer and an internal note of an agent."""
    number = tickets.ask(
        session, Who(user.id, f"{user.first_name} {user.last_name}"), user.id, f"Pour {mark}",
        f"Objet {mark}", f"Question {mark}", "/presences/", clock.now(),
    )  # fmt: skip
    if answered:
        agent = person(session, f"Agent{mark}")
        who = Who(agent.id, agent.last_name, "agent : helpdesk")
        last = tickets.conversation(session, number).last
        ticket_desk.answer(
            session, who, agent.id, number, f"Réponse {mark}", TicketState.WAITING, last, clock.now()
        )
        ticket_desk.note(session, who, agent.id, number, f"Note {mark}", clock.now())
    return session.get_one(Ticket, number)


def kept_form(session: Session, user: User, mark: str = "Saisie", **values: Any) -> KeptForm:
    """A form with a file that waits for a strong connection."""
    contents = Contents([("motif", mark)], [("fichier", f"{mark}.xlsx", f"PK {mark}".encode())])
    row = KeptForm(
        **{
            "user_id": user.id, "action": "/essai", "page": "/essai", "kept_at": clock.now(),
            "sealed": keyring().encrypt(msgspec.msgpack.encode(contents)),
        }
        | values
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def open_session(session: Session, user: User) -> UserSession:
    """A session on another device, which no cookie opens."""
    row = UserSession(
        id_hash=secrets.token_hex(32), user_id=user.id, data=b"", strength=Strength.STRONG.value,
        agent="Firefox/140.0 Linux", created_at=clock.now(), last_seen_at=clock.now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def communication(session: Session, mark: str = "Information", **values: Any) -> Communication:
    """A banner of today for everybody."""
    today = clock.today()
    row = Communication(
        **{"title": f"Titre {mark}", "body": f"Texte {mark}", "valid_from": today, "valid_until": today}
        | values
    )
    session.add(row)
    session.flush()
    return row


def dismissal(session: Session, user: User, mark: str = "Information") -> Dismissal:
    """A banner that the person closed."""
    row = Dismissal(user_id=user.id, communication_id=communication(session, mark).id)
    session.add(row)
    session.flush()
    return row

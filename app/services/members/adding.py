"""Adding a person to an organiser: by national number, so that eID and itsme find them (guide 6.1.2)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, journal
from app.journal import HIDDEN, Change
from app.keyring import keyring
from app.models import NO_MAILBOX, Membership, MembershipEvent, MembershipState, User
from app.rules import access
from app.rules.access import Objection, Refusal
from app.rules.niss import Niss
from app.services.members import desk
from app.services.members.access import revoke_all
from app.services.members.desk import Manager, Refused


class AlreadyThere(Exception):
    """The person is in this organiser's list, under `name`."""

    def __init__(self, name: str) -> None:
        super().__init__("already a member")
        self.name = name


@dataclass(frozen=True)
class Details:
    """What the form asks of a new person; the consent was certified."""

    first_name: str
    last_name: str
    email: str
    niss: Niss = field(repr=False)


def add(session: Session, manager: Manager, details: Details) -> Membership:
    """Add a person, to whom nothing is opened yet. Commits. Raises Refused, AlreadyThere.

    Somebody whom the portal knows already is linked, under the name given here: the answer, its text and the work done
    are the same, and nothing of the other organisers is told or taken over.
    """
    desk.lock(session, manager.organiser_id)
    if not access.manages_users(desk.acting(session, manager), clock.today()):
        session.rollback()
        raise Refused([Refusal(Objection.NOT_MANAGER)])
    user = _account(session, details)
    row = session.scalars(
        select(Membership).where(
            Membership.user_id == user.id, Membership.organiser_id == manager.organiser_id
        )
    ).one_or_none()
    if row is not None and row.state is not MembershipState.DELETED:
        name = row.name
        session.rollback()
        raise AlreadyThere(name)
    now = clock.now()
    taken: list[Change] = []
    if row is None:
        row = Membership(user_id=user.id, organiser_id=manager.organiser_id, state=MembershipState.ACTIVE)
        session.add(row)
    else:
        taken = revoke_all(session, row, manager.who.name, now)  # comes back as a new person would
    row.first_name, row.last_name, row.email = details.first_name, details.last_name, details.email
    row.state, row.state_since, row.consent_at = MembershipState.ACTIVE, now, now
    session.flush()
    session.add(
        MembershipEvent(
            organiser_id=row.organiser_id,
            membership_id=row.id,
            state=row.state,
            at=now,
            by=manager.who.name[:200],
        )
    )
    journal.record(
        session, manager.who, "ajout", organiser_id=row.organiser_id, object_type="membership", object_id=row.id,
        summary=f"{row.name} ajouté aux utilisateurs, avec son consentement",
        changes=[
            Change("membership", row.id, "Prénom", None, row.first_name),
            Change("membership", row.id, "Nom", None, row.last_name),
            Change("membership", row.id, "Courriel", None, row.email),
            Change("membership", row.id, "N° de registre national", None, HIDDEN),
            *taken,
        ],
    )  # fmt: skip
    session.commit()
    return row


def _account(session: Session, details: Details) -> User:
    """The account of that national number, made when there is none."""
    fingerprint = keyring().fingerprint(details.niss.digits)
    desk.lock_number(session, fingerprint)
    user = session.scalars(select(User).where(User.niss_hash == fingerprint)).one_or_none()
    if user is None:
        name = f"p-{secrets.token_hex(8)}"
        user = User(
            first_name=details.first_name, last_name=details.last_name, username=name,
            # The address is the membership's: one mailbox may serve several people, and FAB wants it unique.
            email=f"{name}@{NO_MAILBOX}", active=True, password="",
            niss_hash=fingerprint, niss_sealed=details.niss.digits,
        )  # fmt: skip
        session.add(user)
        session.flush()
    return user

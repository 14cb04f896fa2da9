"""What the helpdesk finds and mends: names, national numbers, passwords of the old accounts, deletions."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload
from werkzeug.security import generate_password_hash

from app import clock, journal
from app.journal import HIDDEN, Change, Who
from app.keyring import keyring
from app.models import Facility, Membership, MembershipState, NoticeKind, Organiser, User
from app.models.folding import folded, speaks_of
from app.rules.identifiers import parse_bce
from app.rules.niss import Niss
from app.services import notices
from app.services.members import desk, states

#: Results of a search; more means that the words are too few.
MOST: Final = 50
#: Without the letters and figures that are mistaken for one another on the telephone.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


class NumberTaken(Exception):
    """Another account has that national number."""


class NotByPassword(Exception):
    """The account has eID or itsme: it has no password to reset."""


class NotTheirs(Exception):
    """One's own account, or an agent's: whoever gives it a number or a password can sign in with its rights."""


def mendable(who: Who, user: User, *, agents: bool) -> bool:
    """Whether a name, a number or a password may be mended. `agents`: by who may change agents' rights anyway."""
    return user.id != who.user_id and (agents or not user.roles)


@dataclass(frozen=True)
class Found:
    """What a search found, at most MOST of each."""

    organisers: Sequence[Organiser]
    people: Sequence[User]


def search(session: Session, words: str) -> Found:
    """Organisers by name, enterprise number or matricule; people by name, address or user name. Inside a door to all."""
    if not words.split():
        return Found([], [])
    matricule = select(Facility.organiser_id).where(
        Facility.matricule.icontains(words.strip(), autoescape=True)
    )
    named = select(Organiser.id).where(speaks_of(words, folded(Organiser.name)))
    organisers = select(Organiser).where(
        or_(Organiser.id.in_(named), Organiser.id.in_(matricule), Organiser.bce == parse_bce(words))
    )
    known_as = speaks_of(words, Membership.folded)
    own = speaks_of(words, folded(User.last_name, User.first_name, User.email, User.username))
    people = select(User).where(or_(User.id.in_(select(Membership.user_id).where(known_as)), own))
    return Found(
        session.scalars(organisers.order_by(folded(Organiser.name)).limit(MOST)).all(),
        session.scalars(people.order_by(folded(User.last_name, User.first_name)).limit(MOST)).all(),
    )


def by_number(session: Session, niss: Niss) -> User | None:
    """The person of a national number."""
    return session.scalars(
        select(User).where(User.niss_hash == keyring().fingerprint(niss.digits))
    ).one_or_none()


def memberships(session: Session, user_id: int) -> Sequence[Membership]:
    """For whom a person acts or acted, the deleted too. Inside a door to all."""
    return session.scalars(
        select(Membership)
        .where(Membership.user_id == user_id)
        .options(selectinload(Membership.organiser))
        .order_by(Membership.organiser_id)
    ).all()


def consulted(session: Session, who: Who, user: User) -> None:
    """Keep that an account was opened, for the agency and for each organiser it acts or acted for. Does not commit."""
    text = "Compte ouvert par le helpdesk"
    _record(session, who, user, [], "consultation", text, [])
    told = [(row.organiser_id, row.id, f"{text} : {row.name}") for row in memberships(session, user.id)]
    journal.record_each(session, who, "consultation", "membership", told)


def members(session: Session, organiser_id: int) -> Sequence[tuple[Membership, bool]]:
    """An organiser's people, and for the deleted whether that can still be undone. Inside its door."""
    undoable = can_be_undone(session)
    rows = session.scalars(
        select(Membership)
        .where(Membership.organiser_id == organiser_id, Membership.user_id.is_not(None))
        .order_by(Membership.state, Membership.folded)
    )
    return [(row, undoable(row)) for row in rows]


def can_be_undone(session: Session) -> Callable[[Membership], bool]:
    """Whether a deletion can still be undone, of any member."""
    limit = clock.now() - states.kept_for(session)
    return lambda row: row.state is MembershipState.DELETED and row.state_since >= limit


def correct_name(
    session: Session, who: Who, user: User, first_name: str, last_name: str, *, agents: bool = False
) -> None:
    """Mend the name of an account, and of the memberships that still have it; commits. Raises NotTheirs."""
    _check(who, user, agents)
    old = (user.first_name, user.last_name)
    if old == (first_name, last_name):
        return
    touched = memberships(session, user.id)
    user.first_name, user.last_name = first_name, last_name
    for row in touched:
        if (row.first_name, row.last_name) == old:
            row.first_name, row.last_name = first_name, last_name
    session.flush()
    change = Change("ab_user", user.id, "Nom", " ".join(old), f"{first_name} {last_name}")
    _record(session, who, user, touched, "correction", "Nom corrigé par le helpdesk", [change])
    session.commit()


def correct_number(session: Session, who: Who, user: User, niss: Niss, *, agents: bool = False) -> None:
    """Mend the national number by which eID and itsme find an account; its sessions end, the person is told. Commits.

    To give an old account its first number is to convert it: the password opens « Mon utilisateur » alone from then on.
    Raises NotTheirs, NumberTaken.
    """
    _check(who, user, agents)
    fingerprint = keyring().fingerprint(niss.digits)
    desk.lock_number(session, fingerprint)
    other = session.scalars(
        select(User.id).where(User.niss_hash == fingerprint, User.id != user.id)
    ).one_or_none()
    if other is not None:
        raise NumberTaken
    if user.niss_hash == fingerprint:
        return
    if user.niss_hash is None and user.converted_at is None:
        user.converted_at = clock.now()
    user.niss_hash, user.niss_sealed = fingerprint, niss.digits
    session.flush()  # the epoch moves with the number (EPOCH_TRIGGER)
    change = Change("ab_user", user.id, "N° de registre national", HIDDEN, HIDDEN)
    text = "Numéro de registre national corrigé par le helpdesk"
    _record(session, who, user, memberships(session, user.id), "correction", text, [change])
    notices.tell(session, user.id, NoticeKind.SECURITY, text, "/mon-utilisateur/")
    session.commit()


def reset_password(session: Session, who: Who, user: User, *, agents: bool = False) -> str:
    """A new password for an old account, to be told once to its holder; the sessions end, the person is told. Commits.

    Raises NotTheirs, NotByPassword.
    """
    _check(who, user, agents)
    if user.niss_hash is not None or user.converted_at is not None:
        raise NotByPassword
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(3))
    user.password = generate_password_hash(password)
    session.flush()
    text = "Mot de passe réinitialisé par le helpdesk"
    _record(session, who, user, memberships(session, user.id), "correction", text, [])
    notices.tell(session, user.id, NoticeKind.SECURITY, text, "/mon-utilisateur/")
    session.commit()
    return password


def _check(who: Who, user: User, agents: bool) -> None:
    if not mendable(who, user, agents=agents):
        raise NotTheirs


def _record(
    session: Session, who: Who, user: User, touched: Sequence[Membership], action: str, text: str, changes: list[Change]
) -> None:  # fmt: skip
    """In the platform's history, and in that of each organiser whose member it is."""
    journal.record(
        session, who, action, organiser_id=None, object_type="ab_user", object_id=user.id,
        summary=f"{text} : {user.first_name} {user.last_name}", changes=changes,
    )  # fmt: skip
    for row in touched:
        journal.record(
            session, who, action, organiser_id=row.organiser_id, object_type="membership", object_id=row.id,
            summary=f"{text} : {row.name}",
        )  # fmt: skip

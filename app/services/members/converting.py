"""« Convertir mon utilisateur »: from the old user name and password to eID and itsme (guide 12)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock, journal
from app.journal import HIDDEN, Change, Who
from app.keyring import keyring
from app.models import Membership, MembershipState, NoticeKind, User
from app.services import notices
from app.services.members import desk
from app.services.members.adding import Details


class AlreadyConverted(Exception):
    """Somebody converted this account before."""


class AlreadyThere(Exception):
    """The person of that number acts for one of the account's organisers already: an administrator sorts it out."""


class Closed(Exception):
    """What was handed over would be lost: the account of that number is closed, or the one converted has an agent's roles,
    which the agency alone gives."""


def convert(session: Session, who: Who, user_id: int, details: Details) -> None:
    """Hand what the account may do to the person of that number, who consents. Commits; the account's sessions end.

    From then on the password opens « Mon utilisateur » alone. Whether the portal knew the number is not told: the
    answer is the same. The other administrators are told. Runs inside `scope.system`, since an account may act for
    several organisers. Raises AlreadyConverted, AlreadyThere, Closed.
    """
    account = session.scalars(select(User).where(User.id == user_id).with_for_update()).one()
    if account.converted_at is not None or account.niss_hash is not None:
        session.rollback()
        raise AlreadyConverted
    memberships = session.scalars(
        select(Membership).where(Membership.user_id == user_id, Membership.state != MembershipState.DELETED)
    ).all()
    fingerprint = keyring().fingerprint(details.niss.digits)
    desk.lock_number(session, fingerprint)
    person = session.scalars(select(User).where(User.niss_hash == fingerprint)).one_or_none()
    if person is not None and (not person.active or account.roles):
        session.rollback()
        raise Closed
    if person is not None and _knows(session, person.id, [row.organiser_id for row in memberships]):
        session.rollback()
        raise AlreadyThere
    now = clock.now()
    if person is None:
        account.first_name, account.last_name = details.first_name, details.last_name
        account.niss_hash, account.niss_sealed = fingerprint, details.niss.digits
    account.converted_at = now
    for row in memberships:
        before = row.name, row.email
        row.user_id = account.id if person is None else person.id
        row.first_name, row.last_name, row.email = details.first_name, details.last_name, details.email
        row.consent_at = now
        _record(session, who, row, before)
    # Whatever was open under the password ends: the person signs in again, with eID or itsme.
    session.execute(update(User).where(User.id == user_id).values(epoch=User.epoch + 1))
    session.commit()


def _knows(session: Session, person_id: int, organisers: Sequence[int]) -> bool:
    found = select(Membership.id).where(
        Membership.user_id == person_id, Membership.organiser_id.in_(organisers)
    )
    return session.scalars(found.limit(1)).one_or_none() is not None


def _record(session: Session, who: Who, row: Membership, before: tuple[str, str]) -> None:
    """`before`: the name and the address that the member had."""
    name, email = before
    session.flush()
    journal.record(
        session, who, "conversion", organiser_id=row.organiser_id, object_type="membership", object_id=row.id,
        summary=f"{name} converti : {row.name} se connecte désormais avec eID ou itsme, avec son consentement",
        changes=[
            Change("membership", row.id, "Nom", name, row.name),
            *([Change("membership", row.id, "Courriel", email, row.email)] if email != row.email else []),
            Change("membership", row.id, "N° de registre national", None, HIDDEN),
        ],
    )  # fmt: skip
    others = desk.who_administers(session, row.organiser_id, clock.today())
    for user_id in (one for one in others if one != row.user_id):
        notices.tell(
            session,
            user_id,
            NoticeKind.SECURITY,
            f"{name} est devenu {row.name}",
            f"/utilisateurs/{row.id}/",
            row.organiser_id,
        )

"""Disabling, reactivating and deleting an organiser's people; undoing a deletion; removing for good."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app import clock, journal
from app.journal import Change, Who
from app.models import (
    AccessRequest,
    AttendanceImport,
    AttendanceSubmission,
    CodeMapping,
    Membership,
    MembershipState,
    NoticeKind,
    User,
    UserSession,
)
from app.rules import access
from app.rules.french import of
from app.services import notices
from app.services.members import desk
from app.services.members.desk import Manager, Refused
from app.services.parameters import Value, values_on


class TooLate(Exception):
    """The days within which a deletion can be undone are over."""


#: What names an account for as long as it is kept.
_NAMING: Final = (AttendanceSubmission.submitted_by, CodeMapping.confirmed_by, AttendanceImport.user_id)

_DONE = {
    MembershipState.ACTIVE: ("reactivation", "réactivé"),
    MembershipState.DISABLED: ("desactivation", "désactivé"),
    MembershipState.DELETED: ("suppression", "supprimé"),
}


def disable(session: Session, manager: Manager, membership_id: int) -> Membership:
    """Close a person's access until it is opened again. Commits. Raises Unknown, Refused, LastAdministrator."""
    return _move(session, manager, membership_id, MembershipState.DISABLED)


def reactivate(session: Session, manager: Manager, membership_id: int) -> Membership:
    """Open it again, with the rights of before, which the manager must hold; sessions from before stay dead. Commits.

    Raises the same.
    """
    return _move(session, manager, membership_id, MembershipState.ACTIVE)


def remove(session: Session, manager: Manager, membership_id: int) -> Membership:
    """Take a person off the organiser's list; the helpdesk can undo it for a while. Commits. Raises the same."""
    return _move(session, manager, membership_id, MembershipState.DELETED)


def leave(session: Session, who: Who, membership_id: int) -> Membership:
    """Take oneself off an organiser's list. Commits. Raises Unknown, LastAdministrator."""
    found = desk.member(session, membership_id)
    desk.lock(session, found.organiser_id)
    row = desk.member(session, membership_id)
    with desk.still_administered(session, row.organiser_id, clock.today()):
        _enter(session, who, row, MembershipState.DELETED, "depart", "retiré par la personne elle-même")
    session.commit()
    return row


def restore(session: Session, who: Who, membership_id: int) -> Membership:
    """The helpdesk's undoing of a deletion: the person comes back as before. Commits. Raises Unknown, TooLate.

    Runs inside a door to the organiser.
    """
    row = session.scalars(
        select(Membership)
        .where(
            Membership.id == membership_id,
            Membership.state == MembershipState.DELETED,
            Membership.user_id.is_not(None),
        )
        .with_for_update(of=Membership)
    ).one_or_none()
    if row is None:
        raise desk.Unknown
    if row.state_since < clock.now() - kept_for(session):
        raise TooLate
    _enter(session, who, row, MembershipState.ACTIVE, "retablissement", "rétabli")
    _tell(session, row, "rétabli")
    session.commit()
    return row


def undo_delay(session: Session) -> Value:
    """How long a deletion can be undone (dated parameter, in days)."""
    return values_on(session, clock.today())["utilisateurs.suppression"]


def kept_for(session: Session) -> dt.timedelta:
    """The same as a duration."""
    return dt.timedelta(days=int(undo_delay(session).value))


def purge(session: Session) -> int:
    """Remove for good who was deleted longer ago than that; accounts left with nothing go too. Commits.

    The portal's own work (CLI), inside `scope.system`. What stays of a profile is what answers « Qui voit quoi ? » on a
    past day: the name, the states and what was opened. The history keeps what they did, under their name. An account that
    signed months, read codes or left a workbook in preview stays, since these name it; it opens nothing.
    """
    gone = session.execute(
        select(Membership.id, Membership.user_id, Membership.organiser_id)
        .where(
            Membership.state == MembershipState.DELETED,
            Membership.user_id.is_not(None),
            Membership.state_since < clock.now() - kept_for(session),
        )
        .with_for_update()
    ).all()
    numbers = [number for number, _user_id, _organiser_id in gone]
    session.execute(delete(AccessRequest).where(AccessRequest.membership_id.in_(numbers)))
    session.execute(
        update(Membership)
        .where(Membership.id.in_(numbers))
        .values(user_id=None, email="", consent_at=None, last_entered_at=None)
    )
    for number, _user_id, organiser_id in gone:
        journal.record(
            session, journal.SYSTEM, "purge", organiser_id=organiser_id, object_type="membership",
            object_id=number, summary="Profil supprimé définitivement, délai écoulé",
        )  # fmt: skip
    left = {
        row.id: row
        for row in session.scalars(
            select(User).where(
                User.id.in_([user_id for _number, user_id, _organiser in gone]),
                User.id.not_in(select(Membership.user_id).where(Membership.user_id.is_not(None))),
                *(User.id.not_in(select(column)) for column in _NAMING),
            )
        )
        if not row.roles
    }
    for user in left.values():
        session.delete(user)
    session.commit()
    return len(gone)


def _move(session: Session, manager: Manager, membership_id: int, state: MembershipState) -> Membership:
    today = clock.today()
    desk.lock(session, manager.organiser_id)
    row = desk.member(session, membership_id)
    mine, theirs = desk.acting(session, manager), desk.opened(session, row.id)
    refusals = access.of_person(own=row.id == manager.membership_id, mine=mine, theirs=theirs, today=today)
    if not refusals and state is MembershipState.ACTIVE:
        refusals = access.of_return(mine=mine, theirs=theirs, today=today)
    if refusals:
        session.rollback()
        raise Refused(refusals)
    if row.state is state:
        session.rollback()
        return row
    with desk.still_administered(session, manager.organiser_id, today):
        _enter(session, manager.who, row, state, *_DONE[state])
    _tell(session, row, _DONE[state][1])
    session.commit()
    return row


def _tell(session: Session, row: Membership, done: str) -> None:
    title = f"Votre profil est {done} : {row.organiser.name}"
    notices.tell(session, row.user.id, NoticeKind.SECURITY, title, "/mon-utilisateur/", row.organiser_id)


def _enter(
    session: Session, who: Who, row: Membership, state: MembershipState, action: str, done: str
) -> None:
    before = row.state
    desk.enter_state(session, row, state, clock.now(), who.name)
    if state is not MembershipState.ACTIVE:
        _end_sessions(session, row.user.id)
    journal.record(
        session, who, action, organiser_id=row.organiser_id, object_type="membership", object_id=row.id,
        summary=f"Profil {of(row.name)} {done}",
        changes=[Change("membership", row.id, "Statut", before.label, state.label)],
    )  # fmt: skip


def _end_sessions(session: Session, user_id: int) -> None:
    # All of the person's sessions: whoever acts for several organisers signs in again, and is told nothing more.
    session.execute(update(User).where(User.id == user_id).values(epoch=User.epoch + 1))
    session.execute(delete(UserSession).where(UserSession.user_id == user_id))

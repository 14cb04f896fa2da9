"""Closing and opening a person's access to the portal."""

from __future__ import annotations

import contextlib

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import clock, journal
from app.journal import Change, Who
from app.models import Membership, MembershipState, NoticeKind, PermissionView, Role, User, UserSession
from app.models.folding import folded
from app.rules.french import of
from app.security.rights import Right
from app.services import notices
from app.services.members import desk


class OwnAccount(Exception):
    """Nobody closes their own access: a colleague does."""


class NoLongerAdministrator(Exception):
    """Somebody took away the right of who acts meanwhile; nothing was written."""


def lock_agents(session: Session, who: Who) -> None:
    """One change of agents' accounts, roles and permissions at a time, until the commit. Raises NoLongerAdministrator.

    Nobody changes their own: as long as who acts may still do so, somebody is left who administers the agency, also when
    two close each other at once.
    """
    session.execute(select(Role.id).order_by(Role.id).with_for_update(key_share=True))
    action, resource = Right.SECURITY_WRITE.value
    held = PermissionView.permission.has(name=action) & PermissionView.view_menu.has(name=resource)
    may = select(User.id).where(
        User.id == who.user_id, User.active, User.roles.any(Role.permissions.any(held))
    )
    if session.scalar(may) is None:
        session.rollback()
        raise NoLongerAdministrator


def role_like(session: Session, name: str) -> Role | None:
    """The role that people would take for one of that name: capitals, accents and spaces apart."""
    return session.scalars(
        select(Role).where(folded(Role.name) == func.folded(" ".join(name.split()))).limit(1)
    ).one_or_none()


def is_held(session: Session, role: Role) -> bool:
    """Whether somebody has the role."""
    return session.scalar(select(User.id).where(User.roles.any(id=role.id)).limit(1)) is not None


def disable(session: Session, who: Who, user: User) -> None:
    """End the person's access to the whole portal and every session of theirs, for good. Commits.

    Raises OwnAccount, NoLongerAdministrator, and LastAdministrator when an organiser would be left with nobody. Sees every
    organiser: inside a door to all.
    """
    if who.user_id == user.id:
        raise OwnAccount
    if user.roles:
        lock_agents(session, who)
    theirs = select(Membership.organiser_id).where(
        Membership.user_id == user.id, Membership.state == MembershipState.ACTIVE
    )
    with contextlib.ExitStack() as stack:
        for organiser_id in sorted(session.scalars(theirs)):
            desk.lock(session, organiser_id)
            stack.enter_context(desk.still_administered(session, organiser_id, clock.today()))
        changed = _set_active(session, who, user, active=False)
    if changed:
        session.commit()


def reactivate(session: Session, who: Who, user: User) -> None:
    """Let the person in again; sessions opened before stay dead. Commits."""
    if _set_active(session, who, user, active=True):
        session.commit()


def end_sessions(session: Session, who: Who, user: User) -> None:
    """Sign the person out everywhere, of a lost telephone for example. Commits."""
    _end_sessions(session, user)
    notices.tell(
        session, user.id, NoticeKind.SECURITY, "Vos sessions ont été terminées par l’Office", "/mes-sessions/"
    )
    journal.record(
        session, who, "sessions-terminees", organiser_id=None, object_type="ab_user", object_id=user.id,
        summary=f"Sessions {of(user.first_name)} {user.last_name} terminées",
    )  # fmt: skip
    session.commit()


def _set_active(session: Session, who: Who, user: User, *, active: bool) -> bool:
    if bool(user.active) == active:
        return False
    user.active = active
    if not active:
        _end_sessions(session, user)
    if active:
        notices.tell(
            session, user.id, NoticeKind.SECURITY, "Votre accès au portail est rouvert", "/mon-utilisateur/"
        )
    journal.record(
        session, who, "reactivation" if active else "desactivation", organiser_id=None, object_type="ab_user",
        object_id=user.id,
        summary=f"Accès {of(user.first_name)} {user.last_name} {'rouvert' if active else 'fermé'}",
        changes=[Change("ab_user", user.id, "active", _yes_no(not active), _yes_no(active))],
    )  # fmt: skip
    return True


def _end_sessions(session: Session, user: User) -> None:
    # The epoch holds against a request under way, which would otherwise go on with what it has read.
    user.epoch += 1
    session.execute(delete(UserSession).where(UserSession.user_id == user.id))
    session.flush()


def _yes_no(value: bool) -> str:
    return "oui" if value else "non"

"""The person behind a request: their rights and their scope, read once per change of rights.

Rights are kept per process under the version that triggers bump at any change of people, profiles,
grants or permissions (`rights_version`): the session's query brings that version with every request,
so a revocation holds on the very next one, without a query of its own.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Final

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app import scope
from app.journal import Who
from app.models import Dossier, Membership, Profile, Strength, User
from app.scope import ALL, Facilities, Scope
from app.security.rights import BY_PERMISSION, BY_RIGHT, Right


@dataclass(frozen=True)
class Context:
    """A person in one capacity: for an organiser, or as an agent (organiser_id None)."""

    profile: Profile
    organiser_id: int | None
    organiser_name: str
    scope: Scope
    rights: frozenset[Right]

    @property
    def key(self) -> str:
        """How the session names this capacity."""
        return self.profile.value if self.organiser_id is None else str(self.organiser_id)

    def facilities(self, right: Right) -> Facilities:
        """Facilities that the right reaches (None = all of the organiser)."""
        return self.scope.facilities_of(BY_RIGHT[right].dossier)


@dataclass(frozen=True)
class Person:
    """What is kept of a user between requests."""

    user_id: int
    name: str
    contexts: tuple[Context, ...]


@dataclass(frozen=True)
class Actor:
    """Who acts, in which capacity, how strongly they signed in."""

    person: Person
    context: Context | None
    strength: Strength

    @property
    def user_id(self) -> int:
        return self.person.user_id

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def organiser_id(self) -> int | None:
        return self.context.organiser_id if self.context else None

    @property
    def is_agent(self) -> bool:
        return self.context is not None and self.context.profile.is_agent

    @property
    def strong(self) -> bool:
        return self.strength is Strength.STRONG

    @property
    def who(self) -> Who:
        """As the history names them."""
        door = f"agent : {self.context.profile.label}" if self.context and self.is_agent else ""
        return Who(self.user_id, self.name, door)

    @property
    def scope(self) -> Scope:
        return self.context.scope if self.context else Scope(person=self.user_id)

    def may(self, right: Right, facility_id: int | None = None) -> bool:
        """Whether the right is held, and reaches that facility when one is named."""
        if self.context is None or right not in self.context.rights:
            return False
        if facility_id is None:
            return True
        allowed = self.context.facilities(right)
        return allowed is ALL or facility_id in allowed


_MAX_KEPT: Final = 5000
_kept: dict[int, tuple[int, Person]] = {}
_lock = threading.Lock()


def load(session: Session, user_id: int, version: int) -> Person:
    """The person as of that version of the rights. Raises LookupError when the user is gone."""
    found = _kept.get(user_id)
    if found is not None and found[0] == version:
        return found[1]
    with scope.system("rights of the person signing in", session):
        person = _read(session, user_id)
    with _lock:
        if len(_kept) >= _MAX_KEPT:
            _kept.clear()
        _kept[user_id] = (version, person)
    return person


def _read(session: Session, user_id: int) -> Person:
    user = session.get(User, user_id)
    if user is None or not user.active:
        raise LookupError("no such user")
    profile_roles = {profile.label: profile for profile in Profile}
    contexts = [
        Context(
            profile,
            None,
            "Office",
            # An agent has no organiser of their own: rows are reached through a door only.
            Scope(person=user_id),
            _rights(role),
        )
        for role in user.roles
        if (profile := profile_roles.get(role.name)) is not None and profile.is_agent
    ]
    roles = {role.name: role for role in _roles(session)}
    memberships = session.scalars(
        select(Membership)
        .where(Membership.user_id == user_id, Membership.active)
        .options(selectinload(Membership.organiser), selectinload(Membership.grants))
        .order_by(Membership.organiser_id)
    )
    contexts += [
        Context(
            membership.profile,
            membership.organiser_id,
            membership.organiser.name,
            replace(_member_scope(membership), person=user_id),
            _rights(roles.get(membership.profile.label)),
        )
        for membership in memberships
    ]
    return Person(user.id, f"{user.first_name} {user.last_name}", tuple(contexts))


def _roles(session: Session) -> list[Role]:
    return list(session.scalars(select(Role)))


def _rights(role: Role | None) -> frozenset[Right]:
    """The rights a role holds; a profile whose role is gone holds none."""
    if role is None:
        return frozenset()
    held = ((pv.permission.name, pv.view_menu.name) for pv in role.permissions)
    return frozenset(BY_PERMISSION[name] for name in held if name in BY_PERMISSION)


def _member_scope(membership: Membership) -> Scope:
    if membership.profile is Profile.ADMINISTRATOR:
        return Scope.whole_organiser(membership.organiser_id)
    facilities: dict[Dossier, Facilities] = {}
    for dossier in Dossier:
        facilities[dossier] = frozenset(
            g.facility_id for g in membership.grants if g.dossier.value == dossier.value
        )
    return Scope(frozenset({membership.organiser_id}), facilities)

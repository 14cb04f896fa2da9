"""The person behind a request: their rights and their scope, read once per change of rights.

Rights are kept per process under the version that triggers bump at any change of people, profiles,
grants or permissions (`rights_version`): the session's query brings that version with every request,
so a revocation holds on the very next one, without a query of its own.
"""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass, field, replace
from typing import Final

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from app import clock, scope
from app.journal import Who
from app.models import Dossier, Grant, Membership, MembershipState, Organiser, Profile, Strength, User
from app.rules.audiences import Reader
from app.rules.dossiers import Reach
from app.scope import ALL, Facilities, Scope
from app.security.rights import BY_PERMISSION, BY_RIGHT, Right, through


@dataclass(frozen=True)
class Context:
    """A person in one capacity: for an organiser, or as an agent (organiser_id None)."""

    #: How the session names this capacity: the organiser's id, or an agent's profile.
    key: str
    #: What the person is there: an agent's role, « administrateur », « gestionnaire… ».
    label: str
    organiser_id: int | None
    organiser_name: str
    #: The person's name as it is known there.
    name: str
    scope: Scope
    rights: frozenset[Right]
    #: What communications go by.
    reader: Reader = field(default_factory=Reader)
    membership_id: int | None = None
    dossiers: frozenset[Dossier] = frozenset()

    @property
    def is_administrator(self) -> bool:
        """Of the organiser."""
        return Dossier.ADMINISTRATION in self.dossiers

    def facilities(self, right: Right) -> Facilities:
        """Facilities that the right reaches (None = all of the organiser)."""
        return self.scope.facilities_of(*(BY_RIGHT[right].dossiers or Dossier))


@dataclass(frozen=True)
class Person:
    """What is kept of a user between requests."""

    user_id: int
    name: str
    contexts: tuple[Context, ...]
    #: The password opens « Mon utilisateur » alone since the person has eID or itsme (guide 12).
    converted: bool = False
    #: No national number yet: the old user name and password, « Utilisateur par défaut ».
    by_password: bool = False


@dataclass(frozen=True)
class Actor:
    """Who acts, in which capacity, how strongly they signed in."""

    person: Person
    context: Context | None
    strength: Strength
    #: Why an agent came in from outside their portfolio; "" inside it.
    reason: str = ""

    @property
    def user_id(self) -> int:
        return self.person.user_id

    @property
    def name(self) -> str:
        return self.context.name if self.context else self.person.name

    @property
    def organiser_id(self) -> int | None:
        return self.context.organiser_id if self.context else None

    @property
    def is_agent(self) -> bool:
        return self.context is not None and self.context.organiser_id is None

    @property
    def strong(self) -> bool:
        return self.strength is Strength.STRONG

    @property
    def who(self) -> Who:
        """As the history names them."""
        door = f"agent : {self.context.label}" if self.context and self.is_agent else ""
        if door and self.reason:
            door += f", hors portefeuille : {self.reason}"
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
#: Kept for a version of the rights and a day: rights begin and end by date.
_kept: dict[int, tuple[tuple[int, dt.date], Person]] = {}
_lock = threading.Lock()


def load(session: Session, user_id: int, version: int) -> Person:
    """The person as of that version of the rights. Raises LookupError when the user is gone."""
    today = clock.today()
    found = _kept.get(user_id)
    if found is not None and found[0] == (version, today):
        return found[1]
    with scope.system("rights of the person signing in", session):
        person = _read(session, user_id, today)
    with _lock:
        if len(_kept) >= _MAX_KEPT:
            _kept.clear()
        _kept[user_id] = ((version, today), person)
    return person


def _read(session: Session, user_id: int, today: dt.date) -> Person:
    user = session.get(User, user_id)
    if user is None or not user.active:
        raise LookupError("no such user")
    name = f"{user.first_name} {user.last_name}"
    profiles = {profile.label: profile for profile in Profile}
    contexts = [
        # An agent has no organiser of their own: rows are reached through a door only.
        Context(profile.value, profile.label, None, "Office", name, Scope(person=user_id), _rights(role))
        for role in user.roles
        if (profile := profiles.get(role.name)) is not None
    ]
    memberships = session.scalars(
        select(Membership)
        .where(Membership.user_id == user_id, Membership.state == MembershipState.ACTIVE)
        .options(
            selectinload(Membership.organiser).selectinload(Organiser.facilities),
            selectinload(Membership.grants.and_(in_force(today))),
        )
        .order_by(Membership.organiser_id)
    )
    contexts += [_context(membership) for membership in memberships]
    return Person(user.id, name, tuple(contexts), user.converted_at is not None, user.niss_hash is None)


def in_force(day: dt.date) -> ColumnElement[bool]:
    """The grants that hold on a day, as they stand now."""
    return and_(
        Grant.revoked_at.is_(None),
        Grant.valid_from <= day,
        or_(Grant.valid_until.is_(None), Grant.valid_until >= day),
    )


def _rights(role: Role) -> frozenset[Right]:
    """The rights an agent's role holds."""
    held = ((pv.permission.name, pv.view_menu.name) for pv in role.permissions)
    return frozenset(BY_PERMISSION[name] for name in held if name in BY_PERMISSION)


def _context(membership: Membership) -> Context:
    dossiers = frozenset(grant.dossier for grant in membership.grants)
    return Context(
        key=str(membership.organiser_id),
        label=title(dossiers),
        organiser_id=membership.organiser_id,
        organiser_name=membership.organiser.name,
        name=membership.name,
        scope=_member_scope(membership, dossiers),
        rights=through(dossiers),
        reader=reader_of(membership),
        membership_id=membership.id,
        dossiers=dossiers,
    )


def reader_of(membership: Membership) -> Reader:
    """Whom communications take a member for: by their organiser's kind, its facilities, what is opened to them."""
    organiser = membership.organiser
    sectors = {one.kind.sector for one in organiser.facilities}
    sectors |= {grant.dossier.sector for grant in membership.grants if grant.dossier.sector is not None}
    return Reader(organiser.kind, frozenset(sectors))


def title(dossiers: frozenset[Dossier]) -> str:
    """The profile of the guides (6.1.1) that these dossiers make."""
    if Dossier.ADMINISTRATION in dossiers:
        return "administrateur du PO"
    if dossiers == {Dossier.USERS}:
        return "gestionnaire des utilisateurs"
    return "gestionnaire des données" if dossiers else "accès à configurer"


def _member_scope(membership: Membership, dossiers: frozenset[Dossier]) -> Scope:
    if Dossier.ADMINISTRATION in dossiers:
        return replace(Scope.whole_organiser(membership.organiser_id), person=membership.user_id)
    facilities: dict[Dossier, Facilities] = {}
    for dossier in dossiers:
        opened = {grant.facility_id for grant in membership.grants if grant.dossier is dossier}
        facilities[dossier] = (
            frozenset(one for one in opened if one is not None) if dossier.reach is Reach.FACILITY else ALL
        )
    return Scope(frozenset({membership.organiser_id}), facilities, person=membership.user_id)

"""Which organisers are entrusted to which agents; coming in from outside, with a reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app import clock, journal
from app.journal import Change, Who
from app.masking import looks_numbered
from app.models import AgentVisit, Assignment, Facility, Organiser, Profile, Role, User
from app.models.folding import folded
from app.rules.french import of, unaccented
from app.rules.identifiers import parse_bce

#: A reason says something: shorter ones are sent back.
SHORTEST_REASON: Final = 10
LONGEST_REASON: Final = 300


class ReasonNeeded(Exception):
    """The organiser is not entrusted to this agent, who gave no reason today."""


class ReasonTooShort(Exception):
    """A reason has SHORTEST_REASON to LONGEST_REASON characters."""


class ReasonNumbered(Exception):
    """A reason is read by others, beside each act: no national number stands in it."""


class OwnPortfolio(Exception):
    """Nobody entrusts something to themselves: outside it, they say why they come in."""


class AlreadyEntrusted(Exception):
    """The same organiser, commune or territory stands in the portfolio."""


class NoSuchThing(LookupError):
    """No agent, organiser or commune of that name."""


def _reaching() -> ColumnElement[bool]:
    """The assignments that reach an organiser of the statement: by itself, by a commune where it is, or everywhere."""
    places = select(Facility.postcode).where(Facility.organiser_id == Organiser.id).correlate(Organiser)
    return or_(
        Assignment.organiser_id == Organiser.id,
        and_(
            Assignment.organiser_id.is_(None),
            or_(
                Assignment.postcode == "",
                Assignment.postcode == Organiser.postcode,
                Assignment.postcode.in_(places),
            ),
        ),
    )


def _entrusted(user_id: int) -> ColumnElement[bool]:
    return exists().where(Assignment.user_id == user_id, _reaching()).correlate(Organiser)


def _visits(user_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        AgentVisit.organiser_id == Organiser.id,
        AgentVisit.user_id == user_id,
        AgentVisit.until > clock.now(),
    )


def open_to(user_id: int) -> ColumnElement[bool]:
    """The organisers of a statement that an agent sees into: the portfolio, and where a reason was given today."""
    return or_(_entrusted(user_id), exists().where(*_visits(user_id)).correlate(Organiser))


def has_one(user_id: int) -> ColumnElement[bool]:
    """Whether anything is entrusted to an agent."""
    return exists().where(Assignment.user_id == user_id)


def reason_in_force(session: Session, user_id: int, organiser_id: int) -> str:
    """ "" inside the portfolio; outside it, today's reason. Raises ReasonNeeded. Inside a door to the organiser."""
    if session.scalar(select(exists().where(Organiser.id == organiser_id, _entrusted(user_id)))):
        return ""
    reason = session.scalar(
        select(AgentVisit.reason)
        .join(Organiser, Organiser.id == AgentVisit.organiser_id)
        .where(Organiser.id == organiser_id, *_visits(user_id))
        .order_by(AgentVisit.id.desc())
        .limit(1)
    )
    if reason is None:
        raise ReasonNeeded
    return reason


def come_in(session: Session, who: Who, user_id: int, organiser_id: int, reason: str) -> None:
    """Keep why an agent comes in from outside their portfolio, until the end of the day; the organiser reads it in its
    history. Commits. Raises ReasonTooShort, ReasonNumbered. Inside a door to the organiser."""
    reason = " ".join(reason.split())
    if looks_numbered(reason):
        raise ReasonNumbered
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise ReasonTooShort
    now = clock.now()
    tomorrow = now.astimezone(clock.BRUSSELS).date() + dt.timedelta(days=1)
    session.add(
        AgentVisit(
            organiser_id=organiser_id, user_id=user_id, reason=reason, at=now,
            until=dt.datetime.combine(tomorrow, dt.time(), clock.BRUSSELS),
        )
    )  # fmt: skip
    session.flush()
    journal.record(
        session, who, "porte", organiser_id=organiser_id, object_type="organiser", object_id=organiser_id,
        summary=f"Entrée hors portefeuille : {reason}",
    )  # fmt: skip
    session.commit()


@dataclass(frozen=True)
class Contact:
    """An agent as an organiser sees them (« CONTACTS ONE »)."""

    name: str
    roles: Sequence[str]
    email: str
    phone: str


def contacts(session: Session, organiser_id: int) -> list[Contact]:
    """The agents to whom an organiser is entrusted, by role and name; not those of the whole territory."""
    users = session.scalars(
        select(User)
        .join(Assignment, Assignment.user_id == User.id)
        .join(Organiser, _reaching())
        .where(
            User.active,
            Organiser.id == organiser_id,
            or_(Assignment.organiser_id.is_not(None), Assignment.postcode != ""),
        )
        .options(selectinload(User.roles))
        .distinct()
    )
    known = {profile.label: rank for rank, profile in enumerate(Profile)}
    found = [
        Contact(
            f"{user.first_name} {user.last_name}",
            sorted((role.name for role in user.roles if role.name in known), key=known.__getitem__),
            user.email,
            user.phone,
        )
        for user in users
    ]
    return sorted(
        (one for one in found if one.roles), key=lambda one: (known[one.roles[0]], unaccented(one.name))
    )


@dataclass(frozen=True)
class Agent:
    """An agent and what is entrusted to them."""

    user: User
    roles: Sequence[str]
    assignments: Sequence[Assignment]


def agents(session: Session) -> list[Agent]:
    """Every agent, by name. Three statements."""
    labels = [profile.label for profile in Profile]
    users = session.scalars(
        select(User)
        .where(User.roles.any(Role.name.in_(labels)))
        .options(selectinload(User.roles))
        .order_by(folded(User.last_name, User.first_name))
    ).all()
    found: dict[int, list[Assignment]] = {user.id: [] for user in users}
    rows = session.scalars(
        select(Assignment)
        .where(Assignment.user_id.in_(found))
        .options(selectinload(Assignment.organiser))
        .order_by(Assignment.organiser_id, Assignment.postcode)
    )
    for row in rows:
        found[row.user_id].append(row)
    return [
        Agent(user, sorted(role.name for role in user.roles if role.name in labels), found[user.id])
        for user in users
    ]


def communes(session: Session) -> Sequence[tuple[str, str]]:
    """The communes where an organiser or a facility is: postcode and name, by postcode. Inside a door to all."""
    found: dict[str, str] = {}
    for one in (Facility, Organiser):
        rows = session.execute(select(one.postcode, one.city).where(one.postcode != ""))
        found |= {postcode: city for postcode, city in rows}  # noqa: C416  (rows are no pairs for mypy)
    return sorted(found.items())


def names(session: Session) -> Sequence[str]:
    """What organisers are called, in order, for suggestions. Inside a door to all."""
    return session.scalars(select(Organiser.name).order_by(folded(Organiser.name))).all()


def named(session: Session, words: str) -> Sequence[Organiser]:
    """The organisers of that name or enterprise number. Inside a door to all."""
    alike = folded(Organiser.name) == func.folded(" ".join(words.split()))
    return session.scalars(select(Organiser).where((Organiser.bce == parse_bce(words)) | alike)).all()


def assign(
    session: Session, who: Who, user_id: int, *, organiser_id: int | None = None, postcode: str = ""
) -> None:
    """Entrust an organiser, a commune or everything to an agent; commits.

    Raises OwnPortfolio, NoSuchThing (a commune where nobody is, too), AlreadyEntrusted.
    """
    if who.user_id == user_id:
        raise OwnPortfolio
    agent = next((one for one in agents(session) if one.user.id == user_id), None)
    organiser = session.get(Organiser, organiser_id) if organiser_id is not None else None
    if agent is None or (organiser_id is not None and organiser is None):
        raise NoSuchThing
    if postcode and postcode not in dict(communes(session)):
        raise NoSuchThing
    if any((one.organiser_id, one.postcode) == (organiser_id, postcode) for one in agent.assignments):
        raise AlreadyEntrusted
    session.add(Assignment(user_id=user_id, organiser_id=organiser_id, postcode=postcode))
    session.flush()
    _record(session, who, agent.user, None, _named(organiser, postcode))
    session.commit()


def release(session: Session, who: Who, user_id: int, assignment_id: int) -> None:
    """Take an assignment back; commits. Raises NoSuchThing."""
    row = session.scalars(
        select(Assignment).where(Assignment.id == assignment_id, Assignment.user_id == user_id)
    ).one_or_none()
    if row is None:
        raise NoSuchThing
    name = _named(row.organiser, row.postcode)
    session.delete(row)
    session.flush()
    _record(session, who, row.user, name, None)
    session.commit()


def _named(organiser: Organiser | None, postcode: str) -> str:
    return organiser.name if organiser else f"commune {postcode}" if postcode else "tout le territoire"


def _record(session: Session, who: Who, agent: User, old: str | None, new: str | None) -> None:
    journal.record(
        session, who, "portefeuille", organiser_id=None, object_type="ab_user", object_id=agent.id,
        summary=f"Portefeuille {of(agent.first_name)} {agent.last_name}",
        changes=[Change("ab_user", agent.id, "Portefeuille", old, new)],
    )  # fmt: skip

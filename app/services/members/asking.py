"""Asking for an access one lacks, and the administrators' answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock, journal
from app.journal import Who
from app.models import AccessRequest, Membership, NoticeKind, RequestState
from app.rules import access as rules
from app.rules.access import Objection, Refusal
from app.rules.dossiers import Dossier
from app.rules.french import of
from app.services import notices
from app.services.members import desk
from app.services.members.desk import Manager, Refused
from app.services.pages import spread

#: Open requests that one person may have.
MOST: Final = 10
#: Requests on one page.
PAGE: Final = 25


class TooMany(Exception):
    """The person has as many open requests as they may."""


class Asked(Exception):
    """The person asked for the same before and has no answer yet; `request` is that one."""

    def __init__(self, request: AccessRequest) -> None:
        super().__init__()
        self.request = request


class NotOpen(Exception):
    """Nothing of what is asked for is open to the person."""


class Answered(LookupError):
    """There is no such open request (any more)."""


@dataclass(frozen=True)
class Waiting:
    """A page of what waits for an answer, with who asks."""

    rows: Sequence[tuple[AccessRequest, Membership]]
    page: int
    pages: int


def ask(
    session: Session, who: Who, membership_id: int, dossier: Dossier, place: str, why: str
) -> AccessRequest:
    """Leave a request for the administrators, who are told; commits. Raises Asked, TooMany."""
    mine = of_member(session, membership_id)
    waiting = [one for one in mine if one.state is RequestState.WAITING]
    same = [one for one in waiting if (one.dossier, one.place) == (dossier, place)]
    if same:
        raise Asked(same[0])
    if len(waiting) >= MOST:
        raise TooMany
    row = session.get_one(Membership, membership_id)
    request = AccessRequest(
        organiser_id=row.organiser_id, membership_id=row.id, dossier=dossier, place=place, why=why, asked_at=clock.now()
    )  # fmt: skip
    session.add(request)
    session.flush()
    where = f" ({place})" if place else ""
    journal.record(
        session, who, "demande-acces", organiser_id=row.organiser_id, object_type="membership", object_id=row.id,
        summary=f"{row.name} demande l’accès « {dossier.label}{where} »",
    )  # fmt: skip
    for user_id in desk.who_administers(session, row.organiser_id, clock.today()):
        notices.tell(
            session,
            user_id,
            NoticeKind.ACCESS,
            f"{row.name} demande un accès : {dossier.label}",
            "/utilisateurs/demandes/",
            row.organiser_id,
        )
    session.commit()
    return request


def of_member(session: Session, membership_id: int) -> Sequence[AccessRequest]:
    """A person's own requests, newest first."""
    return session.scalars(
        select(AccessRequest)
        .where(AccessRequest.membership_id == membership_id)
        .order_by(AccessRequest.id.desc())
    ).all()


def waiting(session: Session, organiser_id: int, page: int) -> Waiting:
    """What waits for an answer, the oldest first."""
    shown = spread(page, count_waiting(session, organiser_id), PAGE)
    rows = session.execute(
        select(AccessRequest, Membership)
        .join(Membership, Membership.id == AccessRequest.membership_id)
        .where(AccessRequest.organiser_id == organiser_id, AccessRequest.state == RequestState.WAITING)
        .order_by(AccessRequest.id)
        .limit(PAGE)
        .offset(shown.offset)
    )
    return Waiting([(request, member) for request, member in rows], shown.page, shown.pages)


def page_of(session: Session, organiser_id: int, request_id: int) -> int:
    """The page on which a request waits, or waited."""
    return count_waiting(session, organiser_id, before=request_id) // PAGE + 1


def count_waiting(session: Session, organiser_id: int, before: int | None = None) -> int:
    """How many wait for an answer; before a request, if one is given."""
    counted = select(func.count(AccessRequest.id)).where(
        AccessRequest.organiser_id == organiser_id,
        AccessRequest.state == RequestState.WAITING,
        *((AccessRequest.id < before,) if before is not None else ()),
    )
    return session.scalar(counted) or 0


def answer(session: Session, manager: Manager, request_id: int, state: RequestState, words: str) -> None:
    """Answer that the access is open (GIVEN) or not (REFUSED, with the reason); the person is told. Commits.

    Raises Refused, Answered, NotOpen.
    """
    desk.lock(session, manager.organiser_id)
    request = session.scalars(
        select(AccessRequest).where(
            AccessRequest.id == request_id, AccessRequest.state == RequestState.WAITING
        )
    ).one_or_none()
    if request is None:
        session.rollback()
        raise Answered
    if not rules.is_administrator(desk.acting(session, manager), clock.today()):
        session.rollback()
        raise Refused([Refusal(Objection.NOT_MANAGER)])
    opened = desk.opened(session, request.membership_id)
    if state is RequestState.GIVEN and not any(one.dossier is request.dossier for one in opened):
        session.rollback()
        raise NotOpen
    _close(session, manager.who, request, state, words)
    session.commit()


def settle(session: Session, who: Who, row: Membership, given: Iterable[tuple[Dossier, str]]) -> None:
    """Close what was asked for and is now open, (dossier, name of the place, "" for all of them); the person is told.

    A request for another place than those opened waits for its own answer. Never commits.
    """
    opened = list(given)
    asked = session.scalars(
        select(AccessRequest).where(
            AccessRequest.membership_id == row.id, AccessRequest.state == RequestState.WAITING
        )
    )
    for request in asked:
        if any(request.dossier is dossier and rules.meets(request.place, name) for dossier, name in opened):
            _close(session, who, request, RequestState.GIVEN, "")


def _close(session: Session, who: Who, request: AccessRequest, state: RequestState, answer: str) -> None:
    request.state, request.answer, request.answered_by, request.answered_at = (
        state,
        answer,
        who.name[:200],
        clock.now(),
    )
    row = session.get_one(Membership, request.membership_id)
    session.flush()
    journal.record(
        session, who, "reponse-acces", organiser_id=row.organiser_id, object_type="membership", object_id=row.id,
        summary=f"Demande {of(row.name)} ({request.dossier.label}) : {state.label.lower()}",
    )  # fmt: skip
    notices.tell(
        session,
        row.user.id,
        NoticeKind.ACCESS,
        f"{request.dossier.label} : {state.label.lower()}",
        "/mes-acces/",
        row.organiser_id,
    )

"""The list of an organiser's people, as its managers see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, distinct, func, or_, select
from sqlalchemy.orm import Session

from app.models import Grant, Membership, MembershipState, User
from app.models.folding import folded, speaks_of
from app.rules.dossiers import Dossier, Reach
from app.rules.french import count
from app.services.members import desk
from app.services.pages import spread

PAGE: Final = 25
#: How a list can be ordered, by the name in the address.
ORDERS: Final = {
    "nom": (Membership.folded,),
    "prenom": (folded(Membership.first_name, Membership.last_name),),
    "statut": (Membership.state, Membership.folded),
    "connexion": (Membership.last_entered_at, Membership.folded),
}


@dataclass(frozen=True)
class MemberRow:
    """One person of the list. `roles`: what is opened to them today, in a few words."""

    id: int
    first_name: str
    last_name: str
    email: str
    state: MembershipState
    last_entered_at: dt.datetime | None
    roles: Sequence[str]
    #: When nothing is opened today but something will be: from when.
    opens: dt.date | None
    #: The old user name and password, not yet converted into a person (« Utilisateur par défaut »).
    by_password: bool


@dataclass(frozen=True)
class Members:
    """A page of the list; `administrators`: how many the organiser has, for its standing warning."""

    rows: Sequence[MemberRow]
    total: int
    page: int
    pages: int
    administrators: int


def members(
    session: Session, organiser_id: int, today: dt.date, *,
    search: str = "", state: MembershipState | None = None, order: str = "nom", descending: bool = False, page: int = 1,
) -> Members:  # fmt: skip
    """One page, in four statements whatever the rows. Unknown orders are the first; pages are brought within bounds."""
    wanted = _criteria(organiser_id, search, state)
    total = session.scalar(select(func.count()).select_from(Membership).where(*wanted)) or 0
    shown = spread(page, total, PAGE)
    columns = [_directed(column, descending) for column in ORDERS.get(order, ORDERS["nom"])]
    # Asked of the page's people alone: joined, the accounts of all would be read before they are put in order.
    old_sign_in = select(User.niss_hash.is_(None)).where(User.id == Membership.user_id).scalar_subquery()
    found = session.execute(
        select(Membership, old_sign_in)
        .where(*wanted, Membership.user_id.is_not(None))
        .order_by(*columns, Membership.id)
        .limit(PAGE)
        .offset(shown.offset)
    ).all()
    held = _held(session, [row.id for row, _by_password in found], today)
    rows = [
        MemberRow(
            row.id, row.first_name, row.last_name, row.email, row.state, row.last_entered_at,
            roles(grant for grant in held[row.id] if grant.valid_from <= today),
            _opens(held[row.id], today), by_password,
        )
        for row, by_password in found
    ]  # fmt: skip
    administrators = desk.administrators(today).where(Membership.organiser_id == organiser_id).subquery()
    lasting = session.scalar(select(func.count(distinct(administrators.c.membership_id)))) or 0
    return Members(rows, total, shown.page, shown.pages, lasting)


def _directed(column: Any, descending: bool) -> Any:
    """Who never came in is first. Of the others no value is missing, and where nothing is said an index can tell the order."""
    found = column.desc() if descending else column.asc()
    if column is not Membership.last_entered_at:
        return found
    return found.nulls_last() if descending else found.nulls_first()


def _criteria(organiser_id: int, search: str, state: MembershipState | None) -> list[ColumnElement[bool]]:
    return [
        Membership.organiser_id == organiser_id,
        Membership.state != MembershipState.DELETED if state is None else Membership.state == state,
        speaks_of(search, Membership.folded),
    ]


def _held(session: Session, ids: Sequence[int], today: dt.date) -> dict[int, list[Grant]]:
    """What is opened to each, today or later."""
    held: dict[int, list[Grant]] = {number: [] for number in ids}
    lasting = or_(Grant.valid_until.is_(None), Grant.valid_until >= today)
    for grant in session.scalars(
        select(Grant).where(Grant.membership_id.in_(ids), Grant.revoked_at.is_(None), lasting)
    ):
        held[grant.membership_id].append(grant)
    return held


def _opens(held: Sequence[Grant], today: dt.date) -> dt.date | None:
    first = min((grant.valid_from for grant in held), default=today)
    return first if first > today else None


def roles(grants: Iterable[Grant]) -> list[str]:
    """What is opened, in the order of the tree: « Administrateur », « Bilans (2 milieux) », « Mon équipe »."""
    opened: dict[Dossier, int] = {}
    for grant in grants:
        opened[grant.dossier] = opened.get(grant.dossier, 0) + 1
    if Dossier.ADMINISTRATION in opened:
        return [Dossier.ADMINISTRATION.label]
    return [
        f"{dossier.label} ({count(opened[dossier], 'milieu', 'milieux')})"
        if dossier.reach is Reach.FACILITY
        else dossier.label
        for dossier in Dossier
        if dossier in opened
    ]

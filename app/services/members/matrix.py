"""People × rights: one dossier for each facility, or the dossiers of the whole organiser, for everyone at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import CallProject, Facility, Membership, MembershipState
from app.models.folding import folded
from app.rules import access as rules
from app.rules.access import Opened
from app.rules.dossiers import Dossier, Reach
from app.services.members import access, desk, tree
from app.services.members.desk import Manager
from app.services.pages import spread

#: People on one page.
PAGE: Final = 200
#: The matrix of what is opened for the whole organiser.
WHOLE: Final = "organisation"


@dataclass(frozen=True)
class Column:
    """One access that can be given: its key, and its name for the header."""

    key: str
    name: str


@dataclass(frozen=True)
class Row:
    """One person: the keys opened to them, the days of those that have some, the seal; `closed`: why nothing moves.

    `administrator`: everything is open to them today, whatever the boxes say.
    """

    id: int
    name: str
    active: bool
    administrator: bool
    opened: Mapping[str, Opened]
    seal: str
    closed: str


@dataclass(frozen=True)
class Matrix:
    """A page of it. `titles`: the matrices there are, by the name in the address."""

    about: str
    titles: Mapping[str, str]
    columns: Sequence[Column]
    rows: Sequence[Row]
    #: Keys that the manager may give.
    givable: frozenset[str]
    page: int
    pages: int


def titles() -> dict[str, str]:
    """Every matrix: the organiser's whole dossiers, then one for each dossier opened facility by facility or by project."""
    found = {WHOLE: "Toute l’organisation"}
    for dossier in Dossier:
        if dossier.reach is not Reach.ORGANISER:
            sector = f" ({dossier.sector.label})" if dossier.sector and dossier.label == "Mon équipe" else ""
            found[dossier.value] = dossier.label + sector
    return found


def columns(session: Session, about: str) -> list[Column]:
    """The accesses of one matrix."""
    if about == WHOLE:
        return [
            Column(tree.key_of(Opened(dossier)), dossier.label)
            for dossier in Dossier
            if dossier.reach is Reach.ORGANISER
        ]
    dossier = Dossier(about)
    if dossier.reach is Reach.PROJECT:
        projects = session.execute(
            select(CallProject.id, CallProject.name).order_by(folded(CallProject.name))
        )
        every = Column(tree.key_of(Opened(dossier)), "Tous les projets")
        return [every, *(Column(tree.key_of(Opened(dossier, project_id=n)), name) for n, name in projects)]
    facilities = session.scalars(select(Facility).order_by(folded(Facility.name), Facility.id))
    return [
        Column(tree.key_of(Opened(dossier, facility_id=row.id)), row.name)
        for row in facilities
        if row.kind.sector is dossier.sector
    ]


def matrix(session: Session, manager: Manager, about: str, page: int, today: dt.date) -> Matrix:
    """One page, in a fixed number of statements. Raises KeyError for a matrix that there is not."""
    known = titles()
    known[about]
    listed = (
        Membership.organiser_id == manager.organiser_id,
        Membership.state != MembershipState.DELETED,
    )
    total = session.scalar(select(func.count()).select_from(Membership).where(*listed)) or 0
    shown = spread(page, total, PAGE)
    people = session.scalars(
        select(Membership)
        .where(*listed)
        .order_by(Membership.folded, Membership.id)
        .limit(PAGE)
        .offset(shown.offset)
    ).all()
    opened = desk.opened_to(session, [*(row.id for row in people), manager.membership_id])
    mine = opened[manager.membership_id]
    found = columns(session, about)
    may = frozenset(
        column.key
        for column in found
        if (one := tree.parse_key(column.key)) is not None and rules.may_give(one, mine, today)
    )
    rows = []
    for row in people:
        refusals = rules.of_person(
            own=row.id == manager.membership_id, mine=mine, theirs=opened[row.id], today=today
        )
        rows.append(
            Row(
                row.id,
                f"{row.last_name} {row.first_name}",
                row.state is MembershipState.ACTIVE,
                rules.is_administrator(opened[row.id], today),
                {tree.key_of(one): one for one in opened[row.id]},
                access.seal(opened[row.id]),
                refusals[0].objection.value if refusals else "",
            )
        )
    return Matrix(about, known, found, rows, may, shown.page, shown.pages)


def wanted(
    shown: Matrix, ticked: Mapping[int, frozenset[str]], seals: Mapping[int, str], today: dt.date
) -> tuple[dict[int, list[Opened]], dict[int, str]]:
    """What a sent matrix asks for, of the people whose boxes moved: all that is opened to them, and the seals seen.

    An access that stays keeps its days; a new one begins today and has no end.
    """
    keys = {column.key for column in shown.columns}
    moved: dict[int, list[Opened]] = {}
    for row in shown.rows:
        if row.closed or row.id not in seals:
            continue
        asked = ticked.get(row.id, frozenset()) & keys
        if asked == keys & row.opened.keys():
            continue
        kept = [one for key, one in row.opened.items() if key not in keys or key in asked]
        new = [one for key in sorted(asked - row.opened.keys()) if (one := tree.parse_key(key)) is not None]
        moved[row.id] = kept + [Opened(*one.key, first=today) for one in new]
    return moved, {number: seals[number] for number in moved}

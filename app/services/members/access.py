"""What is opened to an organiser's people: one page, one transaction, every objection at once."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import literal, select, union_all, update
from sqlalchemy.orm import Session

from app import clock, journal
from app.journal import Change
from app.models import CallProject, Facility, Grant, Membership, MembershipState, NoticeKind
from app.rules import access
from app.rules.access import Objection, Opened, Refusal
from app.rules.dossiers import Dossier, Reach
from app.rules.french import of
from app.services import notices
from app.services.members import asking, desk, tree
from app.services.members.desk import Manager, Refused

#: Opened.key: a dossier, a facility, a project.
_Key = tuple[Dossier, int | None, int | None]


class Changed(Exception):
    """Somebody else changed these rights since the page was shown; nothing was written."""


def written(opened: Iterable[Opened]) -> list[str]:
    """What is opened to somebody, a line each, for a form to carry: the key of the tree and the days."""
    return sorted(f"{tree.key_of(one)} {one.first} {one.last}" for one in opened)


def moved_since(read: Iterable[str], opened: Iterable[Opened]) -> frozenset[str]:
    """The keys of what changed since a form was written, whoever changed it."""
    return frozenset(line.partition(" ")[0] for line in set(read) ^ set(written(opened)))


def seal(opened: Sequence[Opened]) -> str:
    """What a page shows of somebody's rights, as a short text that the page sends back."""
    return hashlib.sha256("\n".join(written(opened)).encode()).hexdigest()[:20]


def change(
    session: Session,
    manager: Manager,
    wanted: Mapping[int, Sequence[Opened]],
    seen: Mapping[int, str],
    copied: str = "",
) -> int:
    """Give members exactly what is wanted for each; answers how many accesses moved. Commits once, for all or for none.

    `seen`: for each member the `seal` of what the page showed; `copied`: whose accesses they were copied from. Raises
    desk.Unknown, Changed, Refused (every objection of every member), desk.LastAdministrator.
    """
    rows, before = _judged(session, manager, wanted, seen)
    today = clock.today()
    known = names(session)
    with desk.still_administered(session, manager.organiser_id, today):
        moved = sum(
            _write(session, manager, rows[number], before[number], opened, known, copied)
            for number, opened in wanted.items()
        )
    session.commit()
    return moved


def judge(
    session: Session, manager: Manager, wanted: Mapping[int, Sequence[Opened]], seen: Mapping[int, str]
) -> None:
    """What `change` would object to now; writes nothing. Raises the same."""
    _judged(session, manager, wanted, seen)
    session.rollback()


def _judged(
    session: Session, manager: Manager, wanted: Mapping[int, Sequence[Opened]], seen: Mapping[int, str]
) -> tuple[dict[int, Membership], dict[int, list[Opened]]]:
    """The members and what is opened to them, under the lock; raises unless all that is wanted may be."""
    desk.lock(session, manager.organiser_id)
    mine = desk.acting(session, manager)
    before = desk.opened_to(session, wanted)
    rows = {number: desk.member(session, number) for number in wanted}
    refusals: list[Refusal] = []
    for number, opened in wanted.items():
        if seal(before[number]) != seen[number]:
            session.rollback()
            raise Changed
        refusals += access.of_change(
            own=number == manager.membership_id, mine=mine, before=before[number], wanted=opened,
            today=clock.today(),
        )  # fmt: skip
        refusals += _foreign(session, opened)
    if refusals:
        session.rollback()
        raise Refused(refusals)
    return rows, before


def revoke_all(session: Session, row: Membership, by: str, at: dt.datetime) -> list[Change]:
    """Take away whatever is opened to a member; answers it as the history says it. Does not commit."""
    known = names(session)
    taken = [
        Change("membership", row.id, named(one, known)[:60], described(one), None)
        for one in desk.opened(session, row.id)
    ]
    session.execute(
        update(Grant)
        .where(Grant.membership_id == row.id, Grant.revoked_at.is_(None))
        .values(revoked_at=at, revoked_by=by[:200])
    )
    return taken


def colleagues(session: Session, row: Membership) -> Sequence[Membership]:
    """The others of the same organiser, by name: whose rights can be copied."""
    return session.scalars(
        select(Membership)
        .where(
            Membership.organiser_id == row.organiser_id,
            Membership.id != row.id,
            Membership.state != MembershipState.DELETED,
        )
        .order_by(Membership.folded)
    ).all()


def described(one: Opened) -> str:
    """The days of an access, as the history says them."""
    if one.last:
        return f"ouvert du {one.first:%d/%m/%Y} au {one.last:%d/%m/%Y}"
    return f"ouvert dès le {one.first:%d/%m/%Y}"


def named(one: Opened, known: Mapping[tuple[str, int], str]) -> str:
    """The access in the words of the tree: « Bilans – Crèche Les Lucioles »."""
    sector = one.dossier.sector
    label = (
        one.dossier.label
        if sector is None or one.dossier.label != "Mon équipe"
        else f"Mon équipe ({sector.label})"
    )
    if where := place(one, known):
        return f"{label} – {where}"
    return f"{label} – tous les projets" if one.dossier.reach is Reach.PROJECT else label


def place(one: Opened, known: Mapping[tuple[str, int], str]) -> str:
    """The facility or the project that an access is for, "" when it is for none in particular."""
    if one.facility_id is not None:
        return known.get(("facility", one.facility_id), "milieu d’accueil")
    if one.project_id is not None:
        return known.get(("project", one.project_id), "projet")
    return ""


def names(session: Session) -> dict[tuple[str, int], str]:
    """The names of the organiser's facilities and projects, for `named`."""
    facilities = select(literal("facility"), Facility.id, Facility.name)
    projects = select(literal("project"), CallProject.id, CallProject.name)
    return {(kind, number): name for kind, number, name in session.execute(union_all(facilities, projects))}


def _foreign(session: Session, wanted: Sequence[Opened]) -> list[Refusal]:
    """Facilities and projects that are not the organiser's, or of another sector than the dossier's."""
    facilities = {row.id: row.kind.sector for row in session.scalars(select(Facility))}
    projects = set(session.scalars(select(CallProject.id)))
    wrong = [
        one
        for one in wanted
        if (one.facility_id is not None and facilities.get(one.facility_id) is not one.dossier.sector)
        or (one.project_id is not None and one.project_id not in projects)
    ]
    return [Refusal(Objection.WRONG_OBJECT, one) for one in wrong]


def _tell(
    session: Session, row: Membership, old: Mapping[_Key, Opened], new: Mapping[_Key, Opened],
    known: Mapping[tuple[str, int], str],
) -> None:  # fmt: skip
    """Tell the person what is taken from them or ends sooner, and that they administer the organiser or no longer do."""
    today, name, user_id = clock.today(), row.organiser.name, row.user.id
    was, is_now = (access.will_administer(side.values(), today) for side in (old, new))
    if was != is_now:
        title = (
            f"Vous êtes administrateur : {name}" if is_now else f"Vous n’êtes plus administrateur : {name}"
        )
        begins = max(
            (one.first for one in new.values() if one.dossier is Dossier.ADMINISTRATION), default=today
        )
        title += f", à partir du {begins:%d/%m/%Y}" if is_now and begins > today else ""
        notices.tell(session, user_id, NoticeKind.SECURITY, title, "/mes-acces/", row.organiser_id)
    taken = [
        one
        for key, one in old.items()
        if key not in new
        and one.dossier is not Dossier.ADMINISTRATION
        and (one.last is None or one.last >= today)
    ]
    if taken:
        which = named(taken[0], known) if len(taken) == 1 else f"{len(taken)} accès"
        title = f"{which} : retiré{'s' if len(taken) > 1 else ''} ({name})"
        notices.tell(session, user_id, NoticeKind.ACCESS, title, "/mes-acces/", row.organiser_id)
    shorter = [new[key] for key, one in old.items() if key in new and _is_less(new[key], one, today)]
    if shorter:
        which = (
            f"{named(shorter[0], known)} : {described(shorter[0])}"
            if len(shorter) == 1
            else f"{len(shorter)} accès : durée raccourcie"
        )
        notices.tell(
            session, user_id, NoticeKind.ACCESS, f"{which} ({name})", "/mes-acces/", row.organiser_id
        )


def _is_less(new: Opened, old: Opened, today: dt.date) -> bool:
    """Whether days that were still to come are taken from an access."""
    ends_sooner = new.last is not None and (old.last is None or new.last < old.last)
    return ends_sooner or new.first > max(old.first, today)


def _write(
    session: Session, manager: Manager, row: Membership, before: Sequence[Opened], wanted: Sequence[Opened],
    known: Mapping[tuple[str, int], str], copied: str,
) -> int:  # fmt: skip
    now = clock.now()
    old, new = {one.key: one for one in before}, {one.key: one for one in wanted}
    moved = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    if not moved:
        return 0
    for key in moved:
        dossier, facility_id, project_id = key
        if key in old:
            session.execute(
                update(Grant)
                .where(
                    Grant.membership_id == row.id, Grant.revoked_at.is_(None), Grant.dossier == dossier,
                    Grant.facility_id.is_not_distinct_from(facility_id),
                    Grant.project_id.is_not_distinct_from(project_id),
                )
                .values(revoked_at=now, revoked_by=manager.who.name[:200])
            )  # fmt: skip
        if key in new:
            session.add(
                Grant(
                    organiser_id=row.organiser_id, membership_id=row.id, dossier=dossier, facility_id=facility_id,
                    project_id=project_id, valid_from=new[key].first, valid_until=new[key].last,
                    granted_at=now, granted_by=manager.who.name[:200],
                )
            )  # fmt: skip
    session.flush()
    given = [
        new[key] for key in moved if key in new and not (key in old and access.within(new[key], old[key]))
    ]
    asking.settle(session, manager.who, row, [(one.dossier, place(one, known)) for one in given])
    _tell(session, row, old, new, known)
    journal.record(
        session, manager.who, "acces", organiser_id=row.organiser_id, object_type="membership", object_id=row.id,
        summary=f"Accès {of(row.name)} modifiés" + (f", copiés {of(copied)}" if copied else ""),
        changes=[
            Change(
                "membership", row.id, named(new.get(key) or old[key], known)[:60],
                described(old[key]) if key in old else None,
                described(new[key]) if key in new else None,
            )
            for key in moved
        ],
    )  # fmt: skip
    return len(moved)

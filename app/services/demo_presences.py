"""Fictional months of presences: some submitted, one checked, one sent back, one being encoded."""

from __future__ import annotations

import datetime as dt
import decimal
import random
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.journal import Who
from app.models import AttendanceSheet, Dossier, Facility, Grant, Membership, Strength, User
from app.rules.attendance import ChildLine, MonthContext
from app.rules.codes import BLANK
from app.rules.months import Month
from app.rules.workflow import Verb
from app.services import demo_history
from app.services.attendance import months, sheets, submission
from app.services.demo_people import niss

_LAST = (
    "Abeels", "Bastin", "Closset", "Dardenne", "Etienne", "Fontaine", "Gilson", "Haddad", "Istace", "Jadot",
    "Kaya", "Lebrun", "Mertens", "Nkosi", "Okafor", "Piron", "Quinet", "Rossi", "Servais", "Tshibanda", "Urbain",
    "Vandamme", "Wauters", "Yilmaz", "Zicot",
)  # fmt: skip
_FIRST = (
    "Alix", "Basile", "Camille", "Diego", "Elio", "Fatou", "Gaspard", "Hana", "Ilyas", "Jeanne", "Lou", "Marius",
    "Nina", "Octave", "Paola", "Rayan", "Sofia", "Tom", "Ugo", "Victoire", "Yara", "Zélie",
)  # fmt: skip


class _Plan(NamedTuple):
    """A facility and its months, each "" for none. `doubtful`: the month with a date to look at again."""

    matricule: str
    children: int
    submitted: tuple[str, ...]
    draft: str = ""
    checked: str = ""
    returned: str = ""
    doubtful: str = ""


_PLAN = (
    _Plan("CR-4021", 52, ("2026-06", "2026-07", "2026-08")),
    _Plan("CR-4022", 24, ("2026-06", "2026-07", "2026-08", "2026-09"), draft="2026-10", checked="2026-06"),
    _Plan(
        "CR-5107", 18, ("2026-06", "2026-07", "2026-08", "2026-09", "2026-10"), returned="2026-09", doubtful="2026-08"
    ),
)  # fmt: skip


def load(session: Session, today: dt.date) -> None:
    """Write the months of the plan that are over. Commits, month by month, as people would have."""
    agent = demo_history.agent(session)
    for plan in _PLAN:
        facility = session.scalars(select(Facility).where(Facility.matricule == plan.matricule)).one()
        signer = _signer(session, facility.organiser_id)
        source = random.Random(plan.matricule)  # noqa: S311  (fictional children, the same at each load)
        children = [_child(source, number) for number in range(plan.children)]
        for text in (*plan.submitted, *filter(None, (plan.draft,))):
            month = Month.parse(text)
            if month.last >= today:
                continue
            first, *others = children
            standing = [_entered_before_birth(first), *others] if text == plan.doubtful else children
            sheet = _sheet(session, facility, month, standing, source, today)
            if text in plan.submitted:
                _submit(session, signer, sheet, month)
            if text == plan.checked:
                submission.decide(
                    session, agent, sheet.id, sheet.submissions, Verb.CHECK, "", _noon(month.next(), 12)
                )
            if text == plan.returned:
                submission.decide(
                    session, agent, sheet.id, sheet.submissions, Verb.SEND_BACK,
                    "Le 21 et le 22, plusieurs enfants n’ont aucun code : présents ou absents ? Complétez ces deux jours.",
                    _noon(month.next(), 20),
                )  # fmt: skip


def _noon(month: Month, day: int) -> dt.datetime:
    return dt.datetime(month.year, month.month, day, 12, tzinfo=dt.UTC)


def _signer(session: Session, organiser_id: int) -> submission.Signer:
    user = session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .join(Grant, Grant.membership_id == Membership.id)
        .where(
            Membership.organiser_id == organiser_id,
            Grant.dossier == Dossier.ADMINISTRATION,
            User.niss_hash.is_not(None),
        )
        .limit(1)
    ).one()
    who = Who(user.id, f"{user.first_name} {user.last_name}")
    return submission.Signer(who, Strength.STRONG, "urn:be:fedict:iam:fas:Level500")


def _child(source: random.Random, number: int) -> ChildLine:
    birth = dt.date(2024, 2, 1) + dt.timedelta(days=source.randrange(700))
    return ChildLine(
        last_name=_LAST[number % len(_LAST)],
        first_name=_FIRST[(number * 7 + source.randrange(3)) % len(_FIRST)],
        birth_date=birth,
        niss=niss(birth, 10 + number * 7),
        entry_date=max(birth + dt.timedelta(days=120), dt.date(2025, 9, 1)),
        pfp_rate=decimal.Decimal(source.randrange(300, 4200)) / 100,
    )


def _entered_before_birth(child: ChildLine) -> ChildLine:
    """The same child, its dates of birth and of entry typed one in place of the other."""
    return replace(child, birth_date=child.entry_date, entry_date=child.birth_date)


def _sheet(
    session: Session,
    facility: Facility,
    month: Month,
    children: list[ChildLine],
    source: random.Random,
    today: dt.date,
) -> AttendanceSheet:
    ctx = months.context(session, facility.id, month, today)
    present = [child for child in children if child.entry_date and child.entry_date <= month.last]
    sheet = sheets.make(session, facility, month, _noon(month.next(), 2))
    sheets.add(
        session,
        sheet,
        [replace(child, codes=_codes(child, ctx, source)) for child in present],
        sheet.created_at,
    )
    session.commit()
    return sheet


def _codes(child: ChildLine, ctx: MonthContext, source: random.Random) -> str:
    def code(day: int) -> str:
        if (
            day > ctx.days
            or day in ctx.closed
            or (child.entry_date and ctx.month.day(day) < child.entry_date)
        ):
            return BLANK
        return source.choices("Ppji.JI", weights=(66, 14, 2, 1, 9, 6, 2))[0]

    return "".join(code(day) for day in range(1, 32))


def _submit(session: Session, signer: submission.Signer, sheet: AttendanceSheet, month: Month) -> None:
    after = month.next()
    ctx = months.context(session, sheet.facility_id, month, after.day(5))
    seen = sheets.base_of(sheet.id, sheets.lines(session, sheet.id))
    submission.submit(session, signer, sheet.id, seen, ctx, _noon(after, 5))

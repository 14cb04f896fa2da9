"""Signing and submitting a month, and what an agent decides of it: checked, sent back, reopened."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import journal
from app.journal import Change, Who
from app.masking import mask_numbers
from app.models import (
    AttendanceImport,
    AttendanceLine,
    AttendanceReturn,
    AttendanceSheet,
    AttendanceSubmission,
    Facility,
    Strength,
)
from app.rules.attendance import FIELDS, MonthContext, format_field, is_blank
from app.rules.codes import Totals, totals
from app.rules.violations import Violation
from app.rules.workflow import Party, Verb, transition
from app.services.attendance import decision_notices, receipt
from app.services.attendance.readiness import obstacles
from app.services.attendance.sheets import Line, base_of, lines, lock


class WrongState(Exception):
    """The month is no longer in the state, or the version, that this step is for (somebody was quicker)."""


class WeakConnection(Exception):
    """Submitting needs eID or itsme."""


class NotReady(Exception):
    """Blocking violations stand in the way; `violations` are (line or None, violation)."""

    def __init__(self, violations: Sequence[tuple[Line | None, Violation]]) -> None:
        super().__init__(len(violations))
        self.violations = list(violations)


class Moved(Exception):
    """The month changed after the person looked at what they sign."""


class ReasonUnfit(Exception):
    """What an agent writes beside a step is read by the organiser. `fault`: what is wrong with it."""

    def __init__(self, fault: ReasonFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class ReasonFault(Enum):
    """What can be wrong with a reason."""

    MISSING = "missing"
    TOO_LONG = "too long"
    NATIONAL_NUMBER = "national number"


#: Characters of a reason: what fits a screen.
LONGEST_REASON: Final = 2000


@dataclass(frozen=True)
class Signer:
    """Who signs, and how they proved who they are."""

    who: Who
    strength: Strength
    means: str


def submit(
    session: Session, signer: Signer, sheet_id: int, seen: str, ctx: MonthContext, now: dt.datetime
) -> AttendanceSubmission:
    """Freeze the month as a new version with its receipt. Commits.

    `seen` is the `base_of` the lines that the person looked at: what they did not see, they do not sign.
    Raises WeakConnection, LookupError, WrongState, Moved, NotReady. Sent twice, the second raises WrongState.
    """
    if signer.strength is not Strength.STRONG:
        raise WeakConnection
    sheet = lock(session, sheet_id)
    step = transition(sheet.state, Verb.SUBMIT)
    if step is None or step.who is not Party.ORGANISER:
        session.rollback()
        raise WrongState
    standing = lines(session, sheet.id)
    if base_of(sheet.id, standing) != seen:
        session.rollback()
        raise Moved
    rows = [row for row in standing if not is_blank(row.child)]
    blocking = [item for item in obstacles(rows, ctx) if item[1].blocking]
    if blocking:
        session.rollback()
        raise NotReady(blocking)
    facility = session.scalars(select(Facility).where(Facility.id == sheet.facility_id)).one()
    version = sheet.submissions + 1
    frozen = snapshot(facility, rows, ctx, version, signer, now)
    text = json.dumps(frozen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    submission = AttendanceSubmission(
        organiser_id=sheet.organiser_id, facility_id=sheet.facility_id, sheet_id=sheet.id, version=version,
        submitted_at=now, submitted_by=signer.who.user_id, submitter=signer.who.name,
        strength=signer.strength.value, snapshot=text, sha256=digest, totals=frozen["totals"],
        receipt=receipt.render(frozen, digest),
    )  # fmt: skip
    session.add(submission)
    old, sheet.state, sheet.submissions, sheet.changed_at = sheet.state, step.to_state, version, now
    # The undo of deletions and the pending previews end with the draft.
    session.execute(
        delete(AttendanceLine).where(
            AttendanceLine.sheet_id == sheet.id, AttendanceLine.deleted_at.is_not(None)
        )
    )
    session.execute(
        delete(AttendanceImport).where(
            AttendanceImport.facility_id == sheet.facility_id, AttendanceImport.month == sheet.month
        )
    )
    session.flush()
    journal.record(
        session, signer.who, "soumission", organiser_id=sheet.organiser_id, facility_id=sheet.facility_id,
        object_type="attendance_sheet", object_id=sheet.id,
        summary=f"Présences {ctx.month.of_label} soumises, version {version}, empreinte {digest[:12]}…",
        changes=[
            Change("attendance_sheet", sheet.id, "state", old.label, step.to_state.label),
            Change("attendance_sheet", sheet.id, "sha256", None, digest),
        ],
    )  # fmt: skip
    session.commit()
    return submission


def whole(rows: Sequence[Line]) -> Totals:
    """The six totals of a month (guide 10.1.1, fifth step)."""
    return sum((totals(row.child.codes) for row in rows), Totals())


def snapshot(
    facility: Facility,
    rows: Sequence[Line],
    ctx: MonthContext,
    version: int,
    signer: Signer,
    now: dt.datetime,
) -> dict[str, Any]:
    """The month as plain data. National numbers stay out: whether there is one, and no more."""
    return {
        "version": version,
        "month": str(ctx.month),
        "month_of": ctx.month.of_label,
        "organiser": {"name": facility.organiser.name, "bce": facility.organiser.bce},
        "facility": {"name": facility.name, "matricule": facility.matricule, "capacity": facility.capacity},
        "closed": {str(day): reason for day, reason in sorted(ctx.closed.items())},
        "lines": [frozen_line(row) for row in rows],
        "totals": whole(rows).as_display(),
        "signed": {
            "by": signer.who.name,
            "means": signer.means,
            "at": now.astimezone(dt.UTC).isoformat(timespec="seconds"),
        },
    }


def frozen_line(row: Line) -> dict[str, Any]:
    """A child's line as a snapshot keeps it."""
    child = row.child
    fields = {s.key: format_field(s.key, getattr(child, s.key)) for s in FIELDS if s.key != "niss"}
    return {
        "id": row.id,
        **fields,
        "niss": bool(child.niss_hash),
        "codes": child.codes,
        "totals": totals(child.codes).as_display(),
    }


def decide(
    session: Session, who: Who, sheet_id: int, version: int, verb: Verb, reason: str, now: dt.datetime
) -> AttendanceSheet:
    """An agent's answer to the `version` of a month that they looked at. Commits. Raises ReasonUnfit, WrongState.

    The organiser reads `reason`: why it is given back, or a remark, "" for none, on a month in order.
    """
    reason = reason.strip()
    if len(reason) > LONGEST_REASON:
        raise ReasonUnfit(ReasonFault.TOO_LONG)
    if mask_numbers(reason) != reason:
        raise ReasonUnfit(ReasonFault.NATIONAL_NUMBER)
    sheet = lock(session, sheet_id)
    step = transition(sheet.state, verb)
    if step is None or step.who is not Party.AGENT or sheet.submissions != version:
        session.rollback()
        raise WrongState
    if step.needs_reason and not reason:
        session.rollback()
        raise ReasonUnfit(ReasonFault.MISSING)
    session.add(
        AttendanceReturn(
            organiser_id=sheet.organiser_id, facility_id=sheet.facility_id, sheet_id=sheet.id,
            version=sheet.submissions, verb=verb.value, reason=reason, agent=who.name, at=now,
        )
    )  # fmt: skip
    old, sheet.state, sheet.changed_at = sheet.state, step.to_state, now
    session.flush()
    journal.record(
        session, who, verb.value, organiser_id=sheet.organiser_id, facility_id=sheet.facility_id,
        object_type="attendance_sheet", object_id=sheet.id,
        summary=f"{step.to_state.label} : {reason}" if reason else step.to_state.label,
        changes=[Change("attendance_sheet", sheet.id, "state", old.label, step.to_state.label)],
    )  # fmt: skip
    decision_notices.tell(session, who, sheet, verb)
    session.commit()
    return sheet

"""The frozen versions of a month, what agents answered, and what changed from one version to another."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, undefer

from app.models import AttendanceReturn, AttendanceSheet, AttendanceSubmission
from app.rules.attendance import FIELDS, ChildLine, MonthContext, is_blank, parse_field
from app.rules.codes import DISPLAYS
from app.rules.workflow import editable
from app.services.attendance.sheets import Line
from app.services.attendance.submission import frozen_line, whole


def of_sheet(session: Session, sheet_id: int) -> Sequence[AttendanceSubmission]:
    """The frozen versions, newest first, without their snapshots."""
    return session.scalars(
        select(AttendanceSubmission)
        .where(AttendanceSubmission.sheet_id == sheet_id)
        .order_by(AttendanceSubmission.version.desc())
    ).all()


def returns(session: Session, sheet_id: int) -> Sequence[AttendanceReturn]:
    """What agents answered, newest first."""
    return session.scalars(
        select(AttendanceReturn)
        .where(AttendanceReturn.sheet_id == sheet_id)
        .order_by(AttendanceReturn.at.desc())
    ).all()


def one(session: Session, sheet_id: int, number: int, *, with_receipt: bool = False) -> AttendanceSubmission:
    """One version with its snapshot. Raises LookupError."""
    columns = [undefer(AttendanceSubmission.snapshot)]
    if with_receipt:
        columns.append(undefer(AttendanceSubmission.receipt))
    found = session.scalars(
        select(AttendanceSubmission)
        .where(AttendanceSubmission.sheet_id == sheet_id, AttendanceSubmission.version == number)
        .options(*columns)
    ).one_or_none()
    if found is None:
        raise LookupError("no such version")
    return found


@dataclass(frozen=True)
class Submitted:
    """A version and the one before it (None for the first), with their snapshots; when the month first came in."""

    version: AttendanceSubmission
    before: AttendanceSubmission | None
    first_at: dt.datetime


def submitted(session: Session, sheet_id: int, number: int) -> Submitted:
    """One version beside the one that it answers to, in one statement. Raises LookupError."""
    first = aliased(AttendanceSubmission)
    rows = session.execute(
        select(AttendanceSubmission, first.submitted_at)
        .join(first, (first.sheet_id == AttendanceSubmission.sheet_id) & (first.version == 1))
        .where(
            AttendanceSubmission.sheet_id == sheet_id, AttendanceSubmission.version.in_((number, number - 1))
        )
        .order_by(AttendanceSubmission.version.desc())
        .options(undefer(AttendanceSubmission.snapshot))
    ).all()  # fmt: skip
    if not rows or rows[0][0].version != number:
        raise LookupError("no such version")
    return Submitted(rows[0][0], rows[1][0] if len(rows) > 1 else None, rows[0][1])


def closed_of(submission: AttendanceSubmission) -> dict[int, str]:
    """The closed days of a frozen version, with their reasons."""
    return {int(day): reason for day, reason in json.loads(submission.snapshot)["closed"].items()}


def as_signed(session: Session, sheet: AttendanceSheet, ctx: MonthContext) -> MonthContext:
    """What a month is judged against: once signed, with the closed days of then, since one declared later does not accuse
    what was true that day."""
    if editable(sheet.state) or not sheet.submissions:
        return ctx
    return replace(ctx, closed=closed_of(one(session, sheet.id, sheet.submissions)))


def lines_of(submission: AttendanceSubmission) -> list[Line]:
    """The lines of a frozen version, as the grid and the rules take them; its national numbers stay unknown."""
    return [
        Line(
            row["id"],
            0,
            ChildLine(
                row["last_name"],
                row["first_name"],
                _value("birth_date", row),
                None,
                _value("entry_date", row),
                _value("exit_date", row),
                _value("pfp_rate", row),
                row["codes"],
                key=row["id"],
                # Each its own: two children with a number each are not one child.
                niss_hash=f"version:{row['id']}" if row["niss"] else None,
            ),
        )
        for row in json.loads(submission.snapshot)["lines"]
    ]


def _value(field: str, row: dict[str, Any]) -> Any:
    return parse_field(field, row[field])[0]


@dataclass(frozen=True)
class LineDifference:
    """A child in two versions: "added", "removed" or "changed", with what changed."""

    kind: str
    name: str
    #: (label, old, new): a column's title or a day's number.
    changes: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Difference:
    """Two versions side by side."""

    old: int
    new: int
    totals: list[tuple[str, int, int]]
    lines: list[LineDifference]

    def count(self, kind: str) -> int:
        """How many children were "added", "removed" or "changed"."""
        return sum(line.kind == kind for line in self.lines)


def difference(older: AttendanceSubmission, newer: AttendanceSubmission) -> Difference:
    """What changed from one frozen version to another."""
    return _difference(json.loads(older.snapshot), json.loads(newer.snapshot))


def difference_with_draft(older: AttendanceSubmission, rows: Sequence[Line]) -> Difference:
    """What changed since a frozen version, in the month as it stands now (version 0)."""
    current = {
        "version": 0,
        "lines": [frozen_line(row) for row in rows if not is_blank(row.child)],
        "totals": whole(rows).as_display(),
    }
    return _difference(json.loads(older.snapshot), current)


def _difference(before: dict[str, Any], after: dict[str, Any]) -> Difference:
    old_lines = {line["id"]: line for line in before["lines"]}
    new_lines = {line["id"]: line for line in after["lines"]}
    found = []
    for number in [*old_lines, *(n for n in new_lines if n not in old_lines)]:
        old, new = old_lines.get(number), new_lines.get(number)
        line = new or old
        assert line is not None
        changes = _line_changes(old, new) if old and new else []
        kind = "changed" if old and new else "added" if new else "removed"
        if kind != "changed" or changes:
            found.append(LineDifference(kind, f"{line['last_name']} {line['first_name']}".strip(), changes))
    return Difference(
        before["version"], after["version"],
        [(key, value, after["totals"][key]) for key, value in before["totals"].items()],
        found,
    )  # fmt: skip


def _line_changes(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str]]:
    found = [
        (spec.label, str(old[spec.key]), str(new[spec.key]))
        for spec in FIELDS
        if spec.key != "niss" and old[spec.key] != new[spec.key]
    ]
    found += [
        (str(day), DISPLAYS[a], DISPLAYS[b])
        for day, (a, b) in enumerate(zip(old["codes"], new["codes"], strict=True), 1)
        if a != b
    ]
    return found

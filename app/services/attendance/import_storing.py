"""Writing an import into the month: a handful of statements, whatever the number of lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Date, Integer, Numeric, String, column, func, literal, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from app import journal
from app.journal import Change, Who
from app.models import AttendanceLine, AttendanceSheet, Facility
from app.models.base import EncryptedText
from app.rules.attendance import MonthContext
from app.rules.french import count
from app.services.attendance import sheets
from app.services.attendance.line_history import line_change
from app.services.attendance.merging import Merge, MergedRow

#: The columns of a line that an import may change, with their types.
_TYPES: Final[dict[str, TypeEngine[Any]]] = {
    "last_name": String(),
    "first_name": String(),
    "birth_date": Date(),
    "entry_date": Date(),
    "exit_date": Date(),
    "pfp_rate": Numeric(8, 2),
    "codes": String(),
    "niss_hash": String(),
    "niss_sealed": EncryptedText(),
}


@dataclass(frozen=True, slots=True)
class Stored:
    """What an import did to a month. `moved`: its lines stand in another order."""

    sheet_id: int
    added: int
    changed: int
    removed: int
    moved: bool = False


def store(
    session: Session, who: Who, facility: Facility, sheet: AttendanceSheet | None, merge: Merge,
    ctx: MonthContext, now: dt.datetime,
) -> Stored:  # fmt: skip
    """Write the merge and one entry of history. Does not commit. Raises SheetExists.

    `sheet` is locked by the caller, None to make it. Lines that leave can be restored until the submission.
    """
    made = sheet is None
    if sheet is None:
        sheet = sheets.make(session, facility, ctx.month, now)
    added, changed = merge.added, merge.changed
    ids = sheets.add(session, sheet, [row.child for row in added], now)
    _update(session, changed, now)
    _remove(session, [line.id for line in (*merge.removed, *merge.blank)], now)
    if merge.moves:
        new = iter(ids)
        _place(session, [next(new) if number is None else number for number in merge.order])
    if not made:
        sheet.changed_at = now
    changes = [
        *(line_change(number, None, row.child) for number, row in zip(ids, added, strict=True)),
        *(line_change(row.line.id, row.line.child, row.child) for row in changed if row.line is not None),
        *(Change("attendance_line", line.id, "ligne", "présente", "retirée") for line in merge.removed),
    ]
    stored = Stored(sheet.id, len(added), len(changed), len(merge.removed), moved=merge.moves)
    journal.record(
        session, who, "import", organiser_id=sheet.organiser_id, facility_id=sheet.facility_id,
        object_type="attendance_sheet", object_id=sheet.id, changes=[one for one in changes if one],
        summary=f"Import d’un classeur, {ctx.month.label} : {count(stored.added, 'ajout')}, "
        f"{count(stored.changed, 'modification')}, {count(stored.removed, 'suppression')}"
        f"{', ordre des lignes changé' if merge.moves and not made else ''}",
    )  # fmt: skip
    return stored


def _update(session: Session, rows: Sequence[MergedRow], now: dt.datetime) -> None:
    """Every changed line in one statement: the new values travel as one array a column."""
    lines = [(row.line.id, row.child) for row in rows if row.line is not None]
    if not lines:
        return
    values = {key: [getattr(child, _ATTRIBUTES.get(key, key)) for _, child in lines] for key in _TYPES}
    new = (
        func.unnest(
            literal([number for number, _ in lines], ARRAY(Integer)),
            *(literal(values[key], ARRAY(kind)) for key, kind in _TYPES.items()),
        )
        .table_valued(column("id", Integer), *(column(key, kind) for key, kind in _TYPES.items()), name="new")
        .render_derived()
    )
    assigned: dict[str, Any] = {key: new.c[key] for key in _TYPES}
    # A merge never takes a national number away: without a new one, the sealed one stays.
    assigned["niss_sealed"] = func.coalesce(new.c.niss_sealed, AttendanceLine.niss_sealed)
    session.execute(
        update(AttendanceLine)
        .where(AttendanceLine.id == new.c.id)
        .values(**assigned, changed_at=now, version=AttendanceLine.version + 1)
        .execution_options(synchronize_session=False)
    )


_ATTRIBUTES: Final = {"niss_sealed": "niss"}


def _place(session: Session, ids: Sequence[int]) -> None:
    """The lines in that order."""
    new = (
        func.unnest(literal(list(ids), ARRAY(Integer)), literal(list(range(1, len(ids) + 1)), ARRAY(Integer)))
        .table_valued(column("id", Integer), column("position", Integer), name="new")
        .render_derived()
    )
    session.execute(
        update(AttendanceLine)
        .where(AttendanceLine.id == new.c.id)
        .values(position=new.c.position)
        .execution_options(synchronize_session=False)
    )


def _remove(session: Session, ids: Sequence[int], now: dt.datetime) -> None:
    if ids:
        session.execute(
            update(AttendanceLine)
            .where(AttendanceLine.id.in_(ids))
            .values(deleted_at=now, changed_at=now, version=AttendanceLine.version + 1)
            .execution_options(synchronize_session=False)
        )

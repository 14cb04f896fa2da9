"""One cell of a stored line: how it is shown, changed, told in the history, and written."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, update

from app.db import Work, session_of
from app.journal import HIDDEN, Change
from app.keyring import keyring
from app.models import AttendanceLine
from app.prepared import Prepared
from app.rules.attendance import FIELDS, ChildLine, day_of
from app.rules.codes import DISPLAYS
from app.services.attendance.sheets import display

#: What says who a child is.
IDENTITY = frozenset({"last_name", "first_name", "birth_date", "niss"})
_COLUMNS = (*(spec.key for spec in FIELDS if spec.key != "niss"), "codes", "niss_hash")

#: What `write_fields` leaves to write.
SAVE_CODES = Prepared(
    update(AttendanceLine)
    .where(AttendanceLine.id == bindparam("line", None))
    .values(
        codes=bindparam("codes", None),
        changed_at=bindparam("now", None),
        version=AttendanceLine.version + 1,
    )
)


def shown(child: ChildLine, key: str) -> str:
    """A cell as displayed; `key` is a field or a day."""
    day = day_of(key)
    return DISPLAYS[child.codes[day - 1]] if day else display(child, key)


def with_value(line: ChildLine, key: str, value: Any) -> ChildLine:
    """The line with one column as `parse_field` read it."""
    day = day_of(key)
    if day:
        return replace(line, codes=line.codes[: day - 1] + value + line.codes[day:])
    if key == "niss":
        return replace(line, niss=value, niss_hash=keyring().fingerprint(value) if value else None)
    return replace(line, **{key: value})


def change(line: int, key: str, before: ChildLine, after: ChildLine) -> Change:
    """One cell's change as the history keeps it: of a national number, only that it changed."""
    if key == "niss":
        marks = (HIDDEN if child.niss_hash else None for child in (before, after))
        return Change("attendance_line", line, "niss", *marks)
    return Change("attendance_line", line, key, shown(before, key), shown(after, key))


def write_fields(
    work: Work, changed: dict[int, ChildLine], before: dict[int, ChildLine], now: dt.datetime
) -> list[dict[str, Any]]:
    """Write each line's own changes, and not again what nobody touched; give what `SAVE_CODES` has left to write.

    Neither journals nor commits. Raises SessionNeeded for more than codes.
    """
    codes: list[dict[str, Any]] = []
    for number, child in changed.items():
        was = before[number]
        values: dict[str, Any] = {
            key: getattr(child, key) for key in _COLUMNS if getattr(child, key) != getattr(was, key)
        }
        if values.keys() == {"codes"}:
            codes.append({"line": number, "codes": child.codes, "now": now})
            continue
        if "niss_hash" in values:
            values["niss_sealed"] = child.niss
        session_of(work).execute(
            update(AttendanceLine)
            .where(AttendanceLine.id == number)
            .values(**values, changed_at=now, version=AttendanceLine.version + 1)
            .execution_options(synchronize_session=False)
        )
    return codes

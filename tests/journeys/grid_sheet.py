"""A month held in memory, for the grid's server of the tests: what it stores and how it misbehaves."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.rules.attendance import (
    DAY_KEYS,
    FIELDS,
    ChildLine,
    MonthContext,
    children_twice,
    format_field,
    judge_line,
    parse_field,
    refusal,
)
from app.rules.months import Month
from app.rules.violations import Violation

MONTH = Month(2026, 10)
COLUMNS = (*(spec.key for spec in FIELDS), *DAY_KEYS)


def context(**changes: Any) -> MonthContext:
    """October 2026 seen from November: weekends closed, 60 places."""
    weekend = {5: "samedi", 6: "dimanche"}
    closed = {day: weekend[number] for day in range(1, 32) if (number := MONTH.day(day).weekday()) in weekend}
    month = MonthContext(MONTH, dt.date(2026, 11, 3), closed, 60, 500, 36, include_justified=False)
    return replace(month, **changes)


@dataclass
class Line:
    child: ChildLine
    version: int = 1
    deleted: bool = False
    changed: dt.datetime = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@dataclass
class Sheet:
    """The month as the server holds it, and how it is to behave."""

    ctx: MonthContext
    lines: dict[int, Line]
    user: int = 7
    readonly: bool = False
    token: str = "jeton-1"
    #: Status that saves are answered with, instead of being done; "lost" does them and cuts the answer.
    failure: int | str | None = None
    delay: float = 0
    locked: bool = False
    signed_out: bool = False
    largest: int = 500
    saves: list[list[dict[str, Any]]] = field(default_factory=list)
    entries: list[dict[str, str]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @classmethod
    def of(cls, children: list[ChildLine], ctx: MonthContext) -> Sheet:
        return cls(ctx, {881 + index: Line(child) for index, child in enumerate(children)})

    def value(self, number: int, column: str) -> str:
        child = self.lines[number].child
        if column == "niss":
            return format_field("niss", child.niss_hash)
        value = child.codes[int(column) - 1] if column.isdigit() else getattr(child, column)
        return format_field(column, value)

    def mark(self, number: int) -> str:
        niss = self.lines[number].child.niss_hash
        return hashlib.sha256(niss.encode()).hexdigest()[:12] if niss else ""

    def judge(self, number: int) -> list[Violation]:
        return judge_line(self.lines[number].child, self.ctx)

    def twins(self) -> dict[str, Any]:
        lines = {number: line.child for number, line in self.lines.items() if not line.deleted}
        found = children_twice(list(lines.values()), self.ctx)
        return {str(list(lines)[index]): issue(violation) for index, violation in found if index is not None}

    def put(self, number: int, column: str, typed: str) -> None:
        """Someone else's edit."""
        with self.lock:
            line = self.lines[number]
            line.child = _with(line.child, column, parse_field(column, typed)[0])
            line.version += 1
            line.changed = dt.datetime.now(dt.UTC)

    def edit(self, edit: Mapping[str, Any]) -> dict[str, Any]:
        number, column = int(edit["line"]), str(edit["field"])
        line = self.lines[number]
        standing = self.value(number, column)
        answer = {"key": edit["key"], "value": standing, "version": line.version}
        value, wrong = parse_field(column, edit["new"])
        after = line.child if wrong else _with(line.child, column, value)
        if not wrong and after == line.child:
            return answer | {"status": "saved"}
        if not wrong and (
            standing != edit["old"] or edit.get("seen", self.mark(number)) != self.mark(number)
        ):
            other = {
                "theirs": standing,
                "by": "Anne Dupont",
                "at": "03/11/2026 09:12",
                "mark": self.mark(number),
            }
            return answer | other | {"status": "conflict"}
        wrong = wrong or refusal(after, column, self.ctx)
        if wrong:
            return answer | {
                "status": "refused",
                "message": wrong.message,
                "help": wrong.help,
                "days": wrong.days,
            }
        self.put(number, column, edit["new"])
        self.entries.insert(0, {"at": "03/11/2026 09:14", "who": "Moi Même", "old": standing,
                                "new": self.value(number, column), "how": "grille"})  # fmt: skip
        answer |= {"mark": self.mark(number)} if column == "niss" else {}
        return answer | {"status": "saved", "value": self.value(number, column), "version": line.version}


def _with(child: ChildLine, column: str, value: Any) -> ChildLine:
    if column.isdigit():
        day = int(column)
        return replace(child, codes=child.codes[: day - 1] + value + child.codes[day:])
    if column == "niss":
        return replace(child, niss_hash=value)
    return replace(child, **{column: value})


def issue(found: Violation) -> dict[str, Any]:
    """A violation as the portal's JSON gives it."""
    return {"field": found.field, "days": list(found.days), "message": found.message, "help": found.help,
            "severity": found.severity.value}  # fmt: skip

"""The shapes of a month of presences: its columns, a child's line, and what a month is judged against."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from app.rules.codes import DAYS_STORED, EMPTY_MONTH
from app.rules.months import Month
from app.rules.violations import UNOFFICIAL


class FieldKind(StrEnum):
    """What a column holds, hence how it is read, shown and validated."""

    TEXT = "text"
    DATE = "date"
    NISS = "niss"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One column before the days: its key, its French title, its kind, and its width in characters."""

    key: str
    label: str
    kind: FieldKind
    width: int


# Source: the default columns of the presences workbook; the days 1 to 31 follow.
FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec("last_name", "Nom", FieldKind.TEXT, 18),
    FieldSpec("first_name", "Prénom", FieldKind.TEXT, 14),
    FieldSpec("birth_date", "Date de naissance", FieldKind.DATE, 12),
    FieldSpec("niss", "NISS", FieldKind.NISS, 16),
    FieldSpec("entry_date", "Date d'entrée", FieldKind.DATE, 12),
    FieldSpec("exit_date", "Date de sortie", FieldKind.DATE, 12),
    FieldSpec("pfp_rate", "Tarif PFP", FieldKind.RATE, 9),
)
FIELD_BY_KEY: dict[str, FieldSpec] = {spec.key: spec for spec in FIELDS}
DAY_KEYS: tuple[str, ...] = tuple(str(day) for day in range(1, DAYS_STORED + 1))
_DAY_BY_KEY = {key: int(key) for key in DAY_KEYS}


def day_of(key: str) -> int | None:
    """The day, 1 to 31, that a column key stands for; None for a key of `FIELDS`."""
    return _DAY_BY_KEY.get(key)


@dataclass(frozen=True)
class ChildLine:
    """One child's month. Blank texts are "", blank values None; `niss` is 11 digits, `pfp_rate` euros a day.

    `codes` is the 31-character month of `app.rules.codes`. `key` is the caller's own name for the line.
    `niss_hash` is an opaque key, equal for equal NISS, for lines whose clear number is not at hand. Neither
    of the two shows in a repr.
    """

    last_name: str = ""
    first_name: str = ""
    birth_date: date | None = None
    niss: str | None = field(default=None, repr=False)
    entry_date: date | None = None
    exit_date: date | None = None
    pfp_rate: Decimal | None = None
    codes: str = EMPTY_MONTH
    key: Hashable = None
    niss_hash: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class MonthContext:
    """What a month of one facility is judged against; every number comes from dated reference data.

    `closed` gives each closed day (1 to 31) its reason in French; `capacity` is in places, None when unknown;
    `max_age_months` None for no limit; `include_justified` counts justified absences as occupied places.
    """

    month: Month
    today: date
    closed: Mapping[int, str]
    capacity: int | None
    max_lines: int
    max_age_months: int | None
    include_justified: bool
    #: Those of the fields above whose value no official source confirms.
    unofficial: frozenset[str] = frozenset()

    def mark(self, name: str) -> str:
        """What a message says after the number of that field: « (valeur non officielle) », or nothing."""
        return UNOFFICIAL if name in self.unofficial else ""

    @cached_property
    def days(self) -> int:
        """How many days the month has."""
        return self.month.days

    @cached_property
    def closed_days(self) -> tuple[int, ...]:
        """The closed days of the month, in order."""
        return tuple(sorted(day for day in self.closed if 1 <= day <= self.days))

    @cached_property
    def future_days(self) -> tuple[int, ...]:
        """The opening days after today, in order: a closed day is refused for being closed, not twice."""
        if self.today >= self.month.last:
            return ()
        first = self.today.day + 1 if self.month.contains(self.today) else 1
        return tuple(day for day in range(first, self.days + 1) if day not in self.closed)

    @cached_property
    def opening_days(self) -> int:
        """How many days the month is open."""
        return self.days - len(self.closed_days)

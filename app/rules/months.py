"""Months of a year, and dates as a French sentence says them."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Self

from app.rules.french import of

MONTH_NAMES = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
WEEKDAY_NAMES = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")

# What dates of children and contracts can reasonably be; beyond, a digit was mistyped.
FIRST_YEAR = 1900
LAST_YEAR = 2199


SHORT_MONTH_NAMES = (
    "janv.",
    "févr.",
    "mars",
    "avr.",
    "mai",
    "juin",
    "juil.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """One month, 1 to 12, of one year, 1900 to 2199. Months order as time does. ValueError outside these."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and FIRST_YEAR <= self.year <= LAST_YEAR):
            raise ValueError("not a month: the year or the month is out of bounds")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The month written "2026-10", as in addresses. ValueError for anything else."""
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
            raise ValueError("a month is written YYYY-MM")
        return cls(int(text[:4]), int(text[5:]))

    @classmethod
    def of(cls, day: date) -> Self:
        """The month that holds `day`."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year, self.month, self.days)

    @property
    def days(self) -> int:
        """How many days it has, 28 to 31."""
        return monthrange(self.year, self.month)[1]

    def day(self, number: int) -> date:
        """The date of its day `number`, counted from 1. ValueError when the month has no such day."""
        return date(self.year, self.month, number)

    def previous(self) -> Self:
        """The month before."""
        return type(self)(self.year - 1, 12) if self.month == 1 else type(self)(self.year, self.month - 1)

    def next(self) -> Self:
        """The month after."""
        return type(self)(self.year + 1, 1) if self.month == 12 else type(self)(self.year, self.month + 1)

    @property
    def label(self) -> str:
        """As a French sentence says it: "octobre 2026"."""
        return f"{MONTH_NAMES[self.month - 1]} {self.year}"

    @property
    def of_label(self) -> str:
        """The month behind "présences": "d’octobre 2026", "de mars 2026"."""
        return of(self.label)

    @property
    def short_label(self) -> str:
        """The month alone, as short as French writes it: "oct.", "mai"."""
        return SHORT_MONTH_NAMES[self.month - 1]

    def contains(self, day: date) -> bool:
        """Whether `day` falls in this month."""
        return (day.year, day.month) == (self.year, self.month)


def day_number(day: int) -> str:
    """A day of the month as a French sentence says it: "1er", "2"."""
    return "1er" if day == 1 else str(day)


def long_date(day: date) -> str:
    """As a French sentence says it: "samedi 3 octobre 2026", "jeudi 1er octobre 2026"."""
    return f"{WEEKDAY_NAMES[day.weekday()]} {day_number(day.day)} {MONTH_NAMES[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """As cells and forms show it: "03/10/2026"."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"

"""The six presence codes of a crèche (guide 10.1.2), and the string that holds a child's month.

A month is a string of 31 characters, one a day: "P p J j I i", lower case for half a day, and "." for a day
on which the child is not expected.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import Enum

BLANK = "."
DAYS_STORED = 31
EMPTY_MONTH = BLANK * DAYS_STORED


class Code(Enum):
    """A presence code: the character stored, what is shown, its name, and how much of a day it stands for."""

    PRESENT = ("P", "P", "présence", Decimal(1))
    PRESENT_HALF = ("p", "P½", "présence d’un demi-jour", Decimal("0.5"))
    JUSTIFIED = ("J", "J", "absence justifiée", Decimal(1))
    JUSTIFIED_HALF = ("j", "J½", "absence justifiée d’un demi-jour", Decimal("0.5"))
    UNJUSTIFIED = ("I", "I", "absence injustifiée", Decimal(1))
    UNJUSTIFIED_HALF = ("i", "I½", "absence injustifiée d’un demi-jour", Decimal("0.5"))

    def __init__(self, char: str, display: str, label: str, part: Decimal) -> None:
        self.char = char
        self.display = display
        self.label = label
        self.part = part


CHARACTERS = "".join(code.char for code in Code)
DISPLAYS = {code.char: code.display for code in Code} | {BLANK: ""}

# Nearly every cell of a workbook of ours: read without looking further.
_AS_SHOWN = {display: char for char, display in DISPLAYS.items()}

_HALF = r"(?:½|1[/⁄]2|/2|0?\.5)"
_LETTER = re.compile(rf"([PJI])({_HALF}?)")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")
_NUMBERS = {"1": Code.PRESENT.char, "0.5": Code.PRESENT_HALF.char}
_FORMULA_ERROR = re.compile(r"#(?:N/A|GETTING_DATA|[A-Z/0]+[!?])")
_BARE_HALVES = frozenset({"½", "1/2", "1⁄2"})


def is_formula_error(raw: object) -> bool:
    """Whether a cell shows what a spreadsheet writes for a formula that failed (« #N/A », « #DIV/0! »), not a code."""
    return isinstance(raw, str) and _FORMULA_ERROR.fullmatch(raw) is not None


def normalise_code(raw: object) -> str:
    """The canonical text of a cell, key of the mappings that an organiser confirms: "M/2", "0.5", "1", "".

    Upper case, without any white space or invisible mark, decimal comma as a dot, numbers without useless zeros;
    to nine decimals; a date (what a spreadsheet makes of "1/2") as dd/mm/yyyy; "" for an empty cell.
    """
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "VRAI" if raw else "FAUX"
    if isinstance(raw, date):
        return f"{raw.day:02d}/{raw.month:02d}/{raw.year:04d}"
    if isinstance(raw, float) and math.isfinite(raw):
        raw = round(raw, 9)  # what a sum of parts leaves of a half
    text = "".join(str(raw).split()).upper().replace(",", ".")
    if not text.isascii():
        text = "".join(mark for mark in text if unicodedata.category(mark) != "Cf")
    return _shortest_number(text) if _NUMBER.fullmatch(text) else text


def _shortest_number(text: str) -> str:
    number = f"{Decimal(text):f}"
    return number.rstrip("0").rstrip(".") if "." in number else number


def parse_code(raw: object, aliases: Mapping[str, str] | None = None) -> str | None:
    """The stored character of a cell's content: one of "PpJjIi", "." for blank, None when it is no code.

    Takes what people type and workbooks hold: P, p½, P1/2, P 0,5, the numbers 1 and 0.5, ½, in any case and
    with any spaces (source: the default codes and typed aliases). `aliases` maps `normalise_code` texts of a
    vendor's workbook to stored characters, as the organiser confirmed them; they win over our own meanings.
    """
    if not aliases and isinstance(raw, str) and raw in _AS_SHOWN:
        return _AS_SHOWN[raw]
    text = normalise_code(raw)
    if aliases and text in aliases:
        return aliases[text]
    if text in {"", BLANK}:
        return BLANK
    if text in _NUMBERS:
        return _NUMBERS[text]
    if text in _BARE_HALVES:
        return Code.PRESENT_HALF.char
    found = _LETTER.fullmatch(text)
    if found is None:
        return None
    letter, half = found.groups()
    return letter.lower() if half else letter


@dataclass(frozen=True, slots=True)
class Totals:
    """The six totals of the guide, as counts of cells: full days P, J, I and half days p, j, i."""

    P: int = 0
    p: int = 0
    J: int = 0
    j: int = 0
    I: int = 0  # noqa: E741  the totals are named by the stored characters
    i: int = 0

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            self.P + other.P,
            self.p + other.p,
            self.J + other.J,
            self.j + other.j,
            self.I + other.I,
            self.i + other.i,
        )

    def as_display(self) -> dict[str, int]:
        """The counts as the screens call them: {"P": …, "P½": …, "J": …, "J½": …, "I": …, "I½": …}."""
        return {DISPLAYS[field.name]: getattr(self, field.name) for field in fields(self)}


def totals(codes: str) -> Totals:
    """The six counts of a string of stored codes: one line's month, or one day's column."""
    return Totals(*(codes.count(char) for char in CHARACTERS))

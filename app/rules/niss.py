"""The NISS: the Belgian national number, or the BIS number of people outside the national register.

11 digits YYMMDD + counter (3) + check (2). python-stdnum knows the arithmetic; what it lets through and
should not is refused here: counters 000 and 999, dates such as 31 February. A birth date after today is left
to the rules that are given today's date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from stdnum.be import bis, nn

DIGITS = 11
Sex = Literal["M", "F"]

_SHAPE = re.compile(r"[0-9]{11}")
_SEPARATORS = re.compile(r"[\s./\-‐‑–]+")
_NEVER_ISSUED = frozenset({"000", "999"})
# A BIS number's month is raised by 20, or by 40 when the sex was known at its creation.
_BIS_STEP = 20
_BIS_SEX_KNOWN = 40
_LONGEST_MONTH = 31


@dataclass(frozen=True, slots=True)
class Niss:
    """A valid number. `birth_date` is None when it does not tell it, `sex` when it was created without it.

    The digits stay out of the repr, hence of logs and tracebacks.
    """

    digits: str = field(repr=False)
    birth_date: date | None = field(repr=False)
    sex: Sex | None
    is_bis: bool

    @property
    def display(self) -> str:
        """As written on a card, 85.07.30-033.28: to echo what the person is typing, never for output."""
        return str(nn.format(self.digits))


def niss_digits(raw: object) -> str:
    """A cell's content without the separators of a NISS; a number gets its leading zeros back."""
    if isinstance(raw, str):
        return raw if raw.isdecimal() else _SEPARATORS.sub("", raw)
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, int) and not isinstance(raw, bool) and raw > 0:
        return str(raw).zfill(DIGITS)
    return _SEPARATORS.sub("", "" if raw is None else str(raw))


def parse_niss(raw: object) -> Niss | None:
    """The number in a typed text or a workbook's cell; None when it is not a valid one."""
    digits = niss_digits(raw)
    if not _SHAPE.fullmatch(digits) or digits[6:9] in _NEVER_ISSUED:
        return None
    raised_month = int(digits[2:4])
    is_bis = raised_month >= _BIS_STEP
    if not (bis if is_bis else nn).is_valid(digits):
        return None
    month, day = raised_month % _BIS_STEP, int(digits[4:6])
    birth_date = None
    # Month or day 00 tell an unknown date, days from 32 on the overflow of a date's counters.
    if month and 0 < day <= _LONGEST_MONTH:
        try:
            birth_date = date(_birth_year(digits), month, day)
        except ValueError:
            return None
    sex: Sex = "M" if int(digits[6:9]) % 2 else "F"
    sex_known = not is_bis or raised_month >= _BIS_SEX_KNOWN
    return Niss(digits, birth_date, sex if sex_known else None, is_bis)


def _birth_year(digits: str) -> int:
    # The check tells the century: since 2000 it is computed with a 2 before the nine digits, and never agrees
    # with the one computed without.
    century = 1900 if int(digits[9:]) == 97 - int(digits[:9]) % 97 else 2000
    return century + int(digits[:2])

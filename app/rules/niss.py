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

from stdnum.be import nn, ssn
from stdnum.exceptions import ValidationError

DIGITS = 11
Sex = Literal["M", "F"]

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
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, int) and not isinstance(raw, bool) and raw > 0:
        return str(raw).zfill(DIGITS)
    return _SEPARATORS.sub("", "" if raw is None else str(raw))


def parse_niss(raw: object) -> Niss | None:
    """The number in a typed text or a workbook's cell; None when it is not a valid one."""
    digits = niss_digits(raw)
    if not re.fullmatch(r"[0-9]{11}", digits) or digits[6:9] in _NEVER_ISSUED:
        return None
    try:
        ssn.validate(digits)
        birth_date = nn.get_birth_date(digits)
    except ValidationError:
        return None
    month = int(digits[2:4])
    if birth_date is None and month % _BIS_STEP and _impossible_day(int(digits[4:6])):
        return None
    is_bis = month >= _BIS_STEP
    sex_known = not is_bis or month >= _BIS_SEX_KNOWN
    sex: Sex = "M" if int(digits[6:9]) % 2 else "F"
    return Niss(digits, birth_date, sex if sex_known else None, is_bis)


def _impossible_day(day: int) -> bool:
    # The library found no date though a month is told. 00 means an unknown day, and 32 and more the overflow
    # of a day's counters; what is left is a day that exists, but not in that month, such as 31 February.
    return 0 < day <= _LONGEST_MONTH

"""The numbers of enterprises: BCE numbers and establishment units.

Both are 10 digits of which the last two are 97 − (the first eight mod 97), 01 to 97. An enterprise's begins
with 0 or 1, an establishment unit's with 2 to 8.
"""

from __future__ import annotations

import re

from stdnum.be import vat
from stdnum.exceptions import ValidationError

_UNIT = re.compile(r"[2-8][0-9]{9}")
_SEPARATORS = re.compile(r"[\s.\-/]+")
_MODULUS = 97


def parse_bce(raw: object) -> str | None:
    """The 10 digits of an enterprise number, None when it is not a valid one. Takes dots, spaces and "BE"."""
    try:
        digits: str = vat.validate(str(raw))
    except ValidationError:
        return None
    # The library takes a check of 00 for one of 97.
    return digits if _checked(digits) else None


def parse_establishment_unit(raw: object) -> str | None:
    """The 10 digits of an establishment unit, None when it is not a valid one. Takes dots and spaces."""
    digits = _SEPARATORS.sub("", str(raw))
    return digits if _UNIT.fullmatch(digits) and _checked(digits) else None


def _checked(digits: str) -> bool:
    return int(digits[8:]) == _MODULUS - int(digits[:8]) % _MODULUS


def format_bce(digits: str) -> str:
    """An enterprise number as it is written: 0314.595.348."""
    return f"{digits[:4]}.{digits[4:7]}.{digits[7:]}"


def format_establishment_unit(digits: str) -> str:
    """An establishment unit as it is written: 2.297.964.444."""
    return f"{digits[0]}.{digits[1:4]}.{digits[4:7]}.{digits[7:]}"

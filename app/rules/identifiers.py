"""The numbers of enterprises (BCE): 10 digits of which the last two are 97 − (the first eight mod 97), 01 to 97."""

from __future__ import annotations

from stdnum.be import vat
from stdnum.exceptions import ValidationError

_MODULUS = 97


def parse_bce(raw: object) -> str | None:
    """The 10 digits of an enterprise number, None when it is not a valid one. Takes dots, spaces and "BE"."""
    try:
        digits: str = vat.validate(str(raw))
    except ValidationError:
        return None
    # The library takes a check of 00 for one of 97.
    return digits if int(digits[8:]) == _MODULUS - int(digits[:8]) % _MODULUS else None


def format_bce(digits: str) -> str:
    """An enterprise number as it is written: 0314.595.348."""
    return f"{digits[:4]}.{digits[4:7]}.{digits[7:]}"

"""No national number in what is kept for others to read: logs, the history."""

from __future__ import annotations

import re
from typing import Final

from app.rules.niss import parse_niss

#: What stands where a value must not be shown.
HIDDEN: Final = "•••"

_SEPARATOR: Final = r"[\s./\-‐‑–]"
#: Eleven digits grouped as people write them: 85073003328, 85.07.30-033.28, 850730 - 033 28.
_DIGITS: Final = (
    rf"\d{{2}}{_SEPARATOR}?\d{{2}}{_SEPARATOR}?\d{{2}}{_SEPARATOR}{{0,3}}\d{{3}}{_SEPARATOR}?\d{{2}}"
)
_ANYWHERE: Final = re.compile(rf"(?<!\d){_DIGITS}(?!\d)")
#: As a word of its own: a fingerprint in hexadecimal holds runs of digits too.
_AS_WORD: Final = re.compile(rf"(?<!\w){_DIGITS}(?!\w)")
#: PostgreSQL quotes the row that breaks a constraint.
_DETAIL: Final = re.compile(r"(?m)^(\s*DETAIL:\s*).*$")


#: The same, but for a telephone number written with its country: +32470123456.
_WRITTEN: Final = re.compile(rf"(?<![\d+]){_DIGITS}(?!\d)")


def looks_numbered(text: str) -> bool:
    """Whether something in the text looks like a national number, a mistyped one included."""
    return _WRITTEN.search(text) is not None


def mask_anything(text: str) -> str:
    """Without whatever looks like a national number, and without the values that a database error quotes."""
    return _DETAIL.sub(rf"\1{HIDDEN}", _ANYWHERE.sub(HIDDEN, text))


def holds_numbers(text: str) -> bool:
    """Whether there is anything in a text that `mask_numbers` would have to look at."""
    return _AS_WORD.search(text) is not None


def mask_numbers(text: str) -> str:
    """Without the valid national numbers; other figures stay, so that the history stays true."""
    return _AS_WORD.sub(lambda found: HIDDEN if parse_niss(found[0]) else found[0], text)

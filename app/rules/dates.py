"""Days as people write them."""

from __future__ import annotations

import re
from datetime import date

from app.rules.french import unaccented
from app.rules.months import MONTH_NAMES, SHORT_MONTH_NAMES, WEEKDAY_NAMES

_DAY_FIRST = re.compile(r"(\d{1,2})\s?([/.\-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[\-/.](\d{1,2})[\-/.](\d{1,2})")
_DIGITS = re.compile(r"(\d\d)(\d\d)((?:19|20)\d\d)")  # 10092026
# « 1er septembre 2025 », « lundi 5 oct. 2026 »
_IN_WORDS = re.compile(rf"(?:(?:{'|'.join(WEEKDAY_NAMES)}) )?(\d{{1,2}})(?:er)? ([a-z]+)\.? (\d{{4}})")
_MONTHS = {
    unaccented(name.rstrip(".")): number
    for names in (MONTH_NAMES, SHORT_MONTH_NAMES)
    for number, name in enumerate(names, 1)
}


def written_day(text: str) -> tuple[int, int, int] | None:
    """Year, month and day as written, possible or not: 3/10/2026, 03-10-26, 2026-10-03, 03102026, 3 octobre 2026.

    None for what is no date.
    """
    text = " ".join(text.split())
    if found := _DAY_FIRST.fullmatch(text):
        day, _, month, year = found.groups()
        # Children, contracts and accesses are of this century: 25 is 2025, never 1925.
        return int(year) + (2000 if len(year) == 2 else 0), int(month), int(day)
    if found := _YEAR_FIRST.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _DIGITS.fullmatch(text):
        return int(found[3]), int(found[2]), int(found[1])
    if (found := _IN_WORDS.fullmatch(unaccented(text))) and found[2] in _MONTHS:
        return int(found[3]), _MONTHS[found[2]], int(found[1])
    return None


def read_day(text: str) -> date | None:
    """The day that somebody wrote; None for what is none, or does not exist."""
    found = written_day(text)
    try:
        return date(*found) if found else None
    except ValueError:
        return None

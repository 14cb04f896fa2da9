"""What a rule answers: a violation, said in plain French, with where it is and how to mend it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

# Nothing that could hold a NISS (11 digits) is ever quoted back: people paste columns one place too far.
_MOST_DIGITS_QUOTED = 8
_MOST_CHARACTERS_QUOTED = 24


#: Said after every number that no official source confirms.
UNOFFICIAL = " (valeur non officielle)"


class Severity(StrEnum):
    """How much a violation weighs: a blocking one keeps the month from being confirmed or submitted."""

    BLOCKING = "bloquant"
    WARNING = "avertissement"


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing wrong on one line (or on the whole month), attached to one column.

    `code` is a stable kebab-case identifier, `message` says what is wrong and `help` how to mend it, both in
    plain French and without any NISS. `field` is a key of `attendance.FIELDS` or a day, "1" to "31"; `days`
    are the days of the month concerned. `other_line` is the index, in the lines given to `judge_sheet`, of
    the line this one collides with: the caller knows how that line is called on its screen or in its file.
    """

    code: str
    message: str
    help: str
    severity: Severity
    field: str
    days: tuple[int, ...] = ()
    other_line: int | None = None

    @property
    def blocking(self) -> bool:
        """Whether this keeps the month from being confirmed or submitted."""
        return self.severity is Severity.BLOCKING


def holds_number(text: str) -> bool:
    """Whether `text` has digits enough to hold a NISS."""
    return len(re.findall(r"\d", text)) > _MOST_DIGITS_QUOTED


def quoted(raw: object) -> str:
    """`raw` between French quotation marks, shortened; "" when it is blank or could hold a NISS."""
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)  # a workbook's 2 comes as 2.0
    text = " ".join(str(raw).split())
    if not text or holds_number(text):
        return ""
    if len(text) > _MOST_CHARACTERS_QUOTED:
        text = text[: _MOST_CHARACTERS_QUOTED - 1] + "…"
    return f"«\N{NO-BREAK SPACE}{text}\N{NO-BREAK SPACE}»"

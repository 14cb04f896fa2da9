"""How the history keeps a whole line of a month: one change, whatever the number of its fields."""

from __future__ import annotations

from typing import Any, Final

from app import journal
from app.journal import HIDDEN, Change
from app.rules.attendance import FIELDS, ChildLine, format_field
from app.rules.codes import EMPTY_MONTH

_SHOWN: Final = tuple(spec.key for spec in FIELDS if spec.key != "niss")
_EMPTY: Final = ChildLine()


def line_change(line: int, before: ChildLine | None, after: ChildLine) -> Change | None:
    """All that changed of a line, as displayed; None for nothing. `before` None: the line is new.

    The days are the whole month, as « codes »; of a national number, only that it changed.
    """
    standing = before or _EMPTY
    old: dict[str, str] = {}
    new: dict[str, str] = {}
    for key in _SHOWN:
        was, is_ = getattr(standing, key), getattr(after, key)
        if was != is_:
            _put(old, key, was)
            _put(new, key, is_)
    if standing.niss_hash != after.niss_hash:
        old |= {"niss": HIDDEN} if standing.niss_hash else {}
        new |= {"niss": HIDDEN} if after.niss_hash else {}
    if standing.codes != after.codes:
        old |= {} if standing.codes == EMPTY_MONTH else {"codes": standing.codes}
        new |= {} if after.codes == EMPTY_MONTH else {"codes": after.codes}
    return journal.whole("attendance_line", line, old, new)


def _put(side: dict[str, str], key: str, value: Any) -> None:
    if value is not None and value != "":
        side[key] = format_field(key, value)

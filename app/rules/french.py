"""Numbers and the nouns they count, as a French sentence says them."""

from __future__ import annotations

from decimal import Decimal

_PLURAL_FROM = 2


def count(number: int | Decimal, one: str, many: str = "") -> str:
    """« 0 ligne », « 1,5 place », « 3 lignes »: the singular below two. `many`: `one` with an s when left out."""
    shown = f"{number.normalize():f}".replace(".", ",") if isinstance(number, Decimal) else str(number)
    return f"{shown} {one if number < _PLURAL_FROM else many or one + 's'}"

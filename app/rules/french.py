"""French words: without their accents, and beside the numbers that count them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_PLURAL_FROM = 2
_VOWEL = re.compile(r"[aeiou]|y(?![aeiouy])")


def unaccented(text: str) -> str:
    """Small letters without their accents: « Août » -> "aout", « Œuvre » -> "oeuvre"."""
    letters = unicodedata.normalize("NFKD", text.casefold()).replace("œ", "oe").replace("æ", "ae")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def of(name: str) -> str:
    """« de Hugo Denis », « d’Inès Marchal », « d’Yves », « de Yasmine »: before a vowel that is heard as one."""
    return f"d’{name}" if _VOWEL.match(unaccented(name)) else f"de {name}"


def count(number: int | Decimal, one: str, many: str = "") -> str:
    """« 0 ligne », « 1,5 place », « 3 lignes »: the singular below two. `many`: `one` with an s when left out."""
    shown = f"{number.normalize():f}".replace(".", ",") if isinstance(number, Decimal) else str(number)
    return f"{shown} {one if number < _PLURAL_FROM else many or one + 's'}"

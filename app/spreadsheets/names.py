"""A child's name in one column, taken apart."""

from __future__ import annotations

# Words that begin a family name and never end it.
PARTICLES = frozenset(
    [
        "van",
        "vande",
        "vanden",
        "vander",
        "von",
        "den",
        "der",
        "ter",
        "ten",
        "te",
        "t",
        "de",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "du",
        "des",
        "d",
        "la",
        "le",
        "l",
        "el",
        "al",
        "ben",
        "o",
        "mc",
        "mac",
        "saint",
        "st",
        "sainte",
        "ste",
    ]
)


def split(name: str, first_name_first: bool = False) -> tuple[str, str]:
    """(last name, first name) of « DUPONT Jean-Marc », « Dupont, Jean », « VAN DEN BERG Léa »…

    A comma decides; else the words in capitals are the last name; else the first word (with the particles
    before it), or the last one where the column's title says « Prénom et nom ». Either part may be empty.
    """
    last, comma, first = name.partition(",")
    if comma:
        return _joined([last]), _joined([first])
    words = name.split()
    if len(words) < 2:
        return _joined(words), ""
    capitals = _capitals(words)
    if capitals is None:
        cut = _last_words(words) if first_name_first else _first_words(words)
        capitals = range(cut, len(words)) if first_name_first else range(cut)
    inside = [word for index, word in enumerate(words) if index in capitals]
    outside = [word for index, word in enumerate(words) if index not in capitals]
    return _joined(inside), _joined(outside)


def _joined(words: list[str]) -> str:
    return " ".join(" ".join(words).split())


def _is_capital(word: str) -> bool:
    """« DUPONT », « D’HONDT », also « d’HONDT » and « McDONALD »."""
    upper = sum(letter.isupper() for letter in word)
    lower = sum(letter.islower() for letter in word)
    return upper > 0 if lower == 0 else upper >= 3 and lower <= 2


def _capitals(words: list[str]) -> range | None:
    """The words in capitals at one end, with the small particles before them; None if all or none are."""
    marks = [_is_capital(word) for word in words]
    if all(marks) or not any(marks):
        return None
    start = 0
    while words[start].casefold() in PARTICLES and not marks[start]:
        start += 1
    if marks[start]:
        end = start
        while end < len(words) and marks[end]:
            end += 1
        return range(end) if end < len(words) else None
    start = len(words)
    while start and marks[start - 1]:
        start -= 1
    while start > 1 and words[start - 1].casefold() in PARTICLES:
        start -= 1
    return range(start, len(words)) if start < len(words) else None


def _particle(word: str) -> bool:
    return word.casefold().rstrip("'’.") in PARTICLES


def _first_words(words: list[str]) -> int:
    """Where the last name ends: after the particles and one word, leaving at least one for the first name."""
    end = 1
    while end < len(words) - 1 and _particle(words[end - 1]):
        end += 1
    return end


def _last_words(words: list[str]) -> int:
    """Where the last name begins when it comes last: at its particles, leaving a word before it."""
    start = len(words) - 1
    while start > 1 and _particle(words[start - 1]):
        start -= 1
    return start

"""What a browser says of itself, in words that its owner knows; no more than that, for it may say anything."""

from __future__ import annotations

from typing import Final

#: The longest of a User-Agent header that is kept.
LONGEST: Final = 300

# In order: most browsers also name those that they descend from, most systems another one.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def describe(agent: str) -> str:
    """ "Firefox, Windows" from a User-Agent header."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "navigateur inconnu")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "appareil inconnu")
    return f"{browser}, {system}"

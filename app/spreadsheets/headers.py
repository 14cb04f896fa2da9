"""What one header cell means: a field, a day of the month, a weekday, or nothing that we know."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.spreadsheets.columns import (
    FILLERS,
    FULL_NAME,
    FULL_NAME_FIRST,
    HEADERS,
    MONTHS,
    NAME_WORDS,
    SUMMARIES,
    TRANSLATIONS,
    WEEKDAYS,
)
from app.spreadsheets.workbook import CellValue

_INCLUSIVE = re.compile(r"\((?:e|s|es|ne)\)", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NOT_WORD = re.compile(r"[^a-z0-9½]+")

# Excel's day 0; a cell that holds 1 to 31 under a date format is read as a date soon after it.
_FEW_WORDS = 3
_MONTH_NUMBER = re.compile(r"0[1-9]|1[0-2]")
_DAY_ZERO = date(1899, 12, 30)
_SERIALS = range(36_526, 73_051)  # 2000 to 2099, when the date format was lost

_WORD = r"(?P<weekday>[a-z]+)"
_DAY = r"(?P<day>\d{1,2})(?:er)?"
_MONTH = r"(?P<month>\d{1,2}|[a-z]+)"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_DAY_FIRST = re.compile(rf"(?:{_WORD} ?)?{_DAY}(?: {_MONTH}(?: {_YEAR})?)?")
_WEEKDAY_LAST = re.compile(rf"{_DAY}(?: (?P<month>\d{{1,2}})(?: {_YEAR})?)? ?{_WORD}")
_ISO = re.compile(r"(?P<year>\d{4}) (?P<month>\d{2}) (?P<day>\d{2})(?: ?t?00 00(?: 00)?)?")
# "j 1", "jour 1": not a weekday's name, but a usual prefix. Initials say nothing sure ("m" is two weekdays).
_PREFIXES = frozenset(["", "le", "jour", "j", "l", "m", "v", "s", "d"])


@dataclass(frozen=True, slots=True)
class DayMark:
    """What a header says of a day: always its number, and what else it tells."""

    day: int
    month: int | None = None
    year: int | None = None
    weekday: int | None = None  # Monday 0


def plain(value: object) -> str:
    """Text without accents, capitals and punctuation: « N° d’Ordre » -> "n d ordre"."""
    text = str(value).replace("°", " ").replace("º", " ").replace("œ", "oe").replace("Œ", "oe")
    text = unicodedata.normalize("NFD", text.casefold())
    text = "".join(mark for mark in text if not unicodedata.combining(mark))
    return _NOT_WORD.sub(" ", text).strip()


def key_words(text: str) -> str:
    """A header's words without articles: the form in which `HEADERS` are compared."""
    return " ".join(word for word in plain(text).split() if word not in FILLERS)


def _forms(text: str) -> tuple[str, str]:
    """A header without what stands in brackets, and with it."""
    text = _INCLUSIVE.sub("", text)
    return key_words(_BRACKETS.sub(" ", text)), key_words(text)


_FIELDS = {form: field for field, headers in HEADERS.items() for text in headers for form in _forms(text)}


def field_of(value: CellValue) -> str | None:
    """The field that a header cell names: a key of `columns.HEADERS`."""
    if not isinstance(value, str) or len(value) > 80:
        return None
    without, with_brackets = _forms(value)
    found = _FIELDS.get(without) or _FIELDS.get(with_brackets) or _whole_name(with_brackets)
    if found or "/" not in value:
        return found
    # « Nom / Naam »; « Nom / Parent » is somebody else's, « Arrivée / Heure » is no date.
    meant = {field_of(part) or key_words(part) for part in value.split("/")}
    fields = meant & HEADERS.keys()
    return fields.pop() if len(fields) == 1 and meant - fields <= TRANSLATIONS else None


def _whole_name(text: str) -> str | None:
    """« Nom et prénom des enfants », « Prénom NOM »: one column for both, and which comes first."""
    words = [word.removesuffix("s") for word in text.split()]
    if not {"nom", "prenom"} <= set(words) <= NAME_WORDS:
        return None
    return FULL_NAME if words.index("nom") < words.index("prenom") else FULL_NAME_FIRST


def weekday_of(value: CellValue) -> int | None:
    """Monday 0 for « Lu », « lundi »…; None for anything else."""
    return WEEKDAYS.get(plain(value)) if isinstance(value, str) and len(value) < 12 else None


def day_of(value: CellValue) -> DayMark | None:
    """The day that a header cell names: 1, "1", "01", « lu 01 », « 1er octobre », a date…"""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _from_number(value)
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        serial = (day - _DAY_ZERO).days
        return DayMark(serial) if 1 <= serial <= 31 else DayMark(day.day, day.month, day.year)
    return _from_text(value) if len(value) <= 40 else None


def _from_number(value: float) -> DayMark | None:
    if not 1 <= value <= _SERIALS.stop or value != int(value):
        return None
    if value <= 31:
        return DayMark(int(value))
    return day_of(_DAY_ZERO + timedelta(days=int(value))) if int(value) in _SERIALS else None


def _from_text(value: str) -> DayMark | None:
    text = plain(value)
    for pattern in (_ISO, _DAY_FIRST, _WEEKDAY_LAST):
        found = pattern.fullmatch(text)
        mark = found and _mark(found.groupdict())
        if mark:
            return mark
    return None


def _mark(found: dict[str, str | None]) -> DayMark | None:
    day, year, word = int(found["day"] or 0), found.get("year"), found.get("weekday") or ""
    month_word = found.get("month")
    weekday = WEEKDAYS.get(word)
    if weekday is None and word not in _PREFIXES:
        return None
    month = None
    if month_word == "mar":  # « 1 mar »: mardi as well as mars
        month_word = None
    if month_word is not None:
        month = int(month_word) if month_word.isdigit() else MONTHS.get(month_word)
        if month is None or not 1 <= month <= 12:
            return None
    if not 1 <= day <= 31:
        return None
    return DayMark(day, month, _full_year(year), weekday)


def _full_year(year: str | None) -> int | None:
    if year is None:
        return None
    return int(year) if len(year) == 4 else 2000 + int(year)


_MONTH_IN_TEXT = re.compile(
    r"\b(?P<name>[a-z]+) (?P<named>20\d\d)\b|(?<!\d )\b(?P<month>\d{1,2}) (?P<year>20\d\d)\b"
    r"|(?<!\d )\b(?P<iso>20\d\d) (?P<second>\d{2})\b(?! \d)"
)


# « Imprimé le 3 novembre 2026 » is when, not of which month; « du 26 octobre au 1er novembre 2026 » is of both.
_A_DAY = r"(?:[a-z]+ )?\d{1,2}(?: ?er)?"
_MOMENT = re.compile(rf"\ble {_A_DAY} [a-z]+ 20\d\d\b")
_BEGINNING = re.compile(rf"\bdu {_A_DAY} (?P<name>[a-z]+) au {_A_DAY} (?P<end>[a-z]+) (?P<year>20\d\d)\b")


def months_in(text: str) -> set[tuple[int, int]]:
    """The (year, month) that a title names: « octobre 2026 », « Période : 10/2026 », « 2026-10 »; not full dates."""
    text = _MOMENT.sub(" ", plain(text))
    found = {
        (int(match["year"]) - (MONTHS[match["name"]] > MONTHS[match["end"]]), MONTHS[match["name"]])
        for match in _BEGINNING.finditer(text)
        if match["name"] in MONTHS and match["end"] in MONTHS
    }
    for match in _MONTH_IN_TEXT.finditer(text):
        if match["name"]:
            month = MONTHS.get(match["name"], 0)
            year = int(match["named"])
        elif match["iso"]:
            month, year = int(match["second"]), int(match["iso"])
        else:
            month, year = int(match["month"]), int(match["year"])
        if 1 <= month <= 12:
            found.add((year, month))
    return found


def lone_months(text: str) -> set[int]:
    """The month that a short text names without its year: « Octobre », « Mois : oct. », « Grands octobre »."""
    words = key_words(text).split()
    if len(words) > _FEW_WORDS:
        return set()
    return {MONTHS[word] for word in words if word in MONTHS and word != "mar"}  # mardi as well as mars


def numbered_month(sheet_name: str) -> set[int]:
    """The month of a sheet called by its number alone, in two digits: « 09 »."""
    return {int(sheet_name)} if _MONTH_NUMBER.fullmatch(sheet_name.strip()) else set()


def is_summary(sheet_name: str) -> bool:
    """Whether a sheet's name says that it sums up or explains the others: « Récap », « Statistiques 2026 »."""
    return any(word.startswith(SUMMARIES) for word in plain(sheet_name).split())

"""One value of a month of presences, read from what a person typed or a workbook holds, and shown again.

Reading never needs the month or today's date: what depends on them is judged with the whole line.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TypeVar

from app.rules.attendance_types import DAY_KEYS, FIELD_BY_KEY, FIELDS, ChildLine, FieldKind, FieldSpec, day_of
from app.rules.codes import BLANK, DISPLAYS, is_formula_error, normalise_code, parse_code
from app.rules.dates import written_day
from app.rules.french import count
from app.rules.months import FIRST_YEAR, LAST_YEAR, short_date
from app.rules.niss import DIGITS, niss_digits, parse_niss
from app.rules.violations import Severity, Violation, holds_number, quoted

LONGEST_TEXT = 100
#: What stands for a stored NISS wherever a line is shown: the number itself is never shown again [guide].
NISS_PRESENT = "présent"

# Day 0 of the serial numbers that spreadsheets keep dates in, and the serials that could be meant as dates:
# 1 January 1927 to 31 December 2172. Smaller numbers are ages, years or line numbers.
_SERIAL_ZERO = date(1899, 12, 30)
_SERIALS = range(9863, 99713)
_CENT = Decimal("0.01")
_LONGEST_RATE = Decimal(1_000_000)

_MIDNIGHT = re.compile(r"[T ]0{1,2}:00(:00(\.0+)?)?$")
_RATE = re.compile(r"€?([+-]?\d{1,9}(?:[.,]\d{1,2})?)(?:€|eur|euros?)?", re.IGNORECASE)

_WRITE_A_DATE = "Écrivez la date jour/mois/année, par exemple 05/03/2025."
_WRITE_A_CODE = "Utilisez P, P½, J, J½, I ou I½ (½ s’écrit aussi /2), ou laissez la case vide si l’enfant n’était pas attendu."

Value = TypeVar("Value")
Reading = tuple[object, Violation | None]


def _fault(code: str, field: str, message: str, mend: str, days: tuple[int, ...] = ()) -> Violation:
    return Violation(code, message, mend, Severity.BLOCKING, field, days)


def _sentence(*words: str) -> str:
    return " ".join(word for word in words if word)


def _named(spec: FieldSpec) -> str:
    return "La " + spec.label[0].lower() + spec.label[1:].replace("'", "’")


def _read_text(spec: FieldSpec, raw: object) -> tuple[str, Violation | None]:
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = unicodedata.normalize("NFC", "" if raw is None else str(raw))
    if not text.isprintable():
        text = "".join(char for char in text if char.isprintable() or char.isspace())
    text = " ".join(text.split())
    label = "nom" if spec.key == "last_name" else "prénom"
    if isinstance(raw, bool | date) or holds_number(text):
        return "", _fault(
            "nom-invalide",
            spec.key,
            f"Le {label} n’est pas lisible : la case contient un numéro ou une date.",
            f"Notez ici le {label} seul ; dates et numéros ont leurs propres colonnes.",
        )
    if is_formula_error(text):
        return "", _fault(
            "nom-invalide",
            spec.key,
            f"Le {label} n’est pas lisible : la case contient une erreur de formule, {text}.",
            f"Écrivez-y le {label}, ou effacez la ligne si ce n’est pas celle d’un enfant.",
        )
    if len(text) > LONGEST_TEXT:
        return "", _fault(
            "nom-trop-long",
            spec.key,
            f"Le {label} compte {len(text)} caractères, pour {LONGEST_TEXT} au plus.",
            f"Vérifiez que la case ne contient que le {label}, et abrégez-le au besoin.",
        )
    return text, None


def _impossible(spec: FieldSpec, raw: object) -> Violation:
    return _fault(
        "date-impossible", spec.key, _sentence(_named(spec), quoted(raw), "n’existe pas."), _WRITE_A_DATE
    )


def _read_date(spec: FieldSpec, raw: object) -> tuple[date | None, Violation | None]:
    found = _written_date(raw)
    if found is None:
        return None, None
    if isinstance(found, str):
        message = _sentence(_named(spec), quoted(raw), "n’est pas lisible.")
        return None, _fault("date-impossible", spec.key, message, _WRITE_A_DATE)
    year, month, day = found
    try:
        value = date(year, month, day)
    except ValueError:
        return None, _impossible(spec, raw)
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        message = _sentence(_named(spec), quoted(raw), "tombe dans une année invraisemblable.")
        return None, _fault("date-impossible", spec.key, message, _WRITE_A_DATE)
    return value, None


def _written_date(raw: object) -> tuple[int, int, int] | str | None:
    """Year, month and day as written, possible or not; None for a blank; the text when it is no date."""
    if isinstance(raw, datetime | date):
        return raw.year, raw.month, raw.day
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        serial = int(raw) if math.isfinite(raw) else 0
        if serial not in _SERIALS:
            return str(raw)
        value = _SERIAL_ZERO + timedelta(days=serial)
        return value.year, value.month, value.day
    text = " ".join(("" if raw is None else str(raw)).split())
    if not text:
        return None
    return written_day(_MIDNIGHT.sub("", text)) or text


def _read_niss(spec: FieldSpec, raw: object) -> tuple[str | None, Violation | None]:
    digits = niss_digits(raw)
    if not digits:
        return None, None
    niss = parse_niss(raw)
    if niss is not None:
        return niss.digits, None
    if not digits.isdecimal():
        why = "il contient autre chose que des chiffres"
    elif len(digits) != DIGITS:
        why = f"il compte {count(len(digits), 'chiffre')} au lieu de {DIGITS}"
    else:
        why = "ses chiffres ne concordent pas"
    return None, _fault(
        "niss-invalide",
        spec.key,
        f"Ce NISS n’est pas valide : {why}.",
        "Recopiez-le depuis la carte de l’enfant, ou laissez la case vide : il est facultatif.",
    )


def _read_rate(spec: FieldSpec, raw: object) -> tuple[Decimal | None, Violation | None]:
    try:
        value = _written_rate(raw)
    except InvalidOperation:
        value = None
    else:
        if value is None or (value.is_finite() and abs(value) < _LONGEST_RATE):
            return value, None
    # Too large an amount is as unreadable: the column holds it no more than a word.
    long = holds_number(str(raw))
    return None, _fault(
        "tarif-invalide",
        spec.key,
        "Ce nombre a trop de chiffres pour un tarif PFP."
        if long
        else _sentence("Le tarif PFP", quoted(raw), "n’est pas un montant."),
        "Écrivez un montant en euros par jour, de 0 à 999 999,99, avec deux décimales au plus, par exemple 12,50.",
    )


def _written_rate(raw: object) -> Decimal | None:
    """The amount written, None for a blank; InvalidOperation when it is no amount."""
    if raw is None:
        return None
    if isinstance(raw, bool | date):
        raise InvalidOperation
    if isinstance(raw, int | float | Decimal):
        # Workbooks keep more decimals than they show: the amount is the one people see.
        return Decimal(str(raw)).quantize(_CENT, ROUND_HALF_UP) + 0
    text = "".join(str(raw).split()).replace("−", "-")
    if not text:
        return None
    found = _RATE.fullmatch(text)
    if found is None:
        raise InvalidOperation
    return Decimal(found[1].replace(",", ".")).quantize(_CENT) + 0


_READERS: dict[FieldKind, Callable[[FieldSpec, object], Reading]] = {
    FieldKind.TEXT: _read_text,
    FieldKind.DATE: _read_date,
    FieldKind.NISS: _read_niss,
    FieldKind.RATE: _read_rate,
}


def _read_code(field: str, raw: object, aliases: Mapping[str, str] | None) -> tuple[str, Violation | None]:
    char = parse_code(raw, aliases)
    if char is not None:
        return char, None
    mend = _WRITE_A_CODE
    if isinstance(raw, date):
        mend = f"Le tableur a pris ce code pour une date. {_WRITE_A_CODE}"
    elif is_formula_error(raw):
        mend = (
            f"C’est une formule en erreur : réparez-la dans votre tableur, ou remplacez-la. {_WRITE_A_CODE}"
        )
    shown = quoted(normalise_code(raw) if isinstance(raw, bool | date) else raw)
    message = _sentence("Le code", shown, f"au jour {field} n’est pas connu.")
    return BLANK, _fault("code-inconnu", field, message, mend, (int(field),))


def parse_field(field: str, raw: object, aliases: Mapping[str, str] | None = None) -> Reading:
    """The typed value of one column, and what is wrong with it when it cannot be read.

    `field` is a key of `FIELDS` or a day, "1" to "31"; `raw` may be text, a number, a date or None. Texts are
    "" when blank, days a stored character ("." when blank), the others None when blank. A value that cannot
    be read comes back blank with its violation. Dates: dd/mm/yyyy, d/m/yy, dd.mm.yyyy, dd-mm-yyyy,
    yyyy-mm-dd and a spreadsheet's own; amounts with a comma or a dot. KeyError for an unknown column.
    """
    if day_of(field) is not None:
        return _read_code(field, raw, aliases)
    spec = FIELD_BY_KEY[field]
    return _READERS[spec.kind](spec, raw)


def format_field(field: str, value: object) -> str:
    """A typed value as the grid, history and exports show it: "03/10/2026", "12,50", "P½", "" when blank.

    `value` is what `parse_field` gives for that column; a NISS only shows that it is there. KeyError for an
    unknown column.
    """
    if day_of(field) is not None:
        return DISPLAYS[str(value)]
    kind = FIELD_BY_KEY[field].kind
    if value is None or value == "":
        return ""
    if kind is FieldKind.NISS:
        return NISS_PRESENT
    if isinstance(value, date):
        return short_date(value)
    if isinstance(value, Decimal):
        return f"{value:.2f}".replace(".", ",")
    return str(value)


def read_line(
    raw: Mapping[str, object], aliases: Mapping[str, str] | None = None
) -> tuple[ChildLine, list[Violation]]:
    """One line from its raw cells, by column key (a missing one is blank), and what cannot be read of it.

    A NISS cell that says `NISS_PRESENT`, as our own exports do, tells nothing: it reads as blank.
    """
    violations: list[Violation] = []

    def kept(reading: tuple[Value, Violation | None]) -> Value:
        value, violation = reading
        if violation is not None:
            violations.append(violation)
        return value

    def read(spec: FieldSpec) -> object:
        content = raw.get(spec.key)
        if spec.kind is FieldKind.NISS and content == NISS_PRESENT:
            return None
        return kept(_READERS[spec.kind](spec, content))

    values = {spec.key: read(spec) for spec in FIELDS}
    codes = "".join([kept(_read_code(day, raw.get(day), aliases)) for day in DAY_KEYS])
    return ChildLine(**values, codes=codes), violations  # type: ignore[arg-type]  # typed by their kind above

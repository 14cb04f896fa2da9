"""One value read and shown again: dates, amounts, names, NISS, codes."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal

import pytest

from app.rules.attendance import (
    DAY_KEYS,
    FIELD_BY_KEY,
    FIELDS,
    LONGEST_TEXT,
    NISS_PRESENT,
    ChildLine,
    format_field,
    parse_field,
    read_line,
)
from app.rules.codes import BLANK
from app.rules.violations import Severity, Violation
from tests.rules.examples import month

NUMBER = "85073003328"


def refused(field: str, raw: object) -> Violation:
    value, violation = parse_field(field, raw)
    assert violation is not None
    assert violation.severity is Severity.BLOCKING
    assert violation.field == field
    assert violation.help
    assert value in (None, "", BLANK)
    return violation


def test_the_columns_are_those_of_the_workbook() -> None:
    assert [spec.label for spec in FIELDS] == [
        "Nom",
        "Prénom",
        "Date de naissance",
        "NISS",
        "Date d'entrée",
        "Date de sortie",
        "Tarif PFP",
    ]
    assert DAY_KEYS[0] == "1"
    assert DAY_KEYS[-1] == "31"


@pytest.mark.parametrize(
    "raw",
    [
        "05/03/2025",
        "5/3/25",
        "05.03.2025",
        "5-3-2025",
        "05 / 03 / 2025",
        " 05/03/2025\u00a0",
        "5 mars 2025",
        "Mercredi 05 MARS 2025",
        "2025-03-05",
        "2025-03-05 00:00:00",
        "2025-03-05T00:00",
        date(2025, 3, 5),
        datetime(2025, 3, 5, 14, 30),  # noqa: DTZ001  a cell of a workbook knows no time zone
        45721,
        45721.0,
    ],
)
def test_the_ways_a_date_is_written(raw: object) -> None:
    assert parse_field("birth_date", raw) == (date(2025, 3, 5), None)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("31/02/2025", "La date de naissance «\u00a031/02/2025\u00a0» n’existe pas."),
        ("10/26/2025", "n’existe pas"),
        ("2025-13-01", "n’existe pas"),
        ("29/02/2025", "n’existe pas"),
        ("bientôt", "n’est pas lisible"),
        ("5 marche 2025", "n’est pas lisible"),
        ("31 février 2025", "n’existe pas"),
        ("05/03", "n’est pas lisible"),
        ("05/03.2025", "n’est pas lisible"),
        ("05/03/0205", "année invraisemblable"),
        (date(1025, 3, 5), "année invraisemblable"),
        (2025, "n’est pas lisible"),
        (1e300, "n’est pas lisible"),
        (math.nan, "n’est pas lisible"),
        (True, "n’est pas lisible"),
    ],
)
def test_what_is_no_date(raw: object, said: str) -> None:
    violation = refused("birth_date", raw)
    assert violation.code == "date-impossible"
    assert said in violation.message


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("1er septembre 2025", date(2025, 9, 1)),
        ("3 août 2025", date(2025, 8, 3)),
        ("12 déc. 2024", date(2024, 12, 12)),
    ],
)
def test_a_date_in_words(raw: str, day: date) -> None:
    assert parse_field("entry_date", raw) == (day, None)


def test_a_date_is_called_by_its_column() -> None:
    assert refused("entry_date", "?").message.startswith("La date d’entrée ")
    assert refused("exit_date", "?").message.startswith("La date de sortie ")


@pytest.mark.parametrize(
    ("raw", "amount"),
    [
        ("12,50", "12.50"),
        ("12.5", "12.50"),
        ("12", "12.00"),
        ("1 234,50 €", "1234.50"),
        ("€ 7,73", "7.73"),
        ("7,73 eur", "7.73"),
        ("0", "0.00"),
        ("-4", "-4.00"),
        ("−4", "-4.00"),
        (7.73, "7.73"),
        (26.704, "26.70"),
        (0.125, "0.13"),
        (-0.0, "0.00"),
        (45, "45.00"),
        (Decimal("3.1"), "3.10"),
    ],
)
def test_the_ways_an_amount_is_written(raw: object, amount: str) -> None:
    value, violation = parse_field("pfp_rate", raw)
    assert violation is None
    assert str(value) == amount


@pytest.mark.parametrize(
    "raw",
    [
        "gratuit",
        "12,345",
        "1.234,50",
        "12,5,0",
        "€€",
        "1e3",
        math.nan,
        math.inf,
        1e30,
        1e6,
        True,
        date(2025, 1, 2),
    ],
)
def test_what_is_no_amount(raw: object) -> None:
    assert refused("pfp_rate", raw).code == "tarif-invalide"


def test_a_rate_of_too_many_digits_is_told_its_range_and_not_shown() -> None:
    found = refused("pfp_rate", 99999999999999)
    assert "trop de chiffres" in found.message
    assert "de 0 à 999 999,99" in found.help
    assert "9999999999" not in found.message


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  De \u00a0Smet\n", "De Smet"),
        ("E\u0301lise", "Élise"),
        ("Am\u200brani\x00", "Amrani"),
        (12.0, "12"),
        (None, ""),
        ("=1+1", "=1+1"),
    ],
)
def test_names_are_tidied(raw: object, text: str) -> None:
    assert parse_field("last_name", raw) == (text, None)


def test_a_name_is_neither_a_date_nor_a_number_nor_a_novel() -> None:
    assert refused("first_name", date(2026, 5, 1)).code == "nom-invalide"
    assert refused("last_name", NUMBER).code == "nom-invalide"
    assert "une erreur de formule, #N/A." in refused("last_name", "#N/A").message
    assert refused("last_name", "x" * (LONGEST_TEXT + 1)).code == "nom-trop-long"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("8507300332", "il compte 10 chiffres au lieu de 11"),
        ("85133000105", "ses chiffres ne concordent pas"),
        ("inconnu", "autre chose que des chiffres"),
        (7, "ses chiffres ne concordent pas"),
    ],
)
def test_an_invalid_niss_is_explained(raw: object, why: str) -> None:
    violation = refused("niss", raw)
    assert violation.code == "niss-invalide"
    assert why in violation.message


def test_a_niss_is_read_and_never_shown() -> None:
    assert parse_field("niss", "85.07.30-033.28") == (NUMBER, None)
    assert parse_field("niss", " - ") == (None, None)
    assert format_field("niss", NUMBER) == NISS_PRESENT
    assert format_field("niss", None) == ""


@pytest.mark.parametrize("field", [*FIELD_BY_KEY, "12"])
@pytest.mark.parametrize("raw", [NUMBER, "85.07.30-033.28", "85073003329", "Nour 85073003329", 85073003329])
def test_no_message_ever_repeats_a_niss(field: str, raw: object) -> None:
    _, violation = parse_field(field, raw)
    if violation is not None:
        digits = "".join(filter(str.isdigit, violation.message + violation.help))
        assert "8507300" not in digits


def test_an_unknown_code_is_quoted_on_its_day() -> None:
    violation = refused("12", "XYZ")
    assert (violation.code, violation.days) == ("code-inconnu", (12,))
    assert violation.message == "Le code «\u00a0XYZ\u00a0» au jour 12 n’est pas connu."
    assert "«\u00a02\u00a0»" in refused("4", 2.0).message
    assert len(refused("4", "x" * 5000).message) < 100


def test_a_code_that_a_spreadsheet_took_for_a_date_is_explained() -> None:
    violation = refused("12", date(2026, 2, 1))
    assert "01/02/2026" in violation.message
    assert violation.help.startswith("Le tableur a pris ce code pour une date.")


def test_a_formula_in_error_is_explained() -> None:
    violation = refused("12", "#N/A")
    assert violation.message == "Le code «\u00a0#N/A\u00a0» au jour 12 n’est pas connu."
    assert violation.help.startswith("C’est une formule en erreur")


def test_a_tick_is_quoted_in_french() -> None:
    assert "«\u00a0VRAI\u00a0»" in refused("12", True).message


def test_a_day_takes_the_codes_that_the_organiser_confirmed() -> None:
    assert parse_field("12", "m/2", {"M/2": "j"}) == ("j", None)
    assert parse_field("12", "P 1/2") == ("p", None)
    assert parse_field("12", None) == (BLANK, None)


def test_an_unknown_column_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError):
        parse_field("32", "P")
    with pytest.raises(KeyError):
        format_field("total", 3)


def test_a_whole_line_is_read_with_everything_wrong_in_it() -> None:
    line, violations = read_line(
        {
            "last_name": "Vermeulen",
            "first_name": " Nour ",
            "birth_date": "31/02/2025",
            "niss": "12345678901",
            "entry_date": "1/9/25",
            "pfp_rate": "12,5",
            "1": 1,
            "2": "M",
            "3": "?",
        },
        {"M": "J"},
    )
    assert line == ChildLine(
        last_name="Vermeulen",
        first_name="Nour",
        entry_date=date(2025, 9, 1),
        pfp_rate=Decimal("12.50"),
        codes=month({1: "P", 2: "J"}),
    )
    assert [(v.code, v.field) for v in violations] == [
        ("date-impossible", "birth_date"),
        ("niss-invalide", "niss"),
        ("code-inconnu", "3"),
    ]


def test_an_empty_line_reads_as_blank() -> None:
    assert read_line({}) == (ChildLine(), [])

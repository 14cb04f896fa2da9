"""What one header cell means."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from app.rules.attendance import FIELDS
from app.spreadsheets.columns import FULL_NAME, FULL_NAME_FIRST, HEADERS
from app.spreadsheets.headers import DayMark, day_of, field_of, months_in
from app.spreadsheets.workbook import CellValue


def test_every_field_has_words_and_every_word_one_meaning() -> None:
    assert set(HEADERS) == {spec.key for spec in FIELDS} | {FULL_NAME, FULL_NAME_FIRST}
    for field, words in HEADERS.items():
        assert [field_of(word) for word in words] == [field] * len(words)
    assert [field_of(spec.label) for spec in FIELDS] == [spec.key for spec in FIELDS]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("NOM", "last_name"),
        (" Prénom ", "first_name"),
        ("prenom", "first_name"),
        ("Nom\net prénom", FULL_NAME),
        ("Nom de l’enfant", FULL_NAME),
        ("Nom de l'enfant", FULL_NAME),
        ("Prénom & Nom", FULL_NAME_FIRST),
        ("PRÉNOMS NOMS", FULL_NAME_FIRST),
        ("Enfant (nom, prénom)", FULL_NAME),
        ("Nom et prénom des enfants", FULL_NAME),
        ("Nom et prénom de la mère", None),
        ("Nom / Naam", "last_name"),
        ("Nom / Prénom du père", None),
        ("Nom / Parent", None),
        ("Arrivée / Heure", None),
        ("Date de naissance / Geburtsdatum", "birth_date"),
        ("Entrée / Sortie", None),
        ("Né(e) le", "birth_date"),
        ("Née le :", "birth_date"),
        ("Date naiss.", "birth_date"),
        ("Date de naissance (jj/mm/aaaa)", "birth_date"),
        ("N° national", "niss"),
        ("Nº de registre national", "niss"),
        ("NISS (facultatif)", "niss"),
        ("Date d’entrée", "entry_date"),
        ("Sorti(e) le", "exit_date"),
        ("PFP (€)", "pfp_rate"),
        ("Nom de la mère", None),
        ("N°", None),
        ("Total", None),
        ("", None),
        (None, None),
        (12, None),
    ],
)
def test_fields(text: CellValue, field: str | None) -> None:
    assert field_of(text) == field


@pytest.mark.parametrize(
    ("value", "mark"),
    [
        (1, DayMark(1)),
        (31.0, DayMark(31)),
        ("7", DayMark(7)),
        ("07", DayMark(7)),
        ("lu 01", DayMark(1, weekday=0)),
        ("Lu 1", DayMark(1, weekday=0)),
        ("lu\n01", DayMark(1, weekday=0)),
        ("lu.01", DayMark(1, weekday=0)),
        ("lundi 1er", DayMark(1, weekday=0)),
        ("1 lu", DayMark(1, weekday=0)),
        ("01/10 jeu", DayMark(1, 10, weekday=3)),
        ("01/10/26 jeudi", DayMark(1, 10, 2026, weekday=3)),
        ("01 (sam.)", DayMark(1, weekday=5)),
        ("01/10", DayMark(1, 10)),
        ("1-10", DayMark(1, 10)),
        ("01.10.26", DayMark(1, 10, 2026)),
        ("01/10/2026", DayMark(1, 10, 2026)),
        ("2026-10-01", DayMark(1, 10, 2026)),
        ("2026-10-01 00:00:00", DayMark(1, 10, 2026)),
        ("jeu. 01/10", DayMark(1, 10, None, 3)),
        ("jeudi 1er octobre 2026", DayMark(1, 10, 2026, 3)),
        ("1 oct.", DayMark(1, 10)),
        ("01-août", DayMark(1, 8)),
        ("1 mar", DayMark(1)),
        ("J1", DayMark(1)),
        ("Jour 12", DayMark(12)),
        (date(2026, 10, 5), DayMark(5, 10, 2026)),
        (datetime.fromisoformat("2026-10-05"), DayMark(5, 10, 2026)),
        (date(1900, 1, 5), DayMark(6)),  # the number 6 under a date format, as calamine shows it
        (46_296, DayMark(1, 10, 2026)),
        (0, None),
        (32, None),
        (1.5, None),
        (True, None),
        ("32", None),
        ("0", None),
        ("01/13", None),
        ("P", None),
        ("Groupe 1", None),
        ("Total 3", None),
        ("10/2026", None),
        ("lundi", None),
        (None, None),
    ],
)
def test_days(value: CellValue, mark: DayMark | None) -> None:
    assert day_of(value) == mark


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("Période : 10/2026", {(2026, 10)}),
        ("Relevé d’octobre 2026", {(2026, 10)}),
        ("Août 2026 – septembre 2026", {(2026, 8), (2026, 9)}),
        ("Du 1er au 31 octobre 2026", {(2026, 10)}),
        ("Semaine du 26 octobre au 1er novembre 2026", {(2026, 10), (2026, 11)}),
        ("Du 28 décembre au 3 janvier 2027", {(2026, 12), (2027, 1)}),
        ("Du lundi 26 octobre au dimanche 1 novembre 2026", {(2026, 10), (2026, 11)}),
        ("Imprimé le 02/11/2026", set()),
        ("Fait à Namur, le lundi 2 novembre 2026", set()),
        ("Année 2026", set()),
        ("13/2026", set()),
    ],
)
def test_months_named_in_a_title(text: str, months: set[tuple[int, int]]) -> None:
    assert months_in(text) == months

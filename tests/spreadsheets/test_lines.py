"""Which lines under the header are children's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from app.spreadsheets.tables import Table
from app.spreadsheets.workbook import CellValue
from tests.spreadsheets.made import DAYS, FIELDS, OCTOBER, TWO_NAMES, Rows, book, find_table

HEADER: list[CellValue] = [*FIELDS, *DAYS]
Cells = Sequence[CellValue]
CODES: Cells = [*["P", "J½", None] * 10, "P"]
BORN = date(2025, 1, 2)


def line(last: CellValue, first: CellValue, codes: Cells = CODES, born: CellValue = None) -> list[CellValue]:
    return [last, first, born, None, None, None, None, *codes]


def table(*rows: Cells) -> Table:
    return find_table(book([HEADER, line("Dupont", "Léa"), *rows]), OCTOBER)


def whole(*rows: Cells) -> Table:
    """The same with one name column."""
    return find_table(book([["N°", "Enfant", *DAYS, "Total"], [1, "DUPONT Léa", *CODES, 11], *rows]), OCTOBER)


CHILDREN: dict[str, Cells] = {
    "no last name": line(None, "Adam"),
    "no first name": line("Dupont", None),
    "no name but codes": line(None, None),
    "no name but a few codes": line(None, None, ["P"]),
    "no name but a birth date": line(None, None, [None] * 31, BORN),
    "no name but an impossible birth date": line(None, None, [None] * 31, "31/02/2025"),
    "no codes yet": line("Dupont", "Noé", [None] * 31),
    "only a first name": line(None, "Adam", [None] * 31),
    "numbers as codes": line("Dupont", "Noé", [*[1, 0.5] * 15, 1]),
    "numbers as codes and no name": line(None, None, [*[1, 0.5] * 15, 1]),
    "a family called Total, born": line("Total", "Léa", CODES, BORN),
    "a family called Total, letters": line("Total", "Léa"),
    "a family called Somme": line("Somme", "Léa", [1] * 31),
    "a family called Page": line("Page", "Léa"),
    "a name that is a formula": line("=1+1", "+Léa"),
    "a vendor's sign that a failing formula also begins with": line("Dupont", "Noé", ["#"] * 31),
    "a family called Page, with two codes": line("Page", "Léa", ["P", None, "J½"]),
    "a family called Page, with a vendor's codes": line("Page", "Lucie", ["X", None, "ABSENT"]),
    "a family called Cachet": line("Cachet", "Louis", ["F"]),
    "two codes of a vendor": line("Dupont", "Noé", ["absence", None, "PM"]),
    "hours": line("Dupont", "Noé", ["8:30-16:00"]),
    "a reason": line("Dupont", "Noé", ["Malade : certificat"]),
    "a child who is a letter": line("J", None, [*[1, 0.5] * 15, 1]),
    "a name in Greek letters": line("Σταυρίδης", "Νίκος", [*[1, 0.5] * 15, 1]),
    "a child who is a number": line(1, None, [*[1, 0.5] * 15, 1]),
    "a family called Nombré": line("Nombré", "Aïcha", [*[1, 0.5] * 15, 1]),
    "a family called Places": line("Places", "Maria", [1] * 31),
    "the same code every day and no name": line(None, None, ["J"] * 31),
}


@pytest.mark.parametrize("name", CHILDREN)
def test_children(name: str) -> None:
    found = table(CHILDREN[name])
    assert [row.number for row in found.rows] == [2, 3]
    assert found.ignored == ()


IGNORED: dict[str, tuple[Cells, str]] = {
    "total": (line("TOTAL", None, [*[12.5, 3] * 15, 0]), "totaux"),
    "total without numbers": (line("Total", None, [None] * 31), "totaux"),
    "totaux": (line("Totaux", None, [2] * 31), "totaux"),
    "general total": (line("Total général", None, [2] * 31), "totaux"),
    "total under first names": (line(None, "TOTAL", [2] * 31), "totaux"),
    "total under rates": ([*[None] * 6, "Total", *[1] * 31], "totaux"),
    "number of children": (line("Nombre d’enfants présents", None, [2] * 31), "totaux"),
    "subtotal": (line("Sous-total", "Bébés", [1] * 31), "totaux"),
    "bare sums": (line(None, None, [*[12.5, 3, 0] * 10, 1]), "totaux"),
    "header again": (HEADER, "titres"),
    "header of the days again": ([*[None] * 7, *DAYS], "titres"),
    "weekdays": ([*[None] * 7, *["lu", "ma", "me", "je", "ve", "sa", "di"] * 4], "titres"),
    "weekdays of two days": ([*[None] * 7, "je", "ve"], "titres"),
    "initials": ([*[None] * 7, *"JVSDLMM" * 4, *"JVS"], "titres"),
    "initials without the weekend": (
        [*[None] * 7, *(None if letter in "SD" else letter for letter in "JVSDLMM" * 4)],
        "titres",
    ),
    "capacity": (line("Capacité", None, [60] * 31), "totaux"),
    "a count that has no known name": (line("Puéricultrices", None, [3] * 31), "totaux"),
    "a rate in error": (line("Taux d’occupation", None, [0.85, "#DIV/0!"] * 15), "totaux"),
    "sums without a result": (line(None, None, ["#FORMULE!"] * 31), "totaux"),
    "group": (line("Les Coccinelles", None, [None] * 31), "titre"),
    "signature": (line("Signature du responsable :", None, [None] * 31), "titre"),
    "legend": (line("P", "Présence d’un jour", [None] * 31), "titre"),
    "legend with a sign": (line("J = absence justifiée", "½ = demi-jour", [None] * 31), "titre"),
    "done at": ([None, None, "Fait à Namur, le 31/10/2026"], "titre"),
    "printed on": (line("Imprimé le 02/11/2026", None, [*[None] * 25, "Page 1/1"]), "titre"),
    "a stamp under the days": (line("Certifié exact,", "Marie Dupuis", [*[None] * 20, "Cachet"]), "titre"),
    "a group and its carer": (line("Groupe des moyens", None, ["Puéricultrice : Anne"]), "titre"),
    "a small count": (line("Nb absents", None, [*[1, 0.5] * 15, 1]), "totaux"),
    "absent children": (line("Absents", None, [1] * 31), "totaux"),
    "a sum of each code": (line("J½", None, [*[1, 0] * 15, 2]), "totaux"),
    "a sign for the sum": (line("Σ présents", None, [1] * 31), "totaux"),
    "a subtotal in short": (line("S/Total", None, [1] * 31), "totaux"),
    "a total in Dutch": (line("Totaal", None, [1] * 31), "totaux"),
    "padding of a linked sheet": (line(0, 0, [None] * 31), "titre"),
    "a count under birth dates": (line(None, None, [12] * 31, 37), "totaux"),
}


@pytest.mark.parametrize("name", IGNORED)
def test_ignored(name: str) -> None:
    row, reason = IGNORED[name]
    found = table([], row)
    assert [row.number for row in found.rows] == [2]
    assert [(each.number, reason in each.reason) for each in found.ignored] == [(4, True)]


def test_blank_lines_and_lines_with_only_a_number_are_nothing() -> None:
    found = whole([], [2, None], [3, "  "], [4, "EL Malo", *CODES])
    assert [row.number for row in found.rows] == [2, 6]
    assert found.ignored == ()


@pytest.mark.parametrize(
    "row",
    [
        [None, "TOTAL", *[2] * 31, 62],
        [None, "Total des présences", *[1] * 31, 31],
        ["TOTAL", None, *[1] * 31, 31],
        ["N°", "Enfant", *DAYS, "Total"],
        [None, "Groupe des grands"],
        [None, "Semaine 41"],
        [None, "Du 5 au 9 octobre"],
        [None, "Capacité autorisée", *[60] * 31],
        [None, "Légende : 1 = présence"],
        [None, None, *[1] * 31],
    ],
)
def test_ignored_with_one_name_column(row: Cells) -> None:
    children: Rows = [[n, f"DUPONT {name}", *[0.5] * 31, 15.5] for n, name in ((1, "Léa"), (2, "Noé"))]
    found = find_table(book([["N°", "Enfant", *DAYS, "Total"], *children, row]), OCTOBER)
    assert [each.number for each in found.rows] == [2, 3]
    assert len(found.ignored) == 1


def test_a_group_named_in_the_one_name_column_is_no_child() -> None:
    titles: list[CellValue] = ["Enfant", "Né(e) le", *DAYS]
    rows: Rows = [titles, ["Les Coccinelles"], ["DUPONT Léa", date(2025, 3, 4)], ["NOÉ Lou", None, "P"]]
    found = find_table(book(rows), OCTOBER)
    assert [row.number for row in found.rows] == [3, 4]  # a birth date, or a code, tells a child
    assert [line.number for line in found.ignored] == [2]


def test_a_name_under_the_signature_is_no_child() -> None:
    signed: Rows = [["Fait à Namur, le 31/10/2026"], ["Signature :"], [None, "Claire Lambert"]]
    found = table(line(None, "Claire"), *signed)
    assert [row.number for row in found.rows] == [2, 3]
    assert [row.number for row in found.ignored] == [4, 5, 6]


@pytest.mark.parametrize("code", [8, "#"])
def test_a_whole_name_beside_numbers_is_a_child_even_without_a_birth_date(code: CellValue) -> None:
    rows: Rows = [
        ["Enfant", "Né(e) le", *DAYS],
        ["DUPONT Léa", date(2025, 3, 4), *CODES],
        ["NOÉ Lou", None, *[code] * 31],
    ]
    assert [row.number for row in find_table(book(rows), OCTOBER).rows] == [2, 3]


def test_a_new_page_begins_with_children_whatever_was_signed_before() -> None:
    page: Rows = [["Enfant", *DAYS], ["DUPONT Léa", *CODES], ["Signature :"], ["Enfant", *DAYS], ["NOÉ Lou"]]
    assert [row.number for row in find_table(book(page), OCTOBER).rows] == [2, 5]


def test_text_beside_a_childs_line_does_not_make_it_a_total() -> None:
    rows: Rows = [[*TWO_NAMES, *DAYS, "Remarques"], ["Dupont", "Léa", *[1] * 31, "Total à vérifier"]]
    assert len(find_table(book(rows), OCTOBER).rows) == 1

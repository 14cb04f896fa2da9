"""The month's table is found however the workbook is laid out, and only the right month's."""

from __future__ import annotations

from datetime import date

import pytest

from app.rules.months import WEEKDAY_NAMES, Month
from app.spreadsheets.marker import SHEET
from app.spreadsheets.marker import lines as marker_lines
from app.spreadsheets.tables import Table
from app.spreadsheets.workbook import CellValue, Workbook
from tests.spreadsheets.made import DAYS, FIELDS, OCTOBER, TWO_NAMES, Rows, book, find_table, refusal, sheet

CODES: list[CellValue] = ["P"] * 31


def table(rows: Rows, month: Month = OCTOBER) -> Table:
    return find_table(book(rows), month)


def names(found: Table) -> list[tuple[CellValue, CellValue]]:
    return [(row.raw["last_name"], row.raw["first_name"]) for row in found.rows]


def test_our_own_layout() -> None:
    line = ["Dupont", "Léa", date(2025, 1, 2), "25010200123", date(2025, 6, 1), None, 12.5, "P½", *CODES[1:]]
    found = table([[*FIELDS, *DAYS], line])
    assert (found.sheet_name, found.header_row) == ("Feuil1", 1)
    assert list(found.columns) == [
        "last_name",
        "first_name",
        "birth_date",
        "niss",
        "entry_date",
        "exit_date",
        "pfp_rate",
    ]
    assert found.days == {day: 6 + day for day in DAYS}
    row = found.rows[0]
    assert row.number == 2
    assert row.raw["birth_date"] == date(2025, 1, 2)
    assert row.raw["exit_date"] is None
    assert row.raw["1"] == "P½"
    assert (row.cells["1"], row.cells["last_name"], row.cell("31"), row.cell("pfp_rate")) == (
        "H2",
        "A2",
        "AL2",
        "G2",
    )
    assert (found.warnings, found.ignored, found.ignored_columns) == ((), (), ())


def test_first_name_before_last_name_and_columns_in_any_order() -> None:
    header: list[CellValue] = [
        *DAYS[:15],
        "Total",
        "Prénom",
        "DDN",
        "Tarif PFP",
        *DAYS[15:],
        "Nom",
        "Remarques",
    ]
    line = [*CODES[:15], 15, "Léa", date(2025, 1, 2), 3, *CODES[15:], "Dupont", "allergie"]
    found = table([header, line])
    assert names(found) == [("Dupont", "Léa")]
    assert found.columns == {"first_name": 16, "birth_date": 17, "pfp_rate": 18, "last_name": 35}
    assert found.days[15] == 14
    assert found.days[16] == 19
    assert found.rows[0].cell("16") == "T2"
    assert found.ignored_columns == ("P « Total »", "AK « Remarques »")


@pytest.mark.parametrize("title", ["Enfant", "Nom et prénom", "Nom de l'enfant", "Nom / Prénom", "Nom"])
def test_one_column_for_the_name(title: str) -> None:
    found = table([["N°", title, *DAYS], [1, "VAN DEN BERG Léa", *CODES], [2, "Dupont, Jean", *CODES]])
    assert names(found) == [("VAN DEN BERG", "Léa"), ("Dupont", "Jean")]
    assert found.columns == {"last_name": 1, "first_name": 1}
    assert found.rows[0].cells["first_name"] == "B2"


def test_first_name_first_in_one_column() -> None:
    assert names(table([["Prénom et nom", *DAYS], ["Jean Dupont", *CODES]])) == [("Dupont", "Jean")]


def test_a_column_named_enfant_beside_first_names_holds_last_names() -> None:
    assert names(table([["Enfant", "Prénom", *DAYS], ["De Smet", "Léa", *CODES]])) == [("De Smet", "Léa")]


DAY_STYLES = {
    "numbers": lambda day: day,
    "floats": lambda day: float(day),
    "text": lambda day: f"{day:02}",
    "dates": lambda day: date(2026, 10, day),
    "text dates": lambda day: f"{day:02}/10/2026",
    "short dates": lambda day: f"{day}/10",
    "weekday and number": lambda day: f"{WEEKDAY_NAMES[date(2026, 10, day).weekday()][:2]} {day:02}",
    "capital weekday": lambda day: f"{WEEKDAY_NAMES[date(2026, 10, day).weekday()][:2].title()} {day}",
    "whole weekday": lambda day: f"{WEEKDAY_NAMES[date(2026, 10, day).weekday()]} {day}",
    "all lundi": lambda day: f"lu {day:02}",
    "long dates": lambda day: f"{day} octobre 2026",
}


@pytest.mark.parametrize("style", DAY_STYLES)
def test_days_however_they_are_written(style: str) -> None:
    found = table([[*TWO_NAMES, *map(DAY_STYLES[style], DAYS)], ["Dupont", "Léa", *CODES]])
    assert found.days == {day: day + 1 for day in DAYS}


def test_a_header_on_row_9_of_the_third_sheet_with_empty_columns_before() -> None:
    rows: list[list[CellValue]] = [
        ["Crèche"],
        [],
        ["Octobre 2026"],
        *[[]] * 5,
        [None, None, *TWO_NAMES, *DAYS],
    ]
    rows.append([None, None, "Dupont", "Léa", *CODES])
    workbook = Workbook((sheet([["Notice"]], "A"), sheet([], "B"), sheet(rows, "C")), "xlsx")
    found = find_table(workbook, OCTOBER)
    assert (found.sheet_name, found.header_row) == ("C", 9)
    assert found.rows[0].number == 10
    assert found.rows[0].cell("last_name") == "C10"


def test_two_header_rows_days_below() -> None:
    rows: Rows = [["Enfant", None, "Octobre 2026"], [*TWO_NAMES, *DAYS], ["Dupont", "Léa", *CODES]]
    assert names(table(rows)) == [("Dupont", "Léa")]
    below = table([[*TWO_NAMES, "Octobre 2026"], [None, None, *DAYS], ["Dupont", "Léa", *CODES]])
    assert names(below) == [("Dupont", "Léa")]
    assert below.header_row == 2
    assert below.rows[0].number == 3


def test_two_header_rows_weekdays_above_or_below() -> None:
    weekdays = [WEEKDAY_NAMES[date(2026, 10, day).weekday()][:2] for day in DAYS]
    line: list[CellValue] = ["Dupont", "Léa", *CODES]
    layouts: list[Rows] = [
        [[None, None, *weekdays], [*TWO_NAMES, *DAYS], line],
        [[*TWO_NAMES, *DAYS], [None, None, *weekdays], line],
        [[*TWO_NAMES, *weekdays], [None, None, *DAYS], line],
    ]
    for rows in layouts:
        found = table(rows)
        assert names(found) == [("Dupont", "Léa")]
        assert found.days == {day: day + 1 for day in DAYS}


def test_only_opening_days_have_a_column() -> None:
    opening = [day for day in DAYS if date(2026, 10, day).weekday() < 5]
    found = table([[*TWO_NAMES, *opening], ["Dupont", "Léa", *["P"] * len(opening)]])
    assert list(found.days) == opening
    assert found.warnings == ()
    fewer = table([[*TWO_NAMES, *opening[1:]], ["Dupont", "Léa", *["P"] * len(opening[1:])]])
    assert fewer.warnings == ("Ces jours n’ont pas de colonne dans le tableau : 1.",)


def test_a_formula_without_its_result_is_refused_in_the_month_only() -> None:
    rows: Rows = [[*TWO_NAMES, *DAYS, "Total"], ["Dupont", "Léa", *CODES, "#FORMULE!"]]
    sums: list[CellValue] = ["Total", None, *["#FORMULE!"] * 31]
    assert len(table([*rows, sums]).rows) == 1
    refused = refusal(book([*rows, ["Dupont", "Noé", "P", "#FORMULE!"]]))
    assert (refused.code, "D3" in refused.message) == ("sans-resultat", True)


def test_titles_that_are_formulas_without_results_are_told_as_such() -> None:
    refused = refusal(book([[*TWO_NAMES, 1, *["#FORMULE!"] * 30], ["Dupont", "Léa", "P"]]))
    assert (refused.code, "D1" in refused.message) == ("sans-resultat", True)


def test_the_days_beyond_the_month_are_ignored_only_when_empty() -> None:
    september = Month(2026, 9)
    empty = table([[*TWO_NAMES, *DAYS], ["Dupont", "Léa", *CODES[:30]]], september)
    assert 31 not in empty.days
    assert "31" not in empty.rows[0].raw
    filled = table([[*TWO_NAMES, *DAYS], ["Dupont", "Léa", *CODES]], september)
    assert filled.rows[0].raw["31"] == "P"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ([date(2026, 9, day) for day in range(1, 31)], "septembre 2026"),
        ([date(2025, 10, day) for day in DAYS], "octobre 2025"),
        ([f"{day}/09" for day in range(1, 31)], "septembre"),
        ([f"{day} novembre 2026" for day in range(1, 31)], "novembre 2026"),
    ],
)
def test_dates_of_another_month_are_refused(header: list[CellValue], found: str) -> None:
    refused = refusal(book([[*TWO_NAMES, *header], ["Dupont", "Léa", *CODES[:30]]]))
    assert refused.code == "autre-mois"
    assert f"concerne {found}, et vous importez octobre 2026" in refused.message
    assert "le fichier d’octobre 2026" in refused.help


def test_weekdays_of_another_month_are_refused() -> None:
    header = [f"{WEEKDAY_NAMES[date(2026, 9, day).weekday()][:2]} {day:02}" for day in range(1, 31)]
    refused = refusal(book([[*TWO_NAMES, *header], ["Dupont", "Léa", *CODES[:30]]]))
    assert refused.code == "autre-mois"
    assert "le 1 y est un mardi" in refused.message


def test_a_title_of_another_month_is_told() -> None:
    rows: Rows = [["Période : 09/2026"], [*TWO_NAMES, *DAYS], ["Dupont", "Léa", *CODES]]
    assert table(rows).other_month == "septembre 2026"
    assert table([["Période : 10/2026"], *rows[1:]]).other_month == ""


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        ([["Nom", "Prénom", "Total"], ["Dupont", "Léa", 3]], "les colonnes des jours"),
        ([["Groupe", *DAYS], ["A", *CODES]], "la colonne du nom"),
        ([["Bonjour"]], "aucune ligne de titres"),
        ([[]] * 60 + [[*TWO_NAMES, *DAYS]], "aucune ligne de titres"),
    ],
)
def test_no_table_says_what_is_missing(rows: Rows, missing: str) -> None:
    refused = refusal(book(rows))
    assert refused.code == "sans-tableau"
    assert missing in refused.message


def marked(month: str, matricule: str, purpose: str = "presences") -> Workbook:
    own = sheet([[*FIELDS, *DAYS], ["Dupont", "Léa", *[None] * 5, *CODES]], "Présences")
    texts: Rows = [(key, value) for key, value in marker_lines(Month.parse(month), matricule, "Les Lucioles")]
    return Workbook((own, sheet([("objet", purpose), *texts[1:]], SHEET, visible=False)), "xlsx")


def test_our_own_workbook_is_for_its_month_and_facility() -> None:
    assert len(find_table(marked("2026-10", "123"), OCTOBER, "123").rows) == 1
    assert len(find_table(marked("2026-10", "123"), OCTOBER).rows) == 1
    other_month = refusal(marked("2026-09", "123"), OCTOBER, "123")
    assert other_month.code == "autre-mois"
    assert "septembre 2026" in other_month.message
    other_facility = refusal(marked("2026-10", "456"), OCTOBER, "123")
    assert other_facility.code == "autre-milieu"
    assert "Les Lucioles" in other_facility.message
    assert len(find_table(marked("2026-09", "456", purpose="?"), OCTOBER, "123").rows) == 1


def test_the_signature_is_the_layouts_not_the_datas() -> None:
    first = table([["Crèche"], ["N°", "Enfant", *DAYS, "Total octobre 2026"], [1, "DUPONT Léa", *CODES]])
    dates = [date(2026, 11, day) for day in range(1, 31)]
    rows: Rows = [["N°", "ENFANT", *dates, "Total novembre 2026"], [1, "EL Malo", *CODES[:30]]]
    assert find_table(book(rows), Month(2026, 11)).signature == first.signature
    assert table([["N°", "Enfant", "DDN", *DAYS], [1, "DUPONT Léa", *CODES]]).signature != first.signature
    assert table([["Enfant", "N°", *DAYS], ["DUPONT Léa", 1, *CODES]]).signature != first.signature


def test_a_child_whose_name_is_a_titles_word_stays_a_child() -> None:
    found = table([[*TWO_NAMES, *DAYS], ["Fin", "Né", *CODES], ["Départ", "Léa", *CODES]])
    assert names(found) == [("Fin", "Né"), ("Départ", "Léa")]
    assert set(found.columns) == {"last_name", "first_name"}


def test_one_title_over_two_columns_of_names() -> None:
    children = [("Dupont", "Léa"), ("Van den Berghe", "Noé"), ("Amrani", "Lou")]
    rows: Rows = [["Enfant", None, *DAYS], *([*child, *CODES] for child in children)]
    assert names(table(rows)) == children
    rows = [["Prénom et nom", None, *DAYS], ["Léa", "Dupont", *CODES]]
    assert names(table(rows)) == [("Dupont", "Léa")]
    beside = table(
        [["Enfant", None, *DAYS], ["DUPONT Léa", "Bébés", *CODES], ["AMRANI Lou", "Grands", *CODES]]
    )
    assert names(beside) == [("DUPONT", "Léa"), ("AMRANI", "Lou")]


@pytest.mark.parametrize("kinds", [("F", "M"), ("Bébés", "Grands")])
def test_an_untitled_column_of_a_few_words_is_no_first_name(kinds: tuple[str, str]) -> None:
    children = ["Léa", "Lou", "Noé", "Tom", "Zoé"]
    rows: Rows = [["Enfant", None, *DAYS], *([name, kinds[name < "N"], *CODES] for name in children)]
    assert [row.raw["first_name"] for row in table(rows).rows] == [None] * 5


def test_titles_merged_over_two_rows() -> None:
    above: list[CellValue] = ["N°", "Enfant", None, "Né(e) le", "Octobre 2026"]
    found = table([above, [None, *TWO_NAMES, None, *DAYS], [1, "Dupont", "Léa", date(2025, 1, 2), *CODES]])
    assert found.columns == {"last_name": 1, "first_name": 2, "birth_date": 3}
    assert found.ignored_columns == ("A « N° »",)
    below = table([["N°", None, None, *DAYS], [None, *TWO_NAMES], [1, "Dupont", "Léa", *CODES]])
    assert names(below) == [("Dupont", "Léa")]

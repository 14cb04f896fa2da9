"""A month spread over several tables, a week each: read as one, whoever laid it out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.rules.months import WEEKDAY_NAMES, Month
from app.spreadsheets.joining import absent_days, continued
from app.spreadsheets.layout import find_tables
from app.spreadsheets.tables import Table
from app.spreadsheets.workbook import CellValue, Sheet, Workbook
from tests.spreadsheets.made import OCTOBER, TWO_NAMES, Rows, book, refusal, sheet

WEEKS = [range(1, 5), range(5, 12), range(12, 19), range(19, 26), range(26, 32)]
TITLES = [*TWO_NAMES, "Né(e) le"]
LEA: list[CellValue] = ["Dupont", "Léa", date(2025, 3, 4)]
NOE: list[CellValue] = ["Dupont", "Noé", date(2024, 3, 4)]

Days = range


def named(day: int) -> str:
    return f"{WEEKDAY_NAMES[date(2026, 10, day).weekday()][:2]} {day}"


def week(days: Days, *children: list[CellValue], header: object = named) -> list[list[CellValue]]:
    """A week's table: on each day each child's first name, so that a mix-up shows."""
    assert callable(header)
    titles: list[CellValue] = [*TITLES, *map(header, days)]
    return [titles, *([*child, *[child[1]] * len(days)] for child in children)]


def tabs(*tables: Rows) -> Workbook:
    sheets: list[Sheet] = [sheet(rows, f"Semaine {40 + number}") for number, rows in enumerate(tables)]
    return Workbook(tuple(sheets), "xlsx")


def stacked(*tables: Rows) -> Workbook:
    return book([row for number, rows in enumerate(tables) for row in ([f"Semaine {number}"], *rows, [])])


def children(tables: list[Table]) -> list[tuple[str, set[int]]]:
    """Each child's first name and days, whatever the tables they stand in."""
    joined = continued(tables)
    found: dict[tuple[int, int], tuple[str, set[int]]] = {}
    for place, table in enumerate(tables):
        for row in table.rows:
            name, days = found.setdefault(
                joined.get((place, row.number), (place, row.number)), (str(row.raw["first_name"]), set())
            )
            days.update(day for day in table.days if row.raw[str(day)] == name)
    return list(found.values())


WHOLE = set(range(1, 32))


def test_accents_left_out_in_one_week_make_no_other_child() -> None:
    tables = find_tables(stacked(week(WEEKS[1], LEA), week(WEEKS[2], ["DUPONT", "Lea", LEA[2]])), OCTOBER)
    assert len(continued(tables)) == 1
    zoe, zoey = ["Dupont", "Zoé", None], ["Dupont", "Zoë", None]
    tables = find_tables(stacked(week(WEEKS[1], zoe, zoey), week(WEEKS[2], zoe, zoey)), OCTOBER)
    assert len(continued(tables)) == 2


@pytest.mark.parametrize("lay", [tabs, stacked])
@pytest.mark.parametrize(
    "header", [named, lambda day: date(2026, 10, day), lambda day: day], ids=["words", "dates", "numbers"]
)
def test_a_table_a_week(lay: object, header: object) -> None:
    assert callable(lay)
    found = find_tables(lay(*(week(days, LEA, NOE, header=header) for days in WEEKS)), OCTOBER)
    assert [list(table.days) for table in found] == [list(days) for days in WEEKS]
    assert children(found) == [("Léa", WHOLE), ("Noé", WHOLE)]
    assert [note for table in found for note in table.warnings] == []


def test_whole_weeks_leave_the_neighbouring_months_out() -> None:
    numbers = [*range(28, 31), *range(1, 32), 1]
    weeks = [numbers[start : start + 7] for start in range(0, 35, 7)]
    tables = [[[*TITLES, *days], [*LEA, *["Léa"] * 7]] for days in weeks]
    for workbook in (tabs(*tables), stacked(*tables)):
        found = find_tables(workbook, OCTOBER)
        assert children(found) == [("Léa", WHOLE)]
        assert "28, 29, 30" in found[0].warnings[0]


@pytest.mark.parametrize("lay", [tabs, stacked])
@pytest.mark.parametrize("width", [5, 7])
@pytest.mark.parametrize("named_above", [False, True])
@pytest.mark.parametrize("month", [Month(2026, number) for number in range(1, 13)], ids=str)
def test_whole_weeks_give_each_day_of_any_month_its_own_cell(
    month: Month, named_above: bool, width: int, lay: object
) -> None:
    assert callable(lay)
    tables = []
    for monday in range(-month.first.weekday(), month.days, 7):
        dates = [month.first + timedelta(monday + place) for place in range(width)]
        if any(Month.of(day) == month for day in dates):
            above: list[list[CellValue]] = [[None] * 3 + [WEEKDAY_NAMES[day.weekday()] for day in dates]]
            rows = [[*TITLES, *(day.day for day in dates)], [*LEA, *map(_cell, dates)]]
            tables.append([*(above if named_above else []), *rows])
    found = find_tables(lay(*tables), month)
    main = (0, found[0].rows[0].number)
    assert set(continued(found).values()) == {main}
    assert len(continued(found)) == sum(len(table.rows) for table in found) - 1
    told = {day: row.raw[str(day)] for table in found for row in table.rows for day in table.days}
    days = [day for day in map(month.day, range(1, month.days + 1)) if day.weekday() < width]
    assert told == {day.day: _cell(day) for day in days}


def _cell(day: date) -> str:
    return f"code du {day}"


def test_weeks_titled_over_two_months() -> None:
    titles = ["Semaine du 28 septembre au 4 octobre 2026", "Semaine du 26 octobre au 1er novembre 2026"]
    tables = [week(days, LEA, header=lambda day: day) for days in WEEKS]
    tables[0].insert(0, [titles[0]])
    tables[-1].insert(0, [titles[1]])
    assert children(find_tables(tabs(*tables), OCTOBER)) == [("Léa", WHOLE)]


@pytest.mark.parametrize("lay", [tabs, stacked])
def test_weeks_of_a_year_are_told_by_their_own_titles(lay: object) -> None:
    assert callable(lay)
    tables = [week(days, LEA, header=lambda day: day) for days in WEEKS]
    for days, table in zip(WEEKS, tables, strict=True):
        table.insert(0, [f"Semaine du {days[0]} au {days[-1]} octobre 2026"])
    before: Rows = [["Semaine du 14 au 20 septembre 2026"], *week(range(14, 21), LEA, header=lambda day: day)]
    after: Rows = [["Semaine du 2 au 8 novembre 2026"], *week(range(2, 9), LEA, header=lambda day: day)]
    found = find_tables(lay(before, *tables, after), OCTOBER)
    assert children(found) == [("Léa", WHOLE)]
    assert {table.other_month for table in found} == {""}


def test_weeks_of_a_year_are_told_by_their_weekdays() -> None:
    def of_september(day: int) -> str:
        return f"{WEEKDAY_NAMES[date(2026, 9, day).weekday()][:2]} {day}"

    own = [week(days, LEA) for days in WEEKS]
    others = [week(days, LEA, header=of_september) for days in (range(1, 4), range(7, 14))]
    found = find_tables(tabs(*others, *own), OCTOBER)
    assert children(found) == [("Léa", WHOLE)]
    assert found[0].sheet_name == "Semaine 42"
    beyond: Rows = week(range(30, 31), LEA, header=lambda _: "lu 31")
    september = Month(2026, 9)
    whole = week(range(1, 31), LEA, header=of_september)
    assert [len(table.days) for table in find_tables(tabs(whole, beyond), september)] == [30]


def test_a_week_with_its_weekdays_in_a_row_of_their_own() -> None:
    tables = [
        [[None, None, None, *(named(day)[:2] for day in days)], *week(days, LEA, header=lambda day: day)]
        for days in WEEKS
    ]
    assert children(find_tables(stacked(*tables), OCTOBER)) == [("Léa", WHOLE)]


def test_weekdays_beside_a_title_belong_to_the_table_under_them_and_codes_to_the_child() -> None:
    absent: list[CellValue] = [*NOE, *["MA"] * 7]
    above: list[CellValue] = ["Semaine 42", None, None, *["lu", "ma", "me", "je", "ve", "sa", "di"]]
    first, second = (week(days, LEA, header=lambda day: day) for days in WEEKS[1:3])
    found = find_tables(book([*first, above, *second]), OCTOBER)
    assert children(found) == [("Léa", {*WEEKS[1], *WEEKS[2]})]
    found = find_tables(book([*first, absent, *second]), OCTOBER)
    assert [name for name, _ in children(found)] == ["Léa", "Noé"]


def test_groups_and_weeks() -> None:
    tables = [[*week(days, LEA), ["Grands"], *week(days, NOE)] for days in WEEKS]
    assert children(find_tables(tabs(*tables), OCTOBER)) == [("Léa", WHOLE), ("Noé", WHOLE)]


def test_groups_and_weeks_on_a_sheet_each() -> None:
    found = find_tables(tabs(*(week(days, child) for days in WEEKS for child in (LEA, NOE))), OCTOBER)
    assert children(found) == [("Léa", WHOLE), ("Noé", WHOLE)]


def test_children_who_come_and_go() -> None:
    tables = [week(days, *([LEA] if days.start < 12 else [NOE])) for days in WEEKS]
    assert children(find_tables(tabs(*tables), OCTOBER)) == [
        ("Léa", set(range(1, 12))),
        ("Noé", set(range(12, 32))),
    ]


def test_namesakes_stay_apart_and_a_contradiction_is_another_line() -> None:
    other = [*LEA[:2], date(2024, 1, 1)]
    found = find_tables(tabs(*(week(days, LEA, other) for days in WEEKS)), OCTOBER)
    assert children(found) == [("Léa", WHOLE), ("Léa", WHOLE)]
    found = find_tables(tabs(*(week(days, other if days.start == 12 else LEA) for days in WEEKS)), OCTOBER)
    assert children(found) == [("Léa", WHOLE - set(WEEKS[2])), ("Léa", set(WEEKS[2]))]


def test_a_week_that_could_be_of_either_namesake_is_given_to_none() -> None:
    unborn: list[CellValue] = ["Dupont", "Léa", None]
    other = [*LEA[:2], date(2024, 1, 1)]
    found = find_tables(tabs(week(WEEKS[1], LEA, other), week(WEEKS[2], unborn)), OCTOBER)
    assert [days for _, days in children(found)] == [set(WEEKS[1]), set(WEEKS[1]), set(WEEKS[2])]


def test_more_headers_or_lines_than_a_month_can_have_are_refused_before_they_are_compared() -> None:
    many: Rows = [[*TWO_NAMES, *range(1, 6)], *([*TWO_NAMES, day] for _ in range(101) for day in (7, 8))]
    assert refusal(book(many)).code == "trop-de-cellules"
    sheets = [sheet([[*TWO_NAMES, *week], *[["A", "B"]] * 1999], week.__repr__()) for week in WEEKS[1:4]]
    assert refusal(Workbook(tuple(sheets), "xlsx")).code == "trop-de-cellules"


def test_lines_without_a_name_are_nobodys() -> None:
    nameless: list[CellValue] = [None, "Léa", date(2025, 3, 4)]
    found = find_tables(tabs(*(week(days, nameless) for days in WEEKS[1:3])), OCTOBER)
    assert len(children(found)) == 1
    nameless[1] = None
    assert len(children(find_tables(tabs(*(week(days, nameless) for days in WEEKS[1:3])), OCTOBER))) == 2


def test_a_week_that_is_missing_is_said() -> None:
    found = find_tables(tabs(*(week(days, LEA) for days in WEEKS if days.start != 19)), OCTOBER)
    (said,) = {note for table in found for note in table.warnings}
    assert said == "Ces jours n’ont pas de colonne dans le tableau : 19, 20, 21, 22, 23."
    assert absent_days({1, 2}, [{1, 5}, {6}], Month(2026, 10))[:3] == [5, 7, 8]


def test_few_days_are_believed_under_the_very_same_titles_only() -> None:
    prices = sheet([[*TWO_NAMES, "Tarif", 1, 2, 3], ["Dupont", "Léa", 3, 4, 5, 6]], "Tarifs")
    whole = sheet(week(range(1, 32), LEA), "Octobre")
    (found,) = find_tables(Workbook((prices, whole), "xlsx"), OCTOBER)
    assert found.sheet_name == "Octobre"
    assert "« Tarifs »" in found.warnings[0]
    assert refusal(Workbook((prices,), "xlsx")).code == "sans-tableau"


def test_another_table_under_the_month_is_not_read_as_its_children() -> None:
    meals = [[*TITLES, 1, 2, 3], [*LEA, 4, 4, 5]]
    (found,) = find_tables(book([*week(range(1, 32), LEA), [], *meals]), OCTOBER)
    assert [row.number for row in found.rows] == [2]
    assert found.warnings == (
        "Le tableau qui commence à la ligne 4 de « Feuil1 » n’a pas été lu : ses jours ne sont pas de ce mois, ou "
        "d’autres colonnes les ont déjà.",
    )

"""What an import tells first, since it may be the wrong file or was not read whole."""

from __future__ import annotations

import datetime as dt

import pytest

from app.services.attendance import months
from app.services.attendance.import_questions import CODELESS, COLUMNLESS
from tests.services.desk import FIRST, OCTOBER, SECOND, TITLES, Desk, child, workbook
from tests.spreadsheets import made


def test_names_without_a_code_are_told_before_they_empty_the_month(desk: Desk) -> None:
    desk.send(workbook(FIRST, SECOND))
    desk.confirm()
    _, preview = desk.send(workbook(child("Amrani", "Adam", ""), child("Benali", "Léa", "")))
    (told,) = preview.alerts
    assert (told.violation.code, told.violation.blocking) == (CODELESS, False)
    assert "il efface 3 codes du relevé" in told.message


def test_a_list_without_codes_that_also_lacks_a_day_is_told_of_both(desk: Desk) -> None:
    desk.send(workbook(FIRST, SECOND))
    desk.confirm()
    titles = [*TITLES]
    titles[titles.index(1)] = None
    names = [child("Amrani", "Adam", ""), child("Benali", "Léa", "")]
    _, preview = desk.send(made.file(("Feuil1", [titles, *names])))
    assert {fault.violation.code for fault in preview.alerts} == {CODELESS, COLUMNLESS}


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("8", ""),
        ("O8", "pas de colonne pour le jour 8"),
        ("8 bis", "pas de colonne pour le jour 8"),
        (None, "pas de colonne pour le jour 8"),
    ],
)
def test_an_open_day_that_no_column_is_for_is_told(desk: Desk, title: str | None, told: str) -> None:
    titles = [*TITLES]
    titles[titles.index(8)] = title
    _, preview = desk.send(made.file(("Feuil1", [titles, FIRST, SECOND])))
    assert [fault.violation.code for fault in preview.alerts] == [COLUMNLESS] * bool(told)
    assert not preview.blocking
    assert all(told in fault.message for fault in preview.alerts)


def test_a_closed_day_needs_no_column(desk: Desk) -> None:
    columns = [place for place, title in enumerate(TITLES) if title not in desk.ctx.closed]
    rows = [
        [row[place] if place < len(row) else None for place in columns] for row in (TITLES, FIRST, SECOND)
    ]
    _, preview = desk.send(made.file(("Feuil1", rows)))
    assert preview.alerts == []


def test_before_the_opening_no_column_is_asked_for_and_no_code_taken(desk: Desk) -> None:
    desk.facility.opened_on = dt.date(2026, 10, 12)
    desk.session.commit()
    desk.ctx = months.context(desk.session, desk.facility_id, OCTOBER, desk.ctx.today)
    later = [title for title in TITLES if title not in range(1, 12)]
    _, preview = desk.send(workbook(child("Amrani", "Adam", "P"), titles=later))
    assert preview.alerts == []
    assert not preview.blocking
    _, preview = desk.send(workbook(FIRST))
    assert {fault.violation.code for fault in preview.faults} == {"jour-ferme"}
    assert "avant l’ouverture, le 12/10/2026" in preview.faults[0].message


def test_it_asks_for_the_month_when_most_children_come_on_closed_days(desk: Desk) -> None:
    saturday = [None, None, "P"]  # 3 October
    shut = [child(f"Amrani {name}", "Adam", *saturday) for name in "ABCD"]
    assert desk.send(workbook(*shut, FIRST))[1].elsewhere
    assert not desk.send(workbook(shut[0], FIRST, SECOND))[1].elsewhere

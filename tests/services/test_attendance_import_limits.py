"""What an import refuses, hides, forgets, and never costs more for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, select

from app.models import AttendanceImport, AttendanceSheet
from app.rules.workflow import SheetState
from app.services.attendance import imports, mapping, sheets
from app.services.attendance.import_waiting import KEPT_FOR
from app.spreadsheets.refusals import UnusableFile
from tests.services.desk import FIRST, NOW, OCTOBER, SECOND, Desk, child, workbook


@pytest.mark.parametrize("text", ["85133000105", "85.13.30-001.05", 85133000105])
def test_what_could_be_a_national_number_is_shown_nowhere(desk: Desk, text: str | int) -> None:
    number = "85133000105"
    rows = [
        child("Amrani", "Adam", text),
        child(text, "Léa"),
        child("Petit", "Lou", born=text, rate=text, niss=text),
    ]
    found, preview = desk.send(workbook(*rows), f"{number}.xlsx")
    shown = [found.row.filename, str(mapping.uses(found.table, {})), str(found.row.mapping)]
    shown += [f"{fault.value}{fault.typed}{fault.message}{fault.violation.help}" for fault in preview.faults]
    assert len(preview.blocking) >= 4
    preview = desk.correct(values={(2, "1"): f"{text}0", (4, "niss"): number[:-1]})
    shown += [f"{one.was}{one.now}" for one in preview.corrections()]
    assert number[:8] not in "".join(char for char in "|".join(shown) if char not in " .-")


def test_more_lines_than_allowed_block_and_an_endless_file_is_refused(desk: Desk) -> None:
    few = replace(desk.ctx, max_lines=2)
    desk.ctx = few
    _, preview = desk.send(workbook(FIRST, SECOND, child("Petit", "Lou")))
    assert [(fault.cell, fault.violation.code) for fault in preview.blocking] == [("A4", "ligne-max")]
    with pytest.raises(UnusableFile, match="trop grande"):
        desk.send(workbook(*(child(f"Nom{number}", "Lou") for number in range(2001))))
    with pytest.raises(UnusableFile, match="aucune ligne d’enfant"):
        desk.send(workbook())
    assert desk.look()[1].blocking  # what waited still waits


def test_a_submitted_month_takes_no_import(desk: Desk) -> None:
    desk.send(workbook(FIRST))
    desk.confirm()
    desk.send(workbook(SECOND))
    desk.session.execute(AttendanceSheet.__table__.update().values(state=SheetState.SUBMITTED))
    for work in (lambda: desk.send(workbook(SECOND)), desk.look, desk.confirm, lambda: desk.correct()):
        with pytest.raises(sheets.SheetLocked):
            work()
    assert desk.lines()[0].child.last_name == "Amrani"


def test_a_preview_left_behind_expires(desk: Desk) -> None:
    desk.send(workbook(FIRST))
    assert imports.pending(desk.session, desk.who.user_id or 0, desk.facility_id, OCTOBER) is not None
    old = NOW - KEPT_FOR - dt.timedelta(minutes=1)
    desk.session.execute(AttendanceImport.__table__.update().values(created_at=old))
    assert imports.pending(desk.session, desk.who.user_id or 0, desk.facility_id, OCTOBER) is None
    assert imports.purge(desk.session, NOW) == 1
    desk.send(workbook(FIRST))
    imports.give_up(desk.session, desk.who.user_id or 0, desk.facility_id, OCTOBER)
    assert desk.session.scalars(select(AttendanceImport.id)).all() == []


def test_rows_of_another_version_of_the_portal_are_sent_again(desk: Desk) -> None:
    home, person = desk.facility, desk.who.user_id or 0
    for text in ("{}", "[]", "x", '{"v": 99}'):
        desk.session.execute(AttendanceImport.__table__.delete())
        row = AttendanceImport(
            organiser_id=home.organiser_id, facility_id=home.id, month=OCTOBER.first, user_id=person, filename="a",
            kind="xlsx", file=b"", table=text, mapping={}, created_at=NOW,
        )  # fmt: skip
        desk.session.add(row)
        desk.session.flush()
        with pytest.raises(imports.NothingPending):
            imports.waiting(desk.session, person, home.id, OCTOBER)


def test_statements_do_not_grow_with_the_lines(desk: Desk) -> None:
    def count(work: Callable[[], object]) -> int:
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            sent.append(statement)

        event.listen(desk.session.get_bind(), "before_cursor_execute", note)
        work()
        event.remove(desk.session.get_bind(), "before_cursor_execute", note)
        return len(sent)

    def confirmed(rows: list[list[Any]]) -> int:
        ticket = imports.ticket(*desk.send(workbook(*rows)), desk.ctx)
        home = desk.facility
        return count(lambda: imports.confirm(desk.session, desk.who, home, desk.ctx, ticket, NOW))

    few = [child(f"Nom{number}", "Lou", "P") for number in range(2)]
    many = [child(f"Autre{number}", "Lou", "J") for number in range(60)]
    confirmed(few)
    mixed_few = confirmed([child("Nom0", "Lou", "J"), child("Neuf", "Lou")])
    confirmed(many)
    changed = [child(f"Autre{number}", "Lou", "I") for number in range(30)]
    assert confirmed([*changed, *(child(f"Neuf{number}", "Lou") for number in range(30))]) == mixed_few <= 12

"""« Annuler les modifications »: what one did since the draft comes back, what others did stays, and the history says so."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from app import journal
from app.journal import Who
from app.models import AttendanceLine, AttendanceSheet, JournalEntry, Strength
from app.rules.workflow import Verb
from app.services.attendance import cells, draft, line_changes, sheets, submission
from app.services.attendance.cell_values import shown
from app.services.attendance.line_history import line_change
from tests import factories
from tests.factories.niss import niss
from tests.services.desk import NOW, OCTOBER, Desk

COLLEAGUE = Who(999_999, "Anne Dupont")


@pytest.fixture
def sheet(desk: Desk) -> AttendanceSheet:
    """Two children of October."""
    home = desk.facility
    made = factories.sheet(desk.session, home, month=OCTOBER.first, lines=2)
    desk.session.commit()
    return made


def _type(
    desk: Desk, sheet: AttendanceSheet, line: int, field: str, new: str, who: Who | None = None
) -> cells.Result:
    head = cells.head(desk.session, sheet.id, {line})
    old = shown(head.lines[line].child, field)
    edit = cells.Edit(f"{line}{field}{new}", line, field, old, new)
    return cells.save(desk.session, who or desk.who, head, [edit], desk.ctx, NOW).results[0]


def _shown(desk: Desk, sheet: AttendanceSheet) -> dict[int, tuple[str, ...]]:
    keys = ("last_name", "birth_date", "niss", "entry_date", "exit_date", "1", "2", "5", "6", "7")
    return {
        row.id: tuple(shown(row.child, key) for key in keys) for row in sheets.lines(desk.session, sheet.id)
    }


def _ids(desk: Desk, sheet: AttendanceSheet) -> list[int]:
    return [row.id for row in sheets.lines(desk.session, sheet.id)]


def _give_up(desk: Desk, sheet: AttendanceSheet, since: int) -> draft.Plan:
    return draft.put_back(desk.session, desk.who, sheet.id, since, desk.ctx, NOW)


def test_cells_and_lines_come_back_together_with_one_entry(desk: Desk, sheet: AttendanceSheet) -> None:
    first, second = _ids(desk, sheet)
    since = draft.save(desk.session, desk.who, sheet.id)
    before = _shown(desk, sheet)
    for field, new in (("5", "J"), ("5", "I½"), ("6", "P½"), ("last_name", "Autre"), ("6", "")):
        assert _type(desk, sheet, first, field, new).status == "saved"
    (added,) = line_changes.append(desk.session, desk.who, sheet.id, 1, NOW)
    _type(desk, sheet, added, "last_name", "Nouvelle")
    _type(desk, sheet, second, "7", "J")
    line_changes.take_away(desk.session, desk.who, sheet.id, [second], NOW)
    planned = draft.plan(desk.session, desk.who, sheet.id, since)
    done = _give_up(desk, sheet, since)
    assert planned.said == done.said
    assert done.left == []
    assert (len(done.added), len(done.removed)) == (1, 1)
    assert _shown(desk, sheet) == before
    entry = desk.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.user_id) == ("annulation", desk.who.user_id)
    assert entry.summary == f"Modifications annulées : {done.said}, présences d’octobre 2026"
    assert {change.field for change in entry.changes} == {cell.field for cell in done.cells} | {"ligne"}
    # Once more: nothing is left to give up, and nothing is written.
    assert _give_up(desk, sheet, since).said == ""
    assert desk.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first() is entry


def test_dates_and_days_come_back_as_a_whole_line(desk: Desk, sheet: AttendanceSheet) -> None:
    first = _ids(desk, sheet)[0]
    _type(desk, sheet, first, "3", "")  # a Saturday, which no rule would let come back
    _type(desk, sheet, first, "exit_date", "20/10/2026")
    since = draft.save(desk.session, desk.who, sheet.id)
    before = _shown(desk, sheet)
    days = [(str(day), "") for day in range(1, 26)]
    for field, new in (*days, ("exit_date", ""), ("entry_date", "26/10/2026")):
        assert _type(desk, sheet, first, field, new).status == "saved"
    # Neither date could come back before the other: the child would leave before entering.
    done = _give_up(desk, sheet, since)
    assert done.left == []
    assert _shown(desk, sheet) == before


def test_what_somebody_else_did_since_is_left_and_told(desk: Desk, sheet: AttendanceSheet) -> None:
    first, second = _ids(desk, sheet)
    since = draft.save(desk.session, desk.who, sheet.id)
    _type(desk, sheet, first, "5", "J")
    _type(desk, sheet, first, "5", "I", COLLEAGUE)
    _type(desk, sheet, first, "6", "J½")
    _type(desk, sheet, first, "6", "I½", COLLEAGUE)
    _type(desk, sheet, first, "6", "J")  # over theirs: what stood before mine is theirs now
    _type(desk, sheet, second, "7", "I", COLLEAGUE)
    (added,) = line_changes.append(desk.session, desk.who, sheet.id, 1, NOW)
    _type(desk, sheet, added, "last_name", "Deux", COLLEAGUE)
    done = _give_up(desk, sheet, since)
    assert done.said == ""
    assert {(item.line.id, item.field) for item in done.left} == {(first, "5"), (first, "6"), (added, "")}
    shown = _shown(desk, sheet)
    assert (shown[first][-3:-1], shown[second][-1], shown[added][0]) == (("I", "J"), "I", "Deux")


def test_only_what_came_after_the_draft_comes_back(desk: Desk, sheet: AttendanceSheet) -> None:
    first = _ids(desk, sheet)[0]
    opened = draft.save(desk.session, desk.who, sheet.id)
    _type(desk, sheet, first, "5", "J")
    saved = draft.save(desk.session, desk.who, sheet.id)
    _type(desk, sheet, first, "5", "I")
    assert _give_up(desk, sheet, saved).said == "1 cellule"
    assert _shown(desk, sheet)[first][-3] == "J"
    _give_up(desk, sheet, opened)
    assert _shown(desk, sheet)[first][-3] != "J"


def test_a_national_number_that_is_gone_cannot_come_back_and_a_new_one_goes(
    desk: Desk, sheet: AttendanceSheet
) -> None:
    first, second = _ids(desk, sheet)
    _type(desk, sheet, second, "niss", "")
    since = draft.save(desk.session, desk.who, sheet.id)
    _type(desk, sheet, first, "niss", "")
    _type(desk, sheet, second, "niss", niss(dt.date(2024, 5, 6), 7))
    done = _give_up(desk, sheet, since)
    assert [(item.line.id, item.field) for item in done.left] == [(first, "niss")]
    assert "retapez-le" in done.left[0].why
    row = desk.session.scalars(select(AttendanceLine).where(AttendanceLine.id == second)).one()
    desk.session.refresh(row)
    assert (row.niss_hash, row.niss_sealed) == (None, None)


def test_a_line_that_today_s_rules_refuse_is_left_whole(desk: Desk, sheet: AttendanceSheet) -> None:
    first = _ids(desk, sheet)[0]
    assert _type(desk, sheet, first, "5", "P").status == "saved"
    since = draft.save(desk.session, desk.who, sheet.id)
    _type(desk, sheet, first, "5", "")
    _type(desk, sheet, first, "6", "J½")
    closed = replace(desk.ctx, closed={**desk.ctx.closed, 5: "Fermeture annuelle"})
    done = draft.put_back(desk.session, desk.who, sheet.id, since, closed, NOW)
    assert done.said == ""
    assert {item.field for item in done.left} == {"5", "6"}
    assert "jour fermé" in done.left[0].why


def test_a_full_month_takes_no_line_back(desk: Desk, sheet: AttendanceSheet) -> None:
    first = _ids(desk, sheet)[0]
    since = draft.save(desk.session, desk.who, sheet.id)
    line_changes.take_away(desk.session, desk.who, sheet.id, [first], NOW)
    line_changes.append(desk.session, COLLEAGUE, sheet.id, 1, NOW)
    with pytest.raises(sheets.TooManyLines):
        draft.put_back(desk.session, desk.who, sheet.id, since, replace(desk.ctx, max_lines=2), NOW)
    assert first not in _ids(desk, sheet)


def test_an_import_since_the_draft_is_somebody_elses_hand(desk: Desk, sheet: AttendanceSheet) -> None:
    """What an import changed of a line, kept as a whole, is known field by field."""
    first, _ = _ids(desk, sheet)
    desk.session.execute(
        update(AttendanceLine).where(AttendanceLine.id == first).values(niss_hash=None, niss_sealed=None)
    )
    desk.session.commit()
    since = draft.save(desk.session, desk.who, sheet.id)
    assert _type(desk, sheet, first, "niss", niss(dt.date(2024, 3, 1))).status == "saved"
    (child,) = [row.child for row in sheets.lines(desk.session, sheet.id) if row.id == first]
    changed = line_change(first, child, replace(child, niss_hash="autre"))
    assert changed is not None
    journal.record(
        desk.session, desk.who, "import", organiser_id=sheet.organiser_id, facility_id=sheet.facility_id,
        object_type="attendance_sheet", object_id=sheet.id, summary="Import", changes=[changed],
    )  # fmt: skip
    desk.session.commit()
    plan = draft.plan(desk.session, desk.who, sheet.id, since)
    assert not plan.cells
    assert [(one.field, one.why) for one in plan.left] == [("niss", "quelqu’un d’autre y a travaillé depuis")]


@pytest.mark.parametrize("verb", [Verb.SEND_BACK, Verb.REOPEN])
def test_nothing_from_before_the_month_was_submitted_or_given_back_comes_back(
    desk: Desk, sheet: AttendanceSheet, verb: Verb
) -> None:
    first, second = _ids(desk, sheet)
    for line in (first, second):
        _type(desk, sheet, line, "3", "")  # a Saturday, which keeps a month from being signed
    opened = draft.save(desk.session, desk.who, sheet.id)
    _type(desk, sheet, first, "5", "J")
    _type(desk, sheet, first, "6", "I")
    signer = submission.Signer(desk.who, Strength.STRONG, "eID")
    seen = sheets.base_of(sheet.id, sheets.lines(desk.session, sheet.id))
    submission.submit(desk.session, signer, sheet.id, seen, desk.ctx, NOW)
    submission.decide(desk.session, Who(8_000_001, "Une agente"), sheet.id, 1, verb, "À revoir.", NOW)
    signed = _shown(desk, sheet)
    assert draft.plan(desk.session, desk.who, sheet.id, opened).said == ""
    _type(desk, sheet, first, "6", "P½")
    _type(desk, sheet, first, "7", "J½")
    planned = draft.plan(desk.session, desk.who, sheet.id, opened)
    assert [(cell.field, cell.standing, cell.before) for cell in planned.cells] == [
        ("6", "P½", "I"),
        ("7", "J½", signed[first][-1]),
    ]
    start = desk.session.get_one(JournalEntry, planned.since)
    assert start.action == verb.value
    assert _give_up(desk, sheet, opened).said == "2 cellules"
    assert _shown(desk, sheet) == signed
    # A draft that was saved since is nearer.
    _type(desk, sheet, first, "6", "J")
    saved = draft.save(desk.session, desk.who, sheet.id)
    assert draft.plan(desk.session, desk.who, sheet.id, saved).since == saved

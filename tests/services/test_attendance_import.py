"""An import from the file to the month: previewed, corrected, stored at once with its history, or not at all."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import journal, scope
from app.journal import HIDDEN
from app.models import AttendanceImport, AttendanceLine, AttendanceSheet, JournalChange, JournalEntry
from app.services.attendance import cells, imports, mapping, sheets
from app.services.attendance.changes import of_cell
from tests import factories
from tests.services.desk import BORN, FIRST, NOW, OCTOBER, SECOND, Desk, child, workbook
from tests.spreadsheets import made

SAMPLES = Path(__file__).parent.parent / "spreadsheets" / "samples"


def test_nothing_enters_before_it_is_confirmed_and_twice_changes_nothing(desk: Desk) -> None:
    number = factories.niss(BORN)
    data = workbook(child("Amrani", "Adam", "P", "P½", niss=number), SECOND)
    _, preview = desk.send(data)
    assert (len(preview.merge.added), preview.blocking) == (2, [])
    assert preview.after.as_display() == {"P": 1, "P½": 1, "J": 1, "J½": 0, "I": 0, "I½": 0}
    assert sheets.find(desk.session, desk.facility_id, OCTOBER) is None
    assert number not in str(desk.session.scalars(select(AttendanceImport.mapping)).all())

    stored = desk.confirm()
    assert (stored.added, stored.changed, stored.removed) == (2, 0, 0)
    assert [line.child.last_name for line in desk.lines()] == ["Amrani", "Benali"]
    row = desk.session.scalars(select(AttendanceLine).where(AttendanceLine.last_name == "Amrani")).one()
    assert row.niss_sealed == number
    with pytest.raises(imports.NothingPending):
        desk.look()

    _, again = desk.send(data)
    assert again.changes_nothing
    assert (again.merge.unchanged, again.before) == (2, again.after)
    assert desk.confirm() == replace(stored, added=0)
    assert len(desk.session.scalars(select(JournalEntry).where(JournalEntry.action == "import")).all()) == 1


def test_one_entry_of_history_tells_every_field(desk: Desk) -> None:
    number = factories.niss(BORN)
    desk.send(workbook(FIRST, SECOND))
    desk.confirm()
    desk.send(workbook(child("Amrani", "Adam", "P", "J½", niss=number, rate="13,00")))
    desk.confirm()
    entry = desk.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.summary[-38:]) == (
        "import",
        "0 ajout, 1 modification, 1 suppression",
    )
    kept = desk.session.scalars(select(JournalChange).where(JournalChange.entry_id == entry.id)).all()
    assert [change.field for change in kept] == [journal.WHOLE, "ligne"], "one change a line"
    changes = {one.field: (one.old, one.new) for change in kept for one in journal.unfolded(change)}
    blank = "." * 29
    assert changes == {
        "pfp_rate": ("12,50", "13,00"),
        "niss": (None, HIDDEN),
        "codes": ("Pp" + blank, "Pj" + blank),
        "ligne": ("présente", "retirée"),
    }
    with scope.system("test", desk.session):
        assert journal.verify(desk.session, desk.facility.organiser_id) is None
    gone = desk.session.scalars(select(AttendanceLine).where(AttendanceLine.last_name == "Benali")).one()
    assert gone.deleted_at is not None
    (kept,) = desk.lines()
    assert kept.version == 2
    assert (
        desk.session.scalars(select(AttendanceLine.niss_sealed).where(AttendanceLine.id == kept.id)).one()
        == number
    )

    desk.send(workbook(FIRST))  # without a number: the sealed one stays
    desk.confirm()
    assert (
        desk.session.scalars(select(AttendanceLine.niss_sealed).where(AttendanceLine.id == kept.id)).one()
        == number
    )


def test_a_cells_history_goes_through_imports_and_single_saves(desk: Desk) -> None:
    desk.send(workbook(FIRST, SECOND))
    desk.confirm()
    line = desk.lines()[0]
    sheet = desk.session.scalars(select(AttendanceSheet.id)).one()
    head = cells.head(desk.session, sheet, [line.id])
    for edit in (
        cells.Edit("a", line.id, "2", "P½", "J"),
        cells.Edit("b", line.id, "first_name", "Adam", "Adem"),
    ):
        (result,) = cells.save(desk.session, desk.who, head, [edit], desk.ctx, NOW).results
        assert result.status == "saved"
    desk.send(workbook(child("Amrani", "Adem", "P", "I", rate="13,00"), SECOND))
    desk.confirm()

    def told(field: str) -> list[tuple[str, str, str]]:
        return [(one.old, one.new, one.how) for one in of_cell(desk.session, sheet, line.id, field)]

    assert told("2") == [("J", "I", "import"), ("P½", "J", "grille"), ("", "P½", "import")]
    assert told("1") == [("", "P", "import")]
    assert told("3") == []
    assert told("first_name") == [("Adam", "Adem", "grille"), ("", "Adam", "import")]
    assert told("pfp_rate") == [("12,50", "13,00", "import"), ("", "12,50", "import")]
    assert told("niss") == []


def test_children_of_an_earlier_month_are_in_the_history(desk: Desk) -> None:
    number = factories.niss(BORN)
    desk.send(workbook(child("Amrani", "Adam", "P", niss=number), SECOND))
    desk.confirm()
    ctx = replace(desk.ctx, month=OCTOBER.next())
    made_ = sheets.create_from_earlier(desk.session, desk.who, desk.facility, ctx, NOW)
    lines_ = sheets.lines(desk.session, made_.id)
    assert [row.child.last_name for row in lines_] == ["Amrani", "Benali"]
    for field, new in (("last_name", "Amrani"), ("niss", HIDDEN), ("pfp_rate", "12,50")):
        (one,) = of_cell(desk.session, made_.id, lines_[0].id, field)
        assert (one.old, one.new, one.who, one.how) == ("", new, "Zoé Durand", "reprise")
    assert of_cell(desk.session, made_.id, lines_[0].id, "1") == []
    entry = select(func.max(JournalEntry.id))
    kept = select(JournalChange).where(JournalChange.entry_id == entry.scalar_subquery())
    assert [one.object_id for one in desk.session.scalars(kept)] == [row.id for row in lines_]


def test_a_draft_that_moved_is_previewed_again(desk: Desk) -> None:
    desk.send(workbook(FIRST))
    desk.confirm()
    desk.send(workbook(child("Amrani", "Adam", "J")))
    ticket = imports.ticket(*desk.look(), desk.ctx)
    (line,) = desk.lines()
    head = cells.head(desk.session, desk.session.scalars(select(AttendanceSheet.id)).one(), [line.id])
    edit = cells.Edit("k", line.id, "5", "", "I")
    (result,) = cells.save(desk.session, desk.who, head, [edit], desk.ctx, NOW).results
    assert (result.status, result.message) == ("saved", "")
    for given in (ticket, ticket.partition(".")[0], "", "x.y"):
        with pytest.raises(imports.Moved):
            imports.confirm(desk.session, desk.who, desk.facility, desk.ctx, given, NOW)
        desk.session.execute(AttendanceImport.__table__.update().values(base="autre"))  # as it was before
    assert desk.lines()[0].child.codes[4] == "I"
    assert desk.confirm().changed == 1


def test_errors_block_whatever_the_page_says(desk: Desk) -> None:
    found, preview = desk.send(workbook(child("Amrani", "Adam", "P", rate=-4)))
    seen = found.seen(preview.base)
    assert imports.ticket(found, preview, desk.ctx) == seen
    for given in (seen, f"{seen}.{'0' * 64}"):
        with pytest.raises(imports.Blocked):
            imports.confirm(desk.session, desk.who, desk.facility, desk.ctx, given, NOW)
    # Our word for another context is worth nothing in this one.
    lenient = replace(desk.ctx, today=dt.date(2026, 12, 1))
    word = imports.ticket(found, replace(preview, faults=[]), lenient)
    with pytest.raises(imports.Blocked):
        imports.confirm(desk.session, desk.who, desk.facility, desk.ctx, word, NOW)
    assert not desk.lines()


def test_every_planted_fault_of_the_sample_is_named_at_its_cell_and_can_be_mended(desk: Desk) -> None:
    _, preview = desk.send((SAMPLES / "presences-erreurs-2026-10.xlsx").read_bytes())
    faults = {fault.cell: fault for fault in preview.blocking}
    assert sorted(faults) == sorted(["A3", "C4", "C5", "D6", "H7", "K8", "J9", "F10", "A12", "G13"])
    assert (faults["D6"].value, faults["D6"].typed) == ("(masqué)", "")
    assert "ligne 11" in faults["A12"].message
    days = faults["F10"].violation.days
    preview = desk.correct(
        values={
            (3, "last_name"): " Amrani ", (4, "birth_date"): "3/2/25", (5, "birth_date"): "demain",
            (7, "1"): "p", (8, "4"): "4", (9, "3"): ".", (13, "pfp_rate"): "4,00",
            (6, "niss"): "", (12, "last_name"): "Martin",
        },
        blanks=frozenset({(6, "niss"), *((10, str(day)) for day in days)}),
        skip=frozenset({12, 999}),
    )  # fmt: skip
    assert {fault.cell: fault.typed for fault in preview.blocking} == {"C5": "demain", "K8": "4"}
    assert preview.merge.rows[1].child.last_name == "Amrani"
    told = {one.cell: (one.was, one.now) for one in preview.corrections()}
    assert told["D6"] == ("(masqué)", "")
    assert (told["A3"], told["Ligne 10"]) == (("", "Amrani"), ("", ""))
    with pytest.raises(imports.Blocked):
        desk.confirm()
    preview = desk.correct(
        values={(5, "birth_date"): "4/11/2025", (8, "4"): ""},
        undo=frozenset({(7, "1")}),
        restore=frozenset({12}),
    )
    assert {fault.cell for fault in preview.blocking} == {"H7", "A12"}
    desk.correct(values={(7, "1"): "P"}, skip=frozenset({12}))
    assert desk.confirm().added == 19


def test_a_vendors_codes_are_asked_once_and_remembered(desk: Desk) -> None:
    vendor = ["Enfant", "Né(e) le", *made.DAYS]
    data = workbook(["AMRANI Adam", BORN, "X", "M", None, None, 0.5], titles=vendor)
    found, _ = desk.send(data)
    assert [(use.code, use.meaning) for use in mapping.uses(found.table, found.row.mapping)] == [
        ("M", ""), ("X", ""), ("0.5", "p"),
    ]  # fmt: skip
    assert mapping.undecided(found.table, found.row.mapping)
    choose = {"M": "J", "X": "?", "0.5": "p"}
    assert imports.choose_codes(desk.session, desk.who, found, {"M": "J"}, NOW) == ["X"]
    assert imports.choose_codes(desk.session, desk.who, found, choose, NOW) == []
    found, preview = desk.look()
    assert found.row.mapping == {"M": "J", "X": "?"}
    assert [fault.cell for fault in preview.blocking] == ["C2"]
    entry = desk.session.scalars(select(JournalEntry).where(JournalEntry.action == "correspondance")).one()
    assert entry.organiser_id == desk.facility.organiser_id

    imports.choose_codes(desk.session, desk.who, found, choose | {"X": "."}, NOW)  # changed from the preview
    assert not desk.look()[1].blocking
    found, preview = desk.send(data)
    assert not mapping.undecided(found.table, found.row.mapping)
    assert preview.merge.rows[0].child.codes[:5] == ".J..p"


def test_in_our_own_layout_an_unknown_code_is_an_error_at_once(desk: Desk) -> None:
    found, preview = desk.send(workbook(child("Amrani", "Adam", "Z")))
    assert not mapping.undecided(found.table, found.row.mapping)
    assert [fault.violation.code for fault in preview.blocking] == ["code-inconnu"]


def test_the_month_follows_the_order_of_the_file(desk: Desk) -> None:
    desk.send(workbook(FIRST, SECOND))
    desk.confirm()
    amrani, benali = desk.lines()
    new = child("Zola", "Émile", "P")
    desk.send(workbook(SECOND, new, FIRST))
    desk.confirm()
    found = desk.lines()
    assert [line.child.last_name for line in found] == ["Benali", "Zola", "Amrani"]
    assert (found[0].id, found[2].id) == (benali.id, amrani.id)
    data = workbook(FIRST, SECOND, new)
    _, preview = desk.send(data)
    assert (preview.changes_nothing, preview.only_moves) == (False, True)
    assert desk.confirm().moved
    assert [line.id for line in desk.lines()] == [amrani.id, benali.id, found[1].id]
    assert desk.send(data)[1].changes_nothing
    assert not desk.confirm().moved
    desk.send(workbook(SECOND, new, FIRST))
    desk.confirm()
    desk.send(workbook(child("Aubry", "Tom", "P"), SECOND, new, FIRST))
    desk.correct(skip=frozenset({3}))  # Benali's row is set aside: her line keeps its place as well
    desk.confirm()
    assert [line.child.last_name for line in desk.lines()] == ["Aubry", "Benali", "Zola", "Amrani"]

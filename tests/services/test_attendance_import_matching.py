"""Who is who, when a workbook and the month do not say it alike: asked, never guessed."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest

from app.services.attendance import imports, mapping
from app.services.attendance.import_preview import Fault, Preview
from app.services.attendance.import_questions import DOUBT, EMPTYING, NAMESAKE, OTHER_MONTH
from app.services.attendance.imports import Same
from tests.factories import niss
from tests.services.desk import BORN, FIRST, NOW, SECOND, TITLES, Desk, child, workbook
from tests.spreadsheets import made

TYPED_WRONG = dt.date(2025, 1, 20)  # for BORN, 2 January 2025
LATER = dt.date(2026, 3, 15)


def _asked(preview: Preview) -> list[Fault]:
    return [fault for fault in preview.faults if fault.line is not None]


def _moves(preview: Preview) -> tuple[int, int, int]:
    merge = preview.merge
    return len(merge.added), len(merge.changed), len(merge.removed)


@pytest.fixture
def drafted(desk: Desk) -> Desk:
    """A desk whose month has Adam Amrani and Léa Benali, with a national number each."""
    desk.send(workbook(_with_number(FIRST, 1), _with_number(SECOND, 2)))
    desk.confirm()
    return desk


def _with_number(row: list[object], order: int) -> list[object]:
    return [*row[:3], niss(BORN, order), *row[4:]]


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        (child("Amrani", "Adam", "P", born=TYPED_WRONG), "C2"),
        (child("Amrani", "Adam", "P", born=dt.date(2025, 2, 1)), "C2"),  # day and month swapped
        (child("Amrany", "Adam", "P"), "A2"),
        (child("Amrani", "Adame", "P"), "A2"),
        (child("Adam", "Amrani", "P"), "A2"),
        (child("Amrani-Lopez", "Adam", "P"), "A2"),
        (child("Amrani", "Adam Noé", "P"), "A2"),
    ],
    ids=str,
)
def test_who_may_be_the_same_child_is_asked_before_anything_is_stored(
    drafted: Desk, row: list[object], cell: str
) -> None:
    _, preview = drafted.send(workbook(row, SECOND))
    (fault,) = _asked(preview)
    assert (fault.violation.code, fault.cell, fault.violation.blocking) == (DOUBT, cell, True)
    assert "né·e le 02/01/2025\N{NO-BREAK SPACE}» dans le relevé" in fault.message
    assert _moves(preview) == (1, 0, 1)
    with pytest.raises(imports.Blocked):
        drafted.confirm()


@pytest.mark.parametrize(
    "row",
    [
        child("Petit", "Lou", "P"),  # born the same day, that is all
        child("Amrani", "Sofia", "P"),  # a sister
        child("Amrani", "Adam", "P", born=TYPED_WRONG, niss=niss(TYPED_WRONG, 77)),
    ],
    ids=str,
)
def test_whoever_is_surely_another_is_not_asked_about(drafted: Desk, row: list[object]) -> None:
    _, preview = drafted.send(workbook(row, SECOND))
    assert not _asked(preview)
    assert _moves(preview) == (1, 0, 1)


def test_twins_who_are_both_known_are_not_asked_about(desk: Desk) -> None:
    twins = [child("Petit", "Léa", "P"), child("Petit", "Léo", "J")]
    desk.send(workbook(twins[0]))
    desk.confirm()
    _, preview = desk.send(workbook(*twins))
    assert not _asked(preview)
    assert _moves(preview) == (1, 0, 0)


def test_the_same_child_as_in_the_workbook(drafted: Desk) -> None:
    before = drafted.lines()
    _, preview = drafted.send(workbook(child("Amrani", "Adam", "P", born=TYPED_WRONG), SECOND))
    line = before[0].id
    preview = drafted.correct(answers={(2, line): Same.CORRECTED})
    assert not _asked(preview)
    assert _moves(preview) == (0, 1, 0)
    assert list(preview.answers()) == [(2, line, "Amrani Adam, né·e le 02/01/2025", True)]
    assert _asked(drafted.correct(ask=frozenset({(2, line)})))
    drafted.correct(answers={(2, line): Same.CORRECTED})
    drafted.confirm()
    after = drafted.lines()
    assert [row.id for row in after] == [row.id for row in before]
    assert after[0].child.birth_date == TYPED_WRONG
    assert after[0].child.niss_hash == before[0].child.niss_hash is not None


def test_the_same_child_as_in_the_month(drafted: Desk) -> None:
    before = drafted.lines()
    drafted.send(workbook(child("Amrany", "Adame", "J"), SECOND))
    preview = drafted.correct(answers={(2, before[0].id): Same.AS_DRAFTED})
    assert not _asked(preview)
    drafted.confirm()
    found = drafted.lines()[0]
    assert (found.id, found.child.last_name, found.child.first_name) == (before[0].id, "Amrani", "Adam")
    assert found.child.codes[0] == "J"


def test_one_name_and_one_birth_date_with_two_numbers_is_asked(drafted: Desk) -> None:
    before = drafted.lines()
    other = workbook(_with_number(child("Amrani", "Adam", "J"), 9), SECOND)
    _, preview = drafted.send(other)
    (fault,) = _asked(preview)
    assert (fault.violation.code, fault.cell, fault.violation.blocking) == (DOUBT, "D2", True)
    assert "avec un autre NISS" in fault.message

    preview = drafted.correct(answers={(2, before[0].id): Same.AS_DRAFTED})
    assert not _asked(preview)
    drafted.confirm()
    assert drafted.lines()[0].child.codes[0] == "J"
    assert drafted.lines()[0].child.niss_hash == before[0].child.niss_hash

    drafted.send(other)
    drafted.correct(answers={(2, before[0].id): Same.CORRECTED})
    drafted.confirm()
    assert drafted.lines()[0].id == before[0].id
    assert drafted.lines()[0].child.niss_hash != before[0].child.niss_hash

    drafted.send(workbook(_with_number(child("Amrani", "Adam", "J"), 1), SECOND))
    assert _moves(drafted.correct(answers={(2, before[0].id): Same.ANOTHER})) == (1, 0, 1)


@pytest.mark.parametrize(
    ("staying", "told"),
    [
        ((FIRST, SECOND), ""),
        ((FIRST,), ""),  # half of the month
        ((), "Ce classeur retire 2 enfants du relevé, qui en compte 2, et en ajoute 1."),
    ],
)
def test_a_workbook_of_other_children_is_told_first(
    drafted: Desk, staying: tuple[list[object], ...], told: str
) -> None:
    _, preview = drafted.send(workbook(*staying, child("Zola", "Émile", "P")))
    assert (preview.emptying.message if preview.emptying else "") == told
    assert [fault.violation.code for fault in preview.faults] == [EMPTYING] * bool(told)
    assert not preview.blocking
    assert preview.emptying not in preview.warnings


def test_a_title_of_another_month_is_told_first_and_blocks_nothing(drafted: Desk) -> None:
    _, preview = drafted.send(made.file(("Feuil1", [["Septembre 2026"], TITLES, FIRST])))
    (told,) = preview.alerts
    assert (told.cell, told.violation.code) == ("A2", OTHER_MONTH)
    assert told.message == "Le titre du classeur parle de septembre 2026, et vous importez octobre 2026."
    assert not preview.blocking + preview.warnings
    _, preview = drafted.send(made.file(("Feuil1", [["Octobre 2026"], TITLES, FIRST])))
    assert not preview.alerts


def test_another_child(drafted: Desk) -> None:
    before = drafted.lines()
    drafted.send(workbook(child("Amrani", "Adam", "P", born=TYPED_WRONG), SECOND))
    preview = drafted.correct(answers={(2, before[0].id): Same.ANOTHER})
    assert not preview.blocking
    stored = drafted.confirm()
    assert (stored.added, stored.changed, stored.removed) == (1, 0, 1)
    new = drafted.lines()[0]  # as in the file
    assert (new.child.birth_date, new.child.niss_hash) == (
        TYPED_WRONG,
        None,
    )  # nobody's number went to another


def test_an_answer_about_a_line_that_is_not_the_one_asked_about_is_nothing(drafted: Desk) -> None:
    drafted.send(workbook(child("Amrani", "Adam", "P", born=TYPED_WRONG), SECOND))
    other = drafted.lines()[1].id
    assert _asked(drafted.correct(answers={(2, other): Same.CORRECTED, (3, other): Same.ANOTHER}))


def test_a_namesake_of_another_age_is_another_child_unless_one_says_not(drafted: Desk) -> None:
    _, preview = drafted.send(workbook(child("Amrani", "Adam", "P", born=LATER), SECOND))
    (fault,) = _asked(preview)
    assert (fault.violation.code, fault.violation.blocking) == (NAMESAKE, False)
    assert not preview.blocking
    assert _moves(preview) == (1, 0, 1)
    preview = drafted.correct(answers={(2, drafted.lines()[0].id): Same.CORRECTED})
    assert _moves(preview) == (0, 1, 0)


def test_without_a_preview_somebody_must_have_said_so(drafted: Desk) -> None:
    data = workbook(child("Amrani", "Adam", "P", born=TYPED_WRONG), SECOND)

    def run(same: bool | None) -> Preview:
        return imports.run(
            drafted.session, drafted.who, drafted.facility, drafted.ctx, "a.xlsx", data, None, NOW, dry=True, same=same
        ).preview  # fmt: skip

    assert [fault.violation.code for fault in run(None).blocking] == [DOUBT]
    assert (_moves(run(True)), run(True).blocking) == ((0, 1, 0), [])
    assert (_moves(run(False)), run(False).blocking) == ((1, 0, 1), [])


def test_a_month_on_two_sheets(desk: Desk) -> None:
    babies = [TITLES, FIRST, child("Petit", "Lou", "Z")]
    old = [["Les grands"], [], TITLES, SECOND, FIRST]
    data = made.file(("Bébés", babies), ("Légende", [["P", "présent"]]), ("Les grands", old))
    found, preview = desk.send(data)
    assert [part.sheet_name for part in found.table.parts] == ["Bébés", "Les grands"]
    assert any("« Légende »" in note for note in found.table.notes)
    cells = {(fault.cell, fault.violation.code) for fault in preview.blocking}
    assert cells == {("Bébés!H3", "code-inconnu"), ("'Les grands'!A5", "enfant-en-double")}
    assert (
        "C’est la ligne 2 de «\N{NO-BREAK SPACE}Bébés\N{NO-BREAK SPACE}» du classeur."
        in preview.blocking[-1].message
    )
    given = openpyxl.load_workbook(made.BytesIO(imports.annotate(found, preview)))
    assert given["Bébés"]["H3"].comment is not None
    assert given["Les grands"]["A5"].comment is not None
    preview = desk.correct(values={(3, "1"): "P"}, skip=frozenset({10_005}))
    assert not preview.blocking
    stored = desk.confirm()
    assert (stored.added, stored.removed) == (3, 0)
    assert [row.child.first_name for row in desk.lines()] == ["Adam", "Lou", "Léa"]
    # Sent again, a whole sheet set aside: its children stay as they are.
    desk.send(data)
    preview = desk.correct(sheets=frozenset({1}), values={(3, "1"): "P"})
    assert not preview.blocking
    assert _moves(preview) == (0, 0, 0)
    assert [line.child.first_name for line in preview.merge.kept] == ["Léa"]


def test_a_month_on_a_sheet_a_week(desk: Desk) -> None:
    """One child, one line; each fault at its own cell; a child who is not in a week was not expected then."""
    weeks = [range(1, 12), range(12, 26), range(26, 32)]
    titles = made.FIELDS[:3]

    def sent(third: list[list[object]]) -> bytes:
        adam, lea = ["Amrani", "Adam", BORN], ["Benali", "Léa", BORN]
        rows = [
            [[*titles, *weeks[0]], [*adam, "P"], [*lea, "P"]],
            [[*titles, *weeks[1]], [*lea, "J"], [*adam, "Z"]],
            [[*titles, *weeks[2]], *third],
        ]
        return made.file(*((f"Semaine {number}", week) for number, week in enumerate(rows, 1)))  # type: ignore[misc]

    found, preview = desk.send(sent([["Amrani", "Adam", BORN, "I"], ["Benali", "Léa", BORN, "I"]]))
    assert [(fault.cell, fault.sheet, fault.value) for fault in preview.blocking] == [
        ("'Semaine 2'!D3", "Semaine 2", "Z")
    ]
    assert [found.table.lines_of(place) for place in range(3)] == [2, 2, 2]
    given = openpyxl.load_workbook(made.BytesIO(imports.annotate(found, preview)))
    assert given["Semaine 2"]["D3"].comment is not None
    assert [(use.code, use.cells) for use in mapping.uses(found.table, {}) if use.code in "ZI"] == [
        ("Z", ("'Semaine 2'!D3",)),
        ("I", ("'Semaine 3'!D2", "'Semaine 3'!D3")),
    ]
    preview = desk.correct(values={(2, "12"): "P½"})
    assert found.table.cell(found.table.header("12"), "12") == "'Semaine 2'!D1"
    assert [(one.cell, one.was) for one in preview.corrections()] == [("'Semaine 2'!D3", "Z")]
    assert desk.confirm().added == 2
    codes = {line.child.first_name: line.child.codes for line in desk.lines()}
    assert {name: (code[0], code[11], code[25]) for name, code in codes.items()} == {
        "Adam": ("P", "p", "I"),
        "Léa": ("P", "J", "I"),
    }
    desk.send(sent([["Amrani", "Adam", BORN, "I"]]))
    preview = desk.correct(values={(2, "12"): "P½"})
    assert _moves(preview) == (0, 1, 0)
    desk.confirm()
    assert [line.child.codes[25] for line in desk.lines()] == ["I", "."]


def test_a_date_that_everybody_has_tells_nothing(desk: Desk) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    desk.send(workbook(*(child(f"Amran{one}", "Adam", "P") for one in letters)))
    desk.confirm()
    preview = desk.send(workbook(*(child(f"Amran{one}i", "Adam", "P") for one in letters)))[1]
    assert _asked(preview) == []
    assert _moves(preview) == (26, 0, 26)

"""Who is who between a workbook and the draft, and what each line becomes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from app import keyring
from app.rules.attendance import ChildLine
from app.rules.codes import EMPTY_MONTH
from app.services.attendance.import_table import ImportTable, Part
from app.services.attendance.merging import Merge, merge, read_rows
from app.services.attendance.sheets import Line
from config import Development
from tests.factories import niss

COLUMNS = ["last_name", "first_name", "birth_date", "niss", "entry_date", "exit_date", "pfp_rate"]
BORN = dt.date(2024, 5, 3)


@pytest.fixture(autouse=True)
def _keys() -> Iterator[None]:
    kept = keyring._keyring
    config = Development()
    keyring.configure(keyring.Keyring.parse(config.NISS_KEYS, config.NISS_HASH_KEY))
    yield
    keyring._keyring = kept


def table(*rows: list[Any], columns: list[str] = COLUMNS, days: int = 31) -> ImportTable:
    """A table whose first row is Excel's row 2; cells that are not given are blank."""
    places = {key: place for place, key in enumerate([*columns, *map(str, range(1, days + 1))])}
    filled = {number: [*row, *[None] * (len(places) - len(row))] for number, row in enumerate(rows, 2)}
    return ImportTable((Part("Feuil1", 1, places),), "0" * 16, True, filled)


def line(number: int, last: str, first: str, born: dt.date | None = BORN, **values: Any) -> Line:
    if "niss" in values:
        values["niss_hash"] = keyring.keyring().fingerprint(values.pop("niss"))
    return Line(number, 1, ChildLine(last, first, born, key=number, **values))


def merged(of: ImportTable, *draft: Line) -> Merge:
    return merge(of, read_rows(of, {}), draft)


def test_a_national_number_comes_before_every_name() -> None:
    number = niss(BORN)
    found = merged(
        table(["Durant", "Louise", BORN, number]),
        line(7, "Durand", "Lou", None, niss=number),
        line(8, "X", "Y"),
    )
    (row,) = found.rows
    assert row.line is not None
    assert row.line.id == 7
    assert (row.child.last_name, row.child.birth_date, row.changed) == ("Durant", BORN, True)
    assert row.child.niss is None  # it has it already: nothing to seal again
    assert [gone.id for gone in found.removed] == [8]


@pytest.mark.parametrize(
    ("written", "drafted"),
    [
        (("DUPONT", "zoe"), ("Dupont", "Zoé")),
        (("Van den Bergh", "Léa"), ("Van", "den Bergh Léa")),
        (("D’Hondt", "Jean-Marc"), ("D'HONDT", "Jean Marc")),
    ],
)
def test_names_are_compared_without_case_accents_nor_the_place_where_they_are_cut(
    written: tuple[str, str], drafted: tuple[str, str]
) -> None:
    found = merged(table([*written, BORN]), line(7, *drafted))
    assert not found.removed
    assert found.rows[0].line is not None


def test_a_lone_name_is_enough_and_a_shared_one_is_not() -> None:
    rows = table(["Amrani", "Adam"], ["Petit", "Lou"], columns=["last_name", "first_name"])
    found = merged(
        rows,
        line(1, "Amrani", "Adam"),
        line(2, "Petit", "Lou"),
        line(3, "Petit", "Lou", dt.date(2025, 1, 1)),
    )
    assert [row.line and row.line.id for row in found.rows] == [1, None]
    assert [gone.id for gone in found.removed] == [2, 3]


def test_two_known_numbers_are_two_children() -> None:
    found = merged(
        table(["Petit", "Lou", dt.date(2025, 1, 1), niss(dt.date(2025, 1, 1))]),
        line(1, "Petit", "Lou", niss=niss(BORN)),
    )
    assert len(found.added) == len(found.removed) == 1


def test_columns_that_the_file_does_not_have_keep_what_the_draft_knows() -> None:
    draft = line(
        1, "Petit", "Lou", entry_date=dt.date(2025, 2, 3), pfp_rate=Decimal("12.50"), niss=niss(BORN),
        codes="PPPPP" + "." * 26,
    )  # fmt: skip
    rows = table(["PETIT", "Lou", "J", None, "I"], columns=["last_name", "first_name"], days=3)
    (row,) = merged(rows, draft).rows
    assert (row.child.entry_date, row.child.pfp_rate) == (dt.date(2025, 2, 3), Decimal("12.50"))
    assert row.child.niss_hash == draft.child.niss_hash
    assert row.child.codes == "J.IPP" + "." * 26


def test_a_blank_number_takes_none_away_and_an_unreadable_cell_changes_nothing() -> None:
    draft = line(1, "Petit", "Lou", niss=niss(BORN), codes="P" + "." * 30)
    rows = table(["Petit", "Lou", "31/02/2024", None, None, None, None, "Z"])
    found = merged(rows, draft)
    (row,) = found.rows
    assert not row.changed
    assert found.unchanged == 1
    assert {fault.code for fault in read_rows(rows, {})[0].faults} == {"date-impossible", "code-inconnu"}
    assert read_rows(table(["A", "B"]), {})[0].silent == {"niss"}  # one row's faults are not the next one's


def test_a_name_taken_apart_by_guess_keeps_the_drafts_writing() -> None:
    rows = table(["PETIT", "Lou", BORN], columns=["last_name", "first_name", "birth_date"])
    columns = rows.parts[0].columns
    columns["first_name"] = columns["last_name"]
    assert not merged(rows, line(1, "Petit", "Lou")).rows[0].changed
    rows.rows[2][1] = "Loù"
    rows.readings.clear()
    assert merged(rows, line(1, "Petit", "Lou")).rows[0].changed


def test_blank_lines_leave_without_a_word() -> None:
    found = merged(table(["Petit", "Lou"]), Line(1, 1, ChildLine(key=1)), Line(2, 1, ChildLine(key=2)))
    assert (len(found.added), found.removed, len(found.blank)) == (1, [], 2)


def test_a_row_set_aside_leaves_its_line_as_it_is() -> None:
    rows = table(["Petit", "Lou", BORN, None, None, None, "3"], ["Grand", "Max"])
    rows.skipped = {2, 3}
    found = merged(rows, line(1, "Petit", "Lou"))
    assert not found.rows
    assert not found.removed
    assert [kept.id for kept in found.kept] == [1]


def test_what_was_read_once_is_read_the_same_again() -> None:
    rows = table(
        ["Petit", "Lou", BORN, niss(BORN), dt.date(2025, 1, 2), None, 12.5, "P", "½", 1.0],
        ["Grand", "", None],
    )
    first = read_rows(rows, {})
    again = ImportTable.load(rows.dump())
    assert set(again.readings) == {2, 3}
    assert read_rows(again, {}) == first
    assert first[0].child.codes == "PpP" + EMPTY_MONTH[3:]


def test_a_child_of_one_week_was_not_expected_in_the_others_even_when_nobody_stands_in_two() -> None:
    parts = tuple(Part(day, 1, {"last_name": 0, "first_name": 1, day: 2}) for day in ("1", "12"))
    rows: dict[int, list[Any]] = {2: ["Amrani", "Adam", "P"], 10_002: ["Benali", "Léa", "P"]}
    found = read_rows(ImportTable(parts, "", False, rows), {})
    assert [{"1", "12", "5"} & row.silent for row in found] == [{"5"}, {"5"}]

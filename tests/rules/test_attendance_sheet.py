"""The rules on a whole month, its occupancy, and the month that starts from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.attendance import (
    FIELDS,
    ChildLine,
    from_previous,
    is_blank,
    judge_line,
    judge_sheet,
    occupancy,
    read_line,
    twin,
)
from app.rules.codes import BLANK, EMPTY_MONTH, Totals, totals
from app.rules.months import Month
from app.rules.violations import Severity
from tests.rules.examples import CODES, LINES, OCTOBER, WEEKENDS, child, context, month, niss

FIRST = niss("250305001", since_2000=True)
SECOND = niss("250305002", since_2000=True)


def twice(*lines: ChildLine) -> list[tuple[int | None, Severity, str, int | None]]:
    return [
        (index, v.severity, v.field, v.other_line)
        for index, v in judge_sheet(lines, context())
        if v.code == "enfant-en-double"
    ]


BLOCKED = [(1, Severity.BLOCKING, "last_name", 0)]
DOUBTED = [(1, Severity.WARNING, "last_name", 0)]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (child(), BLOCKED),
        (child(last_name="VERMEULEN ", first_name="nour"), BLOCKED),
        (child(last_name="Ver-Meulen"), BLOCKED),
        (child(birth_date=date(2025, 3, 6)), []),
        (child(first_name="Noor"), []),
        (child(birth_date=None), DOUBTED),
    ],
)
def test_a_child_twice_by_name_and_birth(second: ChildLine, expected: list[object]) -> None:
    assert twice(child(), second) == expected


def test_accents_do_not_make_another_child() -> None:
    assert (
        twice(child(last_name="D'Hondt", first_name="Zoé"), child(last_name="D’HONDT", first_name="ZOE"))
        == BLOCKED
    )


def test_namesakes_of_one_day_are_told_apart_by_their_numbers() -> None:
    assert twice(child(niss=FIRST), child(niss=SECOND)) == []
    assert twice(child(niss_hash="a"), child(niss_hash="b")) == []
    assert twice(child(niss=FIRST), child(niss_hash="b")) == BLOCKED


def test_a_child_twice_by_number() -> None:
    other = child(last_name="Claes", birth_date=date(2025, 4, 5), niss_hash="a")
    assert twice(child(niss_hash="a"), other) == [(1, Severity.BLOCKING, "niss", 0)]
    assert twice(child(niss=FIRST), child(niss=FIRST, birth_date=None)) == [(1, Severity.BLOCKING, "niss", 0)]


def test_each_further_line_is_told_once() -> None:
    assert [index for index, *_ in twice(child(), child(), child())] == [1, 2]


def test_blank_lines_and_lines_without_a_name_are_no_child_twice() -> None:
    assert twice(ChildLine(), ChildLine(), child(last_name=""), child(last_name="")) == []


def test_too_many_lines() -> None:
    lines = [child(first_name=f"Nour {chr(ord('a') + index)}") for index in range(4)]
    assert judge_sheet(lines, context(max_lines=4)) == []
    ((index, violation),) = judge_sheet(lines, context(max_lines=3))
    assert index is None
    assert (violation.code, violation.severity) == ("ligne-max", Severity.BLOCKING)
    assert violation.message == "Le relevé compte 4 lignes, pour 3 au plus."


def test_more_children_than_places_is_doubted_that_day() -> None:
    lines = [
        child(first_name="Nour", codes=month({1: "P", 2: "P", 5: "P"})),
        child(first_name="Lou", codes=month({1: "p", 2: "p", 5: "J"})),
        child(first_name="Sam", codes=month({1: "p", 2: "P", 5: "P"})),
    ]
    ((index, violation),) = judge_sheet(lines, context(capacity=2))
    assert index is None
    assert (violation.code, violation.severity) == ("capacite-depassee", Severity.WARNING)
    assert (violation.field, violation.days) == ("2", (2,))
    assert violation.message == (
        "Le vendredi 2 octobre 2026, 3 enfants sont notés présents : "
        "2,5 places occupées pour une capacité de 2."
    )
    assert judge_sheet(lines, context(capacity=None)) == []


def test_every_fault_of_a_file_is_told_at_its_cell_in_one_pass() -> None:
    sound: dict[str, object] = {
        "birth_date": date(2025, 3, 5),
        "entry_date": date(2025, 9, 1),
        "pfp_rate": 7.73,
        "1": "P",
    }
    rows: list[Mapping[str, object]] = [
        sound | {"last_name": "Amrani", "first_name": "Mila"},
        sound | {"first_name": "Adam"},
        sound | {"last_name": "Claes", "first_name": "Hugo", "birth_date": "31/02/2025"},
        sound | {"last_name": "Dupont", "first_name": "Noah", "birth_date": date(2027, 1, 1)},
        sound | {"last_name": "François", "first_name": "Zoé", "niss": "85133000105"},
        sound | {"last_name": "Kowalski", "first_name": "Côme", "1": "X"},
        sound | {"last_name": "Lambert", "first_name": "Côme", "5": 2.0},
        sound | {"last_name": "Lambert", "first_name": "Malo", "3": "P"},
        sound
        | {"last_name": "Lejeune", "first_name": "Noah", "exit_date": date(2026, 10, 3), "5": "P", "6": "P½"},
        sound | {"last_name": "AMRANI", "first_name": "Mila"},
        sound | {"last_name": "Nguyen", "first_name": "Lou", "pfp_rate": -4.0},
    ]
    lines: list[ChildLine] = []
    found: set[tuple[int | None, str, str]] = set()
    for index, row in enumerate(rows):
        line, violations = read_line(row)
        lines.append(line)
        found |= {(index, v.field, v.code) for v in violations}
    found |= {(index, v.field, v.code) for index, v in judge_sheet(lines, context())}
    assert found == {
        (1, "last_name", "nom-manquant"),
        (2, "birth_date", "date-impossible"),
        (3, "birth_date", "naissance-future"),
        (4, "niss", "niss-invalide"),
        (5, "1", "code-inconnu"),
        (6, "5", "code-inconnu"),
        (7, "3", "jour-ferme"),
        (8, "exit_date", "apres-sortie"),
        (9, "last_name", "enfant-en-double"),
        (10, "pfp_rate", "tarif-invalide"),
    }


@given(st.lists(LINES, max_size=8))
def test_a_month_tells_all_that_its_lines_tell(lines: list[ChildLine]) -> None:
    ctx = context(max_age_months=36)
    found = judge_sheet(lines, ctx)
    for index, line in enumerate(lines):
        assert set(judge_line(line, ctx)) <= {v for at, v in found if at == index}
    for at, violation in found:
        assert violation.field in {spec.key for spec in FIELDS} or violation.field.isdigit()
        if violation.other_line is not None:
            assert at is not None
            assert violation.other_line < at


def test_the_occupancy_of_a_month() -> None:
    codes = [month({1: "P", 2: "p", 5: "J"}), month({1: "P", 2: "I", 5: "j"})]
    found = occupancy(codes, context(capacity=2))
    assert found.per_day[0] == Totals(P=2)
    assert found.per_day[1] == Totals(p=1, I=1)
    assert found.occupied[:5] == (Decimal(2), Decimal("0.5"), Decimal(0), Decimal(0), Decimal(0))
    assert found.opening_days == 22
    assert found.rate == Decimal("2.5") / (2 * 22)
    assert found.total == Totals(P=2, p=1, J=1, j=1, I=1)
    with_justified = occupancy(codes, context(capacity=2, include_justified=True))
    assert with_justified.occupied[4] == Decimal("1.5")
    assert with_justified.rate == Decimal(4) / (2 * 22)


def test_the_occupancy_leaves_closed_days_out() -> None:
    assert occupancy([month({3: "P"})], context()).rate == 0
    assert occupancy([month({3: "P"})], context()).occupied[2] == 1


def test_no_rate_without_places_or_opening_days() -> None:
    assert occupancy([month()], context(capacity=None)).rate is None
    assert occupancy([month()], context(capacity=0)).rate is None
    assert occupancy([month()], context(closed=dict.fromkeys(range(1, 32), "Travaux"))).rate is None


def test_an_empty_month_is_not_occupied() -> None:
    found = occupancy([], context())
    assert len(found.per_day) == len(found.occupied) == 31
    assert found.rate == 0
    assert len(occupancy([], context(month=Month(2026, 2), closed={})).per_day) == 28


@given(st.lists(CODES, max_size=12))
def test_days_and_lines_sum_to_the_same_totals(codes: list[str]) -> None:
    by_line = sum(map(totals, codes), Totals())
    assert occupancy(codes, context()).total == by_line


@given(st.lists(CODES, min_size=1, max_size=12))
def test_a_facility_with_a_place_for_each_child_is_at_most_full(codes: list[str]) -> None:
    rate = occupancy(codes, context(capacity=len(codes), include_justified=True)).rate
    assert rate is not None
    assert 0 <= rate <= 1
    assert occupancy(["P" * 31 for _ in codes], context(capacity=len(codes))).rate == 1


def test_the_next_month_starts_with_the_children_still_present() -> None:
    november = OCTOBER.next()
    stays = child(key=1, niss_hash="a", codes=month({1: "P"}))
    left = child(key=2, exit_date=date(2026, 10, 31))
    leaves_first = child(key=3, exit_date=date(2026, 11, 1))
    found = from_previous([stays, left, ChildLine(key=4), leaves_first], OCTOBER, november)
    assert found == [replace(stays, codes=EMPTY_MONTH), replace(leaves_first, codes=EMPTY_MONTH)]


def test_a_month_starts_from_an_earlier_one() -> None:
    with pytest.raises(ValueError, match="earlier"):
        from_previous([], OCTOBER, OCTOBER)


@given(st.lists(LINES, max_size=8))
def test_the_next_month_keeps_all_but_codes_and_the_departed(lines: list[ChildLine]) -> None:
    november = OCTOBER.next()
    found = from_previous(lines, OCTOBER, november)
    assert [line.key for line in found] == [
        line.key
        for line in lines
        if not is_blank(line) and (line.exit_date or november.last) >= november.first
    ]
    for line in found:
        assert line.codes == EMPTY_MONTH
        assert line.codes.count(BLANK) == len(line.codes)
    assert from_previous(found, OCTOBER, november) == [line for line in found if not is_blank(line)]


def test_the_days_of_the_context() -> None:
    ctx = context(today=date(2026, 10, 28), closed=WEEKENDS | {40: "hors du mois"})
    assert ctx.closed_days == tuple(WEEKENDS)
    assert ctx.opening_days == 22
    assert ctx.future_days == (29, 30)
    assert context(today=date(2026, 10, 31)).future_days == ()
    assert len(context(today=date(2026, 9, 1)).future_days) == 22


@given(st.lists(LINES, max_size=6))
def test_a_line_is_a_twin_of_the_others_exactly_when_the_month_says_so(lines: list[ChildLine]) -> None:
    ctx = context()
    for index, line in enumerate(lines):
        others = [*lines[:index], *lines[index + 1 :]]
        twice = any(
            found == len(others) and violation.code == "enfant-en-double" and violation.blocking
            for found, violation in judge_sheet([*others, line], ctx)
        )
        assert (twin(line, others, ctx) is not None) == twice

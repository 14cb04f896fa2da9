"""The rules on one child's line, a row a rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.attendance import ChildLine, MonthContext, is_blank, judge_line, judge_sheet, refusal
from app.rules.codes import BLANK, EMPTY_MONTH
from app.rules.months import Month
from app.rules.violations import Severity, Violation
from tests.rules.examples import CODES, DATES, LINES, child, context, month, niss

FULL = "P" * 31
APRIL = {"month": Month(2026, 4), "closed": {}}
BORN_2025 = niss("250305001", since_2000=True)


def faults(line: ChildLine, ctx: MonthContext) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(v.code, v.field, v.days) for v in judge_line(line, ctx) if v.severity is Severity.BLOCKING]


def doubts(line: ChildLine, ctx: MonthContext) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(v.code, v.field, v.days) for v in judge_line(line, ctx) if v.severity is Severity.WARNING]


def only(line: ChildLine, ctx: MonthContext) -> Violation:
    (violation,) = judge_line(line, ctx)
    return violation


def test_a_child_without_fault() -> None:
    assert judge_line(child(niss=BORN_2025), context(max_age_months=36)) == []


def test_a_blank_line_is_judged_for_nothing() -> None:
    assert is_blank(ChildLine())
    assert is_blank(ChildLine(key=12))
    assert judge_line(ChildLine(), context()) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"last_name": "X"},
        {"first_name": "X"},
        {"birth_date": date(2025, 1, 1)},
        {"niss": BORN_2025},
        {"niss_hash": "k"},
        {"entry_date": date(2025, 1, 1)},
        {"exit_date": date(2025, 1, 1)},
        {"pfp_rate": Decimal(0)},
        {"codes": month({31: "i"})},
    ],
)
def test_a_line_with_anything_on_it_is_not_blank(changes: dict[str, Any]) -> None:
    assert not is_blank(ChildLine(**changes))


@pytest.mark.parametrize(
    ("changes", "ctx", "expected"),
    [
        ({"last_name": ""}, {}, ("nom-manquant", "last_name", ())),
        ({"first_name": ""}, {}, ("nom-manquant", "first_name", ())),
        ({"birth_date": date(2026, 11, 23)}, {}, ("naissance-future", "birth_date", ())),
        ({"niss": "85133000105"}, {}, ("niss-invalide", "niss", ())),
        ({"niss": niss("261201001", since_2000=True)}, {}, ("niss-invalide", "niss", ())),
        ({"exit_date": date(2025, 8, 31)}, {}, ("sortie-avant-entree", "exit_date", ())),
        ({"entry_date": date(2026, 10, 2)}, {}, ("avant-entree", "entry_date", (1,))),
        ({"entry_date": date(2027, 1, 1)}, {}, ("avant-entree", "entry_date", (1,))),
        ({"exit_date": date(2026, 9, 30)}, {}, ("apres-sortie", "exit_date", (1,))),
        (
            {"exit_date": date(2026, 10, 5), "codes": month({5: "P", 6: "J", 30: "i"})},
            {},
            ("apres-sortie", "exit_date", (6, 30)),
        ),
        ({"pfp_rate": Decimal("-0.01")}, {}, ("tarif-invalide", "pfp_rate", ())),
        ({"codes": month({2: "?"})}, {}, ("code-inconnu", "2", (2,))),
        ({"codes": month({31: "P"})}, APRIL, ("jour-hors-mois", "31", (31,))),
        ({"codes": month({3: "P"})}, {}, ("jour-ferme", "3", (3,))),
        ({"codes": month({16: "J"})}, {"today": date(2026, 10, 15)}, ("jour-futur", "16", (16,))),
        ({}, {"today": date(2026, 9, 30)}, ("jour-futur", "1", (1,))),
    ],
)
def test_what_blocks(
    changes: dict[str, Any], ctx: dict[str, Any], expected: tuple[str, str, tuple[int, ...]]
) -> None:
    assert faults(child(**changes), context(**ctx)) == [expected]


@pytest.mark.parametrize(
    ("changes", "ctx"),
    [
        ({"entry_date": date(2026, 10, 1)}, {}),
        ({"entry_date": date(2026, 10, 2), "codes": month({2: "P"})}, {}),
        ({"exit_date": date(2026, 10, 1)}, {}),
        ({"entry_date": date(2026, 10, 1), "exit_date": date(2026, 10, 1)}, {}),
        ({"birth_date": date(2026, 11, 22), "entry_date": None}, {}),
        ({"pfp_rate": Decimal(0)}, {}),
        ({"codes": month({15: "J"})}, {"today": date(2026, 10, 15)}),
        ({"codes": month({30: "P"})}, APRIL),
        ({"birth_date": None, "entry_date": None, "pfp_rate": None}, {"capacity": None}),
        ({"niss": niss("850700001", since_2000=False)}, {}),
    ],
)
def test_what_just_holds(changes: dict[str, Any], ctx: dict[str, Any]) -> None:
    assert judge_line(child(**changes), context(**ctx)) == []


@pytest.mark.parametrize(
    ("changes", "ctx", "expected"),
    [
        ({"birth_date": date(2025, 9, 2)}, {}, ("naissance-apres-entree", "entry_date", ())),
        ({"niss": niss("250306001", since_2000=True)}, {}, ("niss-naissance", "birth_date", ())),
        ({"birth_date": date(2023, 10, 1)}, {"max_age_months": 36}, ("age-depasse", "birth_date", (1,))),
        ({"birth_date": date(2020, 2, 29)}, {"max_age_months": 36}, ("age-depasse", "birth_date", (1,))),
    ],
)
def test_what_is_doubtful(
    changes: dict[str, Any], ctx: dict[str, Any], expected: tuple[str, str, tuple[int, ...]]
) -> None:
    line = child(**changes)
    assert faults(line, context(**ctx)) == []
    assert doubts(line, context(**ctx)) == [expected]


def test_a_number_that_is_not_official_says_so_wherever_it_is_told() -> None:
    ctx = context(max_age_months=36, max_lines=1, unofficial=frozenset({"max_age_months", "max_lines"}))
    (old,) = judge_line(child(birth_date=date(2023, 10, 1)), ctx)
    assert "36 mois (valeur non officielle) le 01/10/2026" in old.message
    messages = [
        found.message for _, found in judge_sheet([child(), child(last_name="Autre", niss=None)], ctx)
    ]
    assert "Le relevé compte 2 lignes, pour 1 au plus (valeur non officielle)." in messages
    (same,) = judge_line(child(birth_date=date(2023, 10, 1)), context(max_age_months=36))
    assert "officielle" not in same.message


def test_the_days_before_the_age_limit_are_not_doubted() -> None:
    line = child(birth_date=date(2026, 8, 31), entry_date=None, codes=month({29: "P", 30: "P"}))
    assert doubts(line, context(max_age_months=2)) == []


def test_the_age_limit_of_a_birthday_that_the_month_does_not_have() -> None:
    line = child(birth_date=date(2025, 12, 31), entry_date=None, codes=month({27: "P", 28: "P"}))
    ctx = context(month=Month(2026, 2), closed={}, max_age_months=2)
    assert doubts(line, ctx) == [("age-depasse", "birth_date", (28,))]


def test_a_closed_day_is_told_with_its_reason_and_how_to_mend_it() -> None:
    violation = only(child(codes=month({3: "P"})), context())
    assert violation.message == "Le samedi 3 octobre 2026 est un jour fermé (week-end)."
    assert (
        violation.help
        == "Effacez ce code. Si votre milieu d’accueil était ouvert ce jour-là, vérifiez la page « Fermetures »."
    )


def test_a_closed_day_to_come_is_refused_once() -> None:
    line = child(codes=month({17: "P"}))
    assert faults(line, context(today=date(2026, 10, 15))) == [("jour-ferme", "17", (17,))]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((5,), "le lundi 5 octobre 2026"),
        ((1, 2, 5), "les 1er, 2 et 5 octobre 2026"),
        ((1, 2, 5, 6, 30), "sur 5 jours, du 1er au 30 octobre 2026"),
    ],
)
def test_the_days_before_the_entry_are_told(days: tuple[int, ...], said: str) -> None:
    line = child(entry_date=date(2026, 11, 2), codes=month(dict.fromkeys(days, "P")))
    assert said in only(line, context()).message


def test_crossed_dates_are_one_fault() -> None:
    line = child(entry_date=date(2026, 10, 9), exit_date=date(2026, 10, 5), codes=month({7: "P", 12: "P"}))
    assert faults(line, context()) == [("sortie-avant-entree", "exit_date", ())]


def test_a_birth_to_come_is_not_doubted_on_top() -> None:
    line = child(birth_date=date(2027, 1, 1), niss=BORN_2025)
    assert [v.code for v in judge_line(line, context())] == ["naissance-future"]


def test_a_malformed_month_is_an_error_of_ours() -> None:
    with pytest.raises(ValueError, match="31 characters"):
        judge_line(child(codes="P"), context())


def test_every_fault_of_a_line_is_told_at_once() -> None:
    line = child(
        first_name="", birth_date=date(2027, 1, 1), pfp_rate=Decimal(-4), codes=month({3: "P", 4: "J"})
    )
    assert [code for code, _, _ in faults(line, context())] == [
        "nom-manquant",
        "naissance-future",
        "tarif-invalide",
        "jour-ferme",
        "jour-ferme",
    ]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"codes": month({3: "P"})}, "3", "jour-ferme"),
        ({"codes": month({3: "P"})}, "5", None),
        ({"codes": month({3: "P"})}, "last_name", None),
        ({"exit_date": date(2026, 10, 5), "codes": month({6: "P"})}, "6", "apres-sortie"),
        ({"exit_date": date(2026, 10, 5), "codes": month({6: "P"})}, "exit_date", "apres-sortie"),
        ({"exit_date": date(2026, 10, 5), "codes": month({6: "P"})}, "7", None),
        ({"entry_date": date(2026, 10, 5), "codes": month({2: "P"})}, "2", "avant-entree"),
        ({"exit_date": date(2025, 8, 31)}, "entry_date", "sortie-avant-entree"),
        ({"exit_date": date(2025, 8, 31)}, "exit_date", "sortie-avant-entree"),
        ({"exit_date": date(2025, 8, 31)}, "1", None),
        ({"pfp_rate": Decimal(-1)}, "pfp_rate", "tarif-invalide"),
        ({"birth_date": date(2027, 1, 1)}, "birth_date", "naissance-future"),
        ({"niss": niss("250306001", since_2000=True)}, "birth_date", None),
        ({"last_name": ""}, "last_name", None),
    ],
)
def test_an_edit_is_refused_for_what_it_takes_part_in(
    changes: dict[str, Any], field: str, code: str | None
) -> None:
    violation = refusal(child(**changes), field, context())
    assert (violation.code if violation else None) == code


@given(CODES, st.integers(1, 31), LINES)
def test_emptying_a_day_is_never_refused(codes: str, day: int, line: ChildLine) -> None:
    emptied = codes[: day - 1] + BLANK + codes[day:]
    assert refusal(child(codes=emptied, exit_date=line.exit_date), str(day), context()) is None


@given(LINES, DATES)
def test_violations_stand_where_the_line_is_wrong(line: ChildLine, today: date) -> None:
    ctx = context(today=today, max_age_months=36)
    for violation in judge_line(line, ctx):
        assert violation.message
        assert violation.help
        for day in violation.days:
            assert line.codes[day - 1] != BLANK
        if not violation.field.isdigit():
            assert hasattr(line, violation.field)


@given(CODES, DATES, DATES)
def test_days_out_of_the_stay_are_those_before_entry_and_after_exit(
    codes: str, first: date, second: date
) -> None:
    entry, leave = sorted((first, second))
    ctx = context(closed={}, today=date(2199, 12, 31))
    line = child(birth_date=None, entry_date=entry, exit_date=leave, codes=codes)
    told = sorted(day for v in judge_line(line, ctx) for day in v.days)
    outside = [
        day for day in range(1, 32) if codes[day - 1] != BLANK and not entry <= ctx.month.day(day) <= leave
    ]
    assert told == outside


def test_the_clear_number_stays_out_of_the_repr() -> None:
    assert BORN_2025 not in repr(child(niss=BORN_2025, niss_hash="secret"))
    assert "secret" not in repr(child(niss_hash="secret"))


def test_a_full_month_of_a_child_present_every_day() -> None:
    assert judge_line(child(codes=FULL), context(closed={})) == []
    assert len(judge_line(child(codes=FULL), context())) == 9
    assert judge_line(child(codes=EMPTY_MONTH), context()) == []

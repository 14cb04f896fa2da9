"""The NISS: the vectors of the domain, what the library lets through, and silence about the digits."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.be import ssn

from app.rules.niss import Niss, parse_niss
from tests.rules.examples import niss

KNOWN = [
    ("85073003328", Niss("85073003328", date(1985, 7, 30), "M", False)),
    ("17073003384", Niss("17073003384", date(2017, 7, 30), "M", False)),
    ("93051822361", Niss("93051822361", date(1993, 5, 18), "M", False)),
    ("98472899765", Niss("98472899765", date(1998, 7, 28), "M", True)),
    ("01490700185", Niss("01490700185", date(2001, 9, 7), "M", True)),
    ("98272899722", Niss("98272899722", date(1998, 7, 28), None, True)),
    ("40000095579", Niss("40000095579", None, "M", False)),
    ("00000100195", Niss("00000100195", None, "M", False)),
]


@pytest.mark.parametrize(("digits", "expected"), KNOWN)
def test_valid_numbers(digits: str, expected: Niss) -> None:
    assert parse_niss(digits) == expected


@pytest.mark.parametrize("digits", ["12345678901", "85133000105"])
def test_invalid_numbers(digits: str) -> None:
    assert parse_niss(digits) is None


@pytest.mark.parametrize(
    "nine",
    [
        "850730000",  # no counter is 000
        "850730999",  # nor 999
        "850231001",  # 31 February is no unknown day
        "850431001",
        "852231001",
    ],
)
@pytest.mark.parametrize("since_2000", [False, True])
def test_what_the_library_lets_through_is_refused(nine: str, since_2000: bool) -> None:
    nine = ("0" + nine[1:]) if since_2000 else nine
    digits = niss(nine, since_2000=since_2000)
    assert ssn.is_valid(digits)
    assert parse_niss(digits) is None


@pytest.mark.parametrize("nine", ["850700001", "850732001", "850000001", "852000001"])
def test_an_unknown_birth_date_is_none(nine: str) -> None:
    found = parse_niss(niss(nine, since_2000=False))
    assert found is not None
    assert found.birth_date is None


@pytest.mark.parametrize(
    "raw", ["85.07.30-033.28", " 85 07 30 033 28 ", "85.07.30‑033.28", 85073003328, 85073003328.0]
)
def test_the_ways_it_is_written(raw: object) -> None:
    found = parse_niss(raw)
    assert found is not None
    assert found.digits == "85073003328"
    assert found.display == "85.07.30-033.28"


def test_a_workbook_that_dropped_the_leading_zeros() -> None:
    found = parse_niss(1490700185.0)
    assert found is not None
    assert found.digits == "01490700185"


@pytest.mark.parametrize(
    "raw", [None, "", "850730033", "8507300332A", "85073003328 85073003328", -5, 0, True, 1.5]
)
def test_what_is_no_number(raw: object) -> None:
    assert parse_niss(raw) is None


def test_the_digits_stay_out_of_the_repr() -> None:
    found = parse_niss("85073003328")
    assert found is not None
    assert not any(char.isdigit() for char in repr(found))


@given(st.dates(date(1900, 1, 1), date(2024, 12, 31)), st.integers(1, 998), st.sampled_from([0, 20, 40]))
def test_every_number_tells_its_birth_date_and_sex(birth: date, counter: int, step: int) -> None:
    nine = f"{birth.year % 100:02d}{birth.month + step:02d}{birth.day:02d}{counter:03d}"
    found = parse_niss(niss(nine, since_2000=birth.year >= 2000))
    assert found is not None
    assert found.birth_date == birth
    assert found.is_bis == (step > 0)
    assert found.sex == (None if step == 20 else "M" if counter % 2 else "F")


@given(st.text(alphabet="0123456789", min_size=11, max_size=11), st.integers(0, 10))
def test_a_mistyped_digit_is_noticed(digits: str, place: int) -> None:
    valid = niss("850730" + digits[:3].replace("000", "001").replace("999", "998"), since_2000=False)
    mistyped = valid[:place] + str((int(valid[place]) + 1) % 10) + valid[place + 1 :]
    assert parse_niss(valid) is not None
    found = parse_niss(mistyped)
    # A wrong digit may by chance be right for the other century, never for the same one.
    assert found is None or found.birth_date is None or found.birth_date.year >= 2000


@given(st.text() | st.integers() | st.floats() | st.none())
def test_no_cell_breaks_the_reading(raw: object) -> None:
    found = parse_niss(raw)
    assert found is None or len(found.digits) == 11

"""Enterprise numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.identifiers import format_bce, parse_bce


@pytest.mark.parametrize("written", ["0314.595.348", "0403.170.701"])
def test_valid_enterprise_numbers(written: str) -> None:
    digits = parse_bce(written)
    assert digits == written.replace(".", "")
    assert format_bce(digits) == written


@pytest.mark.parametrize("written", ["BE 0314.595.348", "be0314595348", "314595348", "0314 595 348"])
def test_the_ways_an_enterprise_number_is_written(written: str) -> None:
    assert parse_bce(written) == "0314595348"


@pytest.mark.parametrize(
    "written", ["", None, "0314.595.349", "2297964444", "03145953", "0000009700", "0A14595348"]
)
def test_invalid_enterprise_numbers(written: str | None) -> None:
    assert parse_bce(written) is None


@given(st.integers(0, 19_999_999))
def test_one_check_a_number(base: int) -> None:
    eight = f"{base:08d}"
    checks = [check for check in range(100) if parse_bce(f"{eight}{check:02d}")]
    assert checks == [97 - base % 97]

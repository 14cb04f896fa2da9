"""Which page of a list is shown."""

from __future__ import annotations

import pytest

from app.services.pages import spread


@pytest.mark.parametrize(
    ("page", "total", "expected"),
    [
        (1, 0, (1, 1, 0)),
        (1, 10, (1, 1, 0)),
        (2, 10, (1, 1, 0)),
        (2, 11, (2, 2, 10)),
        (99, 21, (3, 3, 20)),
        (-5, 21, (1, 3, 0)),
        (0, 21, (1, 3, 0)),
    ],
)
def test_a_page_is_brought_among_those_there_are(
    page: int, total: int, expected: tuple[int, int, int]
) -> None:
    assert spread(page, total, 10) == expected

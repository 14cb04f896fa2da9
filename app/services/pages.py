"""Which page of a list is shown: the arithmetic, once."""

from __future__ import annotations

from typing import NamedTuple


class Spread(NamedTuple):
    """A page among the pages of a list, both counted from 1; `offset`: the rows before it."""

    page: int
    pages: int
    offset: int


def spread(page: int, total: int, size: int) -> Spread:
    """The page asked for (from 1, whatever an address says), brought among those of `total` rows, `size` to a page."""
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    return Spread(page, pages, (page - 1) * size)

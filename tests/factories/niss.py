"""National numbers of fictional people, with valid check digits."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterator

_counters = itertools.count(1)


def niss(birth: dt.date | None = None, counter: int | None = None) -> str:
    """The number of someone born on a day; of somebody new each time when nothing is given."""
    number = next(_counters) if counter is None else counter
    birth = birth or dt.date(1930, 1, 1) + dt.timedelta(days=number // 900)
    stem = f"{birth:%y%m%d}{number % 900 + 1:03d}"
    whole = int(("2" if birth.year >= 2000 else "") + stem)
    return f"{stem}{97 - whole % 97:02d}"


def nisses(count: int, seed: int) -> Iterator[str]:
    """As many different numbers, the same ones for the same seed."""
    generator = random.Random(seed)  # noqa: S311  # fictional people, not secrets
    first = dt.date(1940, 1, 1)
    picked = generator.sample(range(30000 * 900), count)
    return (niss(first + dt.timedelta(days=one // 900), one % 900) for one in picked)

"""A month of fictional children, for pages and measures that need no database."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from app.rules.attendance import ChildLine, MonthContext

_LAST = ("Lambert", "Dubois", "Nguyễn", "Peeters", "El Amrani", "Van den Broeck", "O’Brien", "Çelik")
_FIRST = ("Zoé", "Adam", "Inès", "Noah", "Léa-Marie", "Sacha", "Mila", "Ömer")


def children(number: int, ctx: MonthContext) -> list[ChildLine]:
    """Fictional children, the same on each call, with all six codes."""
    pattern = "PPpPPPJPPPjPIPPPpPPiPP"
    lines = []
    for index in range(number):
        codes = "".join(
            "." if day in ctx.closed else pattern[(index * 7 + day) % len(pattern)] for day in range(1, 32)
        )
        lines.append(
            ChildLine(
                last_name=_LAST[index % len(_LAST)] + (f" {index // 64 + 1}" if index >= 64 else ""),
                first_name=_FIRST[index // len(_LAST) % len(_FIRST)],
                birth_date=dt.date(2024, 1 + index % 12, 1 + index % 28),
                entry_date=dt.date(2025, 9, 1),
                pfp_rate=Decimal("12.50"),
                codes=codes,
                niss_hash=f"n{index}" if index % 3 else None,
            )
        )
    return lines

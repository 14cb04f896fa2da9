"""What stands in the way of signing a month, and what its signer and its agent should look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.rules.attendance import MonthContext, forgotten, judge_sheet
from app.rules.violations import Severity, Violation
from app.services.attendance.sheets import Line

#: The code of what no correction mends: the month is not over.
UNFINISHED: Final = "mois-en-cours"


def obstacles(rows: Sequence[Line], ctx: MonthContext) -> list[tuple[Line | None, Violation]]:
    """Everything that keeps the month from being submitted, and the warnings."""
    children = [row.child for row in rows]
    found: list[tuple[Line | None, Violation]] = [
        (None if index is None else rows[index], violation)
        for index, violation in (*judge_sheet(children, ctx), *forgotten(children))
    ]
    if ctx.today <= ctx.month.last:
        found.insert(
            0,
            (
                None,
                Violation(
                    UNFINISHED,
                    f"Le mois n’est pas terminé : {ctx.month.label} se soumet à partir du {ctx.month.next().first:%d/%m/%Y}.",
                    "Continuez d’encoder ; tout est enregistré au fur et à mesure.",
                    Severity.BLOCKING,
                    "",
                ),
            ),
        )
    return found

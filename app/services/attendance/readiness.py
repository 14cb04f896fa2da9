"""What stands in the way of signing a month, and what its signer and its agent should look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from app.rules.attendance import MonthContext, is_blank, judge_sheet
from app.rules.codes import EMPTY_MONTH
from app.rules.french import count
from app.rules.violations import Severity, Violation
from app.services.attendance.sheets import Line

#: The code of what no correction mends: the month is not over.
UNFINISHED: Final = "mois-en-cours"
#: What is known of each child (source: the default columns of the workbook, of which the NISS alone is optional).
_EXPECTED: Final = {"birth_date": "La date de naissance", "entry_date": "La date d’entrée"}


def obstacles(rows: Sequence[Line], ctx: MonthContext) -> list[tuple[Line | None, Violation]]:
    """Everything that keeps the month from being submitted, and the warnings."""
    found: list[tuple[Line | None, Violation]] = [
        (None if index is None else rows[index], violation)
        for index, violation in judge_sheet([row.child for row in rows], ctx)
    ]
    found += _forgotten(rows)
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


def _forgotten(rows: Sequence[Line]) -> Iterator[tuple[Line | None, Violation]]:
    """What looks forgotten, told once for the month, at the first child concerned: no day, no birth or entry date."""
    children = [row for row in rows if not is_blank(row.child)]
    idle = [row for row in children if row.child.codes == EMPTY_MONTH]
    if children and len(idle) == len(children):
        yield (
            None,
            Violation(
                "aucun-jour",
                f"Aucun jour n’est encodé, pour {count(len(children), 'enfant')}.",
                "Encodez les présences du mois ; signez ainsi seulement si personne n’est venu.",
                Severity.WARNING,
                "",
            ),
        )
    elif idle:
        yield (
            idle[0],
            Violation(
                "enfant-sans-jour",
                f"Aucun jour n’est encodé pour cet enfant{_and_others(idle, 'pour')}.",
                "Encodez les jours ; laissez ainsi seulement qui n’était pas attendu ce mois-ci.",
                Severity.WARNING,
                "1",
            ),
        )
    for key, what in _EXPECTED.items():
        if lacking := [row for row in children if getattr(row.child, key) is None]:
            yield (
                lacking[0],
                Violation(
                    "fiche-incomplete",
                    f"{what} de cet enfant manque{_and_others(lacking, 'celle de')}.",
                    "Complétez la fiche de l’enfant.",
                    Severity.WARNING,
                    key,
                ),
            )


def _and_others(rows: Sequence[Line], what: str) -> str:
    """« , et pour 2 autres » after the first one; « d’un autre » elides."""
    others = len(rows) - 1
    if not others:
        return ""
    told = f"{what} {others} autres" if others > 1 else f"{what} un autre"
    return f", et {told}".replace("de un", "d’un")

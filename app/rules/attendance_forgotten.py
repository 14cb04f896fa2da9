"""What a month that is about to be signed may have left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from app.rules.attendance_line import is_blank
from app.rules.attendance_sheet import Finding
from app.rules.attendance_types import ChildLine
from app.rules.codes import EMPTY_MONTH
from app.rules.french import count
from app.rules.violations import Severity, Violation

#: What is known of each child (source: the default columns of the workbook, of which the NISS alone is optional).
_EXPECTED: Final = {"birth_date": "La date de naissance", "entry_date": "La date d’entrée"}


def forgotten(lines: Sequence[ChildLine]) -> Iterator[Finding]:
    """What looks forgotten, told once for the month, at the first child concerned: no day, no birth or entry date.

    For who signs and who checks: no rule of `judge_sheet`, since a month under way, or a vendor's file, may lack them.
    """
    children = [index for index, line in enumerate(lines) if not is_blank(line)]
    idle = [index for index in children if lines[index].codes == EMPTY_MONTH]
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
        if lacking := [index for index in children if getattr(lines[index], key) is None]:
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


def _and_others(found: Sequence[int], what: str) -> str:
    """« , et pour 2 autres » after the first one; « d’un autre » elides."""
    others = len(found) - 1
    if not others:
        return ""
    told = f"{what} {others} autres" if others > 1 else f"{what} un autre"
    return f", et {told}".replace("de un", "d’un")

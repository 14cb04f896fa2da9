"""What an import asks or warns of before « Confirmer »: who is who, and a month that would lose its children."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Final

from app.rules.attendance import ChildLine, MonthContext, format_field
from app.rules.codes import BLANK, DAYS_STORED
from app.rules.french import count
from app.rules.months import Month
from app.rules.violations import Severity, Violation
from app.services.attendance.matching import Doubt
from app.services.attendance.merging import Merge

#: Is this child of the file that one of the month? The second one has a likely answer: no.
DOUBT: Final = "enfant-incertain"
NAMESAKE: Final = "enfant-homonyme"
#: Most of the month's children leave.
EMPTYING: Final = "enfants-retires"
#: All the codes of the month's children leave, and none comes.
CODELESS: Final = "codes-retires"
#: Open days without a column.
COLUMNLESS: Final = "jours-sans-colonne"
#: The titles name another month.
OTHER_MONTH: Final = "titre-autre-mois"
#: What concerns the whole file, and is told before anything else.
ALERTS: Final = frozenset({EMPTYING, CODELESS, COLUMNLESS, OTHER_MONTH})


def name_of(child: ChildLine) -> str:
    """How a line is called on a screen."""
    return " ".join(filter(None, (child.last_name, child.first_name))) or "Ligne sans nom"


def born(child: ChildLine) -> str:
    """A child as told from its namesakes: « Petit Lou, né·e le 03/05/2024 »."""
    date = format_field("birth_date", child.birth_date)
    return f"{name_of(child)}, né·e le {date}" if date else f"{name_of(child)}, sans date de naissance"


def question(child: ChildLine, doubt: Doubt) -> Violation:
    """A child of the file who may be one of the month's, or another."""
    drafted = doubt.line.child
    there, here = (f"«\N{NO-BREAK SPACE}{born(one)}\N{NO-BREAK SPACE}»" for one in (child, drafted))
    if doubt.numbers_differ:
        same = f"Le relevé a déjà {here}, avec un autre NISS : est-ce le même enfant ?"
        mend = "Répondez dans l’aperçu, ou corrigez le NISS dans le classeur."
        return Violation(DOUBT, same, mend, Severity.BLOCKING, "niss")
    key = "last_name" if child.birth_date == drafted.birth_date else "birth_date"
    both = f"{there} dans le classeur, {here} dans le relevé"
    if doubt.open:
        mend = "Répondez dans l’aperçu, ou écrivez le nom et la date de naissance de la même façon dans le classeur."
        return Violation(DOUBT, f"{both} : est-ce le même enfant ?", mend, Severity.BLOCKING, key)
    presumed = "Ce sont deux enfants, sauf si vous dites que c’est le même."
    return Violation(NAMESAKE, f"{both} : un homonyme ?", presumed, Severity.WARNING, key)


def emptying(merged: Merge) -> Violation | None:
    """Most of the children who stand in the month are not in the file: often it is the wrong one."""
    asked = sum(doubt.open for doubt in merged.doubts.values())  # whoever is asked about may well stay
    leaving = len(merged.removed) - asked
    standing = len(merged.removed) + len(merged.kept) + sum(row.line is not None for row in merged.rows)
    if leaving * 2 <= standing:
        return None
    told = f"Ce classeur retire {count(leaving, 'enfant')} du relevé, qui en compte {standing}"
    if added := len(merged.added) - asked:
        told += f", et en ajoute {added}"
    mend = "Il vaut pour le mois entier : vérifiez que c’est le bon fichier, du bon milieu d’accueil et du bon mois."
    return Violation(EMPTYING, f"{told}.", mend, Severity.WARNING, "last_name")


def codeless(merged: Merge, columns: Container[str]) -> Violation | None:
    """Children without a single code under the file's days, in a month that has some: a list of names, or days that are
    only coloured."""
    days = [place for place in range(DAYS_STORED) if str(place + 1) in columns]
    leaving = sum(_codes(row.line.child, days) for row in merged.rows if row.line)
    if not leaving or any(_codes(row.child, days) for row in merged.rows):
        return None
    told = f"Ce classeur n’a aucun code de présence ; il efface {count(leaving, 'code')} du relevé."
    mend = "Les couleurs ne sont pas lues : écrivez un code dans chaque case, ou abandonnez cet import."
    return Violation(CODELESS, told, mend, Severity.WARNING, "1")


def _codes(child: ChildLine, days: Iterable[int]) -> int:
    return sum(child.codes[day] != BLANK for day in days)


def columnless(columns: Container[str], ctx: MonthContext) -> Violation | None:
    """Days that have come, when the facility was open, and that no column is for: a title that could not be read."""
    missing = [
        str(day)
        for day in range(1, ctx.month.days + 1)
        if day not in ctx.closed and ctx.month.day(day) < ctx.today and str(day) not in columns
    ]
    if not missing:
        return None
    days = f"le jour {missing[0]}" if len(missing) == 1 else f"les jours {', '.join(missing)}"
    told = f"Le classeur n’a pas de colonne pour {days} : rien n’en est importé."
    mend = "Vérifiez les titres des colonnes. Si le milieu d’accueil était fermé, encodez-le dans la page « Fermetures »."
    return Violation(COLUMNLESS, told, mend, Severity.WARNING, missing[0])


def other_month(found: str, asked: Month) -> Violation:
    """The titles of the workbook name a month that is not the one asked: often it is the wrong file."""
    told = f"Le titre du classeur parle de {found}, et vous importez {asked.label}."
    mend = "Vérifiez que c’est le bon fichier ; si seul le titre est resté d’un autre mois, continuez."
    return Violation(OTHER_MONTH, told, mend, Severity.WARNING, "last_name")

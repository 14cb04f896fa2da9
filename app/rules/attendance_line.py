"""The rules on one child's line. To add one: a function, and its name in `LINE_RULES`.

Each rule takes a line and the month's context and yields violations; none reads another's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from app.rules.attendance_days import (
    after_exit,
    before_entry,
    beyond_month,
    dates_crossed,
    on_closed_days,
    on_future_days,
    past_age,
    unknown_codes,
)
from app.rules.attendance_types import ChildLine, MonthContext, day_of
from app.rules.codes import EMPTY_MONTH
from app.rules.months import short_date
from app.rules.niss import Niss, parse_niss
from app.rules.violations import Severity, Violation

LineRule = Callable[[ChildLine, MonthContext], Iterable[Violation]]

# What is missing is said, and keeps the month from being submitted, but no cell is refused for it: a line is
# filled in, and emptied, one cell after another.
_ONLY_MISSING = frozenset({"nom-manquant"})
# Violations that stand on one column and are just as well mended in another.
_ALSO_INVOLVES = {"sortie-avant-entree": "entry_date"}


def is_blank(line: ChildLine) -> bool:
    """Whether nothing at all is filled in."""
    return (
        line.codes == EMPTY_MONTH
        and not line.last_name
        and not line.first_name
        and line.birth_date is None
        and line.niss is None
        and line.niss_hash is None
        and line.entry_date is None
        and line.exit_date is None
        and line.pfp_rate is None
    )


def _missing_names(line: ChildLine, _ctx: MonthContext) -> Iterator[Violation]:
    if not line.last_name:
        yield Violation(
            "nom-manquant",
            "Le nom de l’enfant manque.",
            "Complétez le nom, ou videz la ligne si elle est de trop.",
            Severity.BLOCKING,
            "last_name",
        )
    if not line.first_name:
        yield Violation(
            "nom-manquant",
            "Le prénom de l’enfant manque.",
            "Complétez le prénom ; si l’enfant ne porte qu’un seul nom, écrivez un tiret.",
            Severity.BLOCKING,
            "first_name",
        )


def _entry_after_exit(line: ChildLine, _ctx: MonthContext) -> Iterator[Violation]:
    if line.entry_date is not None and line.exit_date is not None and dates_crossed(line):
        yield Violation(
            "sortie-avant-entree",
            f"La date de sortie ({short_date(line.exit_date)}) précède "
            f"la date d’entrée ({short_date(line.entry_date)}).",
            "Corrigez l’une des deux dates ; laissez la sortie vide si l’enfant est encore accueilli.",
            Severity.BLOCKING,
            "exit_date",
        )


def _birth(line: ChildLine, ctx: MonthContext) -> Iterator[Violation]:
    birth = line.birth_date
    if birth is None:
        return
    if birth > ctx.today:
        yield Violation(
            "naissance-future",
            f"La date de naissance {short_date(birth)} est dans le futur.",
            "Vérifiez l’année de naissance.",
            Severity.BLOCKING,
            "birth_date",
        )
    elif line.entry_date is not None and line.entry_date < birth:
        yield Violation(
            "naissance-apres-entree",
            f"La date d’entrée ({short_date(line.entry_date)}) précède la naissance ({short_date(birth)}).",
            "Vérifiez les deux dates.",
            Severity.WARNING,
            "entry_date",
        )


def _niss(line: ChildLine, ctx: MonthContext) -> Iterator[Violation]:
    if line.niss is None:
        return
    niss = parse_niss(line.niss)
    if niss is None or (niss.birth_date is not None and niss.birth_date > ctx.today):
        why = "ses chiffres ne concordent pas" if niss is None else "il annonce une naissance dans le futur"
        yield Violation(
            "niss-invalide",
            f"Ce NISS n’est pas valide : {why}.",
            "Recopiez-le depuis la carte de l’enfant, ou laissez la case vide : il est facultatif.",
            Severity.BLOCKING,
            "niss",
        )
    elif _births_differ(niss, line, ctx):
        # It happens that a number does not begin with the birth date: a doubt, not a fault [guide 11.3.3.1].
        yield Violation(
            "niss-naissance",
            "Le NISS et la date de naissance ne se correspondent pas.",
            "Vérifiez l’un et l’autre ; si tous deux sont exacts, laissez-les ainsi.",
            Severity.WARNING,
            "birth_date",
        )


def _births_differ(niss: Niss, line: ChildLine, ctx: MonthContext) -> bool:
    told, noted = niss.birth_date, line.birth_date
    # A birth in the future is a fault of its own: no doubt on top of it.
    return told is not None and noted is not None and told != noted and noted <= ctx.today


def _rate(line: ChildLine, _ctx: MonthContext) -> Iterator[Violation]:
    if line.pfp_rate is not None and line.pfp_rate < 0:
        yield Violation(
            "tarif-invalide",
            "Le tarif PFP est négatif.",
            "Écrivez le montant par jour sans signe, par exemple 12,50.",
            Severity.BLOCKING,
            "pfp_rate",
        )


LINE_RULES: tuple[LineRule, ...] = (
    _missing_names,
    _birth,
    _niss,
    _entry_after_exit,
    before_entry,
    after_exit,
    past_age,
    _rate,
    unknown_codes,
    beyond_month,
    on_closed_days,
    on_future_days,
)


def judge_line(line: ChildLine, ctx: MonthContext) -> list[Violation]:
    """What is wrong with one line taken alone; nothing on a blank one. ValueError on a malformed month."""
    if is_blank(line):
        return []
    return [violation for rule in LINE_RULES for violation in rule(line, ctx)]


def refusal(line_after: ChildLine, field: str, ctx: MonthContext) -> Violation | None:
    """Why an edit is refused: the blocking violation that the edited column takes part in, or None.

    `line_after` is the line as it would be, `field` the column: a key of `FIELDS` or a day, "1" to "31".
    A missing name never refuses a cell: the month cannot be submitted as long as one is missing.
    """
    day = day_of(field)
    for violation in judge_line(line_after, ctx):
        if not violation.blocking or violation.code in _ONLY_MISSING:
            continue
        if violation.field == field or day in violation.days or _ALSO_INVOLVES.get(violation.code) == field:
            return violation
    return None

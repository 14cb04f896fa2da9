"""The rules on the days of a child's line: which may hold a code at all.

The string of codes is scanned at once rather than cell by cell: 500 lines are judged while a key echoes.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from app.rules.attendance_types import ChildLine, MonthContext
from app.rules.calendar import BEFORE_OPENING
from app.rules.codes import BLANK, CHARACTERS, DAYS_STORED
from app.rules.months import day_number, long_date, short_date
from app.rules.violations import Severity, Violation

_WAS_OPEN = "Si votre milieu d’accueil était ouvert ce jour-là, vérifiez la page « Fermetures »."
_NOT_YET = "Si vous accueilliez déjà des enfants, écrivez au helpdesk (« AIDE ») : la date d’ouverture est à corriger."
_KNOWN = frozenset(CHARACTERS + BLANK)
_MONTHS_A_YEAR = 12
_MOST_DAYS_LISTED = 4


def dates_crossed(line: ChildLine) -> bool:
    """Whether the child leaves before entering: then no day can be held against either date."""
    return line.entry_date is not None and line.exit_date is not None and line.exit_date < line.entry_date


def _days_coded(codes: str, first: int, last: int) -> tuple[int, ...]:
    """The days from `first` to `last`, both counted, that hold a code."""
    part = codes[first - 1 : last]
    if not part.strip(BLANK):
        return ()
    return tuple(day for day, char in enumerate(part, first) if char != BLANK)


def _listed(days: tuple[int, ...], ctx: MonthContext) -> str:
    if len(days) == 1:
        return f"le {long_date(ctx.month.day(days[0]))}"
    *others, last = map(day_number, days)
    if len(days) > _MOST_DAYS_LISTED:
        return f"sur {len(days)} jours, du {others[0]} au {last} {ctx.month.label}"
    return f"les {', '.join(others)} et {last} {ctx.month.label}"


def unknown_codes(line: ChildLine, _ctx: MonthContext) -> Iterator[Violation]:
    """Every character is one of the six codes or blank. ValueError when there are not 31."""
    # Reading a cell refuses unknown codes; this holds for lines that come from anywhere else.
    if len(line.codes) != DAYS_STORED:
        raise ValueError("a month of codes is 31 characters long")
    if _KNOWN.issuperset(line.codes):
        return
    for day, char in enumerate(line.codes, 1):
        if char not in _KNOWN:
            yield Violation(
                "code-inconnu",
                f"Le code au jour {day} n’est pas connu.",
                "Utilisez P, P½, J, J½, I ou I½, ou effacez ce code.",
                Severity.BLOCKING,
                str(day),
                (day,),
            )


def beyond_month(line: ChildLine, ctx: MonthContext) -> Iterator[Violation]:
    """No code on a day that the month does not have."""
    for day in _days_coded(line.codes, ctx.days + 1, DAYS_STORED):
        yield Violation(
            "jour-hors-mois",
            f"Il n’y a pas de {day} en {ctx.month.label}.",
            "Effacez ce code, ou vérifiez que le relevé est bien celui de ce mois.",
            Severity.BLOCKING,
            str(day),
            (day,),
        )


def on_closed_days(line: ChildLine, ctx: MonthContext) -> Iterator[Violation]:
    """No code on a closed day; its reason is told."""
    codes = line.codes
    for day in ctx.closed_days:
        if codes[day - 1] != BLANK:
            yield Violation(
                "jour-ferme",
                f"Le {long_date(ctx.month.day(day))} est un jour fermé ({ctx.closed[day]}).",
                "Effacez ce code. " + (_NOT_YET if ctx.closed[day].startswith(BEFORE_OPENING) else _WAS_OPEN),
                Severity.BLOCKING,
                str(day),
                (day,),
            )


def on_future_days(line: ChildLine, ctx: MonthContext) -> Iterator[Violation]:
    """No code on a day that has not come yet."""
    codes = line.codes
    for day in ctx.future_days:
        if codes[day - 1] != BLANK:
            yield Violation(
                "jour-futur",
                f"Le {long_date(ctx.month.day(day))} n’est pas encore arrivé.",
                "Effacez ce code ; vous pourrez l’encoder à partir de ce jour-là.",
                Severity.BLOCKING,
                str(day),
                (day,),
            )


def before_entry(line: ChildLine, ctx: MonthContext) -> Iterator[Violation]:
    """No code before the date of entry: one violation, on that date, with the days."""
    entry = line.entry_date
    if entry is None or entry <= ctx.month.first or dates_crossed(line):
        return
    until = entry.day - 1 if ctx.month.contains(entry) else ctx.days
    days = _days_coded(line.codes, 1, until)
    if days:
        yield Violation(
            "avant-entree",
            f"L’enfant entre le {short_date(entry)}, mais un code est noté {_listed(days, ctx)}.",
            "Corrigez la date d’entrée, ou effacez les codes des jours qui la précèdent.",
            Severity.BLOCKING,
            "entry_date",
            days,
        )


def after_exit(line: ChildLine, ctx: MonthContext) -> Iterator[Violation]:
    """No code after the date of exit: one violation, on that date, with the days."""
    leave = line.exit_date
    if leave is None or leave >= ctx.month.last or dates_crossed(line):
        return
    # The day of leaving is still a day of care.
    since = leave.day + 1 if ctx.month.contains(leave) else 1
    days = _days_coded(line.codes, since, ctx.days)
    if days:
        yield Violation(
            "apres-sortie",
            f"L’enfant sort le {short_date(leave)}, mais un code est noté {_listed(days, ctx)}.",
            "Corrigez la date de sortie, ou effacez les codes des jours qui la suivent.",
            Severity.BLOCKING,
            "exit_date",
            days,
        )


def past_age(line: ChildLine, ctx: MonthContext) -> Iterator[Violation]:
    """A doubt about a child still noted once the age limit is reached."""
    if line.birth_date is None or ctx.max_age_months is None:
        return
    age = (ctx.month.year - line.birth_date.year) * _MONTHS_A_YEAR + ctx.month.month - line.birth_date.month
    if age < ctx.max_age_months:
        return
    limit = _months_later(line.birth_date, ctx.max_age_months)
    since = limit.day if ctx.month.contains(limit) else 1
    days = _days_coded(line.codes, since, ctx.days)
    if days:
        yield Violation(
            "age-depasse",
            f"L’enfant a atteint {ctx.max_age_months} mois{ctx.mark('max_age_months')} le {short_date(limit)} "
            "et est encore noté.",
            "Vérifiez la date de naissance et la date de sortie.",
            Severity.WARNING,
            "birth_date",
            days,
        )


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, _MONTHS_A_YEAR)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))

"""Find the month's table in a workbook that anyone may have laid out: a pure function of its cells."""

from __future__ import annotations

import hashlib
import re
from collections import Counter

from app.rules.months import MONTH_NAMES, WEEKDAY_NAMES, Month
from app.spreadsheets import marker
from app.spreadsheets.blocks import Block, best_block, in_month, missing
from app.spreadsheets.columns import FULL_NAME, FULL_NAME_FIRST, MONTHS
from app.spreadsheets.headers import key_words
from app.spreadsheets.lines import Shape, read_lines
from app.spreadsheets.refusals import unusable
from app.spreadsheets.tables import Table
from app.spreadsheets.workbook import Workbook, column_letters

__all__ = ["find_table"]

_MIN_WEEKDAYS = 5  # so many weekdays, all shifted alike, tell another month
_NUMBER = re.compile(r"\d+")


def find_table(workbook: Workbook, month: Month, matricule: str | None = None) -> Table:
    """The table of `month`. UnusableFile when there is none, or when it is another month's or facility's.

    `matricule` is compared with the one that our own workbooks carry; a vendor's file carries none.
    """
    marker.check(workbook, month, matricule)
    sheets = [sheet for sheet in workbook.sheets if not marker.is_marker(sheet)]
    blocks = [block for sheet in sheets if (block := best_block(sheet))]
    if not blocks:
        raise unusable("sans-tableau", missing=missing(sheets))
    chosen = max(blocks, key=lambda block: (block.fit(month), block.sheet.visible, block.different_days))
    _check_month(chosen, month)
    days, warnings = _days(chosen, month)
    _check_weekdays(chosen, days, month)
    warnings = _title_warnings(chosen, month) + _sheet_warnings(blocks, chosen, month) + warnings
    shape = _shape(chosen, days, ours=marker.marks(workbook))
    return _table(chosen, shape, month, warnings)


def _check_month(block: Block, month: Month) -> None:
    """Dates in the day headers must be of the month asked; several months are fine when it is one of them."""
    dated = [mark for mark in block.days.values() if mark.month]
    if not dated or any(in_month(mark, month) for mark in dated):
        return
    (number, year), _ = Counter((mark.month or 0, mark.year) for mark in dated).most_common(1)[0]
    found = f"{MONTH_NAMES[number - 1]} {year or ''}".strip()
    raise unusable("autre-mois", found=found, asked=month.label)


def _days(block: Block, month: Month) -> tuple[dict[int, int], list[str]]:
    """Day -> column. Where headers are dates, bare numbers are something else; the first column counts."""
    dated = any(mark.month for mark in block.days.values())
    days: dict[int, int] = {}
    twice = []
    for column, mark in sorted(block.days.items()):
        if dated and not in_month(mark, month):
            continue
        if days.setdefault(mark.day, column) != column:
            twice.append(mark.day)
    warnings = []
    if twice:
        listed = ", ".join(map(str, sorted(set(twice))))
        warnings.append(f"Plusieurs colonnes portent le même jour ({listed}) : seule la première a été lue.")
    absent = [day for day in range(1, month.days + 1) if day not in days and month.day(day).weekday() < 5]
    if absent:
        listed = ", ".join(map(str, absent))
        warnings.append(f"Ces jours n’ont pas de colonne dans le tableau : {listed}.")
    return days, warnings


def _check_weekdays(block: Block, days: dict[int, int], month: Month) -> None:
    """« lu 01 » where the 1st is a Thursday, and all other days shifted alike: the table of another month."""
    if any(mark.month for mark in block.days.values()):
        return
    named = [(day, block.weekdays[column]) for day, column in days.items() if column in block.weekdays]
    named = [(day, weekday) for day, weekday in named if day <= month.days]
    shifts = {(weekday - month.day(day).weekday()) % 7 for day, weekday in named}
    if len(named) >= _MIN_WEEKDAYS and len(shifts) == 1 and shifts != {0}:
        day, weekday = named[0]
        found = f"un autre mois (le {day} y est un {WEEKDAY_NAMES[weekday]})"
        raise unusable("autre-mois", found=found, asked=month.label)


def _title_warnings(block: Block, month: Month) -> list[str]:
    if any(mark.month for mark in block.days.values()) or not block.titles or block.fit(month):
        return []
    year, number = min(block.titles)
    named = f"{MONTH_NAMES[number - 1]} {year}"
    return [f"Le titre de la feuille parle de {named} : vérifiez que c’est le bon fichier."]


def _sheet_warnings(blocks: list[Block], chosen: Block, month: Month) -> list[str]:
    others = [
        f"« {block.sheet.name} »"
        for block in blocks
        if block is not chosen and block.sheet.visible and block.fit(month)
    ]
    if not others:
        return []
    read, left = chosen.sheet.name, ", ".join(others)
    return [f"Seule la feuille « {read} » a été lue ; un tableau se trouve aussi dans {left}."]


def _shape(block: Block, days: dict[int, int], *, ours: bool) -> Shape:
    """Which column is what; a lone name column holds the whole name."""
    columns = {key: column for key, column in block.fields.items() if key not in (FULL_NAME, FULL_NAME_FIRST)}
    titles = block.texts()
    whole = block.fields.get(FULL_NAME, block.fields.get(FULL_NAME_FIRST))
    if "first_name" in columns:
        if "last_name" not in columns and whole is not None:
            columns["last_name"] = whole
        return Shape(columns, days, titles, ours=ours)
    first_name_first = FULL_NAME not in block.fields and FULL_NAME_FIRST in block.fields
    column = columns["last_name"] if whole is None else whole
    columns |= {"last_name": column, "first_name": column}
    return Shape(columns, days, titles, whole_name=True, first_name_first=first_name_first, ours=ours)


def _table(block: Block, shape: Shape, month: Month, warnings: list[str]) -> Table:
    rows, ignored = read_lines(block.sheet, block.last + 1, shape)
    days = dict(shape.days)
    beyond = [day for day in days if day > month.days and all(row.raw[str(day)] is None for row in rows)]
    for day in beyond:
        del days[day]
        for row in rows:
            del row.raw[str(day)]
    columns = dict(sorted(shape.columns.items(), key=lambda item: item[1]))
    texts = _unknown_headers(block, set(columns.values()))
    return Table(
        sheet_name=block.sheet.name,
        header_row=block.day_row + 1,
        columns=columns,
        days=dict(sorted(days.items())),
        signature=_signature(columns, block, texts),
        rows=rows,
        ignored=tuple(ignored),
        ignored_columns=tuple(f"{column_letters(column)} « {text} »" for column, text in texts.items()),
        warnings=tuple(warnings),
    )


def _unknown_headers(block: Block, known: set[int]) -> dict[int, str]:
    """Column -> title, for the columns that are neither a field nor a day."""
    texts: dict[int, str] = {}
    for row in block.sheet.rows[block.first : block.last + 1]:
        for column, value in enumerate(row):
            if value is not None and column not in known and column not in block.days:
                texts.setdefault(column, " ".join(str(value).split())[:40])
    return texts


def _signature(columns: dict[str, int], block: Block, texts: dict[int, str]) -> str:
    """16 hexadecimal digits of the headers in their order; days as one word, months and numbers left out."""
    words = dict.fromkeys(block.days, "jour")
    words |= {column: _timeless(text) for column, text in texts.items()}
    for key, column in columns.items():
        words[column] = f"{words[column]}+{key}" if column in words else key
    ordered = [word for _, word in sorted(words.items())]
    kept = [
        word for index, word in enumerate(ordered) if word != "jour" or ordered[index - 1 : index] != ["jour"]
    ]
    return hashlib.sha256("|".join(kept).encode()).hexdigest()[:16]


def _timeless(text: str) -> str:
    words = ["mois" if word in MONTHS else word for word in key_words(text).split()]
    return _NUMBER.sub("#", " ".join(words))

"""Find the month's tables in a workbook that anyone may have laid out: a pure function of its cells."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import replace

from app.rules.months import MONTH_NAMES, WEEKDAY_NAMES, Month
from app.spreadsheets import marker
from app.spreadsheets.blocks import HEADER_ROWS, MIN_DAYS, Block, blocks, in_month, missing
from app.spreadsheets.caged.faults import UNCOMPUTED
from app.spreadsheets.columns import FULL_NAME, FULL_NAME_FIRST, MONTHS
from app.spreadsheets.day_columns import SO_MANY_TWICE, day_columns
from app.spreadsheets.headers import is_summary, key_words
from app.spreadsheets.joining import absent_days
from app.spreadsheets.lines import Shape, read_lines
from app.spreadsheets.refusals import unusable
from app.spreadsheets.tables import Table
from app.spreadsheets.workbook import Sheet, Workbook, cell_name, column_letters

__all__ = ["find_tables"]

_MIN_WEEKDAYS = 5  # so many weekdays, all shifted alike, tell another month
_MAX_TABLES = 500  # a year of weeks, for several groups
_MAX_LINES = 5_000  # a line a week for more children than a month may have; judging many more takes minutes
_NUMBER = re.compile(r"\d+")


def find_tables(workbook: Workbook, month: Month, matricule: str | None = None) -> list[Table]:
    """The tables of `month` (a group of children each, or a week), in the order of the sheets and their lines.

    UnusableFile when there is none, or when it is another month's or facility's. `matricule` is compared with the
    one that our own workbooks carry; a vendor's file carries none.
    """
    marker.check(workbook, month, matricule)
    sheets = [sheet for sheet in workbook.sheets if not marker.is_marker(sheet)]
    found = [block for sheet in sheets for block in blocks(sheet)]
    if len(found) > _MAX_TABLES:
        raise unusable("trop-de-cellules")
    if not any(block.different_days >= MIN_DAYS for block in found):
        _check_computed(sheets)
        raise unusable("sans-tableau", missing=missing(sheets))
    chosen = max(
        found,
        key=lambda block: (
            block.different_days >= MIN_DAYS, block.fit(month), block.sheet.visible, not is_summary(block.sheet.name),
            not _other_weekdays(block, {mark.day: column for column, mark in block.days.items()}, month),
            block.different_days,
        ),
    )  # fmt: skip
    _check_month(chosen, month)
    days, warnings = day_columns(chosen, month)
    if shifted := _other_weekdays(chosen, days, month):
        raise unusable("autre-mois", found=shifted, asked=month.label, of_asked=month.of_label)
    ours = marker.marks(workbook)
    main = _table(chosen, _shape(chosen, days, ours=ours), month, warnings)
    main = replace(main, other_month=_other_title(chosen, month))
    if ours:
        return _computed([main])
    tables = {chosen: main}
    for block in sorted(found, key=lambda block: -block.different_days):
        if block is not chosen and (table := _further(block, chosen, month, list(tables.values()))):
            tables[block] = table
    ordered = [tables[block] for block in found if block in tables]
    every = [set(table.days) for table in ordered]
    for index, table in enumerate(ordered):
        if absent := absent_days(every[index], every, month):
            listed = ", ".join(map(str, absent))
            note = f"Ces jours n’ont pas de colonne dans le tableau : {listed}."
            ordered[index] = replace(table, warnings=(*table.warnings, note))
    kept = [table for table in ordered if table.rows] or [main]
    notes = (*kept[0].warnings, *_unread(sheets, found, tables, month))
    kept[0] = replace(kept[0], warnings=notes, other_month=main.other_month)
    if sum(len(table.rows) for table in kept) > _MAX_LINES:
        raise unusable("trop-de-cellules")
    return _computed(kept)


def _check_computed(sheets: list[Sheet]) -> None:
    """Titles that are formulas without their results are no titles: what is to be mended is this."""
    for sheet in sheets:
        for number, row in enumerate(sheet.rows[:HEADER_ROWS]):
            if UNCOMPUTED in row:
                raise unusable("sans-resultat", cell=cell_name(number, row.index(UNCOMPUTED)))


def _computed(tables: list[Table]) -> list[Table]:
    """The same tables; UnusableFile when a formula stands there without its result."""
    for row in (row for table in tables for row in table.rows):
        for key, value in row.raw.items():
            if value == UNCOMPUTED:
                raise unusable("sans-resultat", cell=row.cell(key))
    return tables


def _further(block: Block, chosen: Block, month: Month, tables: list[Table]) -> Table | None:
    """One more table of the month: a group's or a week's. None for another month's, statistics, a hidden sheet, a blank.

    Few days are believed under the very titles of the main table only, and where no table has some of them already; the
    same ones are another group's week.
    """
    if not block.sheet.visible or block.fit(month) == 0 or is_summary(block.sheet.name):
        return None
    days, warnings = day_columns(block, month)
    if _other_weekdays(block, days, month):
        return None
    few = block.different_days < MIN_DAYS
    beyond = any(day > month.days for day in days)
    if few and (
        beyond or block.fields != chosen.fields or any(_cut(set(days), set(table.days)) for table in tables)
    ):
        return None
    table = _table(block, _shape(block, days, ours=False), month, warnings)
    return table if table.rows else None


def _cut(days: set[int], others: set[int]) -> bool:
    """Whether some of the days are among the others, but not just these."""
    return days != others and not days.isdisjoint(others)


def _unread(sheets: list[Sheet], found: list[Block], tables: dict[Block, Table], month: Month) -> list[str]:
    """What holds something and was not read, in French."""
    read = {block.sheet.name for block in tables}
    notes = [
        f"Le tableau qui commence à la ligne {block.first + 1} de « {block.sheet.name} » n’a pas été lu : ses jours ne "
        "sont pas de ce mois, ou d’autres colonnes les ont déjà."
        for block in found
        if block not in tables
        and block.sheet.name in read
        and any(block.sheet.rows[block.last + 1 : block.stop])
    ]
    unread = [sheet.name for sheet in sheets if sheet.visible and sheet.rows and sheet.name not in read]
    if unread:
        listed = ", ".join(f"« {name} »" for name in unread)
        notes.insert(0, f"Ces feuilles n’ont pas été lues, faute d’un tableau de ce mois : {listed}.")
    hidden = dict.fromkeys(
        block.sheet.name
        for block in found
        if not block.sheet.visible and block.sheet.name not in read and block.fit(month)
        and block.different_days >= MIN_DAYS
    )  # fmt: skip
    if hidden:
        listed = ", ".join(f"« {name} »" for name in hidden)
        notes.append(
            f"Ces feuilles sont cachées et n’ont pas été lues : {listed}. Si elles sont de ce mois, affichez-les dans "
            "votre tableur, enregistrez et renvoyez le classeur."
        )
    return notes


def _check_month(block: Block, month: Month) -> None:
    """Dates in the day headers must be of the month asked; several months are fine when it is one of them."""
    dated = [mark for mark in block.days.values() if mark.month]
    if not dated or any(in_month(mark, month) for mark in dated):
        return
    (number, year), _ = Counter((mark.month or 0, mark.year) for mark in dated).most_common(1)[0]
    found = f"{MONTH_NAMES[number - 1]} {year or ''}".strip()
    raise unusable("autre-mois", found=found, asked=month.label, of_asked=month.of_label)


def _other_weekdays(block: Block, days: dict[int, int], month: Month) -> str:
    """« lu 01 » where the 1st is a Thursday, all other days shifted alike: another month, in words. "" otherwise."""
    if any(mark.month for mark in block.days.values()):
        return ""
    named = [(day, block.weekdays[column]) for day, column in days.items() if column in block.weekdays]
    named = [(day, weekday) for day, weekday in named if day <= month.days]
    shifts = {(weekday - month.day(day).weekday()) % 7 for day, weekday in named}
    if len(named) >= min(_MIN_WEEKDAYS, block.different_days) and len(shifts) == 1 and shifts != {0}:
        day, weekday = named[0]
        return f"un autre mois (le {day} y est un {WEEKDAY_NAMES[weekday]})"
    return ""


def _other_title(block: Block, month: Month) -> str:
    """The other month that the titles name, where no date says otherwise: « septembre 2026 »; "" for none."""
    if any(mark.month for mark in block.days.values()) or block.fit(month):
        return ""
    number, year = min((number, year or 0) for number, year in block.titles)
    return f"{MONTH_NAMES[number - 1]} {year or ''}".strip()


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
    if _goes_on(block, column):  # one title over both columns
        names = ("first_name", "last_name") if first_name_first else ("last_name", "first_name")
        return Shape(columns | dict(zip(names, (column, column + 1), strict=True)), days, titles, ours=ours)
    columns |= {"last_name": column, "first_name": column}
    return Shape(columns, days, titles, whole_name=True, first_name_first=first_name_first, ours=ours)


def _goes_on(block: Block, column: int) -> bool:
    """Whether the names go on in the next column: no title of its own, words all along, and single words before it."""
    if any(block.sheet.at(row, column + 1) is not None for row in range(block.first, block.last + 1)):
        return False
    lines = block.sheet.rows[block.last + 1 : block.stop]
    beside = [row[column : column + 2] for row in lines if len(row) > column + 1 and row[column] is not None]
    words = [other for name, other in beside if isinstance(other, str) and " " not in str(name).strip()]
    # « F » and « M », « Petits » and « Grands » stand beside many: first names differ.
    return len(words) * 2 > len(beside) and len({word for word in words if len(word) > 1}) * 2 > len(words)


def _table(block: Block, shape: Shape, month: Month, warnings: list[str]) -> Table:
    _check_halves(block, shape)
    weekend = {day for day in range(1, month.days + 1) if month.day(day).weekday() >= 5}
    rows, ignored = read_lines(block.sheet, range(block.last + 1, block.stop), shape, weekend)
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
        ignored_columns=tuple(f"{column_letters(column)} « {text} »" for column, text in texts.items()),
        warnings=tuple(warnings),
    )


def _check_halves(block: Block, shape: Shape) -> None:
    """Filled columns without a title between the days are the other halves of days: not to be lost in silence."""
    inside = range(min(shape.day_columns, default=0), max(shape.day_columns, default=0) + 2)
    bare = (
        set(inside) - shape.day_columns - set(shape.columns.values()) - _unknown_headers(block, set()).keys()
    )
    if sum(bool(block.values([column])) for column in bare) >= SO_MANY_TWICE:
        raise unusable("deux-colonnes")


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

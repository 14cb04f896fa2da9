"""Our own workbooks of a month: the template to fill in, and the export.

Text is written as text, whatever it begins with, and no cell holds a formula: totals are numbers. A NISS is
never written (it is never shown again once recorded): a blank one in a workbook that comes back means "as it
is".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from xlsxwriter.worksheet import Worksheet

from app.rules.attendance import FIELDS, ChildLine, FieldKind
from app.rules.codes import DISPLAYS, Code, Totals, totals
from app.rules.months import WEEKDAY_NAMES, Month, short_date
from app.spreadsheets import marker
from app.spreadsheets.paper import AUTHOR, Book, formats

SHEET = "Présences"
FIRST_DAY = len(FIELDS)  # column of day 1
_WRITTEN_FORMATS = {
    FieldKind.TEXT: "text",
    FieldKind.DATE: "date",
    FieldKind.NISS: "niss",
    FieldKind.RATE: "rate",
}
_CODES = [code.display for code in Code]
_LONGEST_TEXT = 32_767  # what a cell can hold


@dataclass(frozen=True, slots=True)
class MonthSheet:
    """A month of one facility, to be written.

    `closed` gives each closed day its reason in French; `status` is a line under the export's title.
    """

    facility: str
    matricule: str
    month: Month
    lines: Sequence[ChildLine]
    closed: Mapping[int, str]
    status: str = ""


def template(sheet: MonthSheet, max_lines: int) -> bytes:
    """The .xlsx to fill in: titles on row 1, what is known already, drop-downs for `max_lines` lines."""
    written = BytesIO()
    with Book(written) as book:
        made = formats(book)
        book.set_properties({"title": f"Présences {sheet.month.label}", "subject": sheet.facility})
        page = book.add_worksheet(SHEET)
        _columns(page, sheet, made, grey_columns=True)
        _header(page, 0, sheet, made)
        _lines(page, 1, sheet, made)
        _choices(page, sheet, 1, max_lines)
        page.freeze_panes(1, 2)
        _printing(page, 0)
        _legend(book, sheet, made)
        _marker(book, sheet)
    return written.getvalue()


def export(sheet: MonthSheet) -> bytes:
    """The styled .xlsx of a month: lines, totals by child, by day and of the month, closed days, legend."""
    written = BytesIO()
    with Book(written) as book:
        made = formats(book)
        book.set_properties({"title": f"Présences {sheet.month.label}", "subject": sheet.facility})
        page = book.add_worksheet(SHEET)
        _columns(page, sheet, made, grey_columns=False)
        page.write_string(0, 0, f"Relevé de présences – {sheet.month.label}", made["title"])
        page.write_string(1, 0, f"{sheet.facility} (matricule {sheet.matricule})"[:_LONGEST_TEXT])
        page.write_string(2, 0, sheet.status[:_LONGEST_TEXT])
        _weekdays(page, 3, sheet.month, made)
        _header(page, 4, sheet, made)
        _lines(page, 5, sheet, made)
        _totals(page, 4, sheet, made)
        _shades(page, sheet, made)
        page.freeze_panes(5, 2)
        _printing(page, 4)
        _legend(book, sheet, made)
        _marker(book, sheet)
    return written.getvalue()


def _columns(page: Worksheet, sheet: MonthSheet, made: Mapping[str, Any], *, grey_columns: bool) -> None:
    """Widths, and formats of the cells that are still blank."""
    for column, spec in enumerate(FIELDS):
        blank = made[_WRITTEN_FORMATS[spec.kind]] if grey_columns else None
        page.set_column(column, column, spec.width, blank)
    for day in range(1, sheet.month.days + 1):
        grey = made["closed"] if grey_columns and day in sheet.closed else None
        page.set_column(FIRST_DAY + day - 1, FIRST_DAY + day - 1, 4.3, grey)


def _header(page: Worksheet, row: int, sheet: MonthSheet, made: Mapping[str, Any]) -> None:
    page.set_row(row, 32)
    for column, spec in enumerate(FIELDS):
        page.write_string(row, column, spec.label, made["header"])
        if spec.kind is FieldKind.NISS:
            _comment(
                page,
                row,
                column,
                "Facultatif. Un NISS déjà enregistré n’est jamais réaffiché : laissez vide.",
            )
    for day in range(1, sheet.month.days + 1):
        reason = sheet.closed.get(day)
        look = made["header-closed" if reason is not None else "header-day"]
        page.write_number(row, FIRST_DAY + day - 1, day, look)
        if reason is not None:
            _comment(page, row, FIRST_DAY + day - 1, f"{short_date(sheet.month.day(day))} : fermé ({reason})")


def _comment(page: Worksheet, row: int, column: int, text: str) -> None:
    page.write_comment(row, column, text, {"author": AUTHOR, "x_scale": 1.5, "y_scale": 0.7})


def _weekdays(page: Worksheet, row: int, month: Month, made: Mapping[str, Any]) -> None:
    for day in range(1, month.days + 1):
        name = WEEKDAY_NAMES[month.day(day).weekday()][:2]
        page.write_string(row, FIRST_DAY + day - 1, name, made["weekday"])


def _lines(page: Worksheet, first: int, sheet: MonthSheet, made: Mapping[str, Any]) -> None:
    fields = [(spec.key, made[_WRITTEN_FORMATS[spec.kind]]) for spec in FIELDS]
    open_code, closed_code = made["code"], made["closed"]
    days = [
        (day - 1, FIRST_DAY + day - 1, closed_code if day in sheet.closed else open_code)
        for day in range(1, sheet.month.days + 1)
    ]
    write_string, write_blank = page.write_string, page.write_blank
    for row, line in enumerate(sheet.lines, start=first):
        for column, (key, look) in enumerate(fields):
            _write_field(page, row, column, None if key == "niss" else getattr(line, key), look)
        for index, column, look in days:
            shown = DISPLAYS[line.codes[index]]
            if shown:
                write_string(row, column, shown, look)
            else:
                write_blank(row, column, None, look)


def _write_field(page: Worksheet, row: int, column: int, value: object, look: object) -> None:
    if isinstance(value, date):
        page.write_datetime(row, column, value, look)
    elif isinstance(value, Decimal):
        page.write_number(row, column, float(value), look)
    elif value:
        page.write_string(row, column, str(value)[:_LONGEST_TEXT], look)
    else:
        page.write_blank(row, column, None, look)


def _choices(page: Worksheet, sheet: MonthSheet, first: int, max_lines: int) -> None:
    """Drop-down codes on open days, a refusal with its reason on closed ones, dates where they belong."""
    last = first + max_lines - 1
    for day in range(1, sheet.month.days + 1):
        column = FIRST_DAY + day - 1
        reason = sheet.closed.get(day)
        if reason is None:
            rule: dict[str, Any] = {
                "validate": "list",
                "source": _CODES,
                "error_type": "warning",  # p, 1 or 0,5 are understood as well
                "error_title": "Code inhabituel",
                "error_message": f"Codes proposés : {', '.join(_CODES)} (vide : pas attendu).",
            }
        else:
            rule = {
                "validate": "custom",
                "value": "=FALSE",
                "error_title": "Jour fermé",
                "error_message": f"Le {short_date(sheet.month.day(day))} est fermé : {reason}"[:250],
            }
        page.data_validation(first, column, last, column, rule)
    for column, spec in enumerate(FIELDS):
        if spec.kind is FieldKind.DATE:
            rule = {
                "validate": "date",
                "criteria": "between",
                "minimum": date(1990, 1, 1),
                "maximum": date(2199, 12, 31),
                "error_type": "warning",
                "error_title": "Date",
                "error_message": "Écrivez une date : jj/mm/aaaa.",
            }
            page.data_validation(first, column, last, column, rule)


def _totals(page: Worksheet, header: int, sheet: MonthSheet, made: Mapping[str, Any]) -> None:
    """Six columns after the days (a child's), six rows below (a day's), the month where they meet."""
    right = FIRST_DAY + sheet.month.days
    under = header + 1 + len(sheet.lines)
    for number, display in enumerate(_CODES):
        page.write_string(header, right + number, f"Total {display}", made["header"])
        page.write_string(under + number, 0, f"Total {display}", made["total-label"])
        for column in range(1, FIRST_DAY):
            page.write_blank(under + number, column, None, made["total-label"])
    page.set_column(right, right + len(_CODES) - 1, 6)
    month = Totals()
    for row, line in enumerate(sheet.lines, start=header + 1):
        counted = totals(line.codes)
        month += counted
        _write_counts(page, ((row, right + number) for number in range(len(_CODES))), counted, made["total"])
    columns = ["".join(column) for column in zip(*(line.codes for line in sheet.lines), strict=True)]
    for day in range(sheet.month.days):
        counted = totals(columns[day]) if columns else Totals()
        places = ((under + number, FIRST_DAY + day) for number in range(len(_CODES)))
        _write_counts(page, places, counted, made["total"])
    _write_counts(
        page, ((under + number, right + number) for number in range(len(_CODES))), month, made["total"]
    )


def _write_counts(page: Worksheet, places: Iterable[tuple[int, int]], counted: Totals, look: object) -> None:
    for (row, column), count in zip(places, counted.as_display().values(), strict=True):
        page.write_number(row, column, count, look)


def _shades(page: Worksheet, sheet: MonthSheet, made: Mapping[str, Any]) -> None:
    """Absences stand out, by two rules over the whole block instead of a format a cell."""
    if not sheet.lines:
        return
    block = (5, FIRST_DAY, 4 + len(sheet.lines), FIRST_DAY + sheet.month.days - 1)
    for letter, look in (("J", "justified"), ("I", "unjustified")):
        rule = {"type": "text", "criteria": "begins with", "value": letter, "format": made[look]}
        page.conditional_format(*block, rule)


def _printing(page: Worksheet, header: int) -> None:
    page.set_landscape()
    page.set_paper(8)  # A3
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, header)
    page.set_footer("&LPage &P / &N")


def _legend(book: Book, sheet: MonthSheet, made: Mapping[str, Any]) -> None:
    page = book.add_worksheet("Légende")
    page.set_column(0, 0, 14)
    page.set_column(1, 1, 60)
    page.write_string(0, 0, f"Légende – {sheet.month.label}", made["title"])
    rows: list[tuple[str, str]] = [(code.display, code.label) for code in Code]
    rows += [("(vide)", "enfant non attendu ce jour-là"), ("1 et 0,5", "acceptés pour P et P½")]
    _listing(page, 2, ("Code", "Signification"), rows, made)
    closed = [(short_date(sheet.month.day(day)), reason) for day, reason in sorted(sheet.closed.items())]
    if closed:
        _listing(page, 4 + len(rows), ("Jour fermé", "Motif"), closed, made)


def _listing(
    page: Worksheet,
    first: int,
    titles: tuple[str, str],
    rows: Iterable[tuple[str, str]],
    made: Mapping[str, Any],
) -> None:
    for column, title in enumerate(titles):
        page.write_string(first, column, title, made["header"])
    for row, texts in enumerate(rows, start=first + 1):
        for column, text in enumerate(texts):
            page.write_string(row, column, text, made["text"])


def _marker(book: Book, sheet: MonthSheet) -> None:
    page = book.add_worksheet(marker.SHEET)
    for row, texts in enumerate(marker.lines(sheet.month, sheet.matricule, sheet.facility)):
        for column, text in enumerate(texts):
            page.write_string(row, column, text)
    page.very_hidden()

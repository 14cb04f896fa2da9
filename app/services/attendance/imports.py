"""Importing a month from a workbook: previewed first, stored in one transaction on « Confirmer »."""

from __future__ import annotations

import datetime as dt
import enum
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.journal import Who
from app.models import AttendanceImport, AttendanceSheet, Facility
from app.rules.attendance import MonthContext
from app.rules.codes import BLANK
from app.rules.months import Month
from app.rules.workflow import editable
from app.services.attendance import mapping, sheets
from app.services.attendance.import_preview import TITLES, Preview, aliases_of, build
from app.services.attendance.import_storing import Stored, store
from app.services.attendance.import_table import ImportTable, read_table, shown
from app.services.attendance.import_waiting import (
    NothingPending,
    Waiting,
    give_up,
    pending,
    plain_name,
    purge,
    replace,
    verdict,
    waiting,
)
from app.services.attendance.merging import read_rows
from app.spreadsheets.marking import Mark, annotated

__all__ = [
    "Blocked", "Corrections", "Moved", "NothingPending", "Outcome", "Stored", "Waiting", "annotate", "choose_codes",
    "confirm", "correct", "give_up", "importable", "pending", "preview", "purge", "receive", "run", "ticket", "waiting",
]  # fmt: skip

_LONGEST_CORRECTION: Final = 200


class Blocked(Exception):
    """Blocking errors stand in the way of « Confirmer »."""


class Moved(Exception):
    """The draft, or the preview itself, is no longer what the person was looking at."""


class Same(enum.StrEnum):
    """Who a child of the file is, beside one of the month that looks alike."""

    CORRECTED = "classeur"
    AS_DRAFTED = "releve"
    ANOTHER = "autre"


@dataclass(frozen=True)
class Corrections:
    """What a person typed in the preview; a cell is (Excel row, field or day)."""

    values: Mapping[tuple[int, str], str] = field(default_factory=dict)
    #: Cells to leave blank.
    blanks: frozenset[tuple[int, str]] = frozenset()
    #: Corrections to take back.
    undo: frozenset[tuple[int, str]] = frozenset()
    #: Rows to set aside, and rows to import after all.
    skip: frozenset[int] = frozenset()
    restore: frozenset[int] = frozenset()
    #: Sheets to set aside, by their place among those that the month stands on.
    sheets: frozenset[int] = frozenset()
    #: (row, id of a line of the month) → who the row's child is; answers to take back.
    answers: Mapping[tuple[int, int], Same] = field(default_factory=dict)
    ask: frozenset[tuple[int, int]] = frozenset()


def importable(facility: Facility, month: Month, today: dt.date) -> bool:
    """Whether a month can be imported at all: from the facility's opening to the month after this one."""
    return month <= Month.of(today).next() and month.last >= facility.opened_on


def receive(
    session: Session, who: Who, facility: Facility, ctx: MonthContext, filename: str, data: bytes,
    now: dt.datetime,
) -> Waiting:  # fmt: skip
    """Read a person's file and keep it for the preview, in place of the one that waited. Commits.

    Raises UnusableFile (what waited stays), SheetLocked.
    """
    sheet = _open_sheet(session, facility.id, ctx.month)
    table, kind = read_table(data, filename, ctx.month, facility.matricule)
    codes = mapping.remembered(session, facility.organiser_id, table.signature)
    _, base = _draft(session, sheet)
    read_rows(table, aliases_of(codes))
    assert who.user_id is not None
    values = {
        "filename": plain_name(filename), "kind": kind, "file": data, "table": table.dump(), "mapping": codes,
        "created_at": now, "base": base,
    }  # fmt: skip
    row = AttendanceImport(
        organiser_id=facility.organiser_id, facility_id=facility.id, month=ctx.month.first, user_id=who.user_id,
        **values,
    )  # fmt: skip
    replace(session, row)
    session.commit()
    return Waiting(row, table)


def _open_sheet(
    session: Session, facility_id: int, month: Month, *, lock: bool = False
) -> AttendanceSheet | None:
    """The month's sheet, None before it is made. Raises SheetLocked."""
    sheet = sheets.find(session, facility_id, month)
    if sheet is not None and lock:
        return sheets.lock_editable(session, sheet.id)
    if sheet is not None and not editable(sheet.state):
        raise sheets.SheetLocked
    return sheet


def preview(session: Session, found: Waiting, ctx: MonthContext) -> Preview:
    """What « Confirmer » would do to the month as it stands. Raises SheetLocked."""
    draft, base = _draft(session, _open_sheet(session, found.row.facility_id, ctx.month))
    return build(found.table, found.row.mapping, draft, ctx, base)


def _draft(session: Session, sheet: AttendanceSheet | None) -> tuple[list[sheets.Line], str]:
    """The month's lines, and their state in one word."""
    draft = sheets.lines(session, sheet.id) if sheet else []
    return draft, sheets.base_of(sheet.id if sheet else None, draft)


def ticket(found: Waiting, shown: Preview, ctx: MonthContext) -> str:
    """What a page hands to `confirm`: what it shows, with our word when nothing in it is wrong."""
    seen = found.seen(shown.base)
    return seen if shown.blocking else f"{seen}.{verdict(seen, ctx)}"


def choose_codes(
    session: Session, who: Who, found: Waiting, choices: Mapping[str, str], now: dt.datetime
) -> list[str]:
    """Confirm what the file's codes mean, for this import and the next ones of that layout. Commits.

    `choices`: code -> stored character, "." for nothing, "?" to stay an error. Gives the codes still without a
    choice: then nothing is kept.
    """
    uses = mapping.uses(found.table, found.row.mapping)
    chosen = {use.code: choices.get(use.code, use.meaning) for use in uses}
    missing = [code for code, char in chosen.items() if char not in mapping.MEANINGS]
    if missing:
        return missing
    said = {use.code: chosen[use.code] for use in uses if use.chosen or chosen[use.code] != use.meaning}
    found.row.mapping = {**found.row.mapping, **said}
    found.table.readings.clear()
    read_rows(found.table, aliases_of(found.row.mapping))
    found.row.table = found.table.dump()
    mapping.remember(session, who, found.row.organiser_id, found.table.signature, said, now)
    session.commit()
    return []


def correct(session: Session, found: Waiting, corrections: Corrections, ctx: MonthContext) -> None:
    """Keep what was typed over the file's cells. Commits. Raises SheetLocked."""
    now = preview(session, found, ctx)
    typed = {(fault.number, fault.key): fault.typed for fault in now.blocking}
    table = found.table
    for (number, key), text in corrections.values.items():
        before = typed.get((number, key))
        if before is None and number in table.rows and table.says(number, key):
            before = shown(key, table.raw(number)[key])
        if text.strip() != before:
            _fix(table, number, key, "" if text == BLANK else text.strip()[:_LONGEST_CORRECTION])
    for number, key in corrections.blanks:
        _fix(table, number, key, "")
    for number, key in corrections.undo:
        table.fixes.get(number, {}).pop(key, None)
        table.readings.pop(number, None)
    table.fixes = {number: texts for number, texts in table.fixes.items() if texts}
    left = (table.rows_on(name) for place, name in enumerate(table.sheets) if place in corrections.sheets)
    skip = corrections.skip.union(*left)
    table.skipped = (table.skipped | (skip & table.rows.keys())) - corrections.restore
    _answer(table, now, corrections)
    found.row.table = table.dump()
    found.row.base = now.base
    session.commit()


def _answer(table: ImportTable, now: Preview, corrections: Corrections) -> None:
    """Keep who is who. « As in the month » is a correction of the name or the date, which then say so by themselves."""
    for (number, line_id), same in corrections.answers.items():
        doubt = now.merge.doubts.get(number)
        if doubt is None or doubt.line.id != line_id:
            continue
        if same is Same.AS_DRAFTED:
            for key in ("last_name", "first_name", "birth_date"):
                _fix(table, number, key, sheets.display(doubt.line.child, key))
            if doubt.numbers_differ:
                _fix(table, number, "niss", "")
        else:
            table.answers.setdefault(number, {})[line_id] = same is Same.CORRECTED
    for number, line_id in corrections.ask:
        table.answers.get(number, {}).pop(line_id, None)


def _fix(table: ImportTable, number: int, key: str, text: str) -> None:
    if number in table.rows and key in TITLES:
        table.fixes.setdefault(number, {})[key] = text
        table.readings.pop(number, None)


def confirm(
    session: Session, who: Who, facility: Facility, ctx: MonthContext, given: str, now: dt.datetime
) -> Stored:
    """Store the import in the month, in one transaction with its history. Commits.

    `given` is the `ticket` of the page that the person looked at; with "", the draft must be as it was when the
    file was sent. Raises NothingPending, SheetLocked, Moved (to be previewed again), Blocked.
    """
    assert who.user_id is not None
    # The sheet first, then the preview: in the order of signing, or the two would wait for each other.
    sheet = _open_sheet(session, facility.id, ctx.month, lock=True)
    found = waiting(session, who.user_id, facility.id, ctx.month, lock=True)
    draft, base = _draft(session, sheet)
    seen = found.seen(base)
    told, _, word = given.partition(".")
    if (told or found.row.base) != (seen if told else base):
        found.row.base = base
        session.commit()
        raise Moved
    judged = hmac.compare_digest(word.encode(), verdict(seen, ctx).encode())
    wanted = build(found.table, found.row.mapping, draft, ctx, base, judged=judged)
    if wanted.blocking:
        session.rollback()
        raise Blocked
    stored = _store(session, who, facility, sheet, wanted, ctx, now)
    session.execute(delete(AttendanceImport).where(AttendanceImport.id == found.row.id))
    session.commit()
    return stored


def _store(
    session: Session, who: Who, facility: Facility, sheet: AttendanceSheet | None, wanted: Preview,
    ctx: MonthContext, now: dt.datetime,
) -> Stored:  # fmt: skip
    if sheet is not None and wanted.changes_nothing:
        return Stored(sheet.id, 0, 0, 0)
    try:
        return store(session, who, facility, sheet, wanted.merge, ctx, now)
    except sheets.SheetExists:
        raise Moved from None


def annotate(found: Waiting, now: Preview) -> bytes:
    """The person's own file as .xlsx, faults coloured and commented. `found` was opened with its file."""
    marks: dict[str, list[Mark]] = {}
    for fault in now.faults:
        cell, told = fault.cell.rpartition("!")[2], f"{fault.message} {fault.violation.help}"
        marks.setdefault(fault.sheet, []).append((cell, fault.violation.severity, told))
    return annotated(found.row.file, "xls" if found.row.kind == "xls" else "xlsx", marks)


@dataclass(frozen=True)
class Outcome:
    """An import without a preview: what it did, or would do."""

    preview: Preview
    stored: bool


def run(
    session: Session, who: Who, facility: Facility, ctx: MonthContext, filename: str, data: bytes,
    codes: Mapping[str, str] | None, now: dt.datetime, *, dry: bool, same: bool | None = None,
) -> Outcome:  # fmt: skip
    """Read, judge and store at once; nothing is stored with a blocking error, nor when `dry`.

    `codes` stand for the confirmed mapping; None: the organiser's remembered one. `same`: whether a child who
    looks like one of the month without being surely the same is; None: each is a blocking error. Raises UnusableFile,
    SheetLocked, Moved (somebody made the month in the meantime).
    """
    table, _ = read_table(data, filename, ctx.month, facility.matricule)
    if codes is None:
        codes = mapping.remembered(session, facility.organiser_id, table.signature)
    sheet = _open_sheet(session, facility.id, ctx.month, lock=not dry)
    draft, base = _draft(session, sheet)
    found = build(table, codes, draft, ctx, base, presumed=same)
    if dry or found.blocking:
        session.rollback()
        return Outcome(found, stored=False)
    _store(session, who, facility, sheet, found, ctx, now)
    session.commit()
    return Outcome(found, stored=True)

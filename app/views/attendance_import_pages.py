"""The pages of an import, and what its forms hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import render_template
from werkzeug.datastructures import MultiDict

from app.db import db
from app.models import Facility
from app.rules.attendance import DAY_KEYS, MonthContext, format_field
from app.rules.codes import BLANK, Code, totals
from app.rules.months import Month
from app.rules.workflow import editable
from app.security.guards import actor
from app.services.attendance import imports, mapping, sheets
from app.services.attendance.import_preview import Preview, day_changes, field_changes
from app.services.attendance.import_questions import name_of
from app.services.attendance.import_waiting import Waiting
from app.spreadsheets.refusals import UnusableFile

#: Faults that get an input of their own; beyond, they are summed up: a page is not a spreadsheet.
MENDABLE: Final = 200
#: Lists of children longer than this are folded.
FOLDED: Final = 25
_CELLS_NAMED: Final = 40
_A_WORD: Final = 3
#: What a day can hold, as its choices show it.
CODES: Final = tuple((code.display, f"{code.display} – {code.label}") for code in Code)
MEANINGS: Final = (
    *((code.char, f"{code.display} – {code.label}") for code in Code),
    (BLANK, "Rien ce jour-là"),
    (mapping.ERROR, "Laisser en erreur"),
)
_PAIR = re.compile(r"(\d{1,6})-(\d{1,9})")
_CELL = re.compile(r"(c|vide)-(\d{1,6})-([a-z_]+|\d{1,2})")


def upload_page(facility: Facility, month: Month, refused: UnusableFile | None = None) -> str:
    """Choose a file; `refused` says why the one just sent cannot be used."""
    sheet = sheets.find(db.session(), facility.id, month)
    return render_template(
        "attendance/import_upload.html", facility=facility, month=month, refused=refused, sheet=sheet,
        locked=sheet is not None and not editable(sheet.state),
        pending=imports.pending(db.session(), actor().user_id, facility.id, month),
    )  # fmt: skip


def codes_page(
    facility: Facility, month: Month, found: Waiting, choices: Mapping[str, str] | None = None,
    missing: Sequence[str] = (),
) -> str:  # fmt: skip
    """What the file's codes mean; `choices` keeps what was picked when some are `missing`."""
    picked = choices or {}
    asked = mapping.undecided(found.table, found.row.mapping)
    uses = [(use, picked.get(use.code, use.meaning)) for use in mapping.uses(found.table, found.row.mapping)]
    return render_template(
        "attendance/import_codes.html", facility=facility, month=month, row=found.row, meanings=MEANINGS,
        unknown=[item for item in uses if not item[0].meaning or item[0].chosen],
        known=[item for item in uses if item[0].meaning and not item[0].chosen], missing=missing, asked=asked,
    )  # fmt: skip


def preview_page(facility: Facility, ctx: MonthContext, found: Waiting, preview: Preview) -> str:
    """What « Confirmer » would do, and all that is wrong."""
    uses = mapping.uses(found.table, found.row.mapping)
    unknown = [use for use in uses if use.meaning in ("", mapping.ERROR)]
    # A word that comes back is a vendor's; one or two in our own template are slips of the hand.
    foreign = any(use.count >= _A_WORD or not found.table.ours for use in unknown)
    left: dict[str, list[str]] = {}
    for fault in preview.blocking[MENDABLE:]:
        left.setdefault(fault.message, []).append(fault.cell)
    mendable = preview.blocking[:MENDABLE]
    return render_template(
        "attendance/import_preview.html", facility=facility, month=ctx.month, row=found.row, preview=preview,
        ticket=imports.ticket(found, preview, ctx), moved=found.row.base != preview.base,
        whole=[fault for fault in mendable if fault.number is None], mendable=list(preview.by_row(mendable)),
        left={message: (len(cells), cells[:_CELLS_NAMED]) for message, cells in left.items()},
        uses=[(use.code, mapping.meaning(use.meaning)) for use in uses if use.meaning], foreign=foreign,
        codes_matter=bool(unknown or found.row.mapping or not found.table.ours),
        codes=CODES, folded=0 if preview.blocking else FOLDED, **_changes(preview),
    )  # fmt: skip


def _changes(preview: Preview) -> dict[str, Any]:
    """The changes, child by child, as the page shows them."""
    added = [
        (
            preview.table.row_name(row.number),
            name_of(row.child),
            format_field("birth_date", row.child.birth_date),
            _counts(row.child.codes),
        )
        for row in preview.merge.added
    ]
    changed = []
    for row in preview.merge.changed:
        assert row.line is not None
        before = row.line.child
        days = [(f"Jour {day}", old, new) for day, old, new in day_changes(before.codes, row.child.codes)]
        changed.append(
            (
                preview.table.row_name(row.number),
                name_of(row.child),
                [*field_changes(before, row.child), *days],
            )
        )
    removed = [
        (name_of(line.child), format_field("birth_date", line.child.birth_date), _counts(line.child.codes))
        for line in preview.merge.removed
    ]
    return {"added": added, "changed": changed, "removed": removed}


def _counts(codes: str) -> list[int]:
    return list(totals(codes).as_display().values())


def corrections_of(form: MultiDict[str, str]) -> imports.Corrections:
    """What the preview's form holds: inputs `c-<row>-<column>`, boxes, and the button that was pressed."""
    values: dict[tuple[int, str], str] = {}
    blanks: set[tuple[int, str]] = set()
    for name, text in form.items():
        if (cell := _cell(name, "c")) is not None:
            # Left as the page showed it, it says nothing: another tab may have corrected it since.
            if text != form.get(f"de-{name.removeprefix('c-')}"):
                values[cell] = text
        elif (cell := _cell(name, "vide")) is not None:
            blanks.add(cell)
    for text in form.getlist("jours"):
        row, _, days = text.partition(":")
        blanks |= {(int(row), day) for day in days.split(",") if row.isdecimal() and day in DAY_KEYS}
    same = {who.value: who for who in imports.Same}
    answers = {
        pair: same[text]
        for name, text in form.items()
        if text in same and (pair := _pair(name.removeprefix("enfant-"))) is not None
    }
    undo = (_cell(f"c-{cell}", "c") for text in form.getlist("defaire") for cell in text.split())
    return imports.Corrections(
        values={cell: text for cell, text in values.items() if cell not in blanks},
        blanks=frozenset(blanks),
        undo=frozenset(cell for cell in undo if cell is not None),
        skip=_rows(form.getlist("ecarter")),
        restore=_rows(form.getlist("reprendre")),
        sheets=_rows(form.getlist("feuille")),
        answers=answers,
        ask=frozenset(pair for text in form.getlist("demander") if (pair := _pair(text)) is not None),
    )


def _cell(name: str, kind: str) -> tuple[int, str] | None:
    found = _CELL.fullmatch(name)
    return (int(found[2]), found[3]) if found and found[1] == kind else None


def _pair(text: str) -> tuple[int, int] | None:
    """A row and a line of the month, "7-12"."""
    found = _PAIR.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None


def _rows(texts: Sequence[str]) -> frozenset[int]:
    return frozenset(int(text) for text in texts if text.isdecimal() and len(text) < 8)

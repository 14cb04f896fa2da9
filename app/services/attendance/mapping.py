"""What a vendor's codes mean, confirmed once by a person for their organiser and a layout, and remembered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import journal
from app.journal import Change, Who
from app.models import CodeMapping
from app.rules.attendance import day_of
from app.rules.codes import BLANK, DISPLAYS, is_formula_error, normalise_code, parse_code
from app.rules.french import count
from app.rules.violations import holds_number
from app.services.attendance.import_table import ImportTable

#: Confirmed as no presence at all: the cell stays an error.
ERROR: Final = "?"
MEANINGS: Final = frozenset(DISPLAYS) | {ERROR}
_EXAMPLES: Final = 3
#: A mapping of hundreds of words is no mapping: the day columns hold something else.
MOST_CODES: Final = 60


@dataclass(frozen=True, slots=True)
class CodeUse:
    """A code of the file: how often, some of its cells, what it means to us ("" when unknown) and by whose word.

    `meaning` is a stored character, "." for nothing on that day or ERROR; `chosen` tells that a person said so.
    """

    code: str
    count: int
    cells: tuple[str, ...]
    meaning: str
    chosen: bool


def uses(table: ImportTable, mapping: Mapping[str, str]) -> list[CodeUse]:
    """The codes in the day cells, the unknown first, then the most frequent.

    What could hold a NISS is no code: it is never kept nor shown, and stays an error; so does a formula's.
    """
    texts: dict[tuple[type, object], str] = {}
    cells: dict[str, list[tuple[int, str]]] = {}
    days = [[(place, key) for place, key in enumerate(part.columns) if day_of(key)] for part in table.parts]
    for number in table.kept():
        for piece, values in table.pieces(number):
            for place, key in days[table.place(piece)[0]]:
                raw = values[place]
                if raw is None:
                    continue
                kind = (type(raw), raw)
                if kind not in texts:
                    texts[kind] = normalise_code(raw)
                cells.setdefault(texts[kind], []).append((number, key))
    found = [
        CodeUse(
            code, len(places), tuple(table.cell(*place) for place in places[:_EXAMPLES]),
            mapping.get(code) or parse_code(code) or "", code in mapping,
        )
        for code, places in cells.items()
        if code and code != BLANK and not is_formula_error(code) and not holds_number(code)
    ]  # fmt: skip
    return sorted(found, key=lambda use: (bool(use.meaning), -use.count, use.code))


def undecided(table: ImportTable, mapping: Mapping[str, str]) -> bool:
    """Whether a person must say what codes mean before the preview: a vendor's layout, words nobody knows."""
    if table.ours:
        return False
    unknown = [use for use in uses(table, mapping) if not use.meaning]
    return bool(unknown) and len(unknown) <= MOST_CODES


def remembered(session: Session, organiser_id: int, layout: str) -> dict[str, str]:
    """The organiser's confirmed mapping of a layout; {} before the first time."""
    found = session.scalars(
        select(CodeMapping.codes).where(
            CodeMapping.organiser_id == organiser_id, CodeMapping.layout == layout
        )
    ).one_or_none()
    return {code: char for code, char in (found or {}).items() if char in MEANINGS}


def remember(
    session: Session, who: Who, organiser_id: int, layout: str, codes: Mapping[str, str], now: dt.datetime
) -> None:
    """Keep what a person confirmed, with its history; codes of other files of that layout stay. No commit."""
    row = session.scalars(
        select(CodeMapping)
        .where(CodeMapping.organiser_id == organiser_id, CodeMapping.layout == layout)
        .with_for_update()
    ).one_or_none()
    before = dict(row.codes) if row else {}
    after = {**before, **codes}
    if row is not None and before == after:
        return
    assert who.user_id is not None
    if row is None:
        row = CodeMapping(organiser_id=organiser_id, layout=layout)
        session.add(row)
    row.codes, row.confirmed_by, row.confirmed_at = after, who.user_id, now
    session.flush()
    changed = sorted(code for code in after if before.get(code) != after[code])
    journal.record(
        session, who, "correspondance", organiser_id=organiser_id, object_type="code_mapping", object_id=row.id,
        summary=f"Correspondance des codes confirmée : {count(len(changed), 'code')}",
        changes=[
            Change("code_mapping", row.id, code[:60], meaning(before.get(code)), meaning(after[code]))
            for code in changed
        ],
    )  # fmt: skip


def meaning(char: str | None) -> str | None:
    """A stored meaning in words: "P½", « rien ce jour-là », « erreur »."""
    if char is None:
        return None
    return {BLANK: "rien ce jour-là", ERROR: "erreur"}.get(char) or DISPLAYS[char]


class BadMapping(ValueError):
    """A mapping written on a command line cannot be read; the message says which part."""


def parse_mapping(text: str) -> dict[str, str]:
    """« 1=P,0.5=P½,M=J » as a confirmed mapping; a comma inside a number is one (« 0,5=P½ »). Raises BadMapping."""
    found: dict[str, str] = {}
    pending = ""
    for part in text.split(","):
        piece = f"{pending},{part}" if pending else part
        if "=" not in piece:
            pending = piece
            continue
        pending = ""
        code, _, ours = piece.rpartition("=")
        char = parse_code(ours)
        if not normalise_code(code) or char is None:
            raise BadMapping(f"« {piece.strip()} » : écrivez CODE=P, P½, J, J½, I, I½, ou CODE= pour rien.")
        found[normalise_code(code)] = char
    if pending.strip():
        raise BadMapping(f"« {pending.strip()} » : il manque « =P », « =J »… après ce code.")
    return found

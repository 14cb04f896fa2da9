"""The history as a workbook, and the history of who read the history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy.orm import Session

from app import journal
from app.clock import BRUSSELS
from app.journal import Who
from app.rules.french import count as counted
from app.services import history
from app.services.history import Criteria, Entry
from app.spreadsheets import history as spreadsheet
from app.spreadsheets.history import Row

#: Lines of one workbook (one a changed value). It is made in memory, which this bounds: no file of people's data is
#: left on the disk.
LIMIT: Final = 20_000


class TooLong(Exception):
    """More lines than a workbook takes; nothing was written."""

    limit = LIMIT


def export(
    session: Session, who: Who, chain: int | None, criteria: Criteria, title: str, now: dt.datetime,
    words: Callable[[Sequence[Entry]], Sequence[Any]],
) -> bytes:  # fmt: skip
    """The .xlsx of all that the criteria match, newest first, and its own entry in the history. Commits.

    `words` puts entries in French, as the pages show them (views/history_words.py: Line). Raises TooLong.
    """
    if history.measure(session, chain, criteria, LIMIT + 1) > LIMIT:
        raise TooLong  # known without reading them
    made = f"{title}, exporté le {now.astimezone(BRUSSELS):%d/%m/%Y à %H:%M}"
    content, count = spreadsheet.write(
        made,
        _at_most(row for entries in history.walk(session, chain, criteria) for row in _rows(words(entries))),
    )
    _record(
        session,
        who,
        "export",
        chain,
        f"{title} : {counted(count, 'ligne exportée', 'lignes exportées')}",
    )
    return content


def viewed(session: Session, who: Who, chain: int | None, what: str) -> None:
    """Keep who read the history; commits."""
    _record(session, who, "consultation", chain, f"Consultation : {what}")


def _record(session: Session, who: Who, action: str, chain: int | None, summary: str) -> None:
    journal.record(
        session, who, action, organiser_id=chain, object_type="journal_entry", summary=summary[:1000]
    )
    session.commit()


def _at_most(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows, up to LIMIT: lines kept as a whole become several rows each. Raises TooLong."""
    for number, row in enumerate(rows, 1):
        if number > LIMIT:
            raise TooLong
        yield row


def _rows(lines: Sequence[Any]) -> Iterator[Row]:
    for line in lines:
        for change in line.changes or (None,):
            yield Row(
                line.at.astimezone(BRUSSELS).replace(tzinfo=None, microsecond=0), line.who, line.way_told,
                line.action, line.what, line.kind, line.facility,
                *((change.what, change.old, change.new) if change else ("", "", "")),
            )  # fmt: skip

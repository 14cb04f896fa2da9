"""What an agent narrows the queue to, read from an address and written into others.

What is not understood is left out: an address may be written by anyone, and is never an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.forms.fields import clean_text
from app.rules.months import Month
from app.rules.workflow import SheetState
from app.services.attendance.review import ORDERS, Wanted

#: States that a month in the queue can have: a draft was never submitted.
STATES: Final = tuple(state for state in SheetState if state is not SheetState.DRAFT)
EVERY_STATE: Final = "tous"
#: Days since the submission that one may choose.
WAITING: Final = (7, 14, 30)

_LONGEST: Final = 100


def read(given: Mapping[str, str], user_id: int) -> Wanted:
    """The queue that an address asks for, as that agent may see it."""
    states = {state.value: state for state in STATES} | {EVERY_STATE: None}
    waiting, order = given.get("attente", ""), given.get("tri", "")
    return Wanted(
        user_id,
        organiser=_words(given, "organisateur"),
        facility=_words(given, "milieu"),
        month=_month(given.get("mois", "")),
        state=states.get(given.get("etat", ""), SheetState.SUBMITTED),
        waiting=int(waiting) if waiting in map(str, WAITING) else 0,
        order=order if order in ORDERS else "soumis",
        descending=given.get("sens") == "desc",
    )


def address(wanted: Wanted, **changes: str) -> dict[str, str]:
    """The arguments that lead back to a queue, or to it with other ones; criteria that are not set stay out."""
    found = {
        "organisateur": wanted.organiser,
        "milieu": wanted.facility,
        "mois": str(wanted.month or ""),
        "etat": wanted.state.value if wanted.state else EVERY_STATE,
        "attente": str(wanted.waiting or ""),
        "tri": wanted.order,
        "sens": "desc" if wanted.descending else "asc",
    } | changes
    return {name: value for name, value in found.items() if value}


def _words(given: Mapping[str, str], name: str) -> str:
    return (clean_text(given.get(name)) or "")[:_LONGEST]


def _month(text: str) -> Month | None:
    try:
        return Month.parse(text)
    except ValueError:
        return None

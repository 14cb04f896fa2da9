"""Where a person's draft of a month stands: a place in the history, kept in their session until they sign out."""

from __future__ import annotations

from flask import session

_KEY = "drafts"


def moved(sheet_id: int, entry: int) -> None:
    """The person saved their draft, or opens the month for the first time: that is what they come back to."""
    session[_KEY] = {**session.get(_KEY, {}), str(sheet_id): entry}


def since(sheet_id: int) -> int | None:
    """The entry that the draft starts from; None for a month that was not opened in this session."""
    found: int | None = session.get(_KEY, {}).get(str(sheet_id))
    return found

"""How to reach the helpdesk, as it stands on a day (guide 3)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import HelpdeskContact


@dataclass(frozen=True)
class Contact:
    """Phone, hours and address of the helpdesk, and whether a source confirms them."""

    phone: str
    hours: str
    email: str
    official: bool

    @property
    def phone_link(self) -> str:
        """For a tel: link: 02/542.14.45 is +3225421445."""
        digits = re.sub(r"\D", "", self.phone)
        return f"+32{digits[1:]}" if digits.startswith("0") else f"+{digits}"


_kept: dict[dt.date, tuple[int | None, Contact | None]] = {}


def contact(session: Session, day: dt.date, version: int | None) -> Contact | None:
    """The coordinates of the day; None when nobody wrote any. Kept under the version of the reference data.

    Without a version (before any session), read each time.
    """
    kept = _kept.get(day)
    if kept is not None and version is not None and kept[0] == version:
        return kept[1]
    row = session.scalar(
        select(HelpdeskContact)
        .where(HelpdeskContact.valid_from <= day)
        .order_by(HelpdeskContact.valid_from.desc())
        .limit(1)
    )
    found = None if row is None else Contact(row.phone, row.hours, row.email, row.official)
    _kept.clear()
    _kept[day] = (version, found)
    return found


def last_known() -> Contact | None:
    """What was shown last, for the page that says that the database does not answer."""
    return next((found for _version, found in _kept.values()), None)

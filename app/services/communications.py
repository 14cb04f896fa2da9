"""Communications shown on the home page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Communication


def current(session: Session, today: dt.date) -> Sequence[Communication]:
    """The communications of the day, newest first."""
    return session.scalars(
        select(Communication)
        .where(Communication.valid_from <= today, Communication.valid_until >= today)
        .order_by(Communication.valid_from.desc(), Communication.id.desc())
    ).all()

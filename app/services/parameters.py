"""Reading the dated numbers of the domain."""

from __future__ import annotations

import datetime as dt
import decimal
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Parameter


@dataclass(frozen=True)
class Value:
    """A number on a day, and whether it is official."""

    value: decimal.Decimal
    label: str
    official: bool


def values_on(session: Session, day: dt.date) -> dict[str, Value]:
    """Every parameter as it stands on a day, by key."""
    rows = session.scalars(
        select(Parameter).where(Parameter.valid_from <= day).order_by(Parameter.key, Parameter.valid_from)
    )
    return {row.key: Value(row.value, row.label, row.official) for row in rows}

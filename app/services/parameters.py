"""Reading the dated numbers of the domain."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Parameter
from app.services.bootstrap import PARAMETERS

_NEEDED = frozenset(key for key, *_rest in PARAMETERS)


@dataclass(frozen=True)
class Value:
    """A number on a day, and whether it is official."""

    value: decimal.Decimal
    label: str
    official: bool


def values_on(session: Session, day: dt.date) -> dict[str, Value]:
    """Every parameter as it stands on a day, by key; before its first row, that first row."""
    found: dict[str, Value] = {}
    for row in session.scalars(select(Parameter).order_by(Parameter.key, Parameter.valid_from)):
        if row.key not in found or row.valid_from <= day:
            found[row.key] = Value(row.value, row.label, row.official)
    return found


def is_last(session: Session, row: Parameter) -> bool:
    """Whether the portal reads this parameter and would have no value left without this row."""
    others = select(Parameter.id).where(Parameter.key == row.key, Parameter.id != row.id).limit(1)
    return row.key in _NEEDED and session.scalar(others) is None


def over_time(session: Session, key: str) -> Callable[[dt.date], Value]:
    """One parameter on any day, read once; before its first row, that first row. Raises LookupError without any."""
    rows = session.scalars(select(Parameter).where(Parameter.key == key).order_by(Parameter.valid_from)).all()
    if not rows:
        raise LookupError(key)

    def on(day: dt.date) -> Value:
        row = next((row for row in reversed(rows) if row.valid_from <= day), rows[0])
        return Value(row.value, row.label, row.official)

    return on

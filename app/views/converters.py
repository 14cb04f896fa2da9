"""Values in addresses: a month as 2026-10."""

from __future__ import annotations

from werkzeug.routing import BaseConverter, ValidationError

from app.rules.months import Month


class MonthConverter(BaseConverter):
    """`<month:month>`: 2026-10."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> Month:
        try:
            return Month.parse(value)
        except ValueError:
            raise ValidationError from None

    def to_url(self, value: object) -> str:
        return str(value)

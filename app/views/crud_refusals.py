"""Why the database refused a row, in the person's words and at the field if it is known; never its own message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from psycopg.errors import ForeignKeyViolation, IntegrityError, NotNullViolation, UniqueViolation
from sqlalchemy.exc import DBAPIError

#: A constraint's name, or its end → (field, message).
Messages = Mapping[str, tuple[str, Any]]


@dataclass(frozen=True)
class Refusal:
    """`fields`: the columns concerned, when known."""

    message: str
    fields: tuple[str, ...] = ()


def explain(error: BaseException, messages: Messages) -> Refusal | None:
    """The refusal behind an exception of the ORM or of FAB; None when it is something else."""
    cause: Any = error if isinstance(error, DBAPIError) else error.__cause__
    if not isinstance(cause, DBAPIError):
        return None
    found: Any = cause.orig
    constraint = (found.diag.constraint_name or "") if hasattr(found, "diag") else ""
    for name, (field, message) in messages.items():
        if constraint.endswith(name):
            return Refusal(str(message), (field,))
    if isinstance(found, UniqueViolation):
        # "Key (key, valid_from)=(…) already exists.": the columns stand between the first parentheses.
        named = re.search(r"\(([^)]+)\)=\(", found.diag.message_detail or "")
        return Refusal(_("Cette valeur existe déjà"), tuple(named.group(1).split(", ")) if named else ())
    if isinstance(found, ForeignKeyViolation):
        return Refusal(_("Cette ligne sert ailleurs, ou ce qu’elle désigne n’existe plus."))
    if isinstance(found, NotNullViolation):
        return Refusal(_("Ce champ est requis"), (found.diag.column_name or "",))
    if isinstance(found, IntegrityError):
        return Refusal(_("Ces valeurs ne vont pas ensemble. Vérifiez les dates et les montants."))
    return Refusal(_("Une valeur est trop longue ou trop grande pour être enregistrée."))

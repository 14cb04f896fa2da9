"""Words as people order and look for them: without capitals and accents (« Élodie » beside « Elodie »).

One function of the database, so that no locale of the server matters.
"""

from __future__ import annotations

from functools import reduce
from typing import Any, Final

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func, literal_column

#: Between two columns: before every character of a name, and in no word that is looked for.
_BETWEEN: Final[ColumnElement[str]] = literal_column("chr(9)")


def folded(*columns: Any) -> ColumnElement[str]:
    """Columns, the first first, as lists are ordered by them."""
    return func.folded(reduce(lambda before, column: before + _BETWEEN + column, columns))


def speaks_of(words: str, text: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """Each of the words somewhere in a folded text; true for no word."""
    return and_(True, *(func.strpos(text, func.folded(word)) > 0 for word in words.split()))

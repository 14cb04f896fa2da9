"""What saving a row of a generated page changed, in a sentence beside « Enregistré »."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import inspect as sa_inspect

from app.journal import Change

#: Values named; the history has them all.
_MOST: Final = 6
_LONGEST: Final = 60


def saved(row: Any, changes: Sequence[Change]) -> str:
    """« Enregistré : Rôle. Permissions, ajouté : A, B ; retiré : C. Nom : X → Y. »"""
    lists = sa_inspect(type(row)).relationships.keys()
    return " ".join([_("Enregistré : %(name)s.", name=str(row)), *_moves(changes, lists)])


def _moves(changes: Sequence[Change], lists: Collection[str]) -> list[str]:
    """`lists`: the fields that hold several values."""
    from app.views.history_words import changed  # which knows every generated page, hence imports them

    words = [(one.field, changed(one, {}, {})) for one in changes[:_MOST]]
    parts = []
    for field in dict.fromkeys(field for field, _one in words):
        mine = [one for name, one in words if name == field]
        if field in lists:
            added = ", ".join(_short(one.new) for one in mine if one.new)
            removed = ", ".join(_short(one.old) for one in mine if one.old)
            moves = [_("ajouté : %(what)s", what=added)] if added else []
            moves += [_("retiré : %(what)s", what=removed)] if removed else []
            parts.append(f"{mine[0].what}, {' ; '.join(moves)}.")
        else:
            parts += [f"{one.what} : {_short(one.old)} → {_short(one.new)}." for one in mine]
    if len(changes) > _MOST:
        more = len(changes) - _MOST
        parts.append(ngettext("Et %(num)s autre valeur.", "Et %(num)s autres valeurs.", more))
    return parts


def _short(text: str) -> str:
    if not text:
        return str(_("vide"))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

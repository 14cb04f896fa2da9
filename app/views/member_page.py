"""The page of one person: who they are, and the access tree with what is opened to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock
from app.db import db
from app.models import Membership, MembershipState, RequestState
from app.rules import access as rules
from app.rules.access import Opened
from app.rules.dossiers import Dossier
from app.security.guards import actor
from app.security.rights import Right
from app.services.members import access, asking, desk, states, tree


@dataclass
class Typed:
    """The tree as a form holds it: keys that are ticked, days as typed, errors by field."""

    ticked: frozenset[str]
    seen: str
    #: What the page showed, as `access.written`.
    read: Sequence[str] = ()
    #: Keys of what somebody else changed since.
    moved: frozenset[str] = frozenset()
    #: Days typed for accesses with a period: key → (from, until).
    days: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    #: Days for what is newly ticked: whether they are limited, from, until, whether all that is ticked follows.
    limited: bool = False
    first: str = ""
    last: str = ""
    every: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
    #: What is said above the tree.
    messages: Sequence[str] = ()
    #: Whose rights were copied into the form.
    copied: Membership | None = None
    #: Whether what somebody asked for is ticked; None when nobody looks at a request.
    asked: bool | None = None


def as_stored(opened: Sequence[Opened]) -> Typed:
    """The form of what is opened."""
    keys = frozenset(tree.key_of(one) for one in opened)
    return Typed(keys, access.seal(opened), access.written(opened))


def person_page(
    row: Membership, typed: Typed | None = None, *, status: int = 200, request_id: int | None = None
) -> Any:
    """The person's page; `typed`: what a refused or copied form holds instead of what is stored; `request_id`: the
    request for an access that is to be ticked."""
    session, person, today = db.session(), actor(), clock.today()
    opened = desk.opened(session, row.id)
    own = person.context is not None and row.id == person.context.membership_id
    mine = desk.opened(session, person.context.membership_id) if person.context else []  # type: ignore[arg-type]
    closed = rules.of_person(own=own, mine=mine, theirs=opened, today=today)
    # Opening a closed profile again gives back what was open: not offered to who may not give it.
    back = (
        rules.of_return(mine=mine, theirs=opened, today=today)
        if row.state is MembershipState.DISABLED
        else []
    )
    branches, may = tree.branches(session), givable(mine)
    asked = [one for one in asking.of_member(session, row.id) if one.state is RequestState.WAITING]
    answered = next((one for one in asked if one.id == request_id), None)
    typed = typed or as_stored(opened)
    if answered is not None and not closed:
        keys = {key for key in tree.asked_for(branches, answered.dossier, answered.place) if may(key)}
        typed.ticked |= keys
        typed.asked = bool(keys)
    page = {
        "row": row,
        "own": own,
        "opened": {tree.key_of(one): one for one in opened},
        "limited": [one for one in opened if one.last is not None or one.first > today],
        "branches": branches,
        "names": access.names(session),
        "typed": typed,
        # Why nothing can be changed here, "" when it can.
        "closed": closed[0].objection.value if closed else "",
        "stays_closed": back[0].objection.value if back else "",
        "asked": asked,
        "strong": person.strong or not person.may(Right.MEMBERS_WRITE),
        "givable": may,
        "administrator": Dossier.ADMINISTRATION.value,
        "by_password": row.user.niss_hash is None,
        "colleagues": access.colleagues(session, row) if not closed else [],
        "undo_delay": undo_delay(),
        "today": today,
        "key_of": tree.key_of,
        "access_named": access.named,
    }
    return render_template("members/person.html", **page), status


def undo_delay() -> str:
    """How long the helpdesk can undo a deletion, in words, with what the number is worth."""
    delay = states.undo_delay(db.session())
    words = ngettext("%(num)s jour", "%(num)s jours", int(delay.value))
    return words if delay.official else _("%(words)s (valeur non officielle)", words=words)


def givable(mine: Sequence[Opened]) -> Any:
    """Whether the manager may give what a key names: a test for templates."""
    today = clock.today()

    def may(key: str) -> bool:
        one = tree.parse_key(key)
        return one is not None and rules.may_give(one, mine, today)

    return may

"""That nobody gets more than an administrator gave: judged on what the database held before and after each step alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from tests.security.walk.oracle import ADMIN, BY_PROJECT, USERS, Key, Period, end, in_force
from tests.security.walk.world import Kept

Rows = Mapping[int, Kept]
#: The longest that an administrator, or the beginning, gave each access of an organiser.
Ceilings = dict[tuple[int, Key], dt.date]


def begin(rows: Rows) -> Ceilings:
    found: Ceilings = {}
    for row in rows.values():
        _raise(found, row, row.grants)
    return found


def _raise(ceilings: Ceilings, row: Kept, grants: frozenset[tuple[Key, Period]]) -> None:
    for key, period in grants:
        place = (row.organiser, key)
        ceilings[place] = max(ceilings.get(place, dt.date.min), end(period))


def faults(
    before: Rows, after: Rows, actor: int | None, day: dt.date, ceilings: Ceilings, *, helpdesk: bool
) -> Iterator[str]:
    """What no step may do. `actor`: the account that acted, None for time; `helpdesk`: the actor is of the helpdesk."""
    for number, row in after.items():
        old = before.get(number, Kept(row.user, row.organiser, "", frozenset()))
        mine = _mine(before, actor, row.organiser)
        if _on(mine, ADMIN, day):
            _raise(ceilings, row, row.grants - old.grants)
        yield from (
            f"{actor}, member {number}: {fault}" for fault in _of_member(old, row, actor, mine, day, helpdesk)
        )
        yield from (f"{actor}, member {number}: {fault}" for fault in _of_gifts(old, row, mine, day))
        for key, period in row.grants:
            if end(period) > max(ceilings.get((row.organiser, one), dt.date.min) for one in (key, _all(key))):
                yield f"{number} holds {key} longer than any administrator gave it"
    for organiser in {row.organiser for row in before.values()}:
        if _lasting(before, organiser, day) and not _lasting(after, organiser, day):
            yield f"organiser {organiser} lost its last administrator"


def _of_member(
    old: Kept, row: Kept, actor: int | None, mine: Kept | None, day: dt.date, helpdesk: bool
) -> Iterator[str]:
    manager = _on(mine, ADMIN, day) or _on(mine, USERS, day)
    undone = helpdesk and (old.state, row.state) == ("supprime", "actif")
    if row.user != old.user and old.user != actor:
        yield f"what {old.user} had was handed on"
    if row.grants != old.grants and actor == old.user:
        yield "own rights changed"
    if row.grants != old.grants and not manager:
        yield "rights changed by who manages nobody"
    left = actor == old.user and row.state == "supprime"
    if row.state != old.state and not undone and not left and (not manager or actor == old.user):
        yield f"moved from {old.state} to {row.state}"


def _of_gifts(old: Kept, row: Kept, mine: Kept | None, day: dt.date) -> Iterator[str]:
    if _on(mine, ADMIN, day):
        return
    back = row.grants if (old.state, row.state) == ("desactive", "actif") else frozenset()
    yield from (
        f"given back {key}, which the giver does not hold until {period[1]}"
        for key, period in back
        if end(period) >= day and not _held(mine, key, period, day)
    )
    for key, period in row.grants - old.grants:
        if _shortened(key, period, old):
            continue
        if key == ADMIN:
            yield "made an administrator by who is none"
        if not _held(mine, key, period, day):
            yield f"given {key}, which the giver does not hold until {period[1]}"


def _all(key: Key) -> Key:
    """All the projects, of which a project is one."""
    return (key[0], None) if key[0] in BY_PROJECT else key


def _mine(rows: Rows, actor: int | None, organiser: int) -> Kept | None:
    mine = (
        row for row in rows.values() if (row.user, row.organiser, row.state) == (actor, organiser, "actif")
    )
    return next(mine, None)


def _on(row: Kept | None, key: Key, day: dt.date) -> bool:
    return row is not None and any(one == key and in_force(period, day) for one, period in row.grants)


def _held(mine: Kept | None, key: Key, period: Period, day: dt.date) -> bool:
    return mine is not None and any(
        one in {key, _all(key)} and in_force(held, day) and end(held) >= end(period)
        for one, held in mine.grants
    )


def _shortened(key: Key, period: Period, old: Kept) -> bool:
    return any(one == key and period[0] >= was[0] and end(period) <= end(was) for one, was in old.grants)


def _lasting(rows: Rows, organiser: int, day: dt.date) -> bool:
    return any(
        (row.organiser, row.state) == (organiser, "actif")
        and any(key == ADMIN and in_force(days, day) and days[1] is None for key, days in row.grants)
        for row in rows.values()
    )

"""THE history: who saw or changed what. Append-only, one hash chain per organiser.

Entries are written in the transaction of the action they tell of: both are kept or neither. The chain
(`seq`, `previous`, `hash`) is made by the database, in `journal_add`, under a lock on the chain's head, so that
two writers cannot fork it; `verify` computes it again in Python, independently of the database.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, Integer, Text, cast, column, func, select
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import Session

from app.db import Work, write_fixed
from app.masking import HIDDEN as HIDDEN
from app.masking import holds_numbers, mask_numbers
from app.models import JournalChange, JournalEntry, JournalHead
from app.models.base import Model


@dataclass(frozen=True)
class Who:
    """The person (or the portal itself) behind an entry."""

    user_id: int | None
    name: str
    #: "" for the organiser's own people; an agent's door and reason otherwise.
    door: str = ""


@dataclass(frozen=True)
class Change:
    """One value, old and new, of one object."""

    object_type: str
    object_id: int | None
    field: str
    old: str | None
    new: str | None


SYSTEM: Final = Who(None, "portail")

#: The field of a change that tells of a whole row at once; no column has this name.
WHOLE: Final = "valeurs"


def whole(object_type: str, object_id: int, old: Mapping[str, str], new: Mapping[str, str]) -> Change | None:
    """The fields of one row that differ, as one change: many rows at once cost one each. None when none does.

    A field that had no value, or has none now, is not in that side.
    """
    if not old and not new:
        return None
    return Change(object_type, object_id, WHOLE, *(_object(side) for side in (old, new)))


def _object(side: Mapping[str, str]) -> str | None:
    return json.dumps(side, ensure_ascii=False) if side else None


def unfolded(change: Change | JournalChange) -> list[Change]:
    """A change field by field: those of a whole row, each on its own; any other as it is."""
    if change.field != WHOLE:
        return [Change(change.object_type, change.object_id, change.field, change.old, change.new)]
    old, new = (json.loads(side) if side else {} for side in (change.old, change.new))
    return [
        Change(change.object_type, change.object_id, key, old.get(key), new.get(key))
        for key in {**old, **new}
    ]


def _written(changes: Iterable[Change]) -> str:
    rows = [[c.object_type, c.object_id, c.field, c.old, c.new] for c in changes]
    return json.dumps(rows, ensure_ascii=False)


def digest(changes: Sequence[Change]) -> str:
    """SHA-256 over the changes in order, as `journal_add` takes them; "" without any."""
    return hashlib.sha256(_written(changes).encode()).hexdigest() if changes else ""


def record(
    work: Work,
    who: Who,
    action: str,
    *,
    organiser_id: int | None,
    object_type: str,
    object_id: int | None = None,
    facility_id: int | None = None,
    summary: str,
    changes: Sequence[Change] = (),
) -> None:
    """Add one entry (and its changes) to the open transaction. Never commits.

    A changed national number is given as HIDDEN; one that was typed elsewhere is masked here.
    """
    # Looked for in all values at once: an import has thousands, and hardly ever one to mask.
    if holds_numbers("\0".join(value for c in changes for value in (c.old, c.new) if value)):
        changes = [replace(c, old=_masked(c.old), new=_masked(c.new)) for c in changes]
    write_fixed(
        work,
        _ADD,
        (
            organiser_id, who.user_id, mask_numbers(who.name)[:200], mask_numbers(who.door)[:300], action,
            object_type, object_id, facility_id, mask_numbers(summary), _written(changes),
        ),
    )  # fmt: skip


def record_each(
    session: Session, who: Who, action: str, object_type: str, told: Sequence[tuple[int, int, str]]
) -> None:
    """Add an entry, without changes, to the chain of each of several organisers, in one statement. Never commits.

    `told`: (organiser, object, summary), at most one for each organiser.
    """
    ordered = sorted(told)  # chains are locked in one order, whoever writes to several
    given = (
        func.unnest(
            cast([one[0] for one in ordered], ARRAY(Integer)),
            cast([one[1] for one in ordered], ARRAY(BigInteger)),
            cast([mask_numbers(one[2]) for one in ordered], ARRAY(Text)),
        )
        .table_valued(column("organiser", Integer), column("object", BigInteger), column("summary", Text))
        .render_derived(name="given")
    )
    session.execute(
        select(
            func.journal_add(
                given.c.organiser, who.user_id, mask_numbers(who.name)[:200], mask_numbers(who.door)[:300], action,
                object_type, given.c.object, cast(None, Integer), given.c.summary, _written(()),
            )
        )
    )  # fmt: skip


# One round trip on the path of every saved cell. The function chains the entry (app/migrations/policies.py).
_ADD: Final = "SELECT journal_add($1::integer, $2::integer, $3, $4, $5, $6, $7::bigint, $8::integer, $9, $10)"


def entry_hash(entry: Any) -> str:
    """The hash that `journal_add` must have written for an entry (a JournalEntry, or a row of its columns)."""
    at = entry.at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    fields: list[Any] = [
        entry.previous, entry.organiser_id or 0, entry.seq, at, entry.user_id, entry.actor, entry.door,
        entry.action, entry.object_type, entry.object_id, entry.facility_id, entry.summary, entry.digest,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Fault:
    """The first row of a chain that is not as it was written."""

    chain: int
    seq: int
    entry_id: int | None
    what: str


def verify(
    session: Session, chain: int, known: Mapping[int, str] | None = None, *, batch: int = 1000
) -> Fault | None:
    """Walk one chain (an organiser's id, 0 for the platform's) from its start; None when it holds.

    `known`: place → hash of heads exported earlier (`flask journal tetes`): they show a chain that was cut or
    made anew with its head. Writers may go on meanwhile. Reads everything: run it inside `scope.system`.
    """
    owner = JournalEntry.organiser_id.is_(None) if chain == 0 else JournalEntry.organiser_id == chain
    known = dict(known or {})
    first_head = _head(session, chain)
    known[first_head.seq] = first_head.hash
    previous, seq = "", 0
    while entries := _entries(session, owner, seq, batch):
        changes = _changes_of(session, [entry.id for entry in entries])
        for entry in entries:
            seq += 1
            fault = _fault_of(entry, seq, previous, changes.get(entry.id, []))
            if fault is None and known.get(seq, entry.hash) != entry.hash:
                fault = "la ligne n’est plus celle dont l’empreinte a été gardée"
            if fault:
                return Fault(chain, seq, entry.id, fault)
            previous = entry.hash
    if seq < max(known):
        return Fault(chain, seq + 1, None, "la fin de la chaîne manque")
    if seq > _head(session, chain).seq or seq != _count(session, owner, seq):
        return Fault(chain, seq, None, "des lignes ont été ajoutées hors de la chaîne")
    return None


@dataclass(frozen=True)
class Head:
    """The last place of a chain and its hash; (0, "") before the first entry."""

    seq: int
    hash: str


def heads(session: Session) -> dict[int, Head]:
    """The end of each chain, to be kept elsewhere: whoever owns the database cannot reach it there."""
    rows = session.execute(select(JournalHead.chain, JournalHead.seq, JournalHead.hash))
    return {chain: Head(seq, digest_) for chain, seq, digest_ in rows}


def _head(session: Session, chain: int) -> Head:
    return heads(session).get(chain, Head(0, ""))


def _count(session: Session, owner: Any, up_to: int) -> int:
    counted = select(func.count()).select_from(JournalEntry).where(owner, JournalEntry.seq <= up_to)
    return session.scalars(counted).one()


def _entries(session: Session, owner: Any, after: int, batch: int) -> Sequence[Any]:
    # Columns, not instances: a third of the time over a million.
    return session.execute(
        select(*JournalEntry.__mapper__.column_attrs)
        .where(owner, JournalEntry.seq > after)
        .order_by(JournalEntry.seq, JournalEntry.id)
        .limit(batch)
    ).all()


def chains(session: Session) -> list[int]:
    """Every chain that has a head or an entry."""
    owners = session.scalars(select(func.coalesce(JournalEntry.organiser_id, 0)).distinct())
    return sorted({*heads(session), *owners})


@dataclass(frozen=True)
class _Stored:
    change: Change
    organiser_id: int | None
    facility_id: int | None


def _fault_of(entry: Any, seq: int, previous: str, changes: list[_Stored]) -> str | None:
    if entry.seq != seq:
        return "une ligne manque avant celle-ci"
    if entry.previous != previous:
        return "le lien avec la ligne précédente est rompu"
    if entry.digest != digest([change.change for change in changes]) or not all(
        (change.organiser_id, change.facility_id) == (entry.organiser_id, entry.facility_id)
        for change in changes
    ):
        return "les valeurs changées ont été altérées"
    if entry.hash != entry_hash(entry):
        return "la ligne a été altérée"
    return None


def _changes_of(session: Session, entry_ids: list[int]) -> dict[int, list[_Stored]]:
    found: dict[int, list[_Stored]] = {}
    for change in session.execute(
        select(*JournalChange.__mapper__.column_attrs)
        .where(JournalChange.entry_id.in_(entry_ids))
        .order_by(JournalChange.id)
    ):
        value = Change(change.object_type, change.object_id, change.field, change.old, change.new)
        found.setdefault(change.entry_id, []).append(_Stored(value, change.organiser_id, change.facility_id))
    return found


def model_changes(instance: Model, object_type: str, hidden: frozenset[str] = frozenset()) -> list[Change]:
    """The pending changes of a mapped row's columns, for rows edited through forms."""
    state = sa_inspect(instance)
    found = []
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if not history.has_changes():
            continue
        old, new = (_shown(next(iter(values or ()), None)) for values in (history.deleted, history.added))
        if attribute.key in hidden:
            old, new = (None if value is None else HIDDEN for value in (old, new))
        found.append(Change(object_type, getattr(instance, "id", None), attribute.key, old, new))
    return found


def _masked(text_: str | None) -> str | None:
    return None if text_ is None else mask_numbers(text_)


def _shown(value: Any) -> str | None:
    return None if value is None else str(value)

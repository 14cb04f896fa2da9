"""An entry of the history in plain French: who, by which way, what, from which value to which."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from app.journal import Change
from app.models.journal import CONSULTATIONS
from app.rules.attendance import DAY_KEYS, FIELD_BY_KEY
from app.rules.codes import BLANK, DISPLAYS
from app.rules.months import short_date
from app.security.guards import actor
from app.services.history import Entry
from app.views.history_kinds import Kind, history_url, kinds

#: How actors.py writes the door of an agent; entries are kept as they were written, with whichever space.
_AGENT = re.compile(r"agent\s: ")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
#: Whose row it is: said by the page already.
_UNSAID = frozenset({"organiser_id", "user_id"})
#: How entries begin in the chain: the kind of the entry, which its badge says, or the purpose of an agent's door.
_OPENING = re.compile(r"(?:Consultation|Modification|Porte \(([^()]*)\))\s: (.+)", re.DOTALL)
_YES_NO = {"True": "oui", "False": "non"}
_EMPTY_MONTH = BLANK * 31


@dataclass(frozen=True)
class Changed:
    """One value, old and new; `what` names it: « Abeels Alix, jour 5 »."""

    what: str
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """An entry as its row shows it. `agent`: it came through a door of the agency; `way` says which."""

    id: int
    at: dt.datetime
    who: str
    agent: bool
    way: str
    modification: bool
    what: str
    kind: str
    facility: str
    changes: Sequence[Changed]
    more: bool
    #: The history of its object; "" when it has none that the person may see.
    object_url: str

    @property
    def action(self) -> str:
        return _("Modification") if self.modification else _("Consultation")

    @property
    def way_told(self) -> str:
        """The way as one text, for a cell of a workbook."""
        return _("Agent de l’Office : %(way)s", way=self.way) if self.agent else self.way

    @property
    def url(self) -> str:
        return url_for("HistoryView.entry", entry_id=self.id)


def way_of(door: str) -> tuple[bool, str]:
    """Whether it is an agent's, and the way in words."""
    return (True, _AGENT.sub("", door, count=1)) if door else (False, _("Votre organisation"))


def line(entry: Entry, children: Mapping[int, str], places: Mapping[int, str]) -> Line:
    """The words of one entry; `children` and `places` name lines and facilities that its changes speak of."""
    row, kind = entry.row, kinds().get(entry.row.object_type)
    agent, way = way_of(row.door)
    if not agent and (actor().is_agent or row.user_id is None):
        way = ""  # the platform's own chain, or the portal by itself
    return Line(
        row.id, row.at, row.actor, agent, way, row.action not in CONSULTATIONS, _told(row.summary),
        kind.label if kind else "", str(row.facility) if row.facility else "",
        [changed(one, children, places) for one in entry.changes if one.field not in _UNSAID], entry.more,
        history_url(row.object_type, row.object_id) if row.object_id is not None else "",
    )  # fmt: skip


def _told(summary: str) -> str:
    found = _OPENING.fullmatch(summary)
    if found is None:
        return summary
    purpose, what = found.groups()
    said = what[:1].upper() + what[1:]
    return f"{said} ({purpose})" if purpose else said


def changed(change: Change, children: Mapping[int, str], places: Mapping[int, str]) -> Changed:
    """A changed value in words."""
    if change.object_type == "attendance_line":
        return _of_child(change, children)
    kind = kinds().get(change.object_type)
    old, new = (_value(kind, change.field, value, places) for value in (change.old, change.new))
    if kind and kind.fields is None:
        if any(value.startswith("ouvert ") for value in (old, new)):
            old, new = old or _("fermé"), new or _("fermé")  # the days of an access
        return Changed(change.field, old, new)
    label = kind.fields.get(change.field) if kind and kind.fields else None
    if label is None and change.field[:1].isupper():
        label = change.field  # a service named it in French
    return Changed(label or _("Autre donnée"), old, new)


def _of_child(change: Change, children: Mapping[int, str]) -> Changed:
    name = children.get(change.object_id or 0) or _("Ligne %(number)s", number=change.object_id)
    if change.field == "codes":
        old, new = _days(change.old or _EMPTY_MONTH, change.new or _EMPTY_MONTH)
        return Changed(_("%(name)s, jours", name=name), old, new)
    if change.field in DAY_KEYS:
        name = _("%(name)s, jour %(day)s", name=name, day=change.field)
    elif change.field in FIELD_BY_KEY:
        name = f"{name}, {FIELD_BY_KEY[change.field].label}"
    return Changed(name, _plain(change.old), _plain(change.new))


def _days(old: str, new: str) -> tuple[str, str]:
    """An import keeps a child's month as two strings: the days that differ, « 3 : P, 4 : J½ »."""
    days = [
        (day, before, after)
        for day, (before, after) in enumerate(zip(old, new, strict=False), 1)
        if before != after
    ]
    shown = [
        ", ".join(f"{day} : {DISPLAYS.get(code) or '–'}" for day, code in side)
        for side in ([(d, b) for d, b, _a in days], [(d, a) for d, _b, a in days])
    ]
    return ("" if old == _EMPTY_MONTH else shown[0]), shown[1]


def _value(kind: Kind | None, name: str, value: str | None, places: Mapping[int, str]) -> str:
    if value is None:
        return ""
    if name == "facility_id":
        return places.get(int(value), value) if value.isdecimal() else value
    labels = {str(known): label for known, label in (kind.choices.get(name, ()) if kind else ())}
    return labels.get(value) or _plain(value)


def _plain(value: str | None) -> str:
    """A value as the tables keep it, as people write it: 31/10/2026, oui."""
    if found := _ISO_DAY.fullmatch(value or ""):
        return short_date(dt.date(*map(int, found.groups())))
    return _YES_NO.get(value or "", value or "")

"""The access tree of the guides: which lines there are for an organiser, and the key by which a form names each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import CallProject, Facility
from app.models.folding import folded
from app.rules.access import Opened, meets
from app.rules.dossiers import Dossier, Reach, Sector

_KEY: Final = re.compile(r"([a-z0-9_]+)(?:-([fp])(\d{1,9}))?")
_VALUES: Final = frozenset(dossier.value for dossier in Dossier)


def key_of(opened: Opened) -> str:
    """`mon_equipe`, `bilans-f12` for a facility, `cigogne-p3` for a project."""
    if opened.facility_id is not None:
        return f"{opened.dossier.value}-f{opened.facility_id}"
    return (
        f"{opened.dossier.value}-p{opened.project_id}"
        if opened.project_id is not None
        else opened.dossier.value
    )


def parse_key(key: str) -> Opened | None:
    """The access that a key names, without its days; None for what is none."""
    found = _KEY.fullmatch(key)
    if found is None or found[1] not in _VALUES:
        return None
    number = int(found[3]) if found[3] else None
    return Opened(Dossier(found[1]), number if found[2] == "f" else None, number if found[2] == "p" else None)


@dataclass(frozen=True)
class Branch:
    """A sector of the tree: dossiers of the whole organiser, projects of a call, and a table of facilities by dossier."""

    sector: Sector | None
    dossiers: Sequence[Dossier]
    #: (key, name) of each project; empty without any.
    projects: Sequence[tuple[str, str]]
    #: Dossiers opened facility by facility, and the facilities that they are opened for.
    columns: Sequence[Dossier]
    facilities: Sequence[tuple[int, str]]


def asked_for(branches: Sequence[Branch], dossier: Dossier, place: str) -> set[str]:
    """The keys of what a person asks for, in their own words for the place; empty when no place is called that."""
    found: set[str] = set()
    for branch in branches:
        if dossier in branch.columns:
            found |= {
                key_of(Opened(dossier, facility_id=number))
                for number, name in branch.facilities
                if meets(place, name)
            }
        elif dossier in branch.dossiers and dossier.reach is Reach.PROJECT and place:
            found |= {key for key, name in branch.projects if meets(place, name)}
        elif dossier in branch.dossiers:
            found.add(key_of(Opened(dossier)))
    return found


def branches(session: Session) -> list[Branch]:
    """The tree of the organiser in scope, « Gestion des utilisateurs » last; sectors without a line are left out."""
    facilities = session.scalars(select(Facility).order_by(folded(Facility.name), Facility.id)).all()
    projects = session.execute(
        select(CallProject.id, CallProject.name).order_by(folded(CallProject.name))
    ).all()
    found = []
    for sector in (*Sector, None):
        lines = [one for one in Dossier if one.sector is sector and one is not Dossier.ADMINISTRATION]
        theirs = [(row.id, row.name) for row in facilities if row.kind.sector is sector]
        of_call = [
            (key_of(Opened(one, project_id=number)), name)
            for one in lines
            if one.reach is Reach.PROJECT
            for number, name in projects
        ]
        columns = [one for one in lines if one.reach is Reach.FACILITY] if theirs else []
        whole = [one for one in lines if one.reach is not Reach.FACILITY]
        if whole or columns:
            found.append(Branch(sector, whole, of_call, columns, theirs if columns else []))
    return found

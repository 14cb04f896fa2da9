"""Pouvoirs organisateurs, their milieux d'accueil and closures."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from sqlalchemy.orm import Session

from app.models import CallProject, Closure, Facility, OpeningHours, Organiser

_numbers = itertools.count(1)


def organiser(session: Session, mark: str = "Valclair", **values: Any) -> Organiser:
    """A pouvoir organisateur without facilities."""
    base = 4_000_000 + next(_numbers)
    row = Organiser(
        **{
            "name": f"Commune de {mark}",
            "bce": f"{base:08d}{97 - base % 97:02d}",
            "street": f"Place {mark} 1",
            "postcode": "5640",
            "city": mark,
            "email": f"contact@{mark.lower()}.invalid",
            "phone": f"081 {mark}",
        }
        | values
    )
    session.add(row)
    session.flush()
    return row


def facility(
    session: Session,
    owner: Organiser,
    mark: str = "Tilleul",
    *,
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4),
    **values: Any,
) -> Facility:
    """A crèche open on `weekdays` (0 = Monday) since 2025."""
    number = next(_numbers)
    row = Facility(
        **{
            "organiser_id": owner.id,
            "matricule": f"{mark[:12].upper()}-{number}",
            "name": f"Crèche {mark}",
            "capacity": 40,
            "street": f"Rue {mark} 12",
            "postcode": "5640",
            "city": mark,
            "email": f"creche@{mark.lower()}.invalid",
            "phone": f"081 {mark}",
            "opened_on": dt.date(2025, 1, 1),
        }
        | values
    )
    session.add(row)
    session.flush()
    for weekday in weekdays:
        session.add(
            OpeningHours(
                organiser_id=owner.id,
                facility_id=row.id,
                weekday=weekday,
                valid_from=dt.date(2025, 1, 1),
                opens_at=dt.time(7),
                closes_at=dt.time(18),
            )
        )
    session.flush()
    return row


def closure(
    session: Session, owner: Organiser, of: Facility | None = None, mark: str = "Travaux", **values: Any
) -> Closure:
    """A week of closure of one facility, or of all of the organiser's."""
    row = Closure(
        **{
            "organiser_id": owner.id,
            "facility_id": of.id if of else None,
            "first_day": dt.date(2026, 8, 3),
            "last_day": dt.date(2026, 8, 7),
            "motive": mark,
        }
        | values
    )
    session.add(row)
    session.flush()
    return row


def project(session: Session, owner: Organiser, mark: str = "Projet") -> CallProject:
    """A project submitted to a call."""
    row = CallProject(organiser_id=owner.id, name=f"{mark} projet")
    session.add(row)
    session.flush()
    return row

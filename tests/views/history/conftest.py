"""Two organisers, and something in the history of each."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests import factories
from tests.conftest import System


@dataclass
class Place:
    """An organiser of two facilities with something in its history, and a stranger."""

    organiser: int
    admin: int
    manager: int
    facility: int
    other: int
    sheet: int
    closure: int
    stranger: int
    stranger_sheet: int


@pytest.fixture
def place(system: System) -> Place:
    with system() as session:
        owner, other = factories.organiser(session, "Nôtre"), factories.organiser(session, "Autre")
        here, there = factories.facility(session, owner, "Ici"), factories.facility(session, owner, "Là")
        admin = factories.administrator(session, owner, mark="Admin")
        sheet = factories.sheet(session, here, "Tilleul")
        foreign = factories.sheet(session, factories.facility(session, other, "Étranger"), "Étrange")
        closure = factories.closure(session, owner, here, "Grève")
        found = Place(
            owner.id, admin.id, factories.data_manager(session, owner, here, mark="Gest").id, here.id, there.id,
            sheet.id, closure.id, factories.administrator(session, other, mark="Loin").id, foreign.id,
        )  # fmt: skip
        for facility, the_sheet in ((here, sheet), (there, None)):
            factories.entry(
                session, owner.id, facility.name, facility=facility, changes=2, object_type="attendance_sheet",
                object_id=the_sheet.id if the_sheet else None,
            )  # fmt: skip
        factories.entry(session, other.id, "Étrange", object_type="attendance_sheet", object_id=foreign.id)
        factories.entry(session, None, "Plateforme")
    return found

"""Fixtures of the services: somebody at work."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from app.journal import Who
from app.services.attendance import months
from tests import factories
from tests.services.desk import OCTOBER, Desk


@pytest.fixture
def desk(db_session: Session) -> Desk:
    owner = factories.organiser(db_session)
    home = factories.facility(db_session, owner)
    person = factories.administrator(db_session, owner)
    who, facility_id = Who(person.id, "Zoé Durand"), home.id
    db_session.commit()
    return Desk(
        db_session, who, facility_id, months.context(db_session, facility_id, OCTOBER, dt.date(2026, 11, 22))
    )

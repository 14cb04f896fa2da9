"""Requests for accesses, and what closes them."""

from __future__ import annotations

import dataclasses

from sqlalchemy.orm import Session

from app import clock
from app.journal import Who
from app.models import Dossier, RequestState
from app.rules.access import Opened
from app.services.members import access, asking, desk
from app.services.members.desk import Manager
from tests import factories


def test_a_request_is_not_closed_by_taking_something_away(db_session: Session) -> None:
    owner = factories.organiser(db_session)
    facility = factories.facility(db_session, owner)
    boss, other = (factories.member(db_session, owner, mark=mark) for mark in ("Chef", "Autre"))
    factories.grant(db_session, boss, Dossier.ADMINISTRATION)
    db_session.commit()
    manager = Manager(Who(boss.user_id, boss.name), boss.id, owner.id)

    def give(one: Opened) -> None:
        seen = {other.id: access.seal(desk.opened(db_session, other.id))}
        access.change(db_session, manager, {other.id: [one]}, seen)

    held = Opened(Dossier.BILANS, facility_id=facility.id, first=clock.today())
    give(held)
    asked = asking.ask(
        db_session, Who(other.user_id, other.name), other.id, Dossier.BILANS, "l’autre crèche", ""
    )
    give(dataclasses.replace(held, last=clock.today()))
    assert asked.state is RequestState.WAITING
    give(held)
    assert asked.state is RequestState.GIVEN

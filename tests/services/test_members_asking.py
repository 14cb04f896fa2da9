"""Requests for accesses, and what closes them."""

from __future__ import annotations

import dataclasses

import pytest
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
    asked = asking.ask(db_session, Who(other.user_id, other.name), other.id, Dossier.BILANS, "", "")
    give(dataclasses.replace(held, last=clock.today()))
    assert asked.state is RequestState.WAITING
    give(held)
    assert asked.state is RequestState.GIVEN


def test_requests_come_by_pages_the_oldest_first(
    db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "PAGE", 2)
    row = factories.member(db_session, factories.organiser(db_session))
    who = Who(row.user_id, row.name)
    asked = [
        asking.ask(db_session, who, row.id, Dossier.BILANS, f"milieu {number}", "").id for number in range(3)
    ]
    pages = [asking.waiting(db_session, row.organiser_id, page) for page in (1, 2, 3)]
    assert [[one.id for one, _member in page.rows] for page in pages] == [asked[:2], asked[2:], asked[2:]]
    assert [(page.page, page.pages) for page in pages] == [(1, 2), (2, 2), (2, 2)]
    assert [asking.page_of(db_session, row.organiser_id, one) for one in asked] == [1, 1, 2]

"""What a person is told when somebody changes what they may do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.journal import Who
from app.models import Dossier, Membership, Notice
from app.rules.access import Opened
from app.services.members import access, desk, states
from app.services.members.desk import Manager
from tests import factories

TODAY = clock.today()
YESTERDAY, LATER = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=9)
TEAM = Opened(Dossier.TEAM, first=TODAY)
USERS = Opened(Dossier.USERS, first=TODAY)
ADMINISTRATION = Opened(Dossier.ADMINISTRATION, first=TODAY)

Give = Callable[..., list[str]]


@pytest.fixture
def people(db_session: Session) -> tuple[Manager, Membership]:
    owner = factories.organiser(db_session, "Aulne")
    boss, other = (factories.member(db_session, owner, mark=mark) for mark in ("Chef", "Autre"))
    factories.grant(db_session, boss, Dossier.ADMINISTRATION)
    db_session.commit()
    return Manager(Who(boss.user_id, boss.name), boss.id, owner.id), other


@pytest.fixture
def give(db_session: Session, people: tuple[Manager, Membership]) -> Give:
    """Opens exactly that to the other, and gives what they were told of it, the organiser's name cut."""
    boss, other = people

    def given(*wanted: Opened) -> list[str]:
        seal = access.seal(desk.opened(db_session, other.id))
        known = set(db_session.scalars(select(Notice.id)))
        access.change(db_session, boss, {other.id: wanted}, {other.id: seal})
        rows = db_session.scalars(select(Notice).where(Notice.id.not_in(known)).order_by(Notice.id)).all()
        assert all(row.user_id == other.user_id for row in rows)
        return [row.title.replace(other.organiser.name, "PO") for row in rows]

    return given


def test_what_is_taken_away_is_told_and_what_is_given_is_not(give: Give) -> None:
    assert give(TEAM, USERS) == []
    assert give(TEAM, Opened(Dossier.USERS, first=TODAY, last=LATER)) == [
        f"Gestion des utilisateurs : ouvert du {TODAY:%d/%m/%Y} au {LATER:%d/%m/%Y} (PO)"
    ]
    assert give(TEAM, Opened(Dossier.USERS, first=TODAY, last=LATER + dt.timedelta(days=1))) == []
    tomorrow = TODAY + dt.timedelta(days=1)
    assert give(TEAM, Opened(Dossier.USERS, first=tomorrow)) == [
        f"Gestion des utilisateurs : ouvert dès le {tomorrow:%d/%m/%Y} (PO)"
    ]
    assert give(replace(TEAM, last=LATER), Opened(Dossier.USERS, first=tomorrow, last=LATER)) == [
        "2 accès : durée raccourcie (PO)"
    ]
    assert give(TEAM) == ["Gestion des utilisateurs : retiré (PO)"]
    give(TEAM, USERS)
    assert give() == ["2 accès : retirés (PO)"]


def test_becoming_administrator_and_ceasing_to_be_one_are_told(give: Give) -> None:
    assert give(ADMINISTRATION) == ["Vous êtes administrateur : PO"]
    assert give(ADMINISTRATION, TEAM) == []
    assert give(TEAM) == ["Vous n’êtes plus administrateur : PO"]
    later = Opened(Dossier.ADMINISTRATION, first=LATER)
    assert give(TEAM, later) == [f"Vous êtes administrateur : PO, à partir du {LATER:%d/%m/%Y}"]


def test_what_was_over_goes_unsaid(
    db_session: Session, people: tuple[Manager, Membership], give: Give
) -> None:
    factories.grant(db_session, people[1], Dossier.TEAM, valid_from=YESTERDAY, valid_until=YESTERDAY)
    db_session.commit()
    assert give() == []


def test_a_profile_closed_and_opened_again_is_told(
    db_session: Session, people: tuple[Manager, Membership]
) -> None:
    boss, other = people
    for act in (states.disable, states.disable, states.reactivate, states.remove):
        act(db_session, boss, other.id)
    states.restore(db_session, boss.who, other.id)
    name = other.organiser.name
    assert db_session.scalars(select(Notice.title).order_by(Notice.id)).all() == [
        f"Votre profil est désactivé : {name}",
        f"Votre profil est réactivé : {name}",
        f"Votre profil est supprimé : {name}",
        f"Votre profil est rétabli : {name}",
    ]

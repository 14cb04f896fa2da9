"""A month that an agent gives back: who is told, who is not, and of what."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from app import clock
from app.models import (
    Channel,
    Dossier,
    Mail,
    MembershipState,
    Notice,
    NoticeKind,
    Preferences,
)
from app.services import notices
from tests import factories
from tests.client import PortalClient
from tests.conftest import System

WHY = "Absence justifiée sans motif le 14 octobre"
TITLE = "Présences d’octobre 2026 %s, Les Lucioles"


@pytest.fixture
def place(system: System) -> dict[str, int]:
    """A submitted month; people by whether they may write its presences today."""
    today, day = clock.today(), dt.timedelta(days=1)
    with system() as session:
        owner, other = factories.organiser(session), factories.organiser(session)
        here = factories.facility(session, owner, name="Les Lucioles")
        beside, elsewhere = factories.facility(session, owner), factories.facility(session, other)
        told = {
            "administrator": factories.administrator(session, owner),
            "manager": factories.data_manager(session, owner, here, beside),
        }
        not_told = {
            "beside": factories.data_manager(session, owner, beside),
            "elsewhere": factories.administrator(session, other),
            "elsewhere_manager": factories.data_manager(session, other, elsewhere),
            "inactive": factories.data_manager(session, owner, here),
            "agent": factories.agent(session),
        }
        not_told["inactive"].active = False
        for name, dossier, values in (
            ("users", Dossier.USERS, {}),
            ("bilans", Dossier.BILANS, {"facility_id": here.id}),
            ("ended", Dossier.SUBSIDES, {"facility_id": here.id, "valid_until": today - day}),
            ("to_come", Dossier.SUBSIDES, {"facility_id": here.id, "valid_from": today + day}),
            ("taken", Dossier.SUBSIDES, {"facility_id": here.id, "revoked_at": clock.now()}),
        ):
            row = factories.member(session, owner)
            factories.grant(session, row, dossier, **values)
            not_told[name] = row.user
        closed = factories.member(session, owner)
        factories.grant(session, closed, Dossier.SUBSIDES, facility_id=here.id)
        closed.state = MembershipState.DISABLED
        not_told["disabled"] = closed.user
        sheet = factories.sheet(session, here, "Noisette")
        factories.submission(session, sheet, told["administrator"])
        people = {name: user.id for name, user in (told | not_told).items()}
        return people | {"sheet": sheet.id, "facility": here.id, "organiser": owner.id}


def _decide(client: PortalClient, place: dict[str, int], verb: str, reason: str = WHY) -> int:
    path = f"/controle/presences/{place['sheet']}/decision"
    return (
        client.login(place["agent"])
        .submit(path, {"verbe": verb, "motif": reason, "version": "1"})
        .status_code
    )


def _notices(system: System) -> list[Notice]:
    with system() as session:
        found = list(session.scalars(select(Notice).order_by(Notice.user_id)))
        session.expunge_all()
        return found


@pytest.mark.parametrize(
    ("verb", "done"), [("send_back", "renvoyées pour correction"), ("reopen", "rouvertes")]
)
def test_whoever_writes_the_presences_of_that_facility_is_told_and_nobody_else(
    client: PortalClient, system: System, place: dict[str, int], verb: str, done: str
) -> None:
    assert _decide(client, place, verb) == 302
    found = _notices(system)
    assert {one.user_id for one in found} == {place["administrator"], place["manager"]}
    path = f"/presences/{place['facility']}/2026-10/"
    assert {(one.kind, one.title, one.path) for one in found} == {(NoticeKind.ATTENDANCE, TITLE % done, path)}
    with system() as session:
        mails = session.execute(select(Mail.user_id, Mail.organiser_id)).all()
    assert set(mails) == {(one.user_id, place["organiser"]) for one in found}
    manager = client.login(place["manager"])
    told = manager.get("/avis/").text
    assert TITLE % done in told
    assert WHY not in told, "the reason may name a child: it is read on the month's page"
    (mine,) = (one.id for one in found if one.user_id == place["manager"])
    opened = manager.submit(f"/avis/{mine}/ouvrir", {})
    assert opened.headers["Location"] == path
    assert WHY in manager.get(path).text


def test_looking_at_the_month_reads_its_notice_and_no_other(
    client: PortalClient, system: System, place: dict[str, int]
) -> None:
    assert _decide(client, place, "send_back") == 302
    with system() as session:
        other = f"/presences/{place['facility']}/2026-09/"
        notices.tell(session, place["manager"], NoticeKind.ATTENDANCE, "Autre", other)
    client.login(place["manager"]).get(f"/presences/{place['facility']}/2026-10/")
    read = {(one.user_id, one.path): one.read_at is not None for one in _notices(system)}
    path = f"/presences/{place['facility']}/2026-10/"
    assert read == {
        (place["manager"], path): True, (place["manager"], other): False, (place["administrator"], path): False
    }  # fmt: skip


def test_a_month_in_order_and_a_refused_decision_tell_nobody(
    client: PortalClient, system: System, place: dict[str, int]
) -> None:
    assert _decide(client, place, "send_back", "") == 422
    assert _decide(client, place, "send_back", f"L’enfant {factories.niss()}") == 422
    assert _decide(client, place, "check") == 302
    assert _notices(system) == []


def test_who_wants_no_notice_gets_none(client: PortalClient, system: System, place: dict[str, int]) -> None:
    with system() as session:
        for name, channel in (("administrator", Channel.NONE), ("manager", Channel.PORTAL)):
            session.add(Preferences(user_id=place[name], flash=Channel.EMAIL, notices=channel))
    assert _decide(client, place, "send_back") == 302
    assert [one.user_id for one in _notices(system)] == [place["manager"]]
    with system() as session:
        assert session.scalars(select(Mail)).all() == []

"""E-mails that announce notices: from the act that told of something to an SMTP server, and when it fails."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, scope
from app.db import db
from app.models import Channel, Mail, MailState, Notice, NoticeKind, User
from app.services import mails, notices
from app.services.mail_transports import Smtp
from tests import factories
from tests.conftest import System
from tests.databases import flask
from tests.services.mailbox import Mailbox, listening

_SENDER = mails.Sender("ne-pas-repondre@exemple.invalid", "Portail Pro", "https://pro.exemple.invalid")


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with listening() as found:
        yield found


def _told(system: System, *marks: str, **preferred: Channel) -> list[str]:
    """One notice for each of new people; their addresses."""
    with system() as session:
        people = [factories.person(session, mark) for mark in marks]
        for one in people:
            if preferred:
                factories.preferences(session, one, **preferred)
            factories.notice(session, one, f"Secret de {one.last_name}")
        return [one.email for one in people]


def _send(
    session: Session, box: Mailbox, *, later: dt.timedelta = dt.timedelta(), limit: int = 100
) -> mails.Outcome:
    with Smtp("127.0.0.1", box.port, "aucun") as server:
        return mails.send_due(session, server, _SENDER, clock.now() + later, limit)


def test_a_notice_is_announced_once(system: System, box: Mailbox) -> None:
    addresses = _told(system, "Alder", "Birch")
    with system() as session:
        assert _send(session, box) == mails.Outcome(sent=2)
        assert _send(session, box) == mails.Outcome()
    assert sorted(box.addresses) == sorted(addresses)
    assert box.connections == 1
    message = box.received[0]
    content = message.get_content()
    assert "https://pro.exemple.invalid/avis/" in content
    assert "Secret" not in message.as_string()
    assert "Alder" not in content


def test_several_notices_make_one_mail_until_it_is_sent(system: System, box: Mailbox) -> None:
    with system() as session:
        person = factories.person(session, "Orme")
        for number in range(5):
            factories.notice(session, person, f"Avis {number}")
        person_id = person.id
    with system() as session:
        assert _send(session, box).sent == 1
        factories.notice(session, session.get_one(User, person_id), "Plus tard")
        session.commit()
        assert _send(session, box).sent == 1
        assert session.query(Notice).count() == 6
    assert len({str(message["Message-ID"]) for message in box.received}) == 2


@pytest.mark.parametrize(
    ("kind", "preferred", "told", "mailed"),
    [
        (NoticeKind.TICKET, {"notices": Channel.EMAIL, "flash": Channel.NONE}, 1, 1),
        (NoticeKind.TICKET, {"notices": Channel.PORTAL}, 1, 0),
        (NoticeKind.TICKET, {"notices": Channel.NONE}, 0, 0),
        (NoticeKind.FLASH, {"flash": Channel.PORTAL, "notices": Channel.NONE}, 1, 0),
        (NoticeKind.FLASH, {"flash": Channel.NONE}, 0, 0),
        (NoticeKind.SECURITY, {"flash": Channel.NONE, "notices": Channel.NONE}, 1, 1),
    ],
)
def test_the_persons_preferences_hold(
    system: System, kind: NoticeKind, preferred: dict[str, Channel], told: int, mailed: int
) -> None:
    with system() as session:
        person = factories.person(session)
        factories.preferences(session, person, **preferred)
        factories.notice(session, person, kind=kind)
        assert (session.query(Notice).count(), session.query(Mail).count()) == (told, mailed)


def test_a_notice_goes_with_its_act_or_not_at_all(system: System) -> None:
    with system() as session:
        person = factories.person(session)
        session.commit()
        factories.notice(session, person)
        session.rollback()
        assert (session.query(Notice).count(), session.query(Mail).count()) == (0, 0)


def test_somebody_else_leaves_a_notice_and_reads_none(app: Flask, system: System) -> None:
    """From any scope, none at all included; only the person sees it."""
    with system() as session:
        person = factories.person(session)
        person_id = person.id
    with app.app_context(), scope.within(scope.Scope(person=person_id + 1)), Session(db.engine) as session:
        notices.tell(session, person_id, NoticeKind.TICKET, "Réponse", "/")
        session.commit()
        assert session.scalars(select(Notice)).all() == []
        assert session.scalars(select(Mail)).all() == []
    with app.app_context(), scope.within(scope.Scope(person=person_id)), Session(db.engine) as session:
        assert session.scalars(select(Notice.title)).all() == ["Réponse"]


def test_a_refusal_for_now_is_tried_again_later_and_later(system: System, box: Mailbox) -> None:
    (address,) = _told(system, "Frene")
    box.refusals[address] = "451 plus tard"
    with system() as session:
        assert _send(session, box) == mails.Outcome(delayed=1)
        assert _send(session, box) == mails.Outcome(), "not before its time"
        mail = session.scalars(select(Mail)).one()
        assert (mail.attempts, mail.failure) == (1, "451")
        assert mail.due_at - clock.now() <= dt.timedelta(minutes=1)
        assert _send(session, box, later=dt.timedelta(minutes=2)) == mails.Outcome(delayed=1)
        box.refusals.clear()
        assert _send(session, box, later=dt.timedelta(minutes=5)) == mails.Outcome(sent=1)
    waits = [mails.backoff(attempts) for attempts in range(1, 17)]
    assert waits == sorted(waits)
    assert waits[0] == dt.timedelta(minutes=1)
    assert waits[-1] == dt.timedelta(hours=6)


def test_an_address_that_does_not_exist_is_given_up_and_stops_nobody(system: System, box: Mailbox) -> None:
    wrong, right = _told(system, "Houx", "If")
    box.refusals[wrong] = "550 inconnu"
    with system() as session:
        assert _send(session, box) == mails.Outcome(sent=1, given_up=1)
        assert set(session.scalars(select(Mail.state))) == {MailState.SENT, MailState.GIVEN_UP}
        assert _send(session, box, later=dt.timedelta(days=30)) == mails.Outcome()
    assert box.addresses == [right]


def test_who_is_no_longer_there_gets_no_mail(system: System, box: Mailbox) -> None:
    _told(system, "Laurier")
    with system() as session:
        session.scalars(select(User).where(User.last_name.like("Laurier%"))).one().active = False
    with system() as session:
        assert _send(session, box) == mails.Outcome(given_up=1)
    assert box.received == []


def test_without_a_server_one_attempt_is_lost_and_not_all(system: System) -> None:
    _told(system, "Merisier", "Noyer", "Orme")
    with system() as session:
        with listening() as closed:
            pass
        assert _send(session, closed) == mails.Outcome(delayed=1)
        assert sorted(session.scalars(select(Mail.attempts))) == [0, 0, 1]


def test_after_too_many_attempts_nobody_insists(system: System, box: Mailbox) -> None:
    (address,) = _told(system, "Poirier")
    box.refusals[address] = "451 plus tard"
    with system() as session:
        for day in range(1, 40):
            _send(session, box, later=dt.timedelta(days=day))
        mail = session.scalars(select(Mail)).one()
        assert (mail.state, mail.attempts) == (MailState.GIVEN_UP, 16)


def test_two_senders_at_once_send_each_mail_once(app: Flask, system: System, box: Mailbox) -> None:
    addresses = _told(system, *(f"Quetsche{number}" for number in range(12)))
    ready = threading.Barrier(3)
    outcomes: list[mails.Outcome] = []

    def run() -> None:
        with app.app_context(), Session(db.engine) as session, scope.system("test", session):
            ready.wait(10)
            outcomes.append(_send(session, box))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(box.addresses) == sorted(addresses)
    assert sum(outcome.sent for outcome in outcomes) == 12


def test_the_command_writes_files_in_development_and_sends_where_a_server_is_named(
    app: Flask, system: System, box: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "instance_path", str(tmp_path))
    (address,) = _told(system, "Rosier")
    assert "envoyés : 1" in flask(app, "avis", "envoyer")
    (written,) = (tmp_path / "courriels").glob("*.eml")
    assert message_from_bytes(written.read_bytes(), policy=policy.default)["To"] == address
    (other,) = _told(system, "Sorbier")
    monkeypatch.setitem(app.config, "MAIL_HOST", "127.0.0.1")
    monkeypatch.setitem(app.config, "MAIL_PORT", box.port)
    monkeypatch.setitem(app.config, "MAIL_TLS", "aucun")
    assert "envoyés : 1" in flask(app, "avis", "envoyer")
    assert box.addresses == [other]


def test_each_organiser_is_answered_at_the_address_that_it_has(system: System, box: Mailbox) -> None:
    with system() as session:
        here, there = (factories.organiser(session, mark) for mark in ("Aulne", "Bouleau"))
        person = factories.person(session, "Charme")
        for owner in (here, there):
            factories.member(session, owner, person).email = f"charme@{owner.city.lower()}.invalid"
        session.flush()
        user_id = person.id
        notices.tell(session, user_id, NoticeKind.ACCESS, "Un accès", "/mes-acces/", here.id)
    with system() as session:
        _send(session, box)
        assert box.addresses == ["charme@aulne.invalid"], "the other learns nothing"
        notices.tell(session, user_id, NoticeKind.FLASH, "Flash Accueil", "/communications/")
        session.commit()
        _send(session, box)
        assert sorted(box.addresses[1:]) == ["charme@aulne.invalid", "charme@bouleau.invalid"]

"""« À faire » on the home page: what others wait for, for whoever can act on it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select, update

from app.models import Assignment, Dossier, Membership, Profile, Ticket
from app.rules.tickets import TicketState
from tests import factories
from tests.conftest import System, new_client


def _to_do(page: str) -> list[str]:
    """The lines of the panel."""
    panel = re.search(r'aria-labelledby="a-faire">(.*?)</section>', page, re.DOTALL)
    lines = re.findall(r"<li>(.*?)</li>", panel[1], re.DOTALL) if panel else []
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines]


def test_who_manages_users_reads_what_waits_for_them(app: Flask, system: System) -> None:
    with system() as session:
        owner = factories.organiser(session)
        boss = factories.administrator(session, owner).id
        clerk = factories.member(session, owner)
        factories.grant(session, clerk, Dossier.TEAM)
        clerk_id = clerk.user_id
    review = "Revue des accès Vérifiez qui peut encore ouvrir quoi"
    client, other = new_client(app).login(boss), new_client(app).login(clerk_id)
    assert _to_do(client.get("/").text) == [review]
    assert _to_do(other.get("/").text) == [], "calm for whoever has nothing to do"
    with system() as session:
        member = session.scalars(select(Membership).where(Membership.user_id == clerk_id)).one()
        for _ in range(2):
            factories.access_request(session, member)
        stranger = factories.administrator(session, factories.organiser(session, "Ailleurs")).id
    assert _to_do(client.get("/").text) == ["Demandes d’accès 2 demandes attendent votre réponse", review]
    client.submit("/utilisateurs/revue/faite")
    page = client.get("/").text
    assert _to_do(page) == ["Demandes d’accès 2 demandes attendent votre réponse"]
    assert 'href="/utilisateurs/demandes/"' in page
    assert _to_do(other.get("/").text) == []
    assert _to_do(new_client(app).login(stranger).get("/").text) == [review], "their own organiser’s alone"


def test_answers_of_the_helpdesk_and_what_waits_for_it(app: Flask, system: System) -> None:
    with system() as session:
        asking, colleague = (factories.data_manager(session, factories.organiser(session)) for _ in range(2))
        ticket = factories.ticket(session, asking, "Aide").id
        session.execute(update(Ticket).values(unread=False, state=TicketState.NEW))
        desk, adviser = (
            factories.agent(session, mark, profile).id
            for mark, profile in (("Aide", Profile.HELPDESK), ("Conseil", Profile.ADVISER))
        )
        users = asking.id, colleague.id
    mine, theirs = (new_client(app).login(user) for user in users)
    desk_client = new_client(app).login(desk)
    assert _to_do(mine.get("/").text) == [], "it is the helpdesk’s turn"
    page = desk_client.get("/").text
    assert _to_do(page) == ["Tickets 1 ticket attend le helpdesk"]
    assert "Objet Aide" not in page
    assert _to_do(new_client(app).login(adviser).get("/").text) == []
    for values in ({"unread": True}, {"unread": False, "state": TicketState.WAITING}):
        with system() as session:
            session.execute(update(Ticket).where(Ticket.id == ticket).values(values))
        assert _to_do(mine.get("/").text) == ["Helpdesk 1 ticket a une réponse pour vous"]
        assert _to_do(theirs.get("/").text) == []
    assert _to_do(desk_client.get("/").text) == []


def test_an_agent_reads_how_many_months_wait_in_the_queue_and_since_when(
    app: Flask, system: System, count_statements: Callable[[Callable[[], object]], int]
) -> None:
    with system() as session:
        owners = [factories.organiser(session) for _ in range(2)]
        homes = [factories.facility(session, owner, "Noisette") for owner in owners]
        by = factories.administrator(session, owners[0])
        for number, (home, month) in enumerate([(homes[0], 8), (homes[0], 9), (homes[1], 7)]):
            sheet = factories.sheet(session, home, month=dt.date(2026, month, 1), lines=0)
            at = dt.datetime(2026, 11, 10 - number, 12, tzinfo=dt.UTC)
            factories.submission(session, sheet, by, submitted_at=at)
        checked = factories.sheet(session, homes[0], month=dt.date(2026, 6, 1), lines=0)
        factories.submission(session, checked, by, submitted_at=dt.datetime(2026, 7, 1, tzinfo=dt.UTC))
        factories.check(session, checked)
        one, nothing = (factories.agent(session, everywhere=False) for _ in range(2))
        session.add(Assignment(user_id=one.id, organiser_id=owners[0].id))
        everywhere, adviser = factories.agent(session), factories.agent(session, profile=Profile.ADVISER)
        people = {"one": one.id, "all": everywhere.id, "nothing": nothing.id, "adviser": adviser.id}
    clients = {name: new_client(app).login(user_id) for name, user_id in people.items()}
    told = {name: _to_do(client.get("/").text) for name, client in clients.items()}
    assert told == {
        "one": ["Présences soumises 2 relevés attendent votre contrôle le plus ancien soumis le 09/11/2026"],
        "all": ["Présences soumises 3 relevés attendent votre contrôle le plus ancien soumis le 08/11/2026"],
        "nothing": [],
        "adviser": [],
    }
    page = clients["all"].get("/").text
    assert 'href="/controle/presences/"' in page
    assert "Noisette" not in page
    assert count_statements(lambda: clients["one"].get("/")) == count_statements(
        lambda: clients["all"].get("/")
    )

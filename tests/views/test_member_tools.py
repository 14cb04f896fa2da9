"""Who sees what, the review, « Mes accès » and the requests, as pages."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import clock
from app.journal import Who
from app.models import (
    AccessRequest,
    Dossier,
    Grant,
    JournalEntry,
    Membership,
    MembershipEvent,
    MembershipState,
    RequestState,
)
from app.services.members import asking, desk
from tests import factories
from tests.conftest import System, new_client


@dataclass
class Office:
    """Ids of an organiser's facility, administrator and colleague."""

    facility: int
    boss: int
    other: int
    other_member: int


@pytest.fixture
def office(system: System) -> Office:
    long_ago = clock.now() - dt.timedelta(days=400)
    with system() as session:
        owner = factories.organiser(session, "Aulne")
        facility = factories.facility(session, owner, "Creche1")
        boss, other = (factories.member(session, owner, mark=mark) for mark in ("Chef", "Autre"))
        factories.grant(session, boss, Dossier.ADMINISTRATION)
        factories.grant(session, other, Dossier.SUBSIDES, facility_id=facility.id)
        session.execute(update(Grant).values(granted_at=long_ago))
        session.execute(update(MembershipEvent).values(at=long_ago))
        session.execute(update(Membership).values(state_since=long_ago))
        return Office(facility.id, boss.user_id, other.user_id, other.id)


def test_who_sees_what_by_person_and_facility(app: Flask, system: System, office: Office) -> None:
    client = new_client(app).login(office.boss)
    base = "/utilisateurs/qui-voit-quoi/"
    assert client.get(base).status_code == 200
    by_person = client.get(f"{base}?personne={office.other_member}").get_data(as_text=True)
    assert "Subsides et présences –" in by_person
    assert "Parce que cet accès est ouvert" in by_person
    assert "Présences : encoder et importer" in by_person
    by_facility = client.get(f"{base}?milieu={office.facility}&le=01/06/2020").get_data(as_text=True)
    assert "Ce jour-là" in by_facility
    with system() as session:
        for days in (10, 20):  # what begins later is known already
            factories.grant(
                session, session.get_one(Membership, office.other_member), [Dossier.TEAM, Dossier.BILANS][days > 10],
                valid_from=clock.today() + dt.timedelta(days=days),
                facility_id=office.facility if days > 10 else None,
            )  # fmt: skip
    soon = f"{clock.today() + dt.timedelta(days=12):%d/%m/%Y}"
    planned = client.get(f"{base}?personne={office.other_member}&le={soon}").text
    assert "Parce que cet accès sera ouvert" in planned
    assert "Mon équipe" in planned.partition("sera ouvert")[2]
    assert "Bilans" not in planned.partition("sera ouvert")[2].partition("sights-allowed")[0]
    for wrong in ("31/02/2026", "x"):
        answer = client.get(f"{base}?milieu={office.facility}&le={wrong}")
        assert (answer.status_code, 'id="le-error"' in answer.get_data(as_text=True)) == (422, True)
    with system() as session:
        looked = session.scalars(
            select(JournalEntry.summary).where(JournalEntry.summary.contains("Qui voit quoi : "))
        )
        assert len(looked.all()) == 3


def test_the_review_takes_away_in_one_click(app: Flask, system: System, office: Office) -> None:
    client = new_client(app).login(office.boss)
    page = client.get("/utilisateurs/revue/").get_data(as_text=True)
    assert "valeur non officielle" in page
    assert f'name="acces" value="subsides-f{office.facility}"' in page
    seal = page.partition('name="vu" value="')[2][:20]
    form = {"personne": office.other_member, "acces": f"subsides-f{office.facility}", "vu": seal}
    assert client.submit("/utilisateurs/revue/retirer", form).status_code == 302
    with system() as session:
        assert desk.opened(session, office.other_member) == []
    assert "est retiré à" not in client.get("/utilisateurs/revue/").text
    client.submit("/utilisateurs/revue/retirer", form)
    assert "déjà retiré" in client.get("/utilisateurs/revue/").get_data(as_text=True)
    client.submit("/utilisateurs/revue/faite")
    assert f"Dernière revue : {clock.today():%d/%m/%Y}" in client.get("/utilisateurs/revue/").get_data(
        as_text=True
    )


def test_what_the_review_took_away_is_given_back_in_one_click(
    app: Flask, system: System, office: Office
) -> None:
    until = clock.today() + dt.timedelta(days=200)
    with system() as session:
        session.execute(
            update(Grant).where(Grant.membership_id == office.other_member).values(valid_until=until)
        )
        name = session.get_one(Membership, office.other_member).name
    client = new_client(app).login(office.boss)
    seal = client.get("/utilisateurs/revue/").text.partition('name="vu" value="')[2][:20]
    form = {"personne": office.other_member, "acces": f"subsides-f{office.facility}", "vu": seal}
    after = client.submit("/utilisateurs/revue/retirer", form).headers["Location"]
    told = client.get(after).text
    assert re.search(rf"«\sSubsides et présences – [^»]+» est retiré à {name}", told)
    sent = dict(
        re.findall(r'name="(numero|vu)" value="([^"]+)"', told.partition("/utilisateurs/revue/rendre")[2])
    )
    assert client.submit("/utilisateurs/revue/rendre", {**sent, "vu": "autre"}).status_code == 302
    assert "ont changé entre-temps" in client.get("/utilisateurs/revue/").text
    with system() as session:
        assert desk.opened(session, office.other_member) == []
    client.submit("/utilisateurs/revue/rendre", sent)
    assert f"L’accès est rendu à {name}" in client.get(after).text
    assert "est retiré à" not in client.get(after).text, "it is open again"
    with system() as session:
        (one,) = desk.opened(session, office.other_member)
        assert (one.dossier, one.facility_id, one.first, one.last) == (
            Dossier.SUBSIDES, office.facility, clock.today(), until,
        )  # fmt: skip
        asked = session.scalars(select(JournalEntry.action).where(JournalEntry.action == "acces")).all()
        assert len(asked) == 2
    # Not twice, not another's, not what was taken away another day.
    client.submit("/utilisateurs/revue/rendre", sent)
    assert "ont changé entre-temps" in client.get("/utilisateurs/revue/").text
    with system() as session:
        stranger = factories.administrator(session, factories.organiser(session, "Bouleau")).id
        session.execute(
            update(Grant)
            .where(Grant.revoked_at.is_not(None))
            .values(revoked_at=clock.now() - dt.timedelta(days=2))
        )
    for user in (stranger, office.boss):
        other = new_client(app).login(user)
        other.submit("/utilisateurs/revue/rendre", sent)
        assert "ne peut plus être rendu" in other.get(after).text
        assert "est retiré à" not in other.get(after).text


@pytest.mark.parametrize(
    ("dossier", "place", "ticked"),
    [
        ("bilans", "creche1", {"bilans-f"}),
        ("bilans", "", {"bilans-f"}),
        ("bilans", "Les Hirondelles", set()),
        ("mon_equipe", "", {"mon_equipe"}),
        ("cigogne", "alouettes", {"cigogne-p"}),
        ("cigogne", "", {"cigogne"}),
    ],
)
def test_what_is_asked_for_is_ticked_and_not_saved(
    app: Flask, system: System, office: Office, dossier: str, place: str, ticked: set[str]
) -> None:
    with system() as session:
        member = session.get_one(Membership, office.other_member)
        factories.project(session, member.organiser, "Les Alouettes")
        who = Who(member.user_id, member.name)
        number = asking.ask(session, who, member.id, Dossier(dossier), place, "").id
    boss = new_client(app).login(office.boss)
    page = boss.get("/utilisateurs/demandes/").text
    path = f"/utilisateurs/{office.other_member}/?demande={number}"
    assert f'href="{path}#demandes"' in page
    page = boss.get(path).text
    found = set(re.findall(r'name="acces" value="([^"]+)"[^>]* checked', page))
    assert {re.sub(r"\d+$", "", key) for key in found - {f"subsides-f{office.facility}"}} == ticked
    assert ("Ce qui est demandé est coché" in page) is bool(ticked)
    assert ("rien n’est coché pour vous" in page) is not bool(ticked)
    with system() as session:
        assert len(desk.opened(session, office.other_member)) == 1
    assert (
        "coché"
        not in boss.get(f"/utilisateurs/{office.other_member}/?demande=0").text.partition("demandes")[0]
    )


def test_the_places_one_sees_are_offered_and_no_others(app: Flask, system: System, office: Office) -> None:
    with system() as session:
        owner = session.get_one(Membership, office.other_member).organiser
        factories.facility(session, owner, "Secret")
    page = new_client(app).login(office.other).get("/mes-acces/").text
    assert re.search(
        r'<input[^>]*list="lieux"[^>]*name="place"|<input[^>]*name="place"[^>]*list="lieux"', page
    )
    assert re.search(r'<datalist id="lieux"><option value="[^"]*Creche1"></option></datalist>', page)
    assert "Secret" not in page


def test_an_access_is_asked_for_and_answered(app: Flask, system: System, office: Office) -> None:
    person, boss = new_client(app).login(office.other), new_client(app).login(office.boss)
    assert "Subsides et présences" in person.get("/mes-acces/").get_data(as_text=True)
    assert person.submit("/mes-acces/", {"dossier": ""}).status_code == 422
    assert person.submit("/mes-acces/", {"dossier": "administration"}).status_code == 422, "not asked for"
    for name in ("place", "why"):
        numbered = {"dossier": "mon_equipe", name: f"enfant {factories.niss()}"}
        assert person.submit("/mes-acces/", numbered).status_code == 422, name
    sent = {"dossier": "bilans", "place": "Creche1 <b>", "why": "Pour le bilan"}
    assert person.submit("/mes-acces/", sent).status_code == 302
    assert "Une demande d’accès attend" in boss.get("/utilisateurs/").get_data(as_text=True)
    page = boss.get("/utilisateurs/demandes/").get_data(as_text=True)
    assert "Creche1 &lt;b&gt;" in page
    told = boss.get(f"/utilisateurs/{office.other_member}/").text
    assert "demande un accès" in told
    assert "« Creche1 &lt;b&gt; » : Pour le bilan" in re.sub(r"\s+", " ", told), (
        "where it is opened, it is said"
    )
    with system() as session:
        number = session.scalars(select(AccessRequest.id)).one()
    for answer in (" ", f"voyez {factories.niss()}"):
        sent = boss.submit(f"/utilisateurs/demandes/{number}/repondre", {"reponse": answer})
        assert (sent.status_code, answer.strip() in sent.text) == (422, True), "and what was typed stays"
    assert (
        boss.submit(f"/utilisateurs/demandes/{number}/repondre", {"reponse": "Plus tard"}).status_code == 302
    )
    assert (
        boss.submit(f"/utilisateurs/demandes/{number}/repondre", {"reponse": "Plus tard"}).status_code == 404
    )
    assert "Plus tard" in person.get("/mes-acces/").get_data(as_text=True)
    with system() as session:
        stranger = factories.member(session, factories.organiser(session, "Bouleau"))
        factories.grant(session, stranger, Dossier.USERS)
        user_id = stranger.user_id
    asked = (
        new_client(app).login(user_id).submit(f"/utilisateurs/demandes/{number}/repondre", {"reponse": "Non"})
    )
    assert asked.status_code == 404, "another organiser’s request does not exist"


def test_refusing_is_offered_to_administrators_alone(app: Flask, system: System, office: Office) -> None:
    with system() as session:
        member = session.get_one(Membership, office.other_member)
        clerk = factories.member(session, member.organiser, mark="Clerc")
        factories.grant(session, clerk, Dossier.USERS)
        asking.ask(session, Who(member.user_id, member.name), member.id, Dossier.BILANS, "", "")
        number, user_id = session.scalars(select(AccessRequest.id)).one(), clerk.user_id
    path = f"/utilisateurs/demandes/{number}/repondre"
    assert path in new_client(app).login(office.boss).get("/utilisateurs/demandes/").text
    client = new_client(app).login(user_id)
    page = client.get("/utilisateurs/demandes/").text
    assert "Ouvrir l’accès" in page
    assert path not in page
    assert "Seul un administrateur peut clore" in page
    client.submit(path, {"reponse": "Non"})
    with system() as session:
        assert session.get_one(AccessRequest, number).state is RequestState.WAITING


def test_these_pages_are_for_who_manages_users(app: Flask, office: Office) -> None:
    client = new_client(app).login(office.other)
    for path in ("qui-voit-quoi/", "revue/", "demandes/", "matrice/", ""):
        assert client.get(f"/utilisateurs/{path}").status_code == 403
    assert client.get("/mes-acces/").status_code == 200


def test_who_leaves_is_gone_and_the_last_administrator_stays(
    app: Flask, system: System, office: Office
) -> None:
    person, boss = new_client(app).login(office.other), new_client(app).login(office.boss)
    weak = new_client(app).login(office.other, strong=False)
    assert weak.submit("/mes-acces/quitter").status_code == 403, "who leaves is sure to be the person"
    assert weak.get("/mes-acces/").status_code == 200
    boss.submit("/mes-acces/quitter")
    assert "seul administrateur" in boss.get("/mes-acces/").get_data(as_text=True)
    assert person.submit("/mes-acces/quitter").status_code == 302
    assert person.get("/mes-acces/").status_code == 302, "signed out"
    with system() as session:
        assert session.get_one(Membership, office.other_member).state is MembershipState.DELETED
        assert session.scalars(select(JournalEntry).where(JournalEntry.action == "depart")).one()

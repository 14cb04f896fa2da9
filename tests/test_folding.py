"""Names are ordered and found as people expect, capitals and accents aside."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.models import Profile
from app.rules.french import unaccented
from app.services.agency import mending
from app.services.members import listing
from tests import factories
from tests.conftest import System, new_client

#: In the order that people expect, each mark in the name of one person.
NAMES = ("abeels", "Élodie", "Emond", "émoux", "Œuvrard", "Öz", "Zoé")


@pytest.mark.parametrize("text", [*NAMES, "ÆGIR d’Août", "Noe\u0308l", "100 % jeux_", "Šimon Łukasz", ""])
def test_the_database_and_the_code_fold_alike(db_session: Session, text: str) -> None:
    assert db_session.scalar(select(func.folded(text))) == unaccented(text)


def _owner(session: Session) -> int:
    owner = factories.organiser(session)
    for mark in reversed(NAMES):
        factories.member(session, owner, factories.person(session, mark, last_name=mark))
    return owner.id


@pytest.mark.parametrize("order", ["nom", "prenom", "statut", "connexion"])
def test_people_are_listed_by_name_and_found_without_accents(db_session: Session, order: str) -> None:
    owner, today = _owner(db_session), clock.today()

    def names(**wanted: object) -> list[str]:
        found = listing.members(db_session, owner, today, order=order, **wanted)  # type: ignore[arg-type]
        return [row.last_name for row in found.rows]

    assert names() == list(NAMES)
    assert names(descending=True) == list(NAMES)[::-1]
    assert names(search="CAMILLE emo") == ["Emond", "émoux"]
    assert names(search="oeuv") == names(search="œuv") == ["Œuvrard"]
    assert names(search="%") == names(search="élodie introuvable") == []
    assert names(search="elodie abeels") == [], "each word is the same person's"


def test_the_helpdesk_and_the_agency_find_them_too(app: Flask, system: System) -> None:
    with system() as session:
        _owner(session)
        factories.organiser(session, name="Éveil asbl")
        found = mending.search(session, "EVEIL")
        assert [row.name for row in found.organisers] == ["Éveil asbl"]
        assert [row.last_name for row in mending.search(session, "camille emo").people] == ["Emond", "émoux"]
        nadia = factories.agent(session, "Zzz", Profile.AGENCY_ADMINISTRATOR).id
    client = new_client(app).login(nadia)
    page = client.get("/securite/utilisateurs/?tri=last_name&sens=asc").text
    listed = [name for name in re.findall(r">([^<>]+)</a>", page) if name in NAMES]
    assert listed == list(NAMES)
    page = client.get("/securite/utilisateurs/?last_name=emo").text
    assert ">Emond<" in page
    assert ">émoux<" in page
    assert ">Zoé<" not in page

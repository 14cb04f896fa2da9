"""What may not go, and what did not go."""

from __future__ import annotations

import datetime as dt
import re

from flask import Flask
from sqlalchemy import select

from app.models import Closure, JournalEntry, Parameter, Profile
from tests import factories
from tests.client import PortalClient
from tests.conftest import System


def test_the_last_value_of_a_parameter_that_the_portal_needs_stays(
    client: PortalClient, system: System
) -> None:
    key, path = "presences.lignes-max", "/reference/parametres/"
    with system() as session:
        agency = factories.agent(session, "Nadia", Profile.AGENCY_ADMINISTRATOR).id
        first = session.scalars(select(Parameter.id).where(Parameter.key == key)).one()
    client.login(agency)
    typed = {"key": key, "label": "Lignes", "value": "500", "valid_from": "01/01/2020", "source": "essai"}
    client.submit(f"{path}{first}/supprimer/")
    assert "ajoutez d’abord celle qui la remplace" in client.get(f"{path}{first}/").text
    seen = re.findall(r'name="seen"[^>]*value="(\w+)"', client.get(f"{path}{first}/modifier/").text)[0]
    renamed = client.submit(f"{path}{first}/modifier/", {**typed, "key": "presences.autre", "seen": seen})
    assert renamed.status_code == 422
    assert "laissez-le tel quel" in renamed.text
    assert (
        client.submit(f"{path}{first}/modifier/", {**typed, "value": "400", "seen": seen}).status_code == 302
    )
    assert client.submit(f"{path}ajouter/", {**typed, "valid_from": "01/01/2027"}).status_code == 302
    client.submit(f"{path}{first}/supprimer/")
    with system() as session:
        left = session.scalars(select(Parameter.valid_from).where(Parameter.key == key)).all()
    assert left == [dt.date(2027, 1, 1)]


def test_what_is_not_there_to_delete_is_not_told_as_deleted(
    app: Flask, client: PortalClient, system: System
) -> None:
    """A closure of the whole organiser, in front of who has one of its facilities; row-level security alone."""
    with system() as session:
        owner = factories.organiser(session)
        user = factories.data_manager(session, owner, factories.facility(session, owner)).id
        closure = factories.closure(session, owner).id
    app.config["SCOPE_ORM_GUARD"] = False
    try:
        assert client.login(user).submit(f"/fermetures/{closure}/supprimer/").status_code == 404
    finally:
        app.config["SCOPE_ORM_GUARD"] = True
    with system() as session:
        assert session.get(Closure, closure) is not None
        told = select(JournalEntry.id).where(JournalEntry.action == "suppression")
        assert session.scalars(told).all() == []

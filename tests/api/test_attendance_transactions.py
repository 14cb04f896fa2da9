"""In which transaction a batch is saved: bare, or begun again in a session."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import event

from app.db import db
from app.models import Organiser
from app.services.attendance import months
from tests import factories
from tests.api.conftest import Place, edit
from tests.client import PortalClient
from tests.conftest import System, new_client


def test_a_batch_that_puts_a_cell_back_is_saved_and_names_the_other_hand(
    app: Flask, client: PortalClient, place: Place, system: System
) -> None:
    line = place.lines[0]
    client.login(place.admin)
    there, back = edit(line, "2", "", "P", "a"), edit(line, "2", "P", "", "b")
    answer = client.send(place.save, {"edits": [there, back]})
    assert [one["status"] for one in answer.json["results"]] == ["saved", "saved"]
    with system() as session:
        bob = factories.administrator(session, session.get_one(Organiser, place.organiser), mark="Bob").id
    new_client(app).login(bob).send(place.save, {"edits": [edit(line, "2", "", "P")]})
    mixed = [edit(line, "2", "", "J", "a"), edit(line, "2", "P", "J", "b")]
    conflict, saved = client.send(place.save, {"edits": mixed}).json["results"]
    assert (conflict["status"], conflict["theirs"], saved["status"]) == ("conflict", "P", "saved")
    assert "Bob" in conflict["by"]


def test_no_save_holds_two_connections(app: Flask, client: PortalClient, place: Place) -> None:
    """Who holds lines must not wait for a connection that others hold who wait for lines."""
    line = place.lines[0]
    client.login(place.admin)
    client.csrf_token()
    months._kept.clear()
    with app.app_context():
        pool = db.engine.pool
    taken: list[int] = []

    def count(*_: object) -> None:
        taken.append(pool.checkedout())  # type: ignore[attr-defined]

    event.listen(pool, "checkout", count)
    try:
        for edits in (
            [edit(line, "2", "", "J", "first: the calendar is not read yet")],
            [edit(line, "2", "J", "P", "known")],
            [edit(line, "2", "", "I", "conflict")],
            [edit(line, "last_name", "", "Dubois", "no code")],
        ):
            taken.clear()
            assert client.send(place.save, {"edits": edits}).status_code == 200
            assert taken
            assert set(taken) == {1}, edits
    finally:
        event.remove(pool, "checkout", count)

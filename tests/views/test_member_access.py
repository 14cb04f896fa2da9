"""The access form of one person: what is typed is read as people write it, and refused where it is to be mended."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from app import clock
from app.models import Dossier
from app.services.members import desk, tree
from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client


@dataclass
class Form:
    """The form of one person, as their administrator sends it."""

    client: PortalClient
    path: str
    member: int
    facility: int

    def send(self, *keys: str, **values: Any) -> Any:
        seen = re.search(r'name="vu" value="([0-9a-f]+)"', self.client.get(self.path).text)
        assert seen
        form = {"vu": seen[1], "acces": list(keys), "duree": "periode", "etape": "enregistrer"}
        return self.client.submit(f"{self.path}acces/", {**form, **values})


@pytest.fixture
def form(app: Flask, system: System) -> Form:
    with system() as session:
        owner = factories.organiser(session)
        facility = factories.facility(session, owner)
        boss = factories.administrator(session, owner).id
        member, place = factories.member(session, owner).id, facility.id
    return Form(new_client(app).login(boss), f"/utilisateurs/{member}/", member, place)


def _field(page: str, name: str) -> str:
    """An input of the form and what stands against it."""
    found = re.search(
        rf'<input[^>]* id="{re.escape(name)}"[^>]*>(?:\s*<span class="field-error"[^>]*>.*?</span>)?',
        page,
        re.DOTALL,
    )
    assert found, name
    return found[0]


@pytest.mark.parametrize(
    "written", ["{0.day}/{0.month}/{0:%y}", "{0:%d-%m-%Y}", "{0.day}.{0.month}.{0.year}"]
)
def test_a_day_is_read_as_people_write_it(form: Form, system: System, written: str) -> None:
    until = clock.today() + dt.timedelta(days=40)
    typed = written.format(until)
    shown = form.send("mon_equipe", au=typed, etape="revoir").text
    assert f'value="{until:%d/%m/%Y}"' in _field(shown, "au")
    assert form.send("mon_equipe", au=typed).status_code == 302
    with system() as session:
        (one,) = desk.opened(session, form.member)
        assert (one.dossier, one.last) == (Dossier.TEAM, until)
    later = until + dt.timedelta(days=3)
    days = {"du-mon_equipe": f"{clock.today():%d/%m/%Y}", "au-mon_equipe": written.format(later)}
    assert form.send("mon_equipe", duree="sans", **days).status_code == 302
    with system() as session:
        assert [one.last for one in desk.opened(session, form.member)] == [later]


def test_an_end_before_the_beginning_is_said_at_the_end(form: Form, system: System) -> None:
    today = clock.today()
    soon, later = today + dt.timedelta(days=10), today + dt.timedelta(days=20)
    for first, last, why in (
        (later, soon, "La fin précède le début"),
        (today, today - dt.timedelta(days=1), "La fin précède"),
    ):
        answer = form.send(
            "mon_equipe", f"bilans-f{form.facility}", du=f"{first:%d/%m/%Y}", au=f"{last:%d/%m/%Y}"
        )
        assert answer.status_code == 422
        assert why in _field(answer.text, "au")
        assert 'href="#au"' in answer.text
        assert "Un point est à corriger" in answer.text
    assert form.send("mon_equipe", au=f"{later:%d/%m/%Y}").status_code == 302
    days = {"du-mon_equipe": f"{later:%d/%m/%Y}", "au-mon_equipe": f"{soon:%d/%m/%Y}"}
    answer = form.send("mon_equipe", duree="sans", **days)
    assert answer.status_code == 422
    assert ") : La fin précède le début" in _field(answer.text, "au-mon_equipe")
    with system() as session:
        assert [one.last for one in desk.opened(session, form.member)] == [later]


def test_what_somebody_else_changed_meanwhile_is_marked(form: Form, system: System) -> None:
    """The second of two administrators sees which boxes moved since they read the page, and keeps their own choice."""
    assert form.send("mon_equipe", "utilisateurs", duree="sans").status_code == 302
    read = form.client.get(form.path).text
    seen = {name: re.findall(rf'name="{name}" value="([^"]+)"', read) for name in ("vu", "lu")}
    bilans = f"bilans-f{form.facility}"
    assert form.send("mon_equipe", bilans, duree="sans").status_code == 302
    mine = ["mon_equipe", "utilisateurs", "autorisation"]
    answer = form.client.submit(
        f"{form.path}acces/", {**seen, "acces": mine, "duree": "sans", "etape": "enregistrer"}
    )
    assert answer.status_code == 409
    lines = re.split(r'(?=<div class="form-check access-line)', answer.text)
    marked = {
        re.search(r'value="([^"]+)"', line)[1]: found[1]  # type: ignore[index]
        for line in lines
        if (found := re.search(r"changé entre-temps : (\w+)", line))
    }
    assert marked == {"utilisateurs": "fermé", bilans: "ouvert"}
    assert set(re.findall(r'name="acces" value="([^"]+)"[^>]* checked', answer.text)) == set(mine)
    again = {name: re.findall(rf'name="{name}" value="([^"]+)"', answer.text) for name in ("vu", "lu")}
    sent = {**again, "acces": mine, "duree": "sans", "etape": "enregistrer"}
    assert form.client.submit(f"{form.path}acces/", sent).status_code == 302
    with system() as session:
        assert {tree.key_of(one) for one in desk.opened(session, form.member)} == set(mine)

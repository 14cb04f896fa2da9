"""Generated pages: any address is answered, what is written is in the history, nothing is lost or granted."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.models import Communication, Holiday, JournalChange, JournalEntry, Parameter
from app.security.guards import PUBLIC_ENDPOINTS
from app.views.crud import PortalModelView
from tests import factories
from tests.client import PortalClient
from tests.conftest import System
from tests.views.pages import Page, seen_in

HOLIDAYS = "/reference/jours-feries/"


def _views(app: Flask) -> list[PortalModelView]:
    return [view for view in app.appbuilder.baseviews if isinstance(view, PortalModelView)]  # type: ignore[attr-defined]


def test_every_page_of_every_view_needs_a_right(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in PUBLIC_ENDPOINTS]
    for view in _views(app):
        endpoints = [rule.endpoint for rule in rules if rule.endpoint.startswith(f"{type(view).__name__}.")]
        assert {one.partition(".")[2] for one in endpoints} == set(view.verbs)
        for endpoint in endpoints:
            kind = getattr(app.view_functions[endpoint], "_right_kind", None)
            assert kind == ("read" if endpoint.endswith((".list", ".show")) else "write"), endpoint


def test_signed_out_and_without_the_right(app: Flask, client: PortalClient, system: System) -> None:
    with system() as session:
        agent = factories.agent(session).id
    assert "/connexion/" in client.get(HOLIDAYS).location
    client.login(agent)
    assert client.get(HOLIDAYS).status_code == 200
    assert client.get(f"{HOLIDAYS}ajouter/").status_code == 403
    assert client.submit(f"{HOLIDAYS}1/supprimer/").status_code == 403
    assert client.get("/securite/utilisateurs/").status_code == 403
    assert "Ajouter" not in client.get(HOLIDAYS).text


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-3", "page=99999999999999999999", "page=deux", "taille=1000000", "taille=-1", "taille=x",
     "tri=source", "tri=password", "tri=created_by.password", "tri=day&sens=rm -rf", "day-du=31/02/2026",
     "day-du=0001-01-01", "day-au=9999-12-31", "label=%00%25_'", "official=peut-être", "_flt_9_x=1",
     "_oc_HolidayView=password&_od_HolidayView=asc", "psize_HolidayView=abc", "page_HolidayView=abc"],
)  # fmt: skip
def test_any_address_is_answered(agency: PortalClient, query: str) -> None:
    assert agency.get(f"{HOLIDAYS}?{query}").status_code == 200


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(
            ["key", "label", "valid_from-du", "valid_from-au", "official", "page", "taille", "tri", "sens"]
        ),
        st.text(max_size=15) | st.sampled_from(["label", "asc", "desc", "1", "31/10/2026", "oui"]),
    )
)
def test_whatever_the_address_says(agency: PortalClient, query: dict[str, str]) -> None:
    assert agency.get(f"/reference/parametres/?{urlencode(query)}").status_code == 200


@pytest.mark.parametrize("pk", ["0", "2147483648", "99999999999999999999", "abc", "-1", "1.5"])
def test_a_row_that_does_not_exist(agency: PortalClient, pk: str) -> None:
    for page in ("", "modifier/"):
        assert agency.get(f"{HOLIDAYS}{pk}/{page}").status_code == 404
    assert agency.submit(f"{HOLIDAYS}{pk}/supprimer/").status_code == 404


def test_searching_sorting_and_turning_pages(agency: PortalClient) -> None:
    found = agency.get(f"{HOLIDAYS}?day-du=01/01/2026&day-au=31/12/2026&label=no%C3%ABl&official=oui").text
    assert "25/12/2026" in found
    assert "25/12/2025" not in found
    assert "Lignes 1 à 1 sur 1" in found
    first = agency.get(f"{HOLIDAYS}?tri=day&sens=asc").text
    assert 'aria-sort="ascending"' in first
    assert "01/01/2020" in first
    last = agency.get(f"{HOLIDAYS}?tri=day&sens=asc&page=500&taille=50").text
    assert "25/12/2031" in last
    assert 'aria-current="page">3<' in last
    assert "Aucun résultat" in agency.get(f"{HOLIDAYS}?label=licorne").text


def test_the_way_back_keeps_the_search(agency: PortalClient) -> None:
    agency.get(f"{HOLIDAYS}?label=No%C3%ABl&tri=day&sens=asc")
    links = Page(agency.get(f"{HOLIDAYS}1/").text).links
    assert any(link.startswith(f"{HOLIDAYS}?label=No") and "sens=asc" in link for link in links)


def test_a_row_is_added_changed_and_deleted_with_its_history(agency: PortalClient, system: System) -> None:
    typed = {"day": "15/08/2040", "label": "Assomption", "source": "essai", "official": "y"}
    assert agency.submit(f"{HOLIDAYS}ajouter/", typed).status_code == 302
    with system() as session:
        row = session.scalars(select(Holiday).where(Holiday.day == dt.date(2040, 8, 15))).one()
        pk = row.id
    form = agency.get(f"{HOLIDAYS}{pk}/modifier/").text
    assert 'value="15/08/2040"' in form
    answer = agency.submit(f"{HOLIDAYS}{pk}/modifier/", {**typed, "label": "15 août", "seen": seen_in(form)})
    assert answer.location == f"{HOLIDAYS}{pk}/"
    assert "Enregistré : 15 août." in agency.get(answer.location).text
    assert agency.submit(f"{HOLIDAYS}{pk}/supprimer/").status_code == 302
    with system() as session:
        assert session.get(Holiday, pk) is None
        told = session.scalars(
            select(JournalEntry).where(JournalEntry.object_type == "holiday", JournalEntry.object_id == pk)
        ).all()
        assert [entry.action for entry in told] == ["creation", "modification", "suppression"]
        changed = session.scalars(select(JournalChange).where(JournalChange.entry_id == told[1].id)).all()
        assert [(one.field, one.old, one.new) for one in changed] == [("label", "Assomption", "15 août")]


def test_nothing_is_written_without_a_token_or_with_get(agency: PortalClient, system: System) -> None:
    assert agency.post(f"{HOLIDAYS}1/supprimer/").status_code == 400
    assert agency.get(f"{HOLIDAYS}1/supprimer/").status_code == 405
    with system() as session:
        assert session.get(Holiday, 1) is not None


def test_a_change_over_another_s_is_refused(agency: PortalClient, system: System) -> None:
    seen = seen_in(agency.get(f"{HOLIDAYS}1/modifier/").text)
    with system() as session:
        row = session.get_one(Holiday, 1)
        typed = {"day": f"{row.day:%d/%m/%Y}", "label": "Le mien", "source": row.source, "official": "y"}
        row.label = "Le sien"
    answer = agency.submit(f"{HOLIDAYS}1/modifier/", {**typed, "seen": seen})
    assert answer.status_code == 422
    assert "Quelqu’un a modifié cette ligne" in answer.text
    assert 'value="Le mien"' in answer.text
    with system() as session:
        assert session.get_one(Holiday, 1).label == "Le sien"


@pytest.mark.parametrize(
    ("path", "typed", "told"),
    [
        (HOLIDAYS, {"day": "25/12/2026", "label": "x", "source": "x"}, "Cette valeur existe déjà"),
        (HOLIDAYS, {"day": "25/13/2026", "label": "x", "source": "x"}, "Cette date n’existe pas"),
        (HOLIDAYS, {"day": "", "label": " ", "source": "x"}, "Ce champ est requis"),
        (HOLIDAYS, {"day": "01/02/2040", "label": "x" * 101, "source": "x"}, "au plus 100 caractères"),
        ("/reference/parametres/", {"key": "a", "label": "a", "source": "a", "valid_from": "01/01/2026",
         "value": "123456789"}, "trop grand"),
        ("/reference/parametres/", {"key": "a", "label": "a", "source": "a", "valid_from": "01/01/2026",
         "value": "1,23456"}, "au plus 4 chiffres"),
        ("/reference/parametres/", {"key": "presences.lignes-max", "label": "a", "source": "a", "value": "1",
         "valid_from": "01/01/2020"}, "Cette valeur existe déjà"),
        ("/reference/communications/", {"title": "t", "body": "b", "colour": "bleu", "valid_from": "02/01/2026",
         "valid_until": "01/01/2026", "for_organisers": "y"}, "La date de fin précède"),
        ("/reference/communications/", {"title": "t", "body": "b", "colour": "mauve", "valid_from": "01/01/2026",
         "valid_until": "02/01/2026"}, "Choisissez une valeur de la liste"),
    ],
)  # fmt: skip
def test_what_cannot_be_stored_is_explained_and_what_was_typed_kept(
    agency: PortalClient, system: System, path: str, typed: dict[str, str], told: str
) -> None:
    model: Any = {HOLIDAYS: Holiday, "/reference/parametres/": Parameter}.get(path, Communication)
    with system() as session:
        before = session.scalar(select(func.count()).select_from(model))
    answer = agency.submit(f"{path}ajouter/", typed)
    assert answer.status_code == 422
    assert told in answer.text
    assert "Key (" not in answer.text
    assert 'class="error-summary"' in answer.text
    with system() as session:
        assert session.scalar(select(func.count()).select_from(model)) == before


def test_decimals_with_a_comma_and_values_that_nobody_confirms(agency: PortalClient, system: System) -> None:
    typed = {
        "key": "essai.taux",
        "label": "Taux",
        "value": "12,5",
        "valid_from": "01/01/2026",
        "source": "nous",
    }
    assert agency.submit("/reference/parametres/ajouter/", typed).status_code == 302
    shown = agency.get("/reference/parametres/?key=essai").text
    assert ">12,5</td>" in shown
    assert "valeur non officielle" in shown
    with system() as session:
        assert session.scalars(select(Parameter.official).where(Parameter.key == "essai.taux")).one() is False


def test_what_is_yes_or_no_is_said_and_chosen_so(agency: PortalClient, system: System) -> None:
    with system() as session:
        row = session.scalars(select(Parameter).where(Parameter.key == "presences.absences-justifiees")).one()
        number, address = row.id, f"/reference/parametres/{row.id}/"
    listed = agency.get("/reference/parametres/?key=presences.absences-justifiees").text
    assert re.search(r"<td[^>]*>\s*Non\s*</td>", listed)
    assert re.search(r"<dd[^>]*>\s*Non\s*</dd>", agency.get(address).text)
    form = agency.get(f"{address}modifier/").text
    assert re.search(r'<option selected value="0.0000">Non</option>', form)
    typed = {**_typed(form), "value": "1.0000"}
    assert agency.submit(f"{address}modifier/", typed).status_code == 302
    with system() as session:
        assert session.get_one(Parameter, number).value == 1
    assert re.search(r"<dd[^>]*>\s*Oui\s*</dd>", agency.get(address).text)
    new = {**typed, "valid_from": "01/01/2027", "value": "2"}
    refused = agency.submit("/reference/parametres/ajouter/", new)
    assert refused.status_code == 422
    assert "écrivez 1 pour oui, 0 pour non" in refused.text


def _typed(page: str) -> dict[str, str]:
    """The texts and dates that a form holds."""
    return {
        name: unescape(value)
        for name, value in re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', page)
    }

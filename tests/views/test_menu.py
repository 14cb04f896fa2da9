"""The navigation: where one is, and what pages are called."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.models import Dossier
from app.views.menu import MENU, page_words
from tests import factories
from tests.conftest import System, new_client


@pytest.mark.parametrize(
    "path",
    [
        "",
        "ajouter/",
        "{}/",
        "{}/modifier/",
        "{}/copier/?de={}",
        "matrice/",
        "qui-voit-quoi/",
        "revue/",
        "demandes/",
    ],
)
def test_the_menu_shows_where_one_is(app: Flask, system: System, path: str) -> None:
    with system() as session:
        owner = factories.organiser(session)
        boss = factories.administrator(session, owner).id
        other = factories.member(session, owner)
        factories.grant(session, other, Dossier.TEAM)
        number = other.id
    client = new_client(app).login(boss)
    page = client.get("/utilisateurs/" + path.format(number, number)).text
    assert re.findall(r'aria-current="page">.*?<span>([^<]+)</span>', page) == ["Utilisateurs"]


@pytest.mark.parametrize(
    ("path", "words"),
    [("/presences/12/2026-10/", "Présences"), ("/presences/12/2026-10/importer", "Présences"), ("/", "Page d’accueil"),
     ("/utilisateurs/3/", "Utilisateurs"), ("/mes-acces/", "Mes accès"), ("/nulle-part/", "/nulle-part/"),
     ("/utilisateurs/3/acces/", "/utilisateurs/3/acces/")],
)  # fmt: skip
def test_a_page_is_called_as_its_link_is(app: Flask, path: str, words: str) -> None:
    with app.app_context():
        assert page_words(path) == words


def test_every_view_that_the_menu_names_is_there(app: Flask) -> None:
    views = {rule.endpoint.partition(".")[0] for rule in app.url_map.iter_rules()}
    items = [item for section in MENU for item in section.items]
    named = [name for item in items for name in (item.endpoint.partition(".")[0], *item.others)]
    assert set(named) <= views
    assert len(named) == len(set(named)), "two links would both be the current page"

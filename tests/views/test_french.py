"""Nobody meets English: forms, errors, and the texts of FAB in our catalogue (pages: test_every_page.py)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale, gettext

from config import ROOT
from tests.client import PortalClient
from tests.views.conftest import SignedIn
from tests.views.pages import english_in


@pytest.mark.demo
def test_generated_forms_and_their_errors_speak_french(signed_in: SignedIn) -> None:
    client = signed_in("nadia.peeters")
    answers = [
        client.get("/reference/parametres/1/modifier/"),
        client.submit("/reference/parametres/ajouter/", {"value": "beaucoup", "valid_from": "hier"}),
        client.submit("/securite/utilisateurs/1/modifier/", {"email": "nulle part"}),
        client.get("/reference/jours-feries/?day-du=demain&page=deux"),
    ]
    for answer in answers:
        assert not english_in(answer.text)
    assert "Ce champ est requis" in answers[1].text
    assert "Écrivez un nombre" in answers[1].text
    assert "Cette date n’existe pas" in answers[1].text


def test_errors_speak_french_to_anyone(client: PortalClient) -> None:
    for answer in (client.get("/rien"), client.post("/connexion/"), client.delete("/accessibilite/")):
        assert answer.status_code in (400, 404, 405)
        assert not english_in(answer.text)


def _fab_texts() -> list[str]:
    tree = ast.parse((ROOT / "translations" / "flask_appbuilder.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [ast.literal_eval(call.args[0]) for call in calls]


def test_every_text_of_fab_is_corrected_in_our_catalogue(app: Flask) -> None:
    with app.test_request_context(), force_locale("fr"):
        said = {text: gettext(text) for text in _fab_texts()}
    assert len(said) > 80
    assert not [text for text, french in said.items() if french == text]
    assert said["Password Changed"] == "Mot de passe modifié"  # « Contraseña modificada » in FAB's own


def test_the_catalogue_holds_no_fuzzy_guess() -> None:
    for path in Path(ROOT / "translations").glob("*/LC_MESSAGES/*.po"):
        with path.open("rb") as file:
            assert not [message.id for message in read_po(file) if message.fuzzy and message.id]

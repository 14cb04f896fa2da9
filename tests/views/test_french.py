"""Nobody meets English: forms, errors, and the texts of FAB in our catalogue (pages: test_every_page.py)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
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


def test_what_is_counted_agrees_with_its_number() -> None:
    """Never « ligne(s) »: `ngettext` on pages, `app.rules.french.count` below them, `count` in the grid."""
    kinds = ("*.py", "*.html", "*.js", "*.typ")
    sources = [path for kind in kinds for path in (ROOT / "app").rglob(kind)]
    # Headings that people write in their workbooks are as they write them.
    sources = [path for path in sources if path.name != "columns.py"]
    lazy = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sources
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"[a-zéè]\((?:s|e|es|x|nt)\)(?:[ .,:;»\"’`]|$)", line)
    ]
    assert not lazy, "\n".join(lazy)
    with (ROOT / "translations" / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        texts = [text for message in read_po(file) for text in _written(message)]
    assert not [text for text in texts if "(s)" in text]


def _written(message: Message) -> list[str]:
    """What a person reads of an entry: its French, which is the id itself when nothing else is given."""
    ids, strings = ([each] if isinstance(each, str) else list(each) for each in (message.id, message.string))
    return [string or one for one, string in zip(ids, strings, strict=False)]

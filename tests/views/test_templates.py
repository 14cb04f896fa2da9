"""Templates as a set: short, used, ours, and without anything that the content security policy refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator

import jinja2.meta
import pytest
from flask import Flask
from jinja2 import nodes

from app.views.components import icon
from config import ROOT
from tests.client import PortalClient

FOLDER = ROOT / "app" / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))


def _source(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_short_and_needs_no_exception_from_the_policy(name: str) -> None:
    source = _source(name)
    assert len(source.splitlines()) <= 120
    assert not re.search(r"<[^>]*\s(style|on[a-z]+)=", source), "inline style or handler"
    assert not re.search(r"<script(?![^>]*\ssrc=)", source), "inline script"
    assert "javascript:" not in source
    assert "|safe" not in source.replace(" ", "")


def _mentioned(app: Flask) -> set[str]:
    """Templates that Python or another template names. `a ~ b` counts for every template of that folder."""
    python = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py") if "dev" not in path.parts
    )
    found = set(re.findall(r'"([\w/-]+\.html)"', python))
    # FAB's own names of the pages of a ModelView.
    found |= {f"appbuilder/general/model/{name}.html" for name in ("list", "show", "add", "edit")}
    for name in TEMPLATES:
        tree = app.jinja_env.parse(_source(name))
        found |= {one for one in jinja2.meta.find_referenced_templates(tree) if one}
        for include in tree.find_all(nodes.Include):
            if isinstance(include.template, nodes.Concat):
                folder = next(part.value for part in include.template.nodes if isinstance(part, nodes.Const))
                found |= {one for one in TEMPLATES if one.startswith(folder)}
    return found


def test_every_template_is_used_and_every_used_one_exists(app: Flask) -> None:
    mentioned = _mentioned(app)
    assert not set(TEMPLATES) - mentioned - {app.config["FAB_BASE_TEMPLATE"]}
    assert not [name for name in mentioned if name not in app.jinja_env.list_templates()]


def _macros(app: Flask) -> Iterator[tuple[str, str]]:
    for name in TEMPLATES:
        if name.startswith("components/"):
            for macro in app.jinja_env.parse(_source(name)).find_all(nodes.Macro):
                if not macro.name.startswith("_"):
                    yield name, macro.name


def test_every_component_is_in_the_gallery(app: Flask) -> None:
    gallery = "\n".join(_source(name) for name in TEMPLATES if name.startswith("gallery/"))
    #: The base shows them, on every page.
    shown_elsewhere = {"flashes", "page_header"}
    assert not [
        found for found in _macros(app) if f"{found[1]}(" not in gallery and found[1] not in shown_elsewhere
    ]


def test_the_gallery_opens_in_development_only(client: PortalClient) -> None:
    answer = client.get("/galerie/")
    assert answer.status_code == 200
    assert "Galerie des composants" in answer.text


def test_an_icon_that_does_not_exist_is_an_error() -> None:
    assert "<path" in icon("house")
    assert 'aria-label="Accueil"' in icon("house", "Accueil")
    with pytest.raises(KeyError):
        icon("licorne")


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_takes_no_name_that_the_base_calls(name: str) -> None:
    """What a page sets is seen by the parts that the base includes: their functions would be its values."""
    called = "this_page|current_actor|url_for|csrf_token|icon|navigation|panel_state|session_left|kept_form"
    assert not re.search(rf"{{%-?\s*(set|import\b[^%]*\bas)\s+({called})\b", _source(name))

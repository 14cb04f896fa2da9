"""Every page that links lead to, as each demo profile: French, well formed, and none of it FAB's own."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest

from tests.views.conftest import PROFILES, SignedIn
from tests.views.pages import Page, english_in, walk


@pytest.mark.demo
@pytest.mark.parametrize("username", PROFILES)
def test_pages_of_a_profile(signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, username: str) -> None:
    loaded = _watch_templates(monkeypatch)
    faults = {address: found for address, html in walk(signed_in(username)) if (found := _faults(html))}
    assert not faults
    # FAB's templates are Bootstrap 3, in English, and break under our content security policy.
    assert not [name for name in loaded if "flask_appbuilder" in Path(name).parts]


@pytest.mark.demo
def test_the_walk_goes_everywhere(signed_in: SignedIn) -> None:
    addresses = "\n".join(address for address, _html in walk(signed_in("nadia.peeters")))
    for part in (
        "/reference/parametres/",
        "/modifier/",
        "/ajouter/",
        "/securite/roles/",
        "/accessibilite/",
        "sens=desc",
    ):
        assert part in addresses


def _faults(html: str) -> list[str]:
    tags = Page(html).tags
    names = [tag for tag, _values in tags]
    found = [f"anglais : {words}" for words in english_in(html)]
    if names.count("h1") != 1 or ("html", "fr") not in [(tag, values.get("lang")) for tag, values in tags]:
        found.append("h1, lang")
    ids = [values["id"] for _tag, values in tags if "id" in values]
    found += [f"id en double : {one}" for one in {one for one in ids if ids.count(one) > 1}]
    found += [f"style ou gestionnaire : {tag}" for tag, values in tags if _refused_by_the_policy(tag, values)]
    return found


def _refused_by_the_policy(tag: str, values: dict[str, str]) -> bool:
    inline = tag == "script" and "src" not in values and values.get("type") != "application/json"
    return inline or "style" in values or any(name.startswith("on") for name in values)


def _watch_templates(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The files of the templates loaded from now on."""
    loaded: set[str] = set()
    load = jinja2.Environment._load_template

    def watched(self: jinja2.Environment, *arguments: object) -> jinja2.Template:
        template = load(self, *arguments)  # type: ignore[arg-type]
        loaded.add(str(template.filename))
        return template

    monkeypatch.setattr(jinja2.Environment, "_load_template", watched)
    return loaded

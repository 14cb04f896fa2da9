"""The walk by keyboard that test_pages.py takes over every page: it names what would be in somebody's way."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys.keyboard import Walker

#: A page spoilt by a script → what the walk says of it.
SPOILT = {
    "main.querySelector('a').tabIndex = -1": "Tab does not reach: <a ",
    "document.querySelector('footer a').tabIndex = 3": "positive tabindex: <a ",
    "main.append(Object.assign(document.createElement('div'), {textContent: 'clic', onclick: () => 1}))": (
        "only a mouse can click: <div>"
    ),
    "main.querySelector('h1').style.cursor = 'pointer'": "looks clickable, is no control: <h1 ",
    "document.querySelector('footer a').style.cssText = 'outline: none; box-shadow: none'": "nothing shows the focus: <a ",
    "main.querySelector('a').style.cssText = 'outline-color: #f3f6f6'": "the ring is hardly seen",
    "main.querySelector('[type=password]').style.clipPath = 'inset(0)'": ("the ring is hardly seen"),
    "document.querySelector('footer').style.cssText = 'position: fixed; z-index: 9; inset: 0'": (
        "has the focus under <footer"
    ),
    "document.querySelector('footer').style.cssText = 'position: fixed; top: 200vh'": (
        'has the focus outside the window: <a href="/accessibilite/"'
    ),
    "main.addEventListener('keydown', (event) => event.key === 'Tab' && event.preventDefault())": (
        "Tab never leaves the page: <"
    ),
    "main.addEventListener('focusout', (event) => event.target.value !== undefined && (event.target.value += 'x'))": (
        "Tab alone changed a field"
    ),
    "main.addEventListener('focusin', (event) => event.target.form?.submit())": "keys alone sent POST",
    "main.innerHTML += '<form><select name=a><option>1<option>2</select></form>'; "
    "main.querySelector('select').onchange = ({target}) => target.form.submit()": "keys alone sent GET",
    "addEventListener('keydown', (event) => event.shiftKey && event.preventDefault())": "Shift+Tab leads to",
    "document.querySelector('.skip-link').remove()": 'the first stop is no « Aller au contenu »: <a class="product"',
    "main.removeAttribute('tabindex'); main.id = ''": "after « Aller au contenu », Tab leads to",
    "document.querySelector('#aide').addEventListener('close', () => document.activeElement.blur())": (
        'closed, <dialog id="aide" class="dialog" aria-labelledby="aide-title"> Besoin d’aide ?'
    ),
    "document.querySelector('#aide').addEventListener('keydown', (event) => event.preventDefault())": (
        'Escape does not close <dialog id="aide"'
    ),
    "document.querySelector('#aide a').tabIndex = -1": 'Tab does not reach, in <dialog id="aide"',
    "document.querySelector('[data-dialog=aide]').dataset.dialog = 'confirmation2'": "Enter opens nothing",
}


@pytest.mark.parametrize("script", SPOILT)
def test_the_walk_names_what_is_in_the_way(page: Page, script: str) -> None:
    page.goto("/connexion/")
    page.evaluate(f"() => {{ const main = document.querySelector('main'); {script}; }}")
    told = Walker().walk(page)
    assert any(SPOILT[script] in fault for fault in told), told

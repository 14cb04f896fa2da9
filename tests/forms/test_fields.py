"""What people type into a field, and what comes of it."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form

from app.forms import fields


class _Form(Form):
    day = fields.DayField("Jour")
    rate = fields.NumberField("Tarif", validators=[fields.NumberSize(4, 2)])
    lines = fields.WholeNumberField("Lignes")
    text = fields.TextField("Texte", validators=[fields.Required()])
    colour = fields.ListField("Couleur", options=[("vert", "Vert"), ("bleu", "Bleu")], blank="–")
    rights = fields.CheckListField("Droits", rows=lambda: ["lire", "écrire"], key=len)


@pytest.fixture(autouse=True, scope="module")
def _request() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app, default_locale="fr")
    with app.test_request_context():
        yield


def _typed(**values: str | list[str]) -> Any:
    form = _Form(MultiDict({"text": "x", **values}))
    form.validate()
    return form


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("31/10/2026", dt.date(2026, 10, 31)),
        ("1/2/2026", dt.date(2026, 2, 1)),
        (" 2026-10-31 ", dt.date(2026, 10, 31)),
        ("29/02/2024", dt.date(2024, 2, 29)),
        ("1/12/26", dt.date(2026, 12, 1)),
        ("01-12-2026", dt.date(2026, 12, 1)),
        ("1.12.2026", dt.date(2026, 12, 1)),
        ("1er décembre 2026", dt.date(2026, 12, 1)),
    ],
)
def test_dates_are_read_day_first_and_shown_one_way(typed: str, read: dt.date) -> None:
    form = _typed(day=typed)
    assert form.day.data == read
    assert not form.errors
    assert f'value="{read:%d/%m/%Y}"' in form.day()
    assert fields.day_shown(typed) == f"{read:%d/%m/%Y}"


@pytest.mark.parametrize(
    "typed", ["31/02/2026", "10/31/2026", "31.10", "1/12-2026", "demain", "0/0/0", "31/10/26/1"]
)
def test_impossible_dates_are_refused_in_words(typed: str) -> None:
    field = _typed(day=typed).day
    assert (field.data, field.errors) == (None, ["Cette date n’existe pas. Écrivez-la ainsi : 31/10/2026"])
    assert f'value="{typed}"' in field(), "what was typed is there to be mended"


def test_a_date_is_shown_as_it_is_typed() -> None:
    assert 'value="31/10/2026"' in _Form(day=dt.date(2026, 10, 31)).day()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("12,5", "12.5"),
        ("12.50", "12.50"),
        ("1 234,5", "1234.5"),
        ("1\u202f234", "1234"),
        ("-3", "-3"),
        ("0", "0"),
    ],
)
def test_numbers_take_a_comma_or_a_point(typed: str, read: str) -> None:
    form = _typed(rate=typed)
    assert form.rate.data == decimal.Decimal(read)
    assert not form.errors


@pytest.mark.parametrize("typed", ["douze", "1e5", "NaN", "Infinity", "1,2,3", "--1", "12,345", "10000"])
def test_what_is_no_number_or_does_not_fit_is_refused(typed: str) -> None:
    assert _typed(rate=typed).rate.errors


@given(st.decimals(-9999, 9999, places=2, allow_nan=False))
def test_a_number_comes_back_as_it_was_shown(value: decimal.Decimal) -> None:
    shown = _Form(rate=value).rate._value()
    assert fields.read_number(shown) == value
    assert "." not in shown


@given(st.text(max_size=40))
def test_anything_typed_is_read_or_refused(typed: str) -> None:
    form = _typed(day=typed, rate=typed, lines=typed, text=typed, colour=typed, rights=[typed])
    assert "\x00" not in (form.text.data or "")


def test_whole_numbers() -> None:
    assert _typed(lines="1 200").lines.data == 1200
    assert _typed(lines="12,0").lines.data == 12
    assert "entier" in str(_typed(lines="12,5").lines.errors[0])


@pytest.mark.parametrize(
    ("typed", "right"), [("nom@exemple.be", True), ("nom", False), ("a b@c.be", False), ("a@b", False)]
)
def test_addresses(typed: str, right: bool) -> None:
    class Address(Form):
        email = fields.TextField("Courriel", validators=[fields.EmailAddress()])

    assert Address(MultiDict({"email": typed})).validate() is right


def test_spaces_are_not_a_value() -> None:
    assert _typed(text="   ").text.errors == ["Ce champ est requis"]


def test_control_characters_are_dropped() -> None:
    assert _typed(text="Cr\x00èche\x07 ").text.data == "Crèche"


def test_a_list_takes_its_values_only() -> None:
    assert _typed(colour="vert").colour.data == "vert"
    assert _typed(colour="").colour.data is None
    assert _typed(colour="rouge").colour.errors == ["Choisissez une valeur de la liste"]
    assert '<option selected value="bleu">' in _Form(colour="bleu").colour()


def test_check_boxes_give_the_rows_themselves() -> None:
    assert _typed(rights=["4"]).rights.data == ["lire"]
    assert _typed(rights=["4", "6"]).rights.data == ["lire", "écrire"]
    assert "n’existe plus" in str(_typed(rights=["99"]).rights.errors[0])

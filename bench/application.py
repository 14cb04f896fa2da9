"""The portal under gunicorn, with the pages that the grid and the matrix are measured against beside it."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template_string
from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, StringField

import app as portal
from app.rules.attendance import DAY_KEYS

LINES = 500

_Line = type("_Line", (Form,), {f"d{day}": StringField(f"Jour {day}") for day in DAY_KEYS})


class InputsForm(FlaskForm):
    """A month as a form would be written: one text field a day and a child."""

    lines = FieldList(FormField(_Line), min_entries=LINES)


_PAGE = """{% extends "base.html" %}
{% block title %}15 500 champs{% endblock %}
{% block content %}
<form method="post" id="champs">{{ form.csrf_token }}
<table>{% for line in form.lines %}<tr><th scope="row">{{ loop.index }}</th>
{% for field in line.form %}<td>{{ field(size=2) }}</td>{% endfor %}</tr>{% endfor %}</table>
</form>
{% endblock %}"""

#: People and facilities of the matrix.
SIZE = (200, 40)

_BOXES = """{% extends "base.html" %}
{% block title %}8 000 cases{% endblock %}
{% block content %}
<form method="post"><input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
<table>{% for row in range(rows) %}<tr><th scope="row">{{ row }}</th>
{% for column in range(columns) %}
<td><input type="checkbox" name="c" value="{{ row }}:{{ column }}" aria-label="Nom {{ row }}, Crèche {{ column }}"></td>
{%- endfor %}</tr>
{% endfor %}</table>
</form>
{% endblock %}"""


def create_app() -> Flask:
    """The portal as it is served; in its own base page, `/bench/champs/`: 15 500 inputs of a form, and `/bench/cases/`:
    8 000 checkboxes of a bare loop, each with the name that a checkbox needs.
    """
    app = portal.create_app()

    @app.get("/bench/champs/")
    def inputs() -> Any:
        form = InputsForm(data={"lines": [{f"d{day}": "P" for day in DAY_KEYS}] * LINES})
        return render_template_string(_PAGE, form=form)

    @app.get("/bench/cases/")
    def boxes() -> Any:
        return render_template_string(_BOXES, rows=SIZE[0], columns=SIZE[1])

    return app

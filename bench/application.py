"""The portal under gunicorn, with the page that the grid is measured against beside it."""

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


def create_app() -> Flask:
    """The portal as it is served, and `/bench/champs/`: 15 500 inputs in its own base page."""
    app = portal.create_app()

    @app.get("/bench/champs/")
    def inputs() -> Any:
        form = InputsForm(data={"lines": [{f"d{day}": "P" for day in DAY_KEYS}] * LINES})
        return render_template_string(_PAGE, form=form)

    return app

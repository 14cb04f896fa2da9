"""Pages for everyone, signed in or not: accessibility statement, privacy."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView


class InformationView(BaseView):
    """What a public body owes its users (décret of 3 May 2019, GDPR)."""

    route_base = ""
    default_view = "accessibility"

    @expose("/accessibilite/")
    def accessibility(self) -> Any:
        return render_template("information/accessibility.html")

    @expose("/vie-privee/")
    def privacy(self) -> Any:
        return render_template("information/privacy.html")

"""Is it alive: for the runner and for whoever watches the portal."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from sqlalchemy import text

from app.db import db


class HealthView(BaseView):
    """Answers 200 when the database does."""

    route_base = "/sante"

    @expose("/")
    def health(self) -> Any:
        db.session.execute(text("SELECT 1"))
        return "ok", 200, {"Content-Type": "text/plain; charset=utf-8"}

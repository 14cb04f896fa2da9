"""« Contacts ONE »: the agents to whom the organiser is entrusted (guide 7.2)."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView

from app.db import db
from app.security.guards import actor, needs
from app.security.rights import Right
from app.services.agency import portfolio


class ContactsView(BaseView):
    """Names, roles, addresses, numbers."""

    route_base = "/contacts-one"
    default_view = "contacts"

    @expose("/")
    @needs(Right.CONTACTS_READ)
    def contacts(self) -> Any:
        organiser_id = actor().organiser_id
        if organiser_id is None:
            abort(404)
        return render_template("agent/contacts.html", contacts=portfolio.contacts(db.session(), organiser_id))

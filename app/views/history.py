"""« Historique »: who saw or changed what (guide 5.3), of the whole organisation or of one object.

An organiser reads its own chain; the agency's administrators read the platform's, through a door of their own.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext as _

from app import clock, scope
from app.db import db
from app.models import Facility
from app.security.guards import actor, needs
from app.security.rights import Right
from app.services import history, history_export
from app.services.history import Criteria, Entry
from app.views.files import workbook
from app.views.history_kinds import Kind, by_slug
from app.views.history_search import Search, search
from app.views.history_words import Line, line

_DOOR: Final = "historique du portail"
_LAST_PLACE: Final = 2**31 - 1


class HistoryView(BaseView):
    """The history's pages. Each is itself a consultation."""

    route_base = "/historique"
    default_view = "entries"

    @expose("/")
    @needs(Right.HISTORY_READ, personal=True)
    def entries(self) -> Any:
        with _chain() as chain:
            return _list(chain)

    @expose("/export.xlsx")
    @needs(Right.HISTORY_READ, personal=True)
    def export(self) -> Any:
        with _chain() as chain:
            return _export(chain)

    @expose("/<int:entry_id>/")
    @needs(Right.HISTORY_READ, personal=True)
    def entry(self, entry_id: int) -> Any:
        with _chain() as chain:
            try:
                found = history.one(db.session(), chain, min(entry_id, 2**63 - 1))
            except LookupError:
                abort(404)
            page = render_template(
                "history/entry.html", entry=found.row, line=_lines([found])[0], many=history.MANY
            )
            history_export.viewed(db.session(), actor().who, chain, _("Une entrée de l’historique"))
            return page

    @expose("/<kind>/<int:number>/")
    @needs(Right.HISTORY_READ, personal=True)
    def of_object(self, kind: str, number: int) -> Any:
        with _chain() as chain:
            return _list(chain, _Object(chain, kind, number))

    @expose("/<kind>/<int:number>/export.xlsx")
    @needs(Right.HISTORY_READ, personal=True)
    def export_object(self, kind: str, number: int) -> Any:
        with _chain() as chain:
            return _export(chain, _Object(chain, kind, number))


class _Object:
    """One object whose history is asked for: 404 unless the person may see it, or could when it existed."""

    def __init__(self, chain: int | None, slug: str, number: int) -> None:
        found = by_slug(slug)
        if found is None or found.find is None or number >= 2**31:
            abort(404)
        self.kind: Kind = found
        self.number = number
        row = found.find(number)
        if row is None:
            entry = history.latest_of(db.session(), chain, found.table, number)
            if entry is None:
                abort(404)
            facility_id, self.title, self.page = entry.facility_id, entry.summary, ""
        else:
            facility_id = row.id if isinstance(row, Facility) else getattr(row, "facility_id", None)
            self.title, self.page = found.title(row), found.page(row) if found.page else ""
        if not actor().may(found.right, facility_id):
            abort(404)

    def narrow(self, asked: Criteria) -> Criteria:
        """The criteria within the object. A facility's history is all that happened there."""
        if self.kind.table == Facility.__tablename__:
            return Criteria(
                asked.person, self.number, asked.kind, None, asked.action, asked.first, asked.last
            )
        return Criteria(
            asked.person, asked.facility, self.kind.table, self.number, asked.action, asked.first, asked.last
        )

    @property
    def address(self) -> dict[str, Any]:
        return {"kind": self.kind.slug, "number": self.number}


@contextlib.contextmanager
def _chain() -> Iterator[int | None]:
    """The chain that the person reads: their organiser's; the platform's for the agency."""
    if not actor().is_agent:
        yield actor().organiser_id
        return
    with scope.within(scope.door(_DOOR), db.session()):
        yield None


def _list(chain: int | None, about: _Object | None = None) -> Any:
    asked = _search(chain, about)
    session = db.session()
    page = history.read(
        session, chain, about.narrow(asked.criteria) if about else asked.criteria,
        before=_place("avant"), after=_place("apres"), oldest_first=asked.oldest_first,
    ) if not asked.errors else history.Page([])  # fmt: skip
    shown = render_template(
        "history/list.html", about=about, asked=asked, page=page, lines=_lines(page.entries),
        paged=bool(request.args.keys() & {"avant", "apres"}),
    )  # fmt: skip
    what = _("Historique : %(what)s", what=about.title) if about else _("Historique")
    history_export.viewed(session, actor().who, chain, _told(what, asked))
    return shown


def _export(chain: int | None, about: _Object | None = None) -> Any:
    asked = _search(chain, about)
    back = url_for(".of_object", **about.address) if about else url_for(".entries")
    if asked.errors:
        flash(" ".join(asked.errors), "danger")
        return redirect(f"{back}?{request.query_string.decode()}")
    criteria = about.narrow(asked.criteria) if about else asked.criteria
    title = _("Historique : %(what)s", what=about.title) if about else _("Historique")
    try:
        content = history_export.export(
            db.session(), actor().who, chain, criteria, _told(title, asked), clock.now(), _lines
        )
    except history_export.TooLong as refused:
        flash(
            _("L’export compte plus de %(limit)s lignes : choisissez une période plus courte, une personne "
              "ou un milieu d’accueil, puis recommencez.", limit=f"{refused.limit:_}".replace("_", "\u202f")),
            "warning",
        )  # fmt: skip
        return redirect(f"{back}?{request.query_string.decode()}")
    return workbook(content, f"historique-{clock.today()}.xlsx")


def _search(chain: int | None, about: _Object | None) -> Search:
    session = db.session()
    places = [] if actor().is_agent else history.facilities(session)
    return search(request.args, history.people(session, chain), places, about.kind if about else None)


def _lines(entries: Sequence[Entry]) -> list[Line]:
    changes = [change for entry in entries for change in entry.changes]
    session = db.session()
    children = history.children(session, changes)
    named = any(change.field == "facility_id" for change in changes)
    places = {one.id: str(one) for one in history.facilities(session)} if named else {}
    return [line(entry, children, places) for entry in entries]


def _place(name: str) -> int | None:
    found = request.args.get(name, type=int)
    return None if found is None else min(max(found, 0), _LAST_PLACE)


def _told(what: str, asked: Search) -> str:
    return f"{what} ({asked.told})" if asked.told else what

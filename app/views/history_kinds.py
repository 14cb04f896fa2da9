"""What the history speaks of: each kind of object, its words, its page, and who may see one.

A generated page brings its own kind; the others stand in OTHERS. A page shows the link to an object's history with
`history_link` (history/_link.html), which stays away from who may not follow it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app, url_for

from app.db import db
from app.models import AttendanceSheet, Membership
from app.rules.french import unaccented
from app.rules.months import Month
from app.security.guards import actor, current_actor
from app.security.rights import Right
from app.views.crud import PortalModelView


@dataclass(frozen=True)
class Kind:
    """One kind. `table` is how entries name it (`object_type`), `slug` how addresses do."""

    table: str
    slug: str
    label: str
    #: What a person needs to see one, beside the right to read the history.
    right: Right
    #: A row within the scope in force, None when there is none; no function: it has no history of its own.
    find: Callable[[int], Any] | None = None
    #: The page of a row.
    page: Callable[[Any], str] | None = None
    title: Callable[[Any], str] = str
    #: What that page is called in « Retour à … ».
    back: str = "la fiche"
    #: French names of its fields (None: the history holds them in French), and values of those that take few.
    fields: Mapping[str, str] | None = None
    choices: Mapping[str, Sequence[tuple[Any, str]]] = field(default_factory=dict)


OTHERS: tuple[Kind, ...] = (
    Kind(
        "attendance_sheet",
        "presences",
        "Présences",
        Right.ATTENDANCE_READ,
        lambda number: db.session.get(AttendanceSheet, number),
        lambda sheet: url_for(
            "AttendanceView.month", facility_id=sheet.facility_id, month=Month.of(sheet.month)
        ),
        lambda sheet: f"Présences {Month.of(sheet.month).of_label} – {sheet.facility.name}",
        "ce relevé",
        {"state": "État", "sha256": "Empreinte"},
    ),
    Kind(
        "membership",
        "profils",
        "Utilisateurs",
        Right.MEMBERS_READ,
        lambda number: db.session.get(Membership, number),
        lambda member: url_for("MemberView.person", member_id=member.id),
        title=lambda member: member.name,
    ),
    Kind("code_mapping", "codes", "Correspondances de codes", Right.ATTENDANCE_READ),
    Kind("journal_entry", "historique", "Historique", Right.HISTORY_READ),
    Kind("attendance_queue", "controle", "File des présences soumises", Right.SECURITY_READ),
    Kind("connexion", "connexions", "Connexions", Right.SECURITY_READ),
    Kind(
        "preferences",
        "preferences",
        "Préférences",
        Right.SECURITY_READ,
        fields={"flash": "Flash Accueil", "notices": "Avis"},
    ),
    Kind("ticket", "tickets", "Tickets du helpdesk", Right.TICKET_ANSWER, fields={"state": "État"}),
    Kind("ticket_queue", "file-tickets", "File des tickets", Right.TICKET_ANSWER),
    Kind("user_session", "sessions", "Sessions", Right.SECURITY_READ),
)


def kinds() -> dict[str, Kind]:
    """Every kind by its table."""
    found: dict[str, Kind] = current_app.extensions["history_kinds"]
    if not found:
        views: list[Any] = current_app.extensions["appbuilder"].baseviews
        generated = [_generated(view) for view in views if isinstance(view, PortalModelView)]
        found |= {kind.table: kind for kind in (*generated, *OTHERS)}
    return found


def by_slug(slug: str) -> Kind | None:
    """The kind that an address names."""
    return next((kind for kind in kinds().values() if kind.slug == slug), None)


def history_url(table: str, number: int) -> str:
    """The history of one object; "" when the person may not see it."""
    kind = kinds().get(table)
    if kind is None or kind.find is None:
        return ""
    if not (actor().may(Right.HISTORY_READ) and actor().may(kind.right)):
        return ""
    return url_for("HistoryView.of_object", kind=kind.slug, number=number)


def seen_kinds() -> list[Kind]:
    """The kinds that the person may look for, by name."""
    person = current_actor()
    found = [kind for kind in kinds().values() if person is not None and person.may(kind.right)]
    return sorted(found, key=lambda kind: unaccented(kind.label))


def _generated(view: PortalModelView) -> Kind:
    return Kind(
        str(view.datamodel.obj.__tablename__),
        view.route_base.rpartition("/")[2],
        view.plural,
        view.read,
        lambda number: db.session.get(view.datamodel.obj, number),
        lambda row: url_for(f"{type(view).__name__}.show", pk=row.id),
        fields=view.label_columns,
        choices=view.choices,
    )


def init_app(app: Flask) -> None:
    """Give templates the address of an object's history."""
    app.extensions["history_kinds"] = {}
    app.jinja_env.globals["history_url"] = history_url

"""The left navigation, by sector as in the guide: data, filtered by the rights table."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, request, url_for

from app.security.guards import current_actor
from app.security.rights import Right


@dataclass(frozen=True)
class Item:
    """One link of the navigation."""

    label: str
    endpoint: str
    right: Right
    icon: str


@dataclass(frozen=True)
class Section:
    """A foldable part of the navigation."""

    label: str
    items: tuple[Item, ...]


MENU: tuple[Section, ...] = (
    Section("Accueil", (Item("Page d’accueil", "PortalIndexView.index", Right.HOME, "house"),)),
    Section(
        "Données de référence",
        (
            Item("Paramètres", "ParameterView.list", Right.REFERENCE_READ, "sliders"),
            Item("Jours fériés", "HolidayView.list", Right.REFERENCE_READ, "calendar-x"),
            Item("Motifs de fermeture", "ClosureMotiveView.list", Right.REFERENCE_READ, "tags"),
            Item("Communications", "CommunicationView.list", Right.REFERENCE_READ, "megaphone"),
        ),
    ),
    Section(
        "Sécurité",
        (
            Item("Utilisateurs", "UserView.list", Right.SECURITY_READ, "people"),
            Item("Rôles", "RoleView.list", Right.SECURITY_READ, "person-gear"),
        ),
    ),
)


def navigation() -> list[dict[str, object]]:
    """The sections and links of the person, with the current one marked."""
    actor = current_actor()
    if actor is None:
        return []
    shown = []
    for section in MENU:
        items = [
            {
                "label": item.label,
                "url": url_for(item.endpoint),
                "icon": item.icon,
                "current": request.endpoint == item.endpoint,
            }
            for item in section.items
            if actor.may(item.right)
        ]
        if items:
            shown.append({"label": section.label, "entries": items})
    return shown


def init_app(app: Flask) -> None:
    """Give templates the navigation and the actor."""
    app.jinja_env.globals["navigation"] = navigation
    app.jinja_env.globals["current_actor"] = current_actor

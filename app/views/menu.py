"""The left navigation, by sector as in the guide: data, filtered by the rights table.

Two cookies keep how the person left the panel, so that the page is drawn right at once: `volet` ("ferme"
when hidden) and `rubriques` (keys of the folded sections, comma-separated).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from werkzeug.exceptions import HTTPException

from app.security.guards import current_actor
from app.security.redirects import came_from, this_address
from app.security.rights import Right


@dataclass(frozen=True)
class Item:
    """One link of the navigation, the current page on every page of its view and of the `others`."""

    label: str
    endpoint: str
    right: Right
    icon: str
    #: What the link is for, on the home page's card; "" keeps it off the home page.
    text: str = ""
    #: The card's title there, where it says more than the label.
    title: str = ""
    #: Further views of the same part.
    others: tuple[str, ...] = ()

    def holds(self, view: str) -> bool:
        return view in (self.endpoint.partition(".")[0], *self.others)


@dataclass(frozen=True)
class Section:
    """A foldable part of the navigation; `key` names it in the cookie."""

    key: str
    label: str
    items: tuple[Item, ...]
    #: Its title above the shortcuts of the home page, where it says more than the label.
    title: str = ""


MENU: tuple[Section, ...] = (
    Section(
        "accueil",
        "Accueil",
        (
            Item("Page d’accueil", "PortalIndexView.index", Right.HOME, "house"),
            Item("Communications", "CommunicationsView.archive", Right.HOME, "megaphone"),
            Item("Avis", "NoticeView.mine", Right.HOME, "bell"),
            Item("Mes tickets", "HelpdeskView.mine", Right.TICKET_ASK, "chat-left-text"),
            Item("Contacts ONE", "ContactsView.contacts", Right.CONTACTS_READ, "person-lines-fill",
                 "Vos personnes de contact à l’Office."),
            Item("Mes préférences", "PreferencesView.mine", Right.HOME, "sliders"),
        ),
    ),
    Section(
        "petite-enfance",
        "Accueil petite enfance",
        (
            Item("Présences", "AttendanceView.facilities", Right.ATTENDANCE_READ, "calendar3",
                 "Encoder, importer et soumettre les présences du mois.", others=("AttendanceImportView",)),
            Item("Fermetures", "ClosureView.list", Right.CLOSURE_READ, "calendar-x",
                 "Les jours de fermeture de vos milieux d’accueil, avec leur motif."),
            Item("Milieux d’accueil", "FacilityView.list", Right.FACILITY_READ, "houses",
                 "Vos milieux d’accueil tels que l’Office les connaît."),
        ),
        title="Gérer les dossiers Accueil petite enfance",
    ),
    Section(
        "administration",
        "Administration",
        (
            Item("Utilisateurs", "MemberView.members", Right.MEMBERS_READ, "people",
                 "Les ajouter, leur ouvrir des accès, les fermer.", "Gérer mes utilisateurs",
                 ("MemberAccessView", "MemberMatrixView", "MemberInsightView", "MemberReviewView", "AccessRequestView")),
            Item("Historique", "HistoryView.entries", Right.HISTORY_READ, "clock-history",
                 "Qui a consulté ou modifié les données de votre organisation."),
        ),
    ),
    Section(
        "subsides",
        "Subsides",
        (
            Item("Présences soumises", "AttendanceReviewView.queue", Right.ATTENDANCE_REVIEW, "inboxes",
                 "Contrôler les relevés soumis, les renvoyer ou les rouvrir."),
        ),
    ),
    Section(
        "helpdesk",
        "Helpdesk",
        (
            Item("Rechercher", "MendingView.search", Right.HELPDESK_READ, "search",
                 "Trouver une organisation ou une personne ; corriger, rétablir, aider à se connecter."),
            Item("Tickets", "TicketDeskView.queue", Right.TICKET_ANSWER, "headset",
                 "Répondre aux questions posées au helpdesk."),
        ),
    ),
    Section(
        "reference",
        "Données de référence",
        (
            Item("Paramètres", "ParameterView.list", Right.REFERENCE_READ, "sliders",
                 "Les montants, limites et délais, datés et avec leur source."),
            Item("Jours fériés", "HolidayView.list", Right.REFERENCE_READ, "calendar-x",
                 "Les jours où tous les milieux d’accueil sont fermés."),
            Item("Motifs de fermeture", "ClosureMotiveView.list", Right.REFERENCE_READ, "tags",
                 "Les motifs proposés lors de l’encodage d’une fermeture."),
            Item("Helpdesk", "HelpdeskContactView.list", Right.REFERENCE_READ, "telephone",
                 "Les heures et les coordonnées que montre le bouton AIDE."),
            Item("Communications à publier", "CommunicationView.list", Right.REFERENCE_READ, "megaphone",
                 "Les messages affichés sur la page d’accueil de chacun."),
        ),
    ),
    Section(
        "securite",
        "Sécurité",
        (
            Item("Utilisateurs", "UserView.list", Right.SECURITY_READ, "people",
                 "Les personnes qui peuvent se connecter au portail."),
            Item("Portefeuilles", "PortfolioView.agents", Right.SECURITY_READ, "briefcase",
                 "Quelles organisations sont confiées à quels agents."),
            Item("Rôles", "RoleView.list", Right.SECURITY_READ, "person-gear",
                 "Ce que chaque profil peut consulter et modifier."),
        ),
    ),
)  # fmt: skip


def navigation() -> list[dict[str, Any]]:
    """The person's sections: key, label, title, open, entries (label, url, icon, text, current)."""
    actor = current_actor()
    if actor is None:
        return []
    folded = set(request.cookies.get("rubriques", "").split(","))
    here_view = (request.endpoint or "").partition(".")[0]
    shown: list[dict[str, Any]] = []
    for section in MENU:
        entries = [
            {
                "label": item.label,
                "url": url_for(item.endpoint),
                "icon": item.icon,
                "text": item.text,
                "title": item.title or item.label,
                "current": item.holds(here_view),
            }
            for item in section.items
            if actor.may(item.right)
        ]
        if entries:
            # The section of the page one is on stays open, whatever was folded.
            opened = section.key not in folded or any(entry["current"] for entry in entries)
            words = {"key": section.key, "label": section.label, "title": section.title or section.label}
            shown.append({**words, "open": opened, "entries": entries})
    return shown


#: Pages that no link of the navigation leads to.
_APART = {
    "OwnAccessView": "Mes accès", "OwnAccountView": "Mon utilisateur", "OwnSessionsView": "Mes sessions",
    "ContextView": "Choix de l’organisation",
}  # fmt: skip


def page_words(path: str) -> str:
    """A page of ours as people call it, « Présences » for /presences/12/2026-10/; its path when it has no name."""
    try:
        endpoint = current_app.url_map.bind("").match(path)[0]
    except HTTPException:
        return path
    view = endpoint.partition(".")[0]
    names = [item.label for section in MENU for item in section.items if item.holds(view)]
    return names[0] if names else _APART.get(view, path)


def panel_state() -> str:
    """ "open" or "closed", as the person left the panel on a wide screen."""
    return "closed" if request.cookies.get("volet") == "ferme" else "open"


def this_page() -> str:
    """The page to come back to: this one, or the one that sent a form here."""
    return this_address() if request.method == "GET" else came_from()


def init_app(app: Flask) -> None:
    """Give templates the navigation and the actor."""
    app.jinja_env.globals.update(
        navigation=navigation,
        page_words=page_words,
        panel_state=panel_state,
        this_page=this_page,
        current_actor=current_actor,
        Right=Right,
    )

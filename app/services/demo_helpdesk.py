"""Fictional questions to the helpdesk, with their answers."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.journal import Who
from app.models import User
from app.rules.tickets import TicketState
from app.services import ticket_desk, tickets

_AGENT = "olivia.stassart"
#: Who, for whom, subject, question, page; the answer and what follows it, "" for none yet.
_TICKETS = (
    ("hugo.denis", "Commune de Valbois, gestionnaire des données", "Coller depuis Excel",
     "Quand je colle tout le mois, les jours fériés restent vides. Est-ce normal ?", "/presences/",
     "Oui : un jour fermé ne s’encode pas, le portail laisse donc ces cases vides. Vous n’avez rien à corriger.",
     TicketState.RESOLVED),
    ("claire.lambert", "Commune de Valbois, administrateur du PO", "Changement de responsable aux Hirondelles",
     "La directrice des Hirondelles part en congé de maternité. Comment donner l’accès à sa remplaçante ?",
     "/milieux-d-accueil/",
     "Ajoutez sa remplaçante dans « Utilisateurs », avec une date de fin. De quelle date à quelle date remplace-t-elle ?",
     TicketState.WAITING),
    ("sarah.benali", "ASBL Les Petits Pas, administrateur du PO", "Numéro de compte de l’ASBL",
     "Notre banque change en janvier. Où faut-il l’indiquer ?", "/", "", TicketState.NEW),
    ("valbois", "Commune de Valbois, gestionnaire des données", "Convertir mon utilisateur",
     "J’utilise encore l’ancien mot de passe. Que faut-il pour passer à itsme ?", "/", "", TicketState.NEW),
)  # fmt: skip


def load(session: Session, now: dt.datetime) -> None:
    """Write the tickets, a few hours apart. Commits."""
    people = {user.username: user for user in session.scalars(select(User))}
    agent = people[_AGENT]
    desk = Who(agent.id, f"{agent.first_name} {agent.last_name}", "agent : helpdesk")
    for rank, (username, on_behalf, subject, body, page, answer, state) in enumerate(_TICKETS):
        person, at = people[username], now - dt.timedelta(hours=30 - 7 * rank)
        who = Who(person.id, f"{person.first_name} {person.last_name}")
        number = tickets.ask(session, who, person.id, on_behalf, subject, body, page, at)
        if answer:
            last = tickets.conversation(session, number).last
            ticket_desk.answer(
                session, desk, agent.id, number, answer, state, last, at + dt.timedelta(hours=2)
            )

"""The life of a question to the helpdesk."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class TicketState(StrEnum):
    """Where a question stands. Value stored, label shown to the person who asked."""

    NEW = "nouveau"
    OPEN = "en-cours"
    WAITING = "en-attente"
    RESOLVED = "resolu"

    @property
    def label(self) -> str:
        return {
            "nouveau": "Nouveau",
            "en-cours": "En cours",
            "en-attente": "En attente de vous",
            "resolu": "Résolu",
        }[self.value]

    @property
    def desk_label(self) -> str:
        """As the helpdesk reads it."""
        return "En attente de la personne" if self is TicketState.WAITING else self.label


#: What an agent waits for after an answer.
AFTER_ANSWER: Final = (TicketState.WAITING, TicketState.RESOLVED, TicketState.OPEN)
#: What the helpdesk still has to do something about.
TO_DO: Final = (TicketState.NEW, TicketState.OPEN)


def after_message(state: TicketState) -> TicketState:
    """Where a question stands once the person wrote again: resolved or not, somebody has to read it."""
    return state if state is TicketState.NEW else TicketState.OPEN


def after_taking(state: TicketState) -> TicketState:
    """Where it stands once an agent took it on."""
    return TicketState.OPEN if state is TicketState.NEW else state

"""The life of a month of presences, as data: drafted, submitted, checked; or sent back, reopened, submitted again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SheetState(StrEnum):
    """Where a month stands: the stored value, and its name on the screens."""

    DRAFT = "brouillon", "Brouillon"
    SUBMITTED = "soumis", "Soumis"
    CHECKED = "controle", "Contrôlé"
    RETURNED = "renvoye", "Renvoyé pour correction"
    REOPENED = "rouvert", "Rouvert"

    label: str

    def __new__(cls, value: str, label: str = "") -> SheetState:
        """A member is its stored value; its label stands beside it. Look-ups by value give no label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class Party(StrEnum):
    """Who takes a step."""

    ORGANISER = "organiser"
    AGENT = "agent"


class Verb(StrEnum):
    """A step in the life of a month."""

    SUBMIT = "submit"
    CHECK = "check"
    SEND_BACK = "send_back"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Transition:
    """One step: from which state to which, by whom, and what it asks for (a strong connection, a reason)."""

    from_state: SheetState
    verb: Verb
    to_state: SheetState
    who: Party
    needs_strong: bool
    needs_reason: bool


# Submitting binds the organiser, hence the strong connection (source: the ONE's FAQ on online subsidies).
TRANSITIONS: tuple[Transition, ...] = (
    Transition(SheetState.DRAFT, Verb.SUBMIT, SheetState.SUBMITTED, Party.ORGANISER, True, False),
    Transition(SheetState.RETURNED, Verb.SUBMIT, SheetState.SUBMITTED, Party.ORGANISER, True, False),
    Transition(SheetState.REOPENED, Verb.SUBMIT, SheetState.SUBMITTED, Party.ORGANISER, True, False),
    Transition(SheetState.SUBMITTED, Verb.CHECK, SheetState.CHECKED, Party.AGENT, False, False),
    Transition(SheetState.SUBMITTED, Verb.SEND_BACK, SheetState.RETURNED, Party.AGENT, False, True),
    Transition(SheetState.SUBMITTED, Verb.REOPEN, SheetState.REOPENED, Party.AGENT, False, True),
    Transition(SheetState.CHECKED, Verb.REOPEN, SheetState.REOPENED, Party.AGENT, False, True),
)


def transition(state: SheetState, verb: Verb) -> Transition | None:
    """The step `verb` out of `state`, None when that state does not allow it."""
    return next((step for step in TRANSITIONS if (step.from_state, step.verb) == (state, verb)), None)


def transitions_for(state: SheetState, who: Party) -> tuple[Transition, ...]:
    """The steps that `who` may take out of `state`: the buttons of a page."""
    return tuple(step for step in TRANSITIONS if (step.from_state, step.who) == (state, who))


def editable(state: SheetState) -> bool:
    """Whether the organiser may change the month's lines: submitted or checked, it is locked on every path."""
    return bool(transitions_for(state, Party.ORGANISER))

"""The life of a month: each state and verb, told by the table."""

from __future__ import annotations

import itertools

import pytest

from app.rules.workflow import (
    TRANSITIONS,
    Party,
    SheetState,
    Verb,
    editable,
    transition,
    transitions_for,
)


@pytest.mark.parametrize("state", [SheetState.DRAFT, SheetState.RETURNED, SheetState.REOPENED])
def test_an_organiser_submits_what_it_can_edit_with_a_strong_connection(state: SheetState) -> None:
    step = transition(state, Verb.SUBMIT)
    assert step is not None
    assert (step.to_state, step.who) == (SheetState.SUBMITTED, Party.ORGANISER)
    assert step.needs_strong
    assert editable(state)


@pytest.mark.parametrize(
    ("verb", "state"), [(Verb.SEND_BACK, SheetState.RETURNED), (Verb.REOPEN, SheetState.REOPENED)]
)
def test_an_agent_gives_a_submitted_month_back_with_a_reason(verb: Verb, state: SheetState) -> None:
    step = transition(SheetState.SUBMITTED, verb)
    assert step is not None
    assert (step.to_state, step.who) == (state, Party.AGENT)
    assert step.needs_reason


@pytest.mark.parametrize("state", [SheetState.SUBMITTED, SheetState.CHECKED])
def test_a_month_with_the_agency_is_locked(state: SheetState) -> None:
    assert not editable(state)
    assert transition(state, Verb.SUBMIT) is None
    assert transitions_for(state, Party.ORGANISER) == ()


def test_a_month_in_order_is_checked_without_a_word_and_can_still_be_reopened() -> None:
    step = transition(SheetState.SUBMITTED, Verb.CHECK)
    assert step is not None
    assert (step.to_state, step.who, step.needs_reason) == (SheetState.CHECKED, Party.AGENT, False)
    (reopening,) = transitions_for(SheetState.CHECKED, Party.AGENT)
    assert (reopening.verb, reopening.to_state, reopening.needs_reason) == (
        Verb.REOPEN, SheetState.REOPENED, True,
    )  # fmt: skip


def test_nothing_is_allowed_that_the_table_does_not_tell() -> None:
    told = {(step.from_state, step.verb) for step in TRANSITIONS}
    assert len(told) == len(TRANSITIONS) == 7
    for state, verb in itertools.product(SheetState, Verb):
        assert (transition(state, verb) is not None) == ((state, verb) in told)


def test_every_state_leads_somewhere_and_is_reached() -> None:
    for state in SheetState:
        assert any(transitions_for(state, who) for who in Party)
        assert state is SheetState.DRAFT or any(step.to_state is state for step in TRANSITIONS)


def test_a_state_is_its_stored_value_and_has_a_name() -> None:
    assert [state.value for state in SheetState] == ["brouillon", "soumis", "controle", "renvoye", "rouvert"]
    assert SheetState("renvoye") is SheetState.RETURNED
    assert f"{SheetState.DRAFT}" == "brouillon"
    assert SheetState.RETURNED.label == "Renvoyé pour correction"

"""Which addresses there are, and what each answers to whom: the guides' rules once more, by the beginning of the address.

The addresses are read from the application's own map: a new one falls under the rule of its beginning, or stops the walk
with a word on what to add here.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask

from tests.security.walk.oracle import (
    ADMIN,
    AGENCY,
    BY_FACILITY,
    HELPDESK,
    SUBSIDY_AGENT,
    USERS,
    Member,
    Seat,
    State,
)

#: What an address answers: its page, a refusal (403, 404), or a page to go through first.
OPEN, CLOSED, SIGN_IN, CHOOSE, ACCOUNT, REASON = "open", "closed", "sign in", "choose", "account", "reason"

#: Nobody's and everybody's: files, signing in and out, what a person typed before a strong connection was asked.
_NO_ACCESS: Final = re.compile(r"/(static|bootstrap|connexion|deconnexion|saisie-gardee|galerie)/")
_PUBLIC: Final = re.compile(r"/(accessibilite|vie-privee|sante)/")
#: Each person's own, before they chose for whom they act.
_OWN: Final = re.compile(r"/(organisation|mes-sessions|mon-utilisateur|api/session)/")
#: What a converted password still opens.
_ACCOUNT: Final = re.compile(r"/(mon-utilisateur|api/session)/")
_STRONG: Final = re.compile(r"/soumettre$|^/(utilisateurs|securite)/.*(ajouter|modifier|copier)/$")
#: Of these pages, who writes needs a strong connection.
_STRONG_POST: Final = re.compile(
    r"^/(utilisateurs|securite|helpdesk/(organisations|utilisateurs)|mes-acces/quitter)"
)


class NoRule(Exception):
    """An address that no rule speaks of."""


@dataclass(frozen=True)
class Probe:
    """One address, asked for with one method; `row`: whose row it names, where it names one."""

    rule: str
    method: str
    path: str
    row: tuple[str, int] | None = None
    #: The facility of that row (None: of the whole organiser).
    facility: int | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Row:
    """A row that an address can name: the values of the address, whose it is, of which facility."""

    values: Mapping[str, Any]
    owner: tuple[str, int]
    facility: int | None = None
    query: str = ""


def probes(app: Flask, rows: Sequence[tuple[str, Sequence[Row]]]) -> Iterator[Probe]:
    """Every address of the map with every row given for it: `rows` by a pattern of rules, of which the first holds."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if _NO_ACCESS.match(rule.rule):
            continue
        choices: Sequence[Row | None] = [None]
        if rule.arguments:
            named = next((found for pattern, found in rows if re.search(pattern, rule.rule)), None)
            if named is None:
                raise NoRule(f"{rule.rule}: say in tests/security/walk/world.py which rows it can name")
            choices = named
        for method, row in itertools.product(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}), choices):
            if row is None:
                yield Probe(rule.rule, method, adapter.build(rule.endpoint))
            else:
                path = adapter.build(rule.endpoint, {name: row.values[name] for name in rule.arguments})
                yield Probe(rule.rule, method, path + row.query, row.owner, row.facility)


def answer(state: State, seat: Seat, probe: Probe) -> str:
    """What the guides say that this person reads there."""
    if _PUBLIC.match(probe.path):
        return OPEN
    if not seat.alive:
        return SIGN_IN
    me = state.acting(seat)
    if state.people[seat.user].converted and seat.by_password:
        return OPEN if _ACCOUNT.match(probe.path) else ACCOUNT
    if _OWN.match(probe.path):
        return OPEN
    if me is None:
        return CLOSED if probe.path.startswith("/api/") else CHOOSE
    strong = _STRONG.search(probe.rule) or (probe.method == "POST" and _STRONG_POST.match(probe.rule))
    found = _to_agent(state, seat, me, probe) if isinstance(me, str) else _to_member(state, me, probe)
    return CLOSED if strong and not seat.strong else found


def _to_agent(state: State, seat: Seat, profile: str, probe: Probe) -> str:
    """Agents work by role; an organiser's people and dossiers are behind a door, which asks for a reason outside the
    portfolio."""
    match probe.path.split("/")[1]:
        case "" | "aide" | "mes-preferences" | "avis" | "communications":
            allowed = probe.row in (None, ("everyone", 0), ("person", seat.user))
        case "hors-portefeuille":
            allowed = True
        case "controle":
            allowed = profile == SUBSIDY_AGENT
        case "helpdesk":
            allowed = profile in (HELPDESK, AGENCY)
        case "reference":
            writing = re.search("/(ajouter|modifier|supprimer)/$", probe.rule)
            allowed = profile == AGENCY or (profile == SUBSIDY_AGENT and not writing)
        case "securite":
            allowed = profile == AGENCY
        case "historique":  # the platform's
            allowed = profile == AGENCY and probe.row in (None, ("platform", 0))
        case (
            "presences"
            | "fermetures"
            | "milieux-d-accueil"
            | "utilisateurs"
            | "mes-acces"
            | "contacts-one"
            | "api"
        ):
            allowed = False
        case _:
            raise NoRule(f"{probe.rule}: say in tests/security/walk/routes.py what agents read there")
    if not allowed:
        return CLOSED
    if probe.row is not None and probe.row[0] == "door":
        organiser = probe.row[1]
        inside = organiser in state.portfolios.get(seat.user, ())
        if not inside and state.reasons.get((seat.user, organiser)) != state.today:
            return REASON
    return OPEN


def _to_member(state: State, me: Member, probe: Probe) -> str:
    held = set(state.held(me))
    administrator = ADMIN in held
    match probe.path.split("/")[1]:
        case "" | "mes-acces" | "mes-preferences" | "avis" | "communications" | "contacts-one" | "aide":
            allowed = True  # of everybody, whatever is opened to them
        case "milieux-d-accueil":
            # With something opened for the whole organiser one sees its facilities, else those of one's own dossiers.
            whole = any(dossier not in BY_FACILITY for dossier, _number in held)
            places = {number for dossier, number in held if dossier in BY_FACILITY}
            allowed = whole or (bool(places) and probe.facility in {None, *places})
        case "presences" | "fermetures":
            allowed = administrator or _subsides(held, probe)
        case "api" if probe.path.startswith("/api/presences/"):
            allowed = administrator or _subsides(held, probe)
        case "utilisateurs":
            allowed = administrator or USERS in held
        case "historique":
            allowed = administrator
        case "hors-portefeuille" | "controle" | "helpdesk" | "reference" | "securite":
            allowed = False
        case _:
            raise NoRule(
                f"{probe.rule}: say in tests/security/walk/routes.py what an organiser’s people read there"
            )
    return OPEN if allowed and _of(state, me, probe.row) else CLOSED


def _subsides(held: set[tuple[str, int | None]], probe: Probe) -> bool:
    places = {number for dossier, number in held if dossier == "subsides"}
    return bool(places) and (probe.facility is None or probe.facility in places)


def _of(state: State, me: Member, row: tuple[str, int] | None) -> bool:
    """Whether a row is one's own, or of one's organiser."""
    if row is None or row[0] == "everyone":
        return True
    kind, owner = row
    if kind == "member":
        them = state.members.get(owner)
        return them is not None and them.organiser == me.organiser and them.state != "supprime"
    return (kind, owner) in {("organiser", me.organiser), ("person", me.user)}

"""Who may change whose rights with an organiser (guides 6.1, « Profils utilisateurs »). No clock: `today` is given.

An administrator may do everything but to themselves. Whoever else manages users gives, or gives back, what they hold
themselves, no longer than they hold it, and does not touch administrators. What is taken away is never refused for its own
sake.
"""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from app.rules.dossiers import Dossier, Reach
from app.rules.french import unaccented

_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Opened:
    """A dossier opened to somebody, both days included; `last` None: without end.

    `facility_id` for dossiers opened facility by facility, `project_id` for one project of a call (None: all).
    """

    dossier: Dossier
    facility_id: int | None = None
    project_id: int | None = None
    first: dt.date = dt.date.min
    last: dt.date | None = None

    @property
    def key(self) -> tuple[Dossier, int | None, int | None]:
        """What is opened, whatever the days."""
        return (self.dossier, self.facility_id, self.project_id)

    def holds_on(self, day: dt.date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


class Objection(enum.Enum):
    """Why a change of rights is refused; the value says it to the person, and what to do."""

    OWN = "Vous ne pouvez pas changer vos propres droits : demandez-le à un autre administrateur."
    OWN_NAME = (
        "Vous ne pouvez pas changer votre propre nom : demandez-le à un collègue qui gère les utilisateurs."
    )
    NOT_MANAGER = "Vous ne gérez pas les utilisateurs de cette organisation."
    ADMINISTRATOR = "Seul un administrateur peut changer le profil d’un administrateur."
    MAKES_ADMINISTRATOR = "Seul un administrateur peut nommer un administrateur."
    NOT_HELD = "Vous ne pouvez donner que ce que vous avez vous-même : demandez-le à un administrateur."
    GIVES_BACK = (
        "Réactiver ce profil lui rendrait des accès que vous n’avez pas vous-même, ou pas aussi longtemps : "
        "demandez-le à un administrateur."
    )
    TOO_LONG = "Vous ne pouvez pas donner cet accès plus longtemps que vous ne l’avez vous-même."
    PERIOD = "La fin précède le début."
    PAST = "Cet accès serait déjà terminé : choisissez une fin à partir d’aujourd’hui."
    WRONG_OBJECT = "Cet accès ne se donne pas pour ce milieu d’accueil ou ce projet."


@dataclass(frozen=True, slots=True)
class Refusal:
    """An objection, and the access it concerns (None: the person as a whole)."""

    objection: Objection
    about: Opened | None = None


_FOR_EVER: Final = dt.date.max


def is_administrator(opened: Iterable[Opened], day: dt.date) -> bool:
    return any(one.dossier is Dossier.ADMINISTRATION and one.holds_on(day) for one in opened)


def manages_users(opened: Sequence[Opened], day: dt.date) -> bool:
    """An administrator, or « Gestion des utilisateurs »."""
    return is_administrator(opened, day) or any(
        one.dossier is Dossier.USERS and one.holds_on(day) for one in opened
    )


def will_administer(opened: Iterable[Opened], today: dt.date) -> bool:
    """An administrator now or later: protected from who is none."""
    return any(
        one.dossier is Dossier.ADMINISTRATION and (one.last is None or one.last >= today) for one in opened
    )


def of_person(
    *, own: bool, mine: Sequence[Opened], theirs: Sequence[Opened], today: dt.date
) -> list[Refusal]:
    """What stands against touching that person's profile at all: disabling, deleting, changing rights."""
    if own:
        return [Refusal(Objection.OWN)]
    if not manages_users(mine, today):
        return [Refusal(Objection.NOT_MANAGER)]
    if will_administer(theirs, today) and not is_administrator(mine, today):
        return [Refusal(Objection.ADMINISTRATOR)]
    return []


def of_change(
    *,
    own: bool,
    mine: Sequence[Opened],
    before: Sequence[Opened],
    wanted: Sequence[Opened],
    today: dt.date,
) -> list[Refusal]:
    """What stands against making `wanted` of `before`, every objection at once; [] when nothing does."""
    refusals = of_person(own=own, mine=mine, theirs=before, today=today)
    if refusals:
        return refusals
    known = {one.key: one for one in before}
    for one in wanted:
        old = known.get(one.key)
        if one == old:
            continue
        objection = _of_period(one, today)
        if objection is None and not (old is not None and within(one, old)):
            objection = _of_giving(one, mine, today)
        if objection is not None:
            refusals.append(Refusal(objection, one))
    return refusals


def of_return(*, mine: Sequence[Opened], theirs: Sequence[Opened], today: dt.date) -> list[Refusal]:
    """What stands against opening a closed profile again: it gives back whatever is opened to it and not over."""
    lasting = (one for one in theirs if one.last is None or one.last >= today)
    if all(_of_giving(one, mine, today) is None for one in lasting):
        return []
    return [Refusal(Objection.GIVES_BACK)]


def _of_period(one: Opened, today: dt.date) -> Objection | None:
    if (one.facility_id is not None) is not (one.dossier.reach is Reach.FACILITY):
        return Objection.WRONG_OBJECT
    if one.project_id is not None and one.dossier.reach is not Reach.PROJECT:
        return Objection.WRONG_OBJECT
    if one.last is not None and one.last < one.first:
        return Objection.PERIOD
    return Objection.PAST if one.last is not None and one.last < today else None


def may_give(one: Opened, mine: Sequence[Opened], today: dt.date) -> bool:
    """Whether who holds `mine` may give that access at all, for some days."""
    return _of_giving(one, mine, today) in (None, Objection.TOO_LONG)


def _of_giving(one: Opened, mine: Sequence[Opened], today: dt.date) -> Objection | None:
    if is_administrator(mine, today):
        return None
    if one.dossier is Dossier.ADMINISTRATION:
        return Objection.MAKES_ADMINISTRATOR
    holding = [
        held
        for held in mine
        if held.dossier is one.dossier
        and held.facility_id == one.facility_id
        and held.project_id in (None, one.project_id)
        and held.holds_on(today)
    ]
    if not holding:
        return Objection.NOT_HELD
    longest = max(held.last or _FOR_EVER for held in holding)
    return Objection.TOO_LONG if (one.last or _FOR_EVER) > longest else None


def within(one: Opened, old: Opened) -> bool:
    """Whether a change of period only shortens it: taking away, not giving."""
    return one.first >= old.first and (one.last or _FOR_EVER) <= (old.last or _FOR_EVER)


def meets(asked: str, name: str) -> bool:
    """Whether the place that a person asks for, in their own words, is the one of that name.

    « les hirondelles » is « Crèche Les Hirondelles ». Nothing asked in particular, or everything opened (no name):
    it is.
    """
    words, others = (set(_WORD.findall(unaccented(text))) for text in (asked, name))
    return not words or not others or words <= others

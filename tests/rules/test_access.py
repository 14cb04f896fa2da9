"""Who may change whose rights."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from app.rules.access import Objection, Opened, meets, of_change, of_person, of_return
from app.rules.dossiers import Dossier

TODAY = dt.date(2026, 10, 15)
FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
ADMIN = Opened(Dossier.ADMINISTRATION, first=FIRST)
USERS = Opened(Dossier.USERS, first=FIRST)
SUBSIDES = Opened(Dossier.SUBSIDES, facility_id=1, first=FIRST)
TEAM = Opened(Dossier.TEAM, first=TODAY)


def _objections(
    mine: Sequence[Opened], before: Sequence[Opened], wanted: Sequence[Opened], *, own: bool = False
) -> list[Objection]:
    found = of_change(own=own, mine=mine, before=before, wanted=wanted, today=TODAY)
    return [one.objection for one in found]


def _until(one: Opened, last: dt.date | None, first: dt.date = TODAY) -> Opened:
    return Opened(one.dossier, one.facility_id, one.project_id, first, last)


@pytest.mark.parametrize(
    ("mine", "before", "wanted", "expected"),
    [
        ([ADMIN], [], [ADMIN, SUBSIDES, TEAM], []),
        ([], [], [TEAM], [Objection.NOT_MANAGER]),
        ([SUBSIDES], [], [SUBSIDES], [Objection.NOT_MANAGER]),
        ([_until(USERS, dt.date(2026, 10, 14), FIRST)], [], [USERS], [Objection.NOT_MANAGER]),
        ([Opened(Dossier.USERS, first=dt.date(2026, 10, 16))], [], [USERS], [Objection.NOT_MANAGER]),
        ([USERS], [], [USERS], []),
        ([USERS], [], [TEAM], [Objection.NOT_HELD]),
        ([USERS], [], [ADMIN, TEAM], [Objection.MAKES_ADMINISTRATOR, Objection.NOT_HELD]),
        ([USERS, SUBSIDES], [], [SUBSIDES], []),
        ([USERS, SUBSIDES], [], [Opened(Dossier.SUBSIDES, facility_id=2)], [Objection.NOT_HELD]),
        ([USERS, _until(SUBSIDES, LAST, FIRST)], [], [SUBSIDES], [Objection.TOO_LONG]),
        ([USERS, _until(SUBSIDES, LAST, FIRST)], [], [_until(SUBSIDES, LAST)], []),
        ([USERS, _until(SUBSIDES, dt.date(2026, 10, 14), FIRST)], [], [_until(SUBSIDES, LAST)], [Objection.NOT_HELD]),
        # Taking away what one does not hold is allowed; lengthening it is not.
        ([USERS], [SUBSIDES, TEAM], [TEAM], []),
        ([USERS], [SUBSIDES], [_until(SUBSIDES, LAST, FIRST)], []),
        ([USERS], [_until(SUBSIDES, LAST, FIRST)], [SUBSIDES], [Objection.NOT_HELD]),
        # Administrators, now or later, are touched by administrators alone.
        ([USERS], [ADMIN], [], [Objection.ADMINISTRATOR]),
        ([USERS], [Opened(Dossier.ADMINISTRATION, first=LAST)], [], [Objection.ADMINISTRATOR]),
        ([ADMIN], [ADMIN], [], []),
        ([ADMIN], [], [_until(TEAM, dt.date(2026, 10, 1), TODAY)], [Objection.PERIOD]),
        ([ADMIN], [], [_until(TEAM, dt.date(2026, 10, 1), FIRST)], [Objection.PAST]),
        ([ADMIN], [], [Opened(Dossier.SUBSIDES)], [Objection.WRONG_OBJECT]),
        ([ADMIN], [], [Opened(Dossier.TEAM, facility_id=1)], [Objection.WRONG_OBJECT]),
        ([ADMIN], [], [Opened(Dossier.TEAM, project_id=1)], [Objection.WRONG_OBJECT]),
        ([USERS, Opened(Dossier.CIGOGNE)], [], [Opened(Dossier.CIGOGNE, project_id=3)], []),
        ([USERS, Opened(Dossier.CIGOGNE, project_id=3)], [], [Opened(Dossier.CIGOGNE)], [Objection.NOT_HELD]),
        # What stays as it was is not judged again.
        ([USERS], [SUBSIDES], [SUBSIDES, USERS], []),
    ],
)  # fmt: skip
def test_a_change_of_rights(
    mine: list[Opened], before: list[Opened], wanted: list[Opened], expected: list[Objection]
) -> None:
    assert _objections(mine, before, wanted) == expected


def test_nobody_changes_their_own_rights() -> None:
    for mine in ([ADMIN], [USERS], []):
        assert _objections(mine, mine, [], own=True) == [Objection.OWN]
        assert [one.objection for one in of_person(own=True, mine=mine, theirs=mine, today=TODAY)] == [
            Objection.OWN
        ]


def test_every_objection_says_what_to_do_in_french() -> None:
    for objection in Objection:
        assert objection.value.endswith(".")
        assert objection.value[0].isupper()


@pytest.mark.parametrize(
    ("mine", "theirs", "back"),
    [
        ([ADMIN], [ADMIN, SUBSIDES], True),
        ([USERS], [], True),
        ([USERS], [TEAM], False),
        ([USERS, SUBSIDES], [SUBSIDES, TEAM], False),
        ([USERS, SUBSIDES], [SUBSIDES], True),
        ([USERS, _until(SUBSIDES, LAST, FIRST)], [SUBSIDES], False),
        # What is over does not come back, and hinders nobody; what has yet to begin does.
        ([USERS], [_until(TEAM, dt.date(2026, 10, 14), FIRST)], True),
        ([USERS], [_until(TEAM, None, LAST)], False),
    ],
)
def test_a_profile_opens_again_for_who_may_give_all_that_comes_back(
    mine: Sequence[Opened], theirs: Sequence[Opened], back: bool
) -> None:
    found = of_return(mine=mine, theirs=theirs, today=TODAY)
    assert [one.objection for one in found] == ([] if back else [Objection.GIVES_BACK])


@pytest.mark.parametrize(
    ("asked", "name", "same"),
    [
        ("les hirondelles", "Crèche Les Hirondelles", True),
        ("Creche l’Étoile", "CRÈCHE L'ETOILE", True),
        ("", "Crèche Les Hirondelles", True),
        ("Les Hirondelles", "", True),
        ("Les Lucioles", "Crèche Les Hirondelles", False),
        ("Les Hirondelles et les Lucioles", "Crèche Les Hirondelles", False),
    ],
)
def test_a_place_asked_for_in_ones_own_words(asked: str, name: str, same: bool) -> None:
    assert meets(asked, name) is same

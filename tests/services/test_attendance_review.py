"""The agents' queue: what it is narrowed to and ordered by, and who comes before and after a month in it."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models import Assignment, AttendanceSheet, Organiser
from app.rules.months import Month
from app.rules.workflow import SheetState
from app.services.attendance import review
from app.services.attendance.review import Wanted
from tests import factories

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
#: The account of an agent to whom the whole territory is entrusted.
AGENT = 8_000_001


@pytest.fixture
def sheets(db_session: Session) -> dict[str, int]:
    """Two organisers' months, named by facility and month, submitted 3, 8, 15, 31 and 40 days ago; and a draft."""
    factories.agent(db_session, id=AGENT)
    found = {}
    for place, (owner, name, matricule) in enumerate(
        [("Commune d’Ici", "Les Lucioles", "CR-1"), ("ASBL 100 % jeux", "Pomme_d’Api", "CR-22")]
    ):
        organiser = factories.organiser(db_session, name=owner)
        by = factories.administrator(db_session, organiser)
        facility = factories.facility(db_session, organiser, name=name, matricule=matricule)
        for number, days in enumerate([(3, 15, 40), (8, 31)][place]):
            sheet = factories.sheet(db_session, facility, month=dt.date(2026, 10 - number, 1), lines=0)
            factories.submission(db_session, sheet, by, submitted_at=NOW - dt.timedelta(days=days))
            found[f"{name[:2]}{10 - number}"] = sheet.id
        factories.sheet(db_session, facility, month=dt.date(2026, 11, 1), lines=0)
    db_session.commit()
    return found


def _names(session: Session, sheets: dict[str, int], wanted: Wanted, page: int = 1) -> list[str]:
    named = {number: name for name, number in sheets.items()}
    return [named[row.sheet_id] for row in review.queue(session, wanted, page, NOW).rows]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(AGENT), ["Le8", "Po9", "Le9", "Po10", "Le10"]),
        (Wanted(AGENT, descending=True), ["Le10", "Po10", "Le9", "Po9", "Le8"]),
        (Wanted(AGENT, organiser="ici commune"), ["Le8", "Le9", "Le10"]),
        (Wanted(AGENT, organiser="100 %"), ["Po9", "Po10"]),
        (Wanted(AGENT, facility="_"), ["Po9", "Po10"]),  # the character itself, not any character
        (Wanted(AGENT, facility="cr-22"), ["Po9", "Po10"]),
        (Wanted(AGENT, month=Month(2026, 9)), ["Po9", "Le9"]),
        (Wanted(AGENT, waiting=14), ["Le8", "Po9", "Le9"]),
        (Wanted(AGENT, state=SheetState.RETURNED), []),
        (Wanted(AGENT, order="mois", descending=True), ["Po10", "Le10", "Po9", "Le9", "Le8"]),
        (Wanted(AGENT, order="organisateur"), ["Po10", "Po9", "Le10", "Le9", "Le8"]),
        (Wanted(AGENT, order="milieu", month=Month(2026, 10)), ["Le10", "Po10"]),
    ],
)
def test_what_is_wanted_in_the_order_wanted(
    db_session: Session, sheets: dict[str, int], wanted: Wanted, expected: list[str]
) -> None:
    assert _names(db_session, sheets, wanted) == expected


def test_each_state_is_counted_under_the_other_criteria(db_session: Session, sheets: dict[str, int]) -> None:
    factories.return_to_organiser(db_session, db_session.get_one(AttendanceSheet, sheets["Le9"]))
    found = review.queue(db_session, Wanted(AGENT, organiser="ici"), 1, NOW)
    assert found.counts == {SheetState.SUBMITTED: 2, SheetState.RETURNED: 1}
    assert found.total == 2
    assert review.queue(db_session, Wanted(AGENT, state=None), 1, NOW).total == 5
    assert found.months == [Month(2026, 10), Month(2026, 9), Month(2026, 8)]


def test_pages_hold_all_of_it_once(
    db_session: Session, sheets: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "PAGE", 2)
    pages = [_names(db_session, sheets, Wanted(AGENT), page) for page in (1, 2, 3)]
    assert pages == [["Le8", "Po9"], ["Le9", "Po10"], ["Le10"]]
    assert _names(db_session, sheets, Wanted(AGENT), 99) == ["Le10"]
    assert _names(db_session, sheets, Wanted(AGENT), -5) == ["Le8", "Po9"]


@pytest.mark.parametrize("order", review.ORDERS)
@pytest.mark.parametrize("descending", [False, True])
def test_neighbours_follow_the_queue(
    db_session: Session, sheets: dict[str, int], order: str, descending: bool
) -> None:
    wanted = Wanted(AGENT, order=order, descending=descending)
    ids = [row.sheet_id for row in review.queue(db_session, wanted, 1, NOW).rows]
    for place, number in enumerate(ids):
        found = review.neighbours(db_session, wanted, number, NOW)
        assert (found.rank, found.total) == (place + 1, 5)
        assert found.previous == (ids[place - 1] if place else None)
        assert found.next == (ids[place + 1] if place < 4 else None)


def test_a_month_that_left_the_queue_still_leads_on(db_session: Session, sheets: dict[str, int]) -> None:
    factories.return_to_organiser(db_session, db_session.get_one(AttendanceSheet, sheets["Le9"]))
    found = review.neighbours(db_session, Wanted(AGENT), sheets["Le9"], NOW)
    assert (found.previous, found.next, found.total) == (sheets["Po9"], sheets["Po10"], 4)
    assert not found.inside


def test_from_the_last_month_that_left_the_queue_one_goes_on_with_its_first(
    db_session: Session, sheets: dict[str, int]
) -> None:
    last = sheets["Le10"]
    found = review.neighbours(db_session, Wanted(AGENT), last, NOW)
    assert (found.inside, found.next) == (True, None)
    factories.return_to_organiser(db_session, db_session.get_one(AttendanceSheet, last))
    found = review.neighbours(db_session, Wanted(AGENT), last, NOW)
    assert (found.inside, found.total, found.next) == (False, 4, sheets["Le8"])


def test_a_checked_month_is_counted_apart_and_the_next_is_still_to_check(
    db_session: Session, sheets: dict[str, int]
) -> None:
    for name in ("Le9", "Po10"):
        factories.check(db_session, db_session.get_one(AttendanceSheet, sheets[name]))
    assert review.queue(db_session, Wanted(AGENT), 1, NOW).counts == {
        SheetState.SUBMITTED: 3,
        SheetState.CHECKED: 2,
    }
    assert _names(db_session, sheets, Wanted(AGENT, state=SheetState.CHECKED)) == ["Le9", "Po10"]
    found = review.neighbours(db_session, Wanted(AGENT), sheets["Le9"], NOW)
    assert (found.previous, found.next, found.total) == (sheets["Po9"], sheets["Le10"], 3)


def test_a_draft_has_no_place(db_session: Session, sheets: dict[str, int]) -> None:
    with pytest.raises(LookupError):
        review.neighbours(db_session, Wanted(AGENT), max(sheets.values()) + 1, NOW)


def test_outside_the_portfolio_only_what_is_publicly_known(
    db_session: Session, sheets: dict[str, int]
) -> None:
    here, games = db_session.scalars(select(Organiser).order_by(Organiser.name.desc())).all()
    assert review.outside(db_session, Wanted(AGENT)).total == 0
    db_session.execute(delete(Assignment))
    db_session.add(Assignment(user_id=AGENT, organiser_id=here.id))
    db_session.flush()
    wanted = Wanted(AGENT, state=None)
    found = review.queue(db_session, wanted, 1, NOW)
    assert {row.organiser for row in found.rows} == {here.name}
    assert (found.total, sum(found.counts.values())) == (3, 3)
    others = review.outside(db_session, wanted)
    assert (list(others.rows), others.total) == ([(games.id, games.name, ["Pomme_d’Api"])], 1)
    assert review.outside(db_session, Wanted(AGENT, facility="cr-1")).total == 0
    # Nothing leads from one month to another's outside.
    place = review.neighbours(db_session, wanted, sheets["Le8"], NOW)
    assert (place.previous, place.next, place.total) == (None, sheets["Le9"], 3)
    # A reason opens it until the evening.
    factories.visit(db_session, games, AGENT)
    assert review.queue(db_session, wanted, 1, NOW).total == 5
    assert review.outside(db_session, wanted).total == 0

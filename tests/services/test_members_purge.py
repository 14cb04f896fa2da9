"""Removing for good who was deleted longer ago than the helpdesk may undo."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import clock
from app.journal import Who
from app.models import AccessRequest, Dossier, Membership, MembershipEvent, MembershipState, User
from app.services.members import asking, insight, states
from tests import factories


def test_who_signed_a_month_goes_and_their_signature_stays(db_session: Session) -> None:
    owner = factories.organiser(db_session)
    sheet = factories.sheet(db_session, factories.facility(db_session, owner))
    signer, other = factories.member(db_session, owner), factories.member(db_session, owner)
    factories.submission(db_session, sheet, signer.user)
    factories.code_mapping(db_session, owner, signer.user)
    for row in (signer, other):
        row.state, row.state_since = MembershipState.DELETED, clock.now() - dt.timedelta(days=31)
    numbers, signed_by, other_id = (signer.id, other.id), signer.user_id, other.user_id
    db_session.commit()
    assert states.purge(db_session) == 2
    assert [db_session.get_one(Membership, number).user_id for number in numbers] == [None, None]
    assert states.purge(db_session) == 0, "once"
    assert db_session.get(User, signed_by) is not None, "the receipt names the account"
    assert db_session.get(User, other_id) is None


def test_who_could_see_what_is_still_known_and_nothing_else_of_them(db_session: Session) -> None:
    owner = factories.organiser(db_session)
    facility = factories.facility(db_session, owner)
    long_ago = clock.now() - dt.timedelta(days=90)
    gone = factories.member(db_session, owner, mark="Parti")
    factories.grant(db_session, gone, Dossier.SUBSIDES, facility_id=facility.id, granted_at=long_ago)
    db_session.execute(update(MembershipEvent).values(at=long_ago))
    asking.ask(db_session, Who(gone.user_id, gone.name), gone.id, Dossier.TEAM, "", "Parce que")
    gone.state, gone.state_since = MembershipState.DELETED, clock.now() - dt.timedelta(days=31)
    left = MembershipEvent(
        organiser_id=owner.id, membership_id=gone.id, state=gone.state, at=gone.state_since, by="Chef"
    )
    db_session.add(left)
    db_session.commit()
    name = gone.name
    assert states.purge(db_session) == 1
    before = (clock.now() - dt.timedelta(days=40)).date()
    sights = insight.of_facility(db_session, owner.id, facility, before)
    assert [(one.name, one.listed, len(one.reasons)) for one in sights] == [(name, False, 1)]
    assert insight.of_facility(db_session, owner.id, facility, clock.today()) == []
    assert (gone.email, gone.user_id, gone.last_entered_at) == ("", None, None)
    assert db_session.scalar(select(func.count()).select_from(AccessRequest)) == 0

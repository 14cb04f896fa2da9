"""Removing for good who was deleted longer ago than the helpdesk may undo."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from app import clock
from app.models import Membership, MembershipState, User
from app.services.members import states
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
    assert [db_session.get(Membership, number) for number in numbers] == [None, None]
    assert db_session.get(User, signed_by) is not None, "the receipt names the account"
    assert db_session.get(User, other_id) is None

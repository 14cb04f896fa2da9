"""How an organiser writes somebody's name and address; the account behind it stays as it is."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import clock, journal
from app.journal import Change
from app.models import Membership
from app.rules import access
from app.rules.access import Objection, Refusal
from app.rules.french import of
from app.services.members import desk
from app.services.members.desk import Manager, Refused


def correct(
    session: Session, manager: Manager, membership_id: int, first_name: str, last_name: str, email: str
) -> Membership:
    """Change them; of one's own, the address alone: the history knows people by their name. Commits.

    Raises Unknown, Refused.
    """
    desk.lock(session, manager.organiser_id)
    row = desk.member(session, membership_id)
    refusals = access.of_person(
        own=False,
        mine=desk.acting(session, manager),
        theirs=desk.opened(session, row.id),
        today=clock.today(),
    )
    if row.id == manager.membership_id and (row.first_name, row.last_name) != (first_name, last_name):
        refusals.append(Refusal(Objection.OWN_NAME))
    if refusals:
        session.rollback()
        raise Refused(refusals)
    changes = [
        Change("membership", row.id, label, getattr(row, name), value)
        for name, label, value in (
            ("first_name", "Prénom", first_name), ("last_name", "Nom", last_name), ("email", "Courriel", email),
        )
        if getattr(row, name) != value
    ]  # fmt: skip
    row.first_name, row.last_name, row.email = first_name, last_name, email
    if changes:
        journal.record(
            session, manager.who, "modification", organiser_id=row.organiser_id, object_type="membership",
            object_id=row.id, summary=f"Coordonnées {of(row.name)} modifiées", changes=changes,
        )  # fmt: skip
    session.commit()
    return row

"""Correcting the name and address of an organiser's people."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.journal import Who
from app.models import Dossier
from app.rules.access import Objection
from app.services.members import details
from app.services.members.desk import Manager, Refused
from tests import factories


def test_nobody_renames_themselves(db_session: Session) -> None:
    row = factories.member(db_session, factories.organiser(db_session))
    factories.grant(db_session, row, Dossier.ADMINISTRATION)
    db_session.commit()
    name, manager = row.name, Manager(Who(row.user_id, row.name), row.id, row.organiser_id)
    with pytest.raises(Refused) as refused:
        details.correct(db_session, manager, row.id, "Quelqu’un", "Dautre", "neuf@exemple.be")
    assert [one.objection for one in refused.value.refusals] == [Objection.OWN_NAME]
    assert (row.name, row.email == "neuf@exemple.be") == (name, False)

"""Months of presences in every state."""

from __future__ import annotations

import datetime as dt
import decimal
import hashlib
import itertools
import json
from typing import Any

from sqlalchemy.orm import Session

from app.keyring import keyring
from app.models import (
    AttendanceImport,
    AttendanceLine,
    AttendanceReturn,
    AttendanceSheet,
    AttendanceSubmission,
    CodeMapping,
    Facility,
    Organiser,
    User,
)
from app.rules.workflow import SheetState
from app.services.attendance import receipt
from tests.factories.niss import niss as new_niss

NOW = dt.datetime(2026, 11, 3, 9, 0, tzinfo=dt.UTC)
MONTH = dt.date(2026, 10, 1)

_numbers = itertools.count(1)


def sheet(
    session: Session,
    of: Facility,
    mark: str = "Noisette",
    *,
    month: dt.date = MONTH,
    state: SheetState = SheetState.DRAFT,
    lines: int = 2,
    **values: Any,
) -> AttendanceSheet:
    """A month with `lines` children; a submitted one still needs its `submission`."""
    row = AttendanceSheet(
        **{
            "organiser_id": of.organiser_id,
            "facility_id": of.id,
            "month": month,
            "state": state,
            "submissions": 0,
            "created_at": NOW,
            "changed_at": NOW,
        }
        | values
    )
    session.add(row)
    session.flush()
    for position in range(1, lines + 1):
        line(session, row, mark, position=position)
    return row


def line(session: Session, of: AttendanceSheet, mark: str = "Noisette", **values: Any) -> AttendanceLine:
    """A child with a national number, present on some days."""
    number = next(_numbers)
    niss = values.pop("niss", None) or new_niss(dt.date(2024, 3, 1) + dt.timedelta(days=number), 100)
    row = AttendanceLine(
        **{
            "organiser_id": of.organiser_id,
            "facility_id": of.facility_id,
            "sheet_id": of.id,
            "position": number,
            "last_name": f"{mark}{number}",
            "first_name": f"Lou {mark}",
            "birth_date": dt.date(2024, 3, 1) + dt.timedelta(days=number % 300),
            "niss_sealed": niss,
            "niss_hash": keyring().fingerprint(niss),
            "entry_date": dt.date(2026, 1, 5),
            "pfp_rate": decimal.Decimal("17.50"),
            "codes": "P.J" + "." * 28,
            "changed_at": NOW,
        }
        | values
    )
    session.add(row)
    session.flush()
    return row


def submission(
    session: Session,
    of: AttendanceSheet,
    by: User,
    mark: str = "Noisette",
    *,
    drawn: bool = False,
    **values: Any,
) -> AttendanceSubmission:
    """One more frozen version; the sheet is submitted. `drawn`: with the portal's own receipt."""
    of.state, of.submissions = SheetState.SUBMITTED, of.submissions + 1
    row = AttendanceSubmission(
        **{
            "organiser_id": of.organiser_id,
            "facility_id": of.facility_id,
            "sheet_id": of.id,
            "version": of.submissions,
            "submitted_at": NOW,
            "submitted_by": by.id,
            "submitter": f"{by.first_name} {by.last_name}",
            "strength": "forte",
            **_frozen(of, mark),
        }
        | values
    )
    if drawn:
        row.receipt = receipt.render(json.loads(row.snapshot), row.sha256)
    session.add(row)
    session.flush()
    return row


def _frozen(of: AttendanceSheet, mark: str) -> dict[str, Any]:
    counts = {"P": 1, "P½": 0, "J": 1, "J½": 0, "I": 0, "I½": 0}
    child = {
        "id": 1, "last_name": f"{mark}1", "first_name": f"Lou {mark}", "birth_date": "01/03/2024",
        "entry_date": "05/01/2026", "exit_date": "", "pfp_rate": "17,50", "niss": True,
        "codes": "P.J" + "." * 28, "totals": counts,
    }  # fmt: skip
    snapshot = {
        "version": of.submissions,
        "month": f"{of.month:%Y-%m}",
        "month_label": mark,
        "month_of": f"de {mark}",
        "organiser": {"name": mark, "bce": "0400000001"},
        "facility": {"name": mark, "matricule": mark, "capacity": 40},
        "closed": {"4": mark},
        "lines": [child],
        "totals": counts,
        "signed": {"by": mark, "means": "eID", "at": NOW.isoformat()},
    }
    text = json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {
        "snapshot": text,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "totals": counts,
        "receipt": f"%PDF-1.7\n% {mark}\n%%EOF\n".encode(),
    }


def return_to_organiser(
    session: Session, of: AttendanceSheet, mark: str = "Noisette", *, reopened: bool = False
) -> AttendanceReturn:
    """An agent sent the month back, or reopened it."""
    of.state = SheetState.REOPENED if reopened else SheetState.RETURNED
    row = AttendanceReturn(
        organiser_id=of.organiser_id, facility_id=of.facility_id, sheet_id=of.id, version=of.submissions,
        verb="reopen" if reopened else "send_back", reason=f"Motif {mark}", agent=f"Agent {mark}", at=NOW,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def check(session: Session, of: AttendanceSheet, mark: str = "Noisette") -> AttendanceReturn:
    """An agent found the month in order, and wrote a remark."""
    of.state = SheetState.CHECKED
    row = AttendanceReturn(
        organiser_id=of.organiser_id, facility_id=of.facility_id, sheet_id=of.id, version=of.submissions,
        verb="check", reason=f"Remarque {mark}", agent=f"Agent {mark}", at=NOW,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def pending_import(
    session: Session, of: Facility, by: User, mark: str = "Noisette", **values: Any
) -> AttendanceImport:
    """A workbook between its upload and « Confirmer »."""
    row = AttendanceImport(
        **{
            "organiser_id": of.organiser_id,
            "facility_id": of.id,
            "month": MONTH,
            "user_id": by.id,
            "filename": f"{mark}.xlsx",
            "kind": "xlsx",
            "file": f"PK {mark}".encode(),
            "table": json.dumps({"rows": [[mark]]}),
            "mapping": {mark: "P"},
            "created_at": NOW,
            "base": "",
        }
        | values
    )
    session.add(row)
    session.flush()
    return row


def code_mapping(session: Session, owner: Organiser, by: User, mark: str = "Noisette") -> CodeMapping:
    """What a vendor's codes mean to an organiser."""
    row = CodeMapping(
        organiser_id=owner.id,
        layout=hashlib.sha256(mark.encode()).hexdigest(),
        codes={mark.upper(): "P"},
        confirmed_by=by.id,
        confirmed_at=NOW,
    )
    session.add(row)
    session.flush()
    return row

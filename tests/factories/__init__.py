"""Rows for tests: each function writes one thing with its traits, flushes and answers it.

`mark` is a word put into every text of the row, so that a test can look for it where it must not appear.
"""

from __future__ import annotations

from tests.factories.attendance import (
    check,
    code_mapping,
    line,
    pending_import,
    return_to_organiser,
    sheet,
    submission,
)
from tests.factories.history import entry
from tests.factories.niss import niss, nisses
from tests.factories.organisers import closure, facility, organiser, project
from tests.factories.people import (
    access_request,
    administrator,
    agent,
    data_manager,
    grant,
    member,
    person,
    visit,
)
from tests.factories.personal import (
    communication,
    dismissal,
    kept_form,
    notice,
    open_session,
    preferences,
    ticket,
)

__all__ = [
    "access_request",
    "administrator",
    "agent",
    "check",
    "closure",
    "code_mapping",
    "communication",
    "data_manager",
    "dismissal",
    "entry",
    "facility",
    "grant",
    "kept_form",
    "line",
    "member",
    "niss",
    "nisses",
    "notice",
    "open_session",
    "organiser",
    "pending_import",
    "person",
    "preferences",
    "project",
    "return_to_organiser",
    "sheet",
    "submission",
    "ticket",
    "visit",
]

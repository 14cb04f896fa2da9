"""The lint of the ways around the isolation sees them under every name."""

from __future__ import annotations

import pytest

from app.dev.lint import detours


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("from sqlalchemy import text\ntext('SELECT 1')", "text()"),
        ("from sqlalchemy import text as t\nt('SELECT 1')", "text()"),
        ("import sqlalchemy as orm\norm.text('SELECT 1')", "text()"),
        ("import sqlalchemy\nsqlalchemy.insert(x)", "insert()"),
        ("from sqlalchemy.dialects.postgresql import insert\ninsert(x)", "insert()"),
        ("from app.db import db\ndb.text('SELECT 1')", "text()"),
        ("Organiser.__table__.select()", "Model.__table__"),
        ("connection.exec_driver_sql('SELECT 1')", "exec_driver_sql()"),
        ("session.bulk_insert_mappings(x, [])", "insert()"),
        ("from app.db import driver\ndriver(session)", "driver()"),
        ("from app.db import write_fixed\nwrite_fixed(session, sql, ())", "write_fixed()"),
        ("from app.db import read_fixed\nread_fixed(connection, sql, ())", "read_fixed()"),
        ("from app.db import autocommit\nwith autocommit() as c: ...", "autocommit()"),
        ("from app.db import pooled\npooled(work)", "pooled()"),
        ("work.pooled.cursor()", "Bare.pooled"),
        ("session.connection().connection.driver_connection", "driver_connection"),
    ],
)
def test_a_way_around_is_seen(source: str, what: str) -> None:
    assert [found for _, found in detours(source)] == [what]


@pytest.mark.parametrize(
    "source",
    [
        "def text(x): ...\ntext('mot')",
        "values.insert(0, x)",
        "from sqlalchemy import select\nselect(x)",
        "cell.text",
    ],
)
def test_other_uses_of_the_words_are_free(source: str) -> None:
    assert list(detours(source)) == []

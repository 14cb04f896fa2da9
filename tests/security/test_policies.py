"""Row-level security as the database knows it: on every owned table, for a role that cannot step around it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.db import PORTAL_ROLE, db, owner_engine
from app.migrations import policies
from app.models.base import PersonOwned
from app.scope import Scope, owned_mappers


@pytest.fixture
def owner(app: Flask) -> Iterator[Connection]:
    with app.app_context():
        engine = owner_engine(app)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _owned_tables() -> set[str]:
    """By the mapping, and by the mere presence of the column: a table may forget the first."""
    mapped = {mapper.local_table.name for mapper in owned_mappers()}
    named = {table.name for table in db.metadata.tables.values() if "organiser_id" in table.columns}
    # Which agent an organiser is entrusted to is the agency's to say, and no secret (« Contacts ONE »).
    assert named - {"agent_assignment"} <= mapped
    return mapped


def _personal_tables() -> set[str]:
    return {mapper.local_table.name for mapper in owned_mappers() if issubclass(mapper.class_, PersonOwned)}


def test_every_owned_table_is_protected(owner: Connection) -> None:
    rows = owner.execute(
        text(
            "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,"
            " (SELECT string_agg(coalesce(p.qual, '') || coalesce(p.with_check, ''), ' ') FROM pg_policies p"
            "  WHERE p.tablename = c.relname) AS conditions"
            " FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
        )
    )
    found = {row.relname: row for row in rows}
    for table in _owned_tables():
        row = found[table]
        assert row.relrowsecurity, table
        owner_setting = "app.person" if table in _personal_tables() else "app.organisers"
        assert owner_setting in row.conditions, table
        # The history is written by a function of the owner's, and by nothing else.
        assert row.relforcerowsecurity or table.startswith("journal_"), table


def test_facilities_narrow_every_table_that_has_them(owner: Connection) -> None:
    conditions = owner.execute(
        text("SELECT tablename, string_agg(qual, ' ') FROM pg_policies GROUP BY tablename")
    )
    found = dict(conditions.all())  # type: ignore[arg-type]
    for mapper in owned_mappers():
        model, table = mapper.class_, mapper.local_table
        if "facility_id" not in table.columns:
            continue
        dossier = getattr(model, "__dossier__", None)
        assert (f"app.facilities_{dossier.value}" if dossier else "app.facilities") in found[table.name], (
            table
        )


def test_the_settings_are_those_of_the_policies() -> None:
    sql = (
        policies.JOURNAL_FUNCTIONS
        + policies.protect("t", facility="f")
        + policies.protect("t", facility="f", dossier="subsides")
        + policies.protect_person("t")
    )
    for name in Scope().settings:
        assert f"'{name}'" in sql


def test_the_portals_role_owns_nothing_and_bypasses_nothing(app: Flask, owner: Connection) -> None:
    role = owner.execute(
        text(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles WHERE rolname = :role"
        ),
        {"role": PORTAL_ROLE},
    ).one()
    assert not any(role)
    owned = "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = :role"
    assert owner.execute(text(owned), {"role": PORTAL_ROLE}).scalar_one() == 0
    with app.app_context(), db.engine.connect() as connection:
        assert connection.execute(text("SELECT current_user")).scalar_one() == PORTAL_ROLE


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE facility DISABLE ROW LEVEL SECURITY",
        "DROP POLICY scope ON facility",
        "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "CREATE TABLE essai (id int)",
        "CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end'",
        "DROP TABLE journal_head",
        "COPY ab_user TO '/tmp/vol'",
        "SELECT pg_read_file('postgresql.conf')",
        "UPDATE alembic_version SET version_num = 'x'",
        "SELECT * FROM pg_authid",
    ],
)
def test_the_portals_role_cannot_take_the_walls_down(app: Flask, statement: str) -> None:
    with app.app_context(), db.engine.connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text(statement))


def test_what_the_all_seeing_may_not_do_either(app: Flask, owner: Connection) -> None:
    """The portal's role reads and writes rows; it never truncates a table."""
    tables = set(db.metadata.tables)
    granted = owner.execute(
        text(
            "SELECT table_name FROM information_schema.role_table_grants"
            " WHERE grantee = :role AND privilege_type IN ('TRUNCATE', 'TRIGGER', 'REFERENCES')"
        ),
        {"role": PORTAL_ROLE},
    )
    assert not tables.intersection(granted.scalars())

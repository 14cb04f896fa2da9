"""Migrations run under the owner's role, in one transaction."""

from __future__ import annotations

from alembic import context
from flask import current_app

from app.db import db, owner_engine


def _run() -> None:
    engine = owner_engine(current_app)  # type: ignore[arg-type]
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            compare_type=True,
            compare_server_default=False,
        )
        with context.begin_transaction():
            # One migration at a time, however many hosts start together.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7261)")
            context.run_migrations()
    engine.dispose()


_run()

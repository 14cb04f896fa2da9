"""`flask sessions purger`: removes ended sessions and spent counters (from cron)."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import text

from app.db import db

group = AppGroup("sessions", help="Les sessions ouvertes.")


@group.command("purger", help="Supprime les sessions terminées et les compteurs échus.")
def purge() -> None:
    current_app.session_interface._delete_expired_sessions()  # type: ignore[attr-defined]
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM rate_counter WHERE expires_at < now()"))
    click.echo("Sessions terminées supprimées.")

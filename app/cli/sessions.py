"""`flask sessions purger`: removes ended sessions and spent counters (from cron)."""

from __future__ import annotations

import click
from flask import current_app
from sqlalchemy import text

from app import clock, scope
from app.cli.french import Group
from app.db import db
from app.security import kept_forms

group = Group("sessions", help="Les sessions ouvertes.")


@group.command(
    "purger", help="Supprime les sessions terminées, leurs saisies gardées et les compteurs échus."
)
def purge() -> None:
    current_app.session_interface._delete_expired_sessions()  # type: ignore[attr-defined]
    with scope.system("purge of what ended", db.session()):
        kept_forms.purge(clock.now() - current_app.config["SESSION_ABSOLUTE"])
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM rate_counter WHERE expires_at < now()"))
    click.echo("Sessions terminées supprimées.")

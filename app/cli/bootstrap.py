"""`flask bootstrap`: permissions, roles, calendar and reference rows. Safe to run again at any time."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app import scope
from app.db import db
from app.services import bootstrap


@click.command(
    "bootstrap", help="Écrit les permissions, les rôles, le calendrier et les données de référence."
)
@with_appcontext
def command() -> None:
    with scope.system("bootstrap", db.session()):
        bootstrap.run(db.session())
    click.echo("Permissions, rôles et données de référence à jour.")

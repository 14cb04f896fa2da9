"""`flask utilisateurs purger`: removes for good who was deleted longer ago than the helpdesk may undo (from cron)."""

from __future__ import annotations

import click

from app import scope
from app.cli.french import Group
from app.db import db
from app.rules.french import count
from app.services.members import states

group = Group("utilisateurs", help="Les utilisateurs des organisations.")


@group.command(
    "purger", help="Supprime définitivement les profils dont le délai de rétablissement est passé."
)
def purge() -> None:
    with scope.system("purge of deleted users", db.session()):
        gone = states.purge(db.session())
    click.echo(f"{count(gone, 'profil supprimé', 'profils supprimés')} définitivement.")

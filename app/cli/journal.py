"""`flask journal verifier`: proves the history's chains."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app import journal, scope
from app.db import db

group = AppGroup("journal", help="L’historique de consultation et de modification.")


@group.command("verifier", help="Vérifie toutes les chaînes ; nomme la première ligne altérée.")
def verify() -> None:
    broken = 0
    with scope.system("verification of the history", db.session()):
        for chain in journal.chains(db.session()):
            fault = journal.verify(db.session(), chain)
            name = "portail" if chain == 0 else f"organisation {chain}"
            if fault is None:
                click.echo(f"{name} : intacte")
            else:
                broken += 1
                click.echo(f"{name} : ligne {fault.seq} (entrée {fault.entry_id}) : {fault.what}", err=True)
    sys.exit(1 if broken else 0)

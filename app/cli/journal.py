"""`flask journal`: proves the history's chains."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TextIO

import click

from app import journal, scope
from app.cli.french import Group
from app.db import db

group = Group("journal", help="L’historique de consultation et de modification.")


@group.command("verifier", help="Vérifie toutes les chaînes ; nomme la première ligne altérée.")
@click.option(
    "--tetes",
    type=click.File("r", encoding="utf-8"),
    help="Fichier de « flask journal tetes » gardé ailleurs : montre aussi une chaîne coupée ou refaite.",
)
def verify(tetes: TextIO | None) -> None:
    known = _read_heads(tetes) if tetes else {}
    broken = 0
    with scope.system("verification of the history", db.session()):
        for chain in sorted({*journal.chains(db.session()), *known}):
            fault = journal.verify(db.session(), chain, known.get(chain))
            name = "portail" if chain == 0 else f"organisation {chain}"
            if fault is None:
                click.echo(f"{name} : intacte")
            else:
                broken += 1
                click.echo(f"{name} : ligne {fault.seq} (entrée {fault.entry_id}) : {fault.what}", err=True)
    sys.exit(1 if broken else 0)


@group.command(
    "tetes", help="Écrit la fin de chaque chaîne, à garder hors de la base (une ligne JSON chacune)."
)
def heads() -> None:
    with scope.system("export of the history's heads", db.session()):
        for chain, head in sorted(journal.heads(db.session()).items()):
            click.echo(json.dumps({"chaine": chain, "ligne": head.seq, "empreinte": head.hash}))


def _read_heads(file: TextIO) -> dict[int, dict[int, str]]:
    """chain → place → hash, of every line of the file: exports may be put one after the other."""
    known: dict[int, dict[int, str]] = {}
    try:
        for line in filter(str.strip, file):
            head = json.loads(line)
            known.setdefault(int(head["chaine"]), {})[int(head["ligne"])] = str(head["empreinte"])
    except (ValueError, KeyError, TypeError):
        raise click.UsageError(
            f"{Path(file.name).name} n’est pas un fichier de « flask journal tetes »."
        ) from None
    return known

"""Measure everything in one run: a table, and var/bench.json."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from app.dev.processes import ROOT
from bench import cells, grid, load, people, statements, workbooks
from bench.report import Figure, table, write
from bench.server import Bench, running

MEASURES: dict[str, Callable[[Bench], list[Figure]]] = {
    "grille": grid.measure,
    "import": workbooks.imports,
    "export": workbooks.exports,
    "cellule": cells.measure,
    "charge": load.measure,
    "utilisateurs": people.measure,
    "requetes": statements.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description="Mesure le portail.")
    parser.add_argument("mesures", nargs="*", help=f"parmi {', '.join(MEASURES)} (toutes, par défaut)")
    chosen = parser.parse_args().mesures or list(MEASURES)
    if unknown := set(chosen) - set(MEASURES):
        parser.error(f"mesure inconnue : {', '.join(sorted(unknown))}")
    figures: list[Figure] = []
    print("Préparation de la base et des serveurs…", flush=True)
    with running() as bench:
        for name in chosen:
            start = time.monotonic()
            figures += MEASURES[name](bench)
            print(f"{name} mesuré en {time.monotonic() - start:.0f} s", flush=True)
    if set(chosen) == set(MEASURES):
        write(figures, ROOT / "var" / "bench.json")
    print(table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`make check`: what a machine can judge without running the tests. All of it runs; one failure fails."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from app.dev.processes import ROOT
from app.embedded import leave, server_at

BIN = Path(sys.executable).parent

CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("mise en forme", ("ruff", "format", "--quiet", "--check", ".")),
    ("style", ("ruff", "check", "--quiet", ".")),
    ("types", ("mypy", "--no-error-summary")),
    ("architecture", ("lint-imports", "--no-cache")),
    ("règles de la maison", ("python", "-m", "app.dev.lint")),
    ("gabarits", ("djlint", "--quiet", "--lint", "app")),
    ("catalogue des textes", ("python", "-m", "app.dev.catalogue", "--check")),
)


def main() -> int:
    failed = [label for label, command in CHECKS if not _passes(label, command, {})]
    failed += _migrations()
    if failed:
        print(f"\nÀ corriger : {', '.join(failed)}.")
        return 1
    print("\nTout est en ordre.")
    return 0


def _migrations() -> list[str]:
    """The migrations build what the models say, on a real server made for the occasion."""
    with tempfile.TemporaryDirectory(prefix="portail-check-") as folder:
        server = server_at(Path(folder) / "pg", at_exit="delete")
        environment = {"DATABASE_URL": server.get_uri(), "PORTAL_ENV": "development"}
        steps = (("migrations", ("flask", "db", "upgrade")), ("migrations à jour", ("flask", "db", "check")))
        try:
            for label, command in steps:
                if not _passes(label, command, environment):
                    return [label]
        finally:
            leave(server)
    return []


def _passes(label: str, command: tuple[str, ...], environment: Mapping[str, str]) -> bool:
    start = time.monotonic()
    finished = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=ROOT,
        env={**os.environ, "FLASK_APP": "app:create_app", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    passed = finished.returncode == 0
    print(f"{'ok    ' if passed else 'ÉCHEC '} {label} ({time.monotonic() - start:.1f} s)", flush=True)
    if not passed:
        print(finished.stdout + finished.stderr, flush=True)
    return passed


if __name__ == "__main__":
    sys.exit(main())

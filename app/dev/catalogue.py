"""Collect the texts of the screens into translations/: `make catalogue`. With --check, only compare."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from app.dev.processes import ROOT


def main() -> int:
    pybabel = [sys.executable, "-m", "babel.messages.frontend", "--quiet"]
    with tempfile.TemporaryDirectory() as folder:
        template = str(Path(folder) / "messages.pot")
        extract = ["extract", "--mapping=pyproject.toml", "--no-location", "--sort-output"]
        keywords = ["--keywords=_l lazy_gettext", "--keywords=_n:1,2 ngettext:1,2"]
        subprocess.run(
            [*pybabel, *extract, *keywords, f"--output-file={template}", "."], cwd=ROOT, check=True
        )
        update = ["update", f"--input-file={template}", "--output-dir=translations"]
        update += ["--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date", *sys.argv[1:]]
        finished = subprocess.run([*pybabel, *update], cwd=ROOT, check=False, capture_output=True, text=True)
    if finished.returncode:
        known = "out of date" in finished.stderr
        print("Des textes manquent au catalogue : lancez « make catalogue »." if known else finished.stderr)
    return finished.returncode


if __name__ == "__main__":
    sys.exit(main())

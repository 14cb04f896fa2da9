"""Collect the texts of the screens into translations/: `make catalogue`. With --check, only compare.

A text is translated by itself, but for its spaces, which app/dev/typography.py sets.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from babel.messages import Message
from babel.messages.pofile import read_po, write_po

from app.dev.processes import ROOT
from app.dev.typography import typeset

LATE = "Des textes manquent au catalogue : lancez « make catalogue »."


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
        print(LATE if "out of date" in finished.stderr else finished.stderr)
        return finished.returncode
    for path in sorted((ROOT / "translations").glob("*/LC_MESSAGES/messages.po")):
        if (text := _typeset(before := path.read_bytes())) != before:
            if "--check" in sys.argv:
                print(LATE)
                return 1
            path.write_bytes(text)
    return 0


def _typeset(catalogue: bytes) -> bytes:
    """The .po file with every text as it is shown."""
    read, written = read_po(io.BytesIO(catalogue)), io.BytesIO()
    for message in read:
        if message.id:
            message.string = _shown(message)
    write_po(written, read, ignore_obsolete=True)
    return written.getvalue()


def _shown(message: Message) -> Any:
    """What the catalogue says of one text: nothing when it is shown as it is written. A plural is a tuple."""
    if isinstance(message.id, str):
        shown: Any = typeset(str(message.string or message.id))
    else:
        shown = tuple(
            typeset(given or text) for given, text in zip(message.string or (), message.id, strict=True)
        )
    return message.string if shown == message.id else shown


if __name__ == "__main__":
    sys.exit(main())

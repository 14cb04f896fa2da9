"""What `flask presences importer` prints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.rules.codes import Totals
from app.rules.french import count
from app.rules.violations import Severity


@dataclass
class Report:
    """What `importer` prints."""

    lines: int = 0
    totals: Totals = field(default_factory=Totals)
    added: int = 0
    changed: int = 0
    removed: int = 0
    #: cell, code, message, severity
    errors: list[tuple[str, str, str, Severity]] = field(default_factory=list)

    def as_json(self) -> str:
        """The one object of `--format json`."""
        return json.dumps(
            {
                "lignes": self.lines, "totaux": self.totals.as_display(), "ajouts": self.added,
                "modifications": self.changed, "suppressions": self.removed,
                "erreurs": [
                    {"cellule": cell, "code": code, "message": message, "gravite": severity.value}
                    for cell, code, message, severity in self.errors
                ],
            },
            ensure_ascii=False,
        )  # fmt: skip

    def as_text(self) -> Iterator[str]:
        """The same for people."""
        totals = ", ".join(f"{code} {total}" for code, total in self.totals.as_display().items())
        yield f"{count(self.lines, 'ligne')} ; totaux du mois : {totals}"
        yield ", ".join(
            [
                count(self.added, "ajout"),
                count(self.changed, "modification"),
                count(self.removed, "suppression"),
            ]
        )
        for cell, _, message, severity in self.errors:
            yield f"{cell or '-'}  [{severity.value}] {message}"

"""The house's own lint: sizes of modules and templates, spaces of French, and ways around the isolation of organisers.

Settings and exceptions, each with its reason, stand in pyproject.toml under [tool.portal-lint].

The ORM guard of app/walls.py does not see textual SQL, `Model.__table__` or bulk inserts: outside the modules
that are the guard, they would be a hole in the wall between organisers.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.dev.processes import ROOT
from app.dev.typography import loose

#: Functions of SQLAlchemy that build statements the guard does not see, and ours that give the driver's connection.
BANNED_FUNCTIONS = {
    "text": "text()",
    "insert": "insert()",
    "driver": "driver()",
    "autocommit": "autocommit()",
    "pooled": "pooled()",
    "read_fixed": "read_fixed()",
    "write_fixed": "write_fixed()",
}
#: Attributes that reach a table or a connection behind the guard.
BANNED_ATTRIBUTES = {
    "__table__": "Model.__table__",
    "exec_driver_sql": "exec_driver_sql()",
    "bulk_insert_mappings": "insert()",
    "bulk_save_objects": "insert()",
    "bulk_update_mappings": "bulk_update_mappings()",
    "raw_connection": "raw_connection()",
    "pooled": "Bare.pooled",
    "driver_connection": "driver_connection",
}


def detours(source: str) -> Iterator[tuple[int, str]]:
    """Each way around the guard in a module: (line, what)."""
    tree = ast.parse(source)
    aliases = _watched_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in BANNED_ATTRIBUTES:
            yield node.lineno, BANNED_ATTRIBUTES[node.attr]
        elif isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and aliases.get(called.id) in BANNED_FUNCTIONS:
                yield node.lineno, BANNED_FUNCTIONS[aliases[called.id]]
            elif (
                isinstance(called, ast.Attribute)
                and called.attr in BANNED_FUNCTIONS
                and isinstance(called.value, ast.Name)
                and aliases.get(called.value.id, called.value.id) in {"sqlalchemy", "sa", "db", "postgresql"}
            ):
                yield node.lineno, BANNED_FUNCTIONS[called.attr]


def _watched_names(tree: ast.Module) -> dict[str, str]:
    """Local name → name in SQLAlchemy or app/db.py, of everything a module imports from them."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        if isinstance(node, ast.ImportFrom) and (module.split(".")[0] == "sqlalchemy" or module == "app.db"):
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {a.asname: "sqlalchemy" for a in node.names if a.asname and a.name == "sqlalchemy"}
    return names


def problems(root: Path) -> Iterator[str]:
    """Every breach under `root`, as "path:line: what"."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["portal-lint"]
    for kind, limit in settings["max-lines"].items():
        for path in sorted(_files(root, kind)):
            if "migrations/versions" in path.as_posix():
                continue  # written once, never edited again
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > limit:
                yield f"{path.relative_to(root)}:{lines}: plus de {limit} lignes, à découper"
    unused = dict(enumerate(settings["exceptions"]))
    for path in sorted((root / "app").rglob("*.py")):
        name = path.relative_to(root).as_posix()
        if not name.startswith(tuple(settings["plain-spaces"])):
            for line, text in loose(path.read_text(encoding="utf-8")):
                yield f"{name}:{line}: une espace insécable manque : {text}"
        for line, what in sorted(detours(path.read_text(encoding="utf-8"))):
            allowed = [n for n, entry in enumerate(settings["exceptions"]) if _covers(entry, name, what)]
            for number in allowed:
                unused.pop(number, None)
            if not allowed:
                yield f"{name}:{line}: {what} contourne l’isolement des pouvoirs organisateurs (app/scope.py)"
    for entry in unused.values():
        yield f"pyproject.toml: exception sans objet : {entry['path']}"


def _files(root: Path, pattern: str) -> Iterator[Path]:
    for top in ("app", "bench", "tests", "config.py", "gunicorn.conf.py"):
        if (root / top).is_dir():
            yield from (root / top).rglob(pattern)
        elif Path(top).match(pattern):
            yield root / top


def _covers(entry: dict[str, Any], name: str, what: str) -> bool:
    return (name == entry["path"] or name.startswith(entry["path"].rstrip("/") + "/")) and what in entry[
        "allows"
    ]


def main() -> int:
    found = list(problems(ROOT))
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

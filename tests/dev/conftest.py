"""The local provider in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from app.dev.processes import free_port
from tests.dev.provider import ANNE, LUC, PASSWORD_ONLY, serve


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("provider")
    people = folder / "people.json"
    people.write_text(json.dumps([ANNE, LUC, PASSWORD_ONLY]), encoding="utf-8")
    port = free_port()
    with serve(port, people, folder / "log"):
        yield f"http://localhost:{port}"

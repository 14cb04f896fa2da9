"""One browser on the import of one crèche's October."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.client import PortalClient


class Desk:
    """A browser on October of one crèche."""

    def __init__(self, client: PortalClient, facility: int) -> None:
        self.client = client
        self.base = f"/presences/{facility}/2026-10/"

    def send(self, data: bytes, name: str = "releve.xlsx", **options: Any) -> Any:
        # Encoded here: the test client leaves the temporary file of a large form open.
        fields = {"csrf_token": self.client.csrf_token(), "fichier": FileStorage(BytesIO(data), name)}
        boundary, body = encode_multipart(fields)
        kind = f"multipart/form-data; boundary={boundary}"
        return self.client.post(self.base + "importer", data=body, content_type=kind, **options)

    def page(self, step: str = "importer/apercu") -> str:
        answer = self.client.get(self.base + step)
        assert answer.status_code == 200, answer.headers.get("Location")
        return str(answer.text) if answer.mimetype == "text/html" else ""

    def post(self, step: str, data: dict[str, Any] | None = None) -> Any:
        return self.client.submit(self.base + step, data)

    def confirm(self) -> Any:
        found = re.search(r'name="apercu" value="([^"]+)"', self.page())
        assert found is not None
        return self.post("importer/confirmer", {"apercu": found[1]})

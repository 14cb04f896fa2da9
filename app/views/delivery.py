"""How answers travel: compressed, and static files under addresses that browsers may keep for good.

Compressing a page that holds a secret beside words that somebody else chose lets who watches the line guess the
secret from the lengths (BREACH). It takes requests that another site makes the browser send: those are answered as
they are. Reasons in docs/adr/0010-compression-without-breach.md.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import importlib.metadata
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, g, request

#: Endpoints of files that change with the portal's version alone.
_FILES: Final = ("static", "bootstrap.static")
_PACKED: Final = frozenset(
    {"text/html", "text/css", "text/javascript", "application/json", "image/svg+xml", "text/plain"}
)
#: Bytes; smaller answers fit in one packet either way.
_WORTH_IT: Final = 1000
#: What the browser says of a request that the person, or a page of ours, asked for.
_OURS: Final = frozenset({"same-origin", "none"})


def init_app(app: Flask) -> None:
    """Give static files their versioned addresses and compress what is worth it."""
    version = _version(app)
    for endpoint in _FILES:
        rule = next(app.url_map.iter_rules(endpoint))
        base = rule.rule.removesuffix("<path:filename>")
        app.add_url_rule(
            f"{base}v-<version>/<path:filename>", endpoint, app.view_functions[endpoint], methods=["GET"]
        )

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint in _FILES:
            values.setdefault("version", version)

    @app.url_value_preprocessor
    def take_version(endpoint: str | None, values: dict[str, Any] | None) -> None:
        if endpoint in _FILES and values:
            g.file_version = values.pop("version", None)

    @app.after_request
    def send(response: Response) -> Response:
        is_file = request.endpoint in _FILES and response.status_code < 400
        # The address of another version leads to this one's file, in the middle of an upgrade: it is not kept.
        if is_file and g.get("file_version") == version and app.config["KEEP_STATIC_FILES"]:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return _compressed(response, version if is_file else "")


def _version(app: Flask) -> str:
    """A word that changes with any static file."""
    digest = hashlib.sha256(importlib.metadata.version("bootstrap-flask").encode())
    folder = Path(app.static_folder or "")
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _compressed(response: Response, version: str) -> Response:
    """The answer, packed when the browser takes that; `version` "" for what is not a static file."""
    if response.mimetype not in _PACKED or response.status_code in (204, 206, 304):
        return response
    if version:
        response.vary.add("Accept-Encoding")
    elif request.headers.get("Sec-Fetch-Site") not in _OURS:
        return response
    if request.accept_encodings["gzip"] <= 0 or "Content-Encoding" in response.headers:
        return response
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) < _WORTH_IT:
        return response
    response.set_data(_packed_file(content) if version else gzip.compress(content, 6, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    etag, _weak = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)  # another representation of the same file
    return response


@functools.lru_cache(maxsize=200)
def _packed_file(content: bytes) -> bytes:
    """Packed as small as can be, once for all who ask."""
    return gzip.compress(content, 9, mtime=0)

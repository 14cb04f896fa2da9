"""HTTP as cheap as it gets: what the measuring side spends would otherwise pass for the server's."""

from __future__ import annotations

import json
import socket
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit


def request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """The bytes of a request on a kept connection, from a page of the portal, as browsers send it."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept-Encoding: gzip",
        "Sec-Fetch-Site: same-origin",
    ]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def post(path: str, body: object, headers: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a POST of JSON."""
    return request(
        "POST", path, {"Content-Type": "application/json", **(headers or {})}, json.dumps(body).encode()
    )


def get(path: str, headers: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a GET."""
    return request("GET", path, headers or {})


class Reply:
    """An answer as it arrives; `done` once it is whole."""

    def __init__(self) -> None:
        self.raw = b""
        self.end = 0

    def feed(self, received: bytes) -> bool:
        self.raw += received
        if not self.end:
            head = self.raw.find(b"\r\n\r\n")
            if head < 0:
                return False
            self.start = head + 4
            length = self.header(b"content-length")
            if length is None:
                raise ValueError(self.raw[:head].decode())
            self.end = self.start + int(length)
        return len(self.raw) >= self.end

    def header(self, name: bytes) -> bytes | None:
        """A header of the answer, None when it is not there."""
        for line in self.raw[: self.start].split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.lower() == name:
                return value.strip()
        return None

    @property
    def status(self) -> int:
        return int(self.raw[9:12])

    @property
    def body(self) -> bytes:
        """The content, unpacked."""
        content = self.raw[self.start :]
        return zlib.decompress(content, 47) if self.header(b"content-encoding") == b"gzip" else content

    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """A kept connection, one request at a time."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 80))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> Reply:
        """The answer to a request; ConnectionError when the server hangs up."""
        self.socket.sendall(request)
        reply = Reply()
        while True:
            received = self.socket.recv(1 << 18)
            if not received:
                raise ConnectionError("the server closed the connection")
            if reply.feed(received):
                return reply

    def close(self) -> None:
        self.socket.close()

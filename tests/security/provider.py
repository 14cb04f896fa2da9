"""The local identity provider in a process of its own, behind a proxy that can alter its answers."""

from __future__ import annotations

import base64
import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from app.dev.processes import free_port, provider_service
from tests.client import PortalClient

SECRET = "secret-du-fournisseur-de-test"
CALLBACK = "http://localhost/connexion/retour/"
SIGN_IN = "http://localhost/connexion/"

#: The answer of the provider -> what the portal receives; the headers may be changed in place.
Fault = Callable[[bytes, dict[str, str]], bytes]


@dataclass
class Provider:
    """A running provider. `faults`: path → what is done to its answers."""

    issuer: str
    faults: dict[str, Fault]

    def answer(
        self,
        client: PortalClient,
        person: str,
        means: str = "itsme",
        after: str = "",
        by: str = "/connexion/csam/",
    ) -> dict[str, str]:
        """Go to the provider as the portal says and sign in there: the parameters of the way back."""
        start = client.get(by, query_string={"next": after} if after else None)
        location = start.headers["Location"]
        assert location.startswith(self.issuer), location
        form = {"sub": f"fas-{person}", "means": means}
        back = requests.post(location, data=form, allow_redirects=False, timeout=10).headers["Location"]
        assert back.startswith(CALLBACK), back
        return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}

    def sign_in(self, client: PortalClient, person: str, means: str = "itsme", after: str = "") -> Any:
        """The whole way; the portal's answer to the callback."""
        return client.get("/connexion/retour/", query_string=self.answer(client, person, means, after))


@contextlib.contextmanager
def running(people: Sequence[dict[str, str]], folder: Path) -> Iterator[Provider]:
    """Serve the provider for these people (see app/dev/provider.py) on a free port."""
    (folder / "people.json").write_text(json.dumps(list(people)), encoding="utf-8")
    inner, outer = free_port(), free_port()
    service = provider_service(
        port=inner,
        people=folder / "people.json",
        redirect_uris=[CALLBACK],
        sign_out_uris=[SIGN_IN],
        client_secret=SECRET,
        log=folder / "log",
    )
    provider = Provider(f"http://localhost:{outer}", {})
    proxy = _Proxy(f"http://localhost:{inner}", provider.faults)
    server = make_server("127.0.0.1", outer, proxy, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    with service:
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class _Proxy:
    """Passes requests on under its own name, so that the provider takes the proxy's address for its issuer."""

    def __init__(self, target: str, faults: dict[str, Fault]) -> None:
        self.target, self.faults = target, faults

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        answer = requests.request(
            request.method,
            self.target + request.full_path,
            data=request.get_data(),
            headers=dict(request.headers),
            allow_redirects=False,
            timeout=10,
        )
        kept = {name: answer.headers[name] for name in ("Content-Type", "Location") if name in answer.headers}
        body, alter = answer.content, self.faults.get(request.path)
        if alter is not None:
            body = alter(body, kept)
        status = int(kept.pop("Status", answer.status_code))
        return Response(body, status, kept)(environ, start_response)


def unsigned(token: str, **claims: Any) -> str:
    """The same token with other claims and alg none."""
    payload = json.loads(_decoded(token.split(".")[1])) | claims
    header = _encoded(json.dumps({"alg": "none"}).encode())
    return f"{header}.{_encoded(json.dumps(payload).encode())}."


def tampered(token: str, **claims: Any) -> str:
    """The same token with other claims under the old signature."""
    header, payload, signature = token.split(".")
    changed = json.loads(_decoded(payload)) | claims
    return f"{header}.{_encoded(json.dumps(changed).encode())}.{signature}"


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, unchecked."""
    found: dict[str, Any] = json.loads(_decoded(token.split(".")[1]))
    return found


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

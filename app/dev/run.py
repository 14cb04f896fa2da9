"""`make run`: the database, the local identity provider and the portal, until Ctrl-C stops all of it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from flask import Flask
from flask.cli import ScriptInfo

from app.dev.processes import ROOT, Service, ServiceError, port_is_free, provider_service
from app.embedded import EmbeddedServerError, leave, server_at

VAR = ROOT / "var"
LOGS = VAR / "log"
CALLBACK = "/connexion/retour/"
SIGN_IN = "/connexion/"


class Stop(Exception):
    """Somebody asked the runner to stop."""


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    port, provider_port = _port("PORT", 8000), _port("PROVIDER_PORT", 8001)
    try:
        _require_free(port, "PORT", port + 10)
        _require_free(provider_port, "PROVIDER_PORT", provider_port + 10)
        with _database() as url:
            _serve(url, port, provider_port)
    except Stop:
        print("\nTout est arrêté.")
    except (ServiceError, EmbeddedServerError) as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    return 0


def _serve(url: str, port: int, provider_port: int) -> None:
    """Prepare the database, start both servers, tell where they are, and watch them."""
    os.environ |= {
        "DATABASE_URL": url,
        "OIDC_ISSUER": f"http://localhost:{provider_port}",
        "OIDC_CLIENT_SECRET": secrets.token_urlsafe(32),
        "SECRET_KEY": _kept_secret(VAR / "secret-key"),
        "PORT": str(port),
    }
    print("Préparation de la base de données…", flush=True)
    people = _prepare()
    people_file = VAR / "demo-personnes.json"
    people_file.write_text(json.dumps(people), encoding="utf-8")
    hosts = ("localhost", "127.0.0.1")
    provider = provider_service(
        port=provider_port,
        people=people_file,
        redirect_uris=[f"http://{host}:{port}{CALLBACK}" for host in hosts],
        sign_out_uris=[f"http://{host}:{port}{SIGN_IN}" for host in hosts],
        client_secret=os.environ["OIDC_CLIENT_SECRET"],
        log=LOGS / "fournisseur.log",
    )
    portal = portal_service(port=port, log=LOGS / "portail.log", environment={})
    services = (provider, portal)
    try:
        for service in services:
            service.start()
        for service in services:
            service.wait_until_ready()
        _announce(port, people)
        while True:
            time.sleep(0.5)
            for service in services:
                service.check()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
        for service in reversed(services):
            service.stop()


def portal_service(*, port: int, log: Path, environment: dict[str, str]) -> Service:
    """The portal under gunicorn, with the settings of gunicorn.conf.py."""
    return Service(
        name="Le portail",
        # A browser keeps idle connections open: in development nobody waits for them.
        command=[sys.executable, "-m", "gunicorn", "--graceful-timeout", "1"],
        url=f"http://localhost:{port}/sante/",
        log=log,
        environment={"PORT": str(port), **environment},
    )


@contextlib.contextmanager
def _database() -> Iterator[str]:
    """The address of DATABASE_URL, else of the server embedded in var/postgres, stopped at the end."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    server = server_at(VAR / "postgres")
    try:
        yield server.get_uri()
    finally:
        leave(server)


def _prepare() -> list[dict[str, str]]:
    """Migrate, write permissions and reference rows, load the fictional data once; answer the demo people."""
    from app import create_app

    app = create_app()
    _flask(app, "db", "upgrade")
    _flask(app, "bootstrap")
    _flask(app, "demo", "charger")
    people: list[dict[str, str]] = json.loads(_flask(app, "demo", "personnes", "--format", "json"))
    return people


def _flask(app: Flask, *arguments: str) -> str:
    """Run one of `flask`'s commands in this process: a process of its own would load everything again."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        app.cli.main(list(arguments), obj=ScriptInfo(create_app=lambda: app), standalone_mode=False)
    return printed.getvalue()


def _announce(port: int, people: Sequence[dict[str, str]]) -> None:
    print(f"\n  Le portail est ouvert :  http://localhost:{port}/\n")
    print("  Personnes de démonstration :")
    for person in people:
        name = f"{person['first_name']} {person['last_name']}"
        way = "eID, itsme"
        if person.get("password"):
            way = f"nom d’utilisateur {person['username']}, mot de passe {person['password']}"
        print(f"    {name:<24} {person['role']} ({way})")
    print("\n  Ctrl-C arrête tout.", flush=True)


def _kept_secret(file: Path) -> str:
    """A secret made once for this copy of the project, kept where only its owner reads it."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return file.read_text(encoding="utf-8")


def _port(name: str, default: int) -> int:
    given = os.environ.get(name, "")
    if given and not (given.isdigit() and 0 < int(given) < 65536):
        raise SystemExit(f"{name}={given} n’est pas un numéro de port (1 à 65535).")
    return int(given or default)


def _require_free(port: int, name: str, other: int) -> None:
    if not port_is_free(port):
        raise ServiceError(
            f"Le port {port} est déjà pris : un autre programme, ou un portail resté ouvert, l’utilise. "
            f"Fermez-le, ou choisissez un autre port : {name}={other} make run"
        )


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stop


if __name__ == "__main__":
    sys.exit(main())

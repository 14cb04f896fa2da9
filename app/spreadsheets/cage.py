"""The cage: a person's file is only ever parsed in a child process with limits.

Crafted workbooks of a few kilobytes abort a native parser or make it take gigabytes; in the child that is a
clean refusal. The child has a memory limit, a processor limit, no environment (none of the portal's secrets),
no module of the portal but `caged`, may write no file, and answers through a pipe that is read up to a cap
and a deadline. At most two run at once in a server process. Nothing in a workbook is ever run or followed:
the parser has no formula engine and no network.

Macros and links to other workbooks: the values are read as they were saved, with a warning, since many of the
crèches' software exports carry macros and refusing those would send the person back for nothing. The file
itself is never kept nor given back with them (see `marking`).
"""

from __future__ import annotations

import importlib.util
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import IO, Any

from app.spreadsheets.refusals import UnusableFile, unusable
from app.spreadsheets.workbook import CellValue, Merged, Sheet, Workbook

__all__ = ["UnusableFile", "Workbook", "read_workbook"]

MAX_UPLOAD = 5 << 20  # bytes
MAX_AT_ONCE = 2
EXTENSIONS = ("xlsx", "xls", "xlsm")

# The child sees `app` as an empty package: importing the real one would load the whole portal.
_BOOT = """
import sys
memory, seconds, verb, app, *places = sys.argv[1:]
package = sys.modules["app"] = type(sys)("app")
package.__path__ = [app]
sys.path.extend(places)
from app.spreadsheets.caged import entry
entry.start(int(memory), int(seconds))
from importlib import import_module
entry.run(getattr(import_module("app.spreadsheets.caged." + verb), verb))
"""

_NOTES = {
    "macros": "Ce classeur contient des macros : elles n’ont pas été exécutées, seules les valeurs ont "
    "été lues.",
    "liens": "Ce classeur est lié à d’autres fichiers ou à des données externes : les liens n’ont pas été "
    "suivis, les valeurs lues sont celles du dernier enregistrement.",
    "feuille-cachee": "Une feuille cachée de ce classeur est trop grande : elle n’a pas été lue.",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may use: bytes of memory, seconds of processor and of the clock, bytes of answer."""

    memory: int
    processor: int
    clock: float
    answer: int


READING = Limits(memory=512 << 20, processor=5, clock=10, answer=9 << 20)

_places = threading.BoundedSemaphore(MAX_AT_ONCE)


def read_workbook(data: bytes, filename: str) -> Workbook:
    """The cells of an .xlsx or .xls. `filename` only serves to refuse other extensions; the bytes decide.

    Raises UnusableFile, in French, for whatever cannot be read within the limits.
    """
    extension = PurePath(filename).suffix.lstrip(".").lower()
    if extension and extension not in EXTENSIONS:
        raise unusable("extension", extension=extension[:12])
    check_size(data)
    answer = in_cage("reading", data, READING)
    try:
        return _workbook(json.loads(answer, object_hook=_moment))
    except (ValueError, KeyError, TypeError, RecursionError):  # a parser taken over may answer anything
        raise unusable("endommage") from None


def check_size(data: bytes) -> None:
    """Refuse what need not even reach the cage."""
    if not data:
        raise unusable("vide")
    if len(data) > MAX_UPLOAD:
        raise unusable("trop-lourd", limit=MAX_UPLOAD >> 20)


def _moment(value: dict[str, Any]) -> Any:
    if "d" in value:
        return date.fromisoformat(value["d"])
    if "t" in value:
        return datetime.fromisoformat(value["t"])
    return value


def _workbook(answer: dict[str, Any]) -> Workbook:
    sheets = []
    for sheet in answer["sheets"]:
        rows: list[list[CellValue]] = sheet["rows"]
        if not all(isinstance(row, list) for row in rows):
            raise TypeError("rows")
        merged = tuple(Merged(*map(int, block)) for block in sheet["merged"])
        sheets.append(Sheet(str(sheet["name"]), rows, bool(sheet["visible"]), merged))
    notes = answer["notes"]
    if not any(sheet.rows for sheet in sheets):
        raise unusable("sans-feuille")
    return Workbook(
        sheets=tuple(sheets),
        kind="xls" if answer["kind"] == "xls" else "xlsx",
        warnings=tuple(_NOTES[note] for note in notes),
        active="macros" in notes or "liens" in notes,
    )


def in_cage(verb: str, request: bytes, limits: Limits) -> bytes:
    """What `caged.<verb>.<verb>(request)` answers; UnusableFile when the child refuses, dies or drags on."""
    if not _places.acquire(timeout=limits.clock):
        raise unusable("occupe")
    deadline = time.monotonic() + limits.clock
    try:
        with _as_file(request) as given:
            child = subprocess.Popen(
                _command(verb, limits),
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ},
                cwd="/",
                bufsize=0,
            )
        with child:
            try:
                answer = _drain(child, limits.answer, deadline)
                status = child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                raise unusable("trop-long") from None
            finally:
                child.kill()
    finally:
        _places.release()
    return _judged(status, answer)


def _command(verb: str, limits: Limits) -> list[str]:
    here = Path(__file__).resolve().parent.parent
    options = [str(limits.memory), str(limits.processor), verb, str(here)]
    return [sys.executable, "-I", "-S", "-c", _BOOT, *options, *_library_places()]


def _library_places() -> list[str]:
    """The folders that hold the workbook libraries, found without importing them."""
    places = []
    for name in ("python_calamine", "openpyxl", "et_xmlfile"):
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            places.append(str(Path(spec.origin).parent.parent))
    return list(dict.fromkeys(places))


def _as_file(request: bytes) -> IO[bytes]:
    """The request as a nameless file: in memory where the system can, so that no NISS touches a disk."""
    given: IO[bytes]
    if hasattr(os, "memfd_create"):  # noqa: SIM108 - two lines read better than one of 140 characters
        given = os.fdopen(os.memfd_create("workbook"), "w+b")
    else:
        given = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    given.write(request)
    given.flush()
    given.seek(0)
    return given


def _drain(child: subprocess.Popen[bytes], cap: int, deadline: float) -> bytes:
    """Everything the child writes, until it closes its end; TimeoutExpired past the deadline or the cap."""
    assert child.stdout is not None
    received = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while selector.select(max(0.0, deadline - time.monotonic())):
            chunk = child.stdout.read(1 << 16)
            if not chunk:
                return bytes(received)
            received += chunk
            if len(received) > cap:
                raise unusable("trop-de-cellules")
    raise subprocess.TimeoutExpired(child.args, deadline)


def _judged(status: int, answer: bytes) -> bytes:
    if status == 0 and answer[:1] == b"=":
        return answer[1:]
    if status == 0 and answer[:1] == b"!":
        code, *facts = answer[1:].decode("utf-8", "replace").split("\x1f")
        try:
            raise unusable(code, **dict(fact.split("=", 1) for fact in facts))
        except (KeyError, ValueError):
            raise unusable("endommage") from None
    if -status == signal.SIGXCPU or -status == signal.SIGKILL:
        raise unusable("trop-long")
    raise unusable("demesure" if status < 0 else "endommage")

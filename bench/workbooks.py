"""Workbooks of a month: imported and exported, against openpyxl and against one executemany."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlencode

import openpyxl
import psycopg

from app import clock, scope
from app.db import db
from app.rules.attendance import FIELDS, ChildLine
from app.rules.codes import DISPLAYS
from app.rules.months import Month
from app.services.attendance import months
from bench.data import LINES, children
from bench.report import Figure, median
from bench.server import Bench
from bench.wire import Connection, Reply, get, post, request
from tests.factories.niss import nisses

MONTHS = 9
EXPORTS = 7

Result = TypeVar("Result")


def imports(bench: Bench) -> list[Figure]:
    """A month after the other: sent, previewed, confirmed; beside each, what it is measured against."""
    times: dict[str, list[float]] = {"preview": [], "read": [], "confirm": [], "insert": []}
    month = bench.data.month
    for _ in range(MONTHS + 1):  # the first only warms up
        data = _workbook(bench, month)
        base = f"/presences/{bench.data.importing}/{month}"
        times["read"].append(_timed(_read, data)[0])
        spent, page = _timed(_preview, bench, base, data)
        times["preview"].append(spent)
        times["insert"].append(_timed(_answered, bench.bare, post("/lignes", {}), 200)[0])
        form = {"csrf_token": bench.data.person.token, "apercu": _ticket(page)}
        confirm = _posted(
            bench, f"{base}/importer/confirmer", urlencode(form).encode(), "application/x-www-form-urlencoded"
        )
        times["confirm"].append(_timed(_answered, bench.portal, confirm, 303)[0])
        month = month.previous()
    _all_stored(bench)
    preview, read, confirm_, insert = (median(values[1:]) for values in times.values())
    return [
        Figure("import.apercu", preview, "ms", preview / read, "une lecture du même fichier par openpyxl", 1),
        Figure(
            "import.confirmation", confirm_, "ms", confirm_ / insert, "un executemany nu de 500 lignes", 4
        ),
    ]


def exports(bench: Bench) -> list[Figure]:
    """The month downloaded, against openpyxl writing the cells and styles of that very file."""
    asked = get(
        f"/presences/{bench.data.saved.facility_id}/{bench.data.month}/export.xlsx", bench.data.person.headers
    )
    ours, theirs = [], []
    for _ in range(EXPORTS + 1):
        spent, reply = _timed(_answered, bench.portal, asked, 200)
        ours.append(spent)
        theirs.append(_written_again(reply.body))
    value, other = median(ours[1:]), median(theirs[1:])
    return [Figure("export", value, "ms", value / other, "les mêmes cellules et styles par openpyxl", 1 / 3)]


def _timed(work: Callable[..., Result], *given: Any) -> tuple[float, Result]:
    start = time.perf_counter()
    result = work(*given)
    return (time.perf_counter() - start) * 1000, result


def _workbook(bench: Bench, month: Month) -> bytes:
    """The workbook that a crèche sends: titles, then a line a child, with its national number."""
    with bench.app.app_context(), scope.system("bench workbook", db.session()):
        ctx = months.context(db.session(), bench.data.importing, month, clock.today())
    book = openpyxl.Workbook()
    page = book.create_sheet("Présences", 0)
    page.append([*(spec.label for spec in FIELDS), *range(1, month.days + 1)])
    numbers = nisses(LINES, seed=month.year * 100 + month.month)
    for child, number in zip(children(LINES, ctx), numbers, strict=True):
        codes = (DISPLAYS[code] or None for code in child.codes[: month.days])
        page.append([*(_cell(replace(child, niss=number), spec.key) for spec in FIELDS), *codes])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cell(child: ChildLine, key: str) -> object:
    value = getattr(child, key)
    return dt.datetime.combine(value, dt.time()) if isinstance(value, dt.date) else value


def _read(data: bytes) -> int:
    """All that openpyxl finds in the file, as plainly as it gives it; how many rows."""
    return sum(
        len(list(page.iter_rows(values_only=True))) for page in openpyxl.load_workbook(io.BytesIO(data))
    )


def _preview(bench: Bench, base: str, data: bytes) -> Reply:
    """Send the file as static/js/import.js does, then ask for the preview that the answer leads to."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{bench.data.person.token}\r\n',
        f'--{boundary}\r\nContent-Disposition: form-data; name="fichier"; filename="presences.xlsx"\r\n\r\n',
    ]
    body = "".join(parts).encode() + data + f"\r\n--{boundary}--\r\n".encode()
    sent = _posted(bench, f"{base}/importer", body, f"multipart/form-data; boundary={boundary}")
    location = _answered(bench.portal, sent, 303).header(b"location")
    if location is None or not location.endswith(b"/apercu"):
        raise RuntimeError(f"the file led to {location!r}")
    return _answered(bench.portal, get(location.decode(), bench.data.person.headers), 200)


def _posted(bench: Bench, path: str, body: bytes, kind: str) -> bytes:
    return request("POST", path, {"Content-Type": kind, "Cookie": bench.data.person.cookie}, body)


def _ticket(page: Reply) -> str:
    found = re.search(r'name="apercu" value="([^"]+)"', page.body.decode())
    if found is None:
        raise RuntimeError("the preview has nothing to confirm")
    return html.unescape(found[1])


def _answered(url: str, asked: bytes, status: int) -> Reply:
    """The answer on a connection of its own: what happens meanwhile would outlast a kept one."""
    connection = Connection(url)
    reply = connection.send(asked)
    connection.close()
    if reply.status != status:
        raise RuntimeError(f"{reply.status} {reply.body[:500].decode(errors='replace')}")
    return reply


def _all_stored(bench: Bench) -> None:
    with psycopg.connect(bench.database_url) as admin:
        counted = admin.execute(
            "SELECT count(*) FROM attendance_line WHERE facility_id = %s", (bench.data.importing,)
        ).fetchone()
    if counted != ((MONTHS + 1) * LINES,):
        raise RuntimeError(f"{counted} lines were stored")


def _written_again(data: bytes) -> float:
    """How long openpyxl takes to write each cell of a workbook with its style, whose styles are made already."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    pages = list(book)

    def write() -> None:
        for page in pages:
            copied = book.copy_worksheet(page)
            copied.conditional_formatting = page.conditional_formatting
            book.remove(page)
        book.save(io.BytesIO())

    return _timed(write)[0]

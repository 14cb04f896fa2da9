"""Saving one cell with its history, one person at a time, against the bare route."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator

from bench.report import Figure, median, percentile
from bench.server import Bench
from bench.wire import Connection, post

ROUNDS = 15
PER_ROUND = 40
AGAINST = "route Flask nue : un UPDATE et un INSERT"


def measure(bench: Bench) -> list[Figure]:
    """Small rounds of both in turn, so that what else the machine does weighs on both alike."""
    product, bare = saver(bench), bare_saver(bench)
    for one in (product, bare):
        for _ in range(PER_ROUND * 2):
            one()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for one, kept in zip((product, bare), times, strict=True):
            for _ in range(PER_ROUND):
                start = time.perf_counter()
                one()
                kept.append((time.perf_counter() - start) * 1000)
    ours, theirs = times
    p50 = median(ours)
    p95 = percentile(ours, 0.95)
    return [
        Figure("cellule.p50", p50, "ms", p50 / median(theirs), AGAINST, 2.5),
        Figure("cellule.p95", p95, "ms", p95 / percentile(theirs, 0.95), AGAINST, 2.5),
    ]


def saver(bench: Bench) -> Callable[[], None]:
    """Saves the next cell through the portal: session, CSRF, rights, rules, isolation, history."""
    connection, path = Connection(bench.portal), f"/api/presences/{bench.data.saved.sheet_id}/cellules"
    edits = _edits(bench.data.saved.lines, bench.data.days)

    def save() -> None:
        reply = connection.send(post(path, {"edits": [next(edits)]}, bench.data.person.headers))
        if reply.status != 200 or reply.json()["results"][0]["status"] != "saved":
            raise RuntimeError(reply.body.decode()[:500])

    return save


def bare_saver(bench: Bench) -> Callable[[], None]:
    """Saves the next cell through the bare route."""
    connection = Connection(bench.bare)
    edits = _edits(bench.data.saved.lines, bench.data.days)

    def save() -> None:
        reply = connection.send(post("/cellule", next(edits)))
        if reply.status != 200:
            raise RuntimeError(reply.body.decode()[:500])

    return save


def _edits(lines: list[int], days: list[int]) -> Iterator[dict[str, object]]:
    """Every cell in turn, line by line within a day: P, then J, then P again."""
    old, new = "P", "J"
    while True:
        for day in days:
            for line in lines:
                yield {"key": str(uuid.uuid4()), "line": line, "field": str(day), "old": old, "new": new}
        old, new = new, old

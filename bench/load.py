"""Two hundred people saving at once for ten seconds, each in their own cells: how many, and whether all is kept."""

from __future__ import annotations

import selectors
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import psycopg

from bench.data import Person, signed_in
from bench.report import Figure, median
from bench.server import Bench
from bench.wire import Connection, Reply, post

SAVERS = 200
SECONDS = 10.0
ROUNDS = 5
AGAINST = "la même route Flask nue, sous la même charge"

Edit = dict[str, str | int]


@dataclass
class Saver:
    """One person on one connection: the next edit is sent when the last one is answered."""

    connection: Connection
    edits: Iterator[Edit]
    request: Callable[[Edit], bytes]
    last: dict[tuple[int, int], str] = field(default_factory=dict)
    saved: int = 0
    errors: list[str] = field(default_factory=list)
    current: Edit = field(default_factory=dict)
    reply: Reply = field(default_factory=Reply)

    def start(self) -> None:
        self.current, self.reply = next(self.edits), Reply()
        self.connection.socket.sendall(self.request(self.current))

    def receive(self) -> bool:
        """Take what has arrived; True when the answer is whole."""
        received = self.connection.socket.recv(1 << 16)
        if not received:
            raise ConnectionError("the server closed the connection")
        if not self.reply.feed(received):
            return False
        if self.reply.status == 200 and b'"saved"' in self.reply.body:
            self.saved += 1
            self.last[int(self.current["line"]), int(self.current["field"])] = str(self.current["new"])
        else:
            self.errors.append(f"{self.reply.status} {self.reply.body[:300].decode(errors='replace')}")
        return True


def measure(bench: Bench) -> list[Figure]:
    """Both routes in turn; the portal's savers share one organiser, hence one chain of history: the worst case."""
    rates: dict[str, list[float]] = {"portal": [], "bare": []}
    errors: list[str] = []
    lost = 0
    with psycopg.connect(bench.database_url, autocommit=True) as admin:
        people = [signed_in(bench.app, user) for user in bench.data.savers]
        for _ in range(ROUNDS):
            before = _entries(admin)
            savers = _portal_savers(bench, people)
            rates["portal"].append(_run(savers))
            errors += [error for saver in savers for error in saver.errors]
            lost += _lost(admin, savers, _entries(admin) - before)
            rates["bare"].append(_run(_bare_savers(bench)))
    rate, bare = median(rates["portal"]), median(rates["bare"])
    if errors:
        print("\n".join(errors[:5]))
    return [
        Figure("charge.200.debit", rate, "/s", rate / bare, AGAINST, 0.5, at_least=True),
        Figure("charge.200.erreurs", len(errors), "", None, "", 0),
        Figure("charge.200.perdus", lost, "", None, "", 0),
    ]


def _run(savers: list[Saver]) -> float:
    """Let everyone save once, so that the workers know all of them, then go on for SECONDS; the saves a second."""
    selector = selectors.DefaultSelector()
    for saver in savers:
        selector.register(saver.connection.socket, selectors.EVENT_READ, saver)
        saver.start()
    waiting, start, before, end = set(map(id, savers)), 0.0, 0, float("inf")
    active = len(savers)
    while active:
        for key, _ in selector.select():
            saver = key.data
            if not saver.receive():
                continue
            waiting.discard(id(saver))
            if not waiting and not start:
                start, before = time.perf_counter(), sum(one.saved for one in savers)
                end = start + SECONDS
            if time.perf_counter() < end:
                saver.start()
            else:
                selector.unregister(saver.connection.socket)
                saver.connection.close()
                active -= 1
    return (sum(saver.saved for saver in savers) - before) / (time.perf_counter() - start)


def _portal_savers(bench: Bench, people: list[Person]) -> list[Saver]:
    path = f"/api/presences/{bench.data.saved.sheet_id}/cellules"
    standing = _standing(bench)

    def request(person: Person) -> Callable[[Edit], bytes]:
        return lambda edit: post(path, {"edits": [edit]}, person.headers)

    return [
        Saver(Connection(bench.portal), _own(bench, number, standing), request(people[number % len(people)]))
        for number in range(SAVERS)
    ]


def _bare_savers(bench: Bench) -> list[Saver]:
    return [
        Saver(Connection(bench.bare), _own(bench, number, {}), lambda edit: post("/cellule", edit))
        for number in range(SAVERS)
    ]


def _own(bench: Bench, number: int, standing: dict[int, str]) -> Iterator[Edit]:
    """Edits of one saver's cells: five people a line, so that neighbours' saves meet on the same row."""
    line = bench.data.saved.lines[number // 5]
    days = bench.data.days[number % 5 :: 5]
    values = {day: standing.get(line, "P" * 31)[day - 1] for day in days}
    while True:
        for day in days:
            old = values[day]
            values[day] = "J" if old == "P" else "P"
            yield {"key": str(uuid.uuid4()), "line": line, "field": str(day), "old": old, "new": values[day]}


def _standing(bench: Bench) -> dict[int, str]:
    with psycopg.connect(bench.database_url) as admin:
        rows = admin.execute(
            "SELECT id, codes FROM attendance_line WHERE sheet_id = %s", (bench.data.saved.sheet_id,)
        ).fetchall()
    return dict(rows)


def _entries(admin: psycopg.Connection) -> int:
    row = admin.execute("SELECT count(*) FROM journal_change").fetchone()
    return int(row[0]) if row else 0


def _lost(admin: psycopg.Connection, savers: list[Saver], entries: int) -> int:
    """Saves that the server answered for and that are not in the line, or not in the history."""
    codes = dict(admin.execute("SELECT id, codes FROM attendance_line").fetchall())
    missing = sum(
        codes[line][day - 1] != value for saver in savers for (line, day), value in saver.last.items()
    )
    return missing + max(0, sum(saver.saved for saver in savers) - entries)

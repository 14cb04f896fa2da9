"""Generated pages under threads: nobody sees another's search (FAB's views share one object and its filters)."""

from __future__ import annotations

import random
import threading

from flask import Flask

from tests import factories
from tests.client import PortalClient
from tests.conftest import System, new_client

_THREADS, _PAGES = 20, 12


def test_twenty_people_search_at_once(app: Flask, system: System) -> None:
    people: list[tuple[int, str]] = []
    words = ["Alouette", "Bergeronnette", "Corneille", "Draine"]
    with system() as session:
        for number in range(_THREADS):
            owner = factories.organiser(session, f"Zone{number}")
            for word in words:
                factories.facility(session, owner, f"{word}{number}x", weekdays=())
            people.append((factories.administrator(session, owner).id, f"{number}x"))
    clients = [new_client(app).login(user_id) for user_id, _mark in people]
    ready = threading.Barrier(_THREADS)
    wrong: list[str] = []

    def search(client: PortalClient, mark: str, seed: int) -> None:
        pick = random.Random(seed)  # noqa: S311  # which page next, not a secret
        ready.wait(30)
        for _ in range(_PAGES):
            word = pick.choice(words)
            page = client.get("/milieux-d-accueil/", query_string={"name": word}).get_data(as_text=True)
            seen = {f"Crèche {one}{number}x" for one in words for number in range(_THREADS)
                    if f"Crèche {one}{number}x" in page}  # fmt: skip
            if seen != {f"Crèche {word}{mark}"}:
                wrong.append(f"{word}{mark}: {sorted(seen)}")

    threads = [
        threading.Thread(target=search, args=(client, mark, number))
        for number, (client, (_user, mark)) in enumerate(zip(clients, people, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong[:5]

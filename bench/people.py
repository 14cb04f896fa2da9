"""The list of an organiser of 5,000 people against one of 25, and the matrix of 200 people × 40 facilities."""

from __future__ import annotations

import time
from collections.abc import Callable

from app import scope
from app.db import db
from app.models import Dossier, Grant, Membership, Organiser, User
from bench import data
from bench.application import SIZE
from bench.report import Figure, median
from bench.server import Bench
from bench.wire import Connection, get

ROUNDS = 15
PER_ROUND = 4
LIST = "/utilisateurs/"
MATRIX = f"/utilisateurs/matrice/?dossier={Dossier.SUBSIDES.value}"
#: As many as the matrix has.
BOXES = "/bench/cases/"


def measure(bench: Bench) -> list[Figure]:
    """Pages as one administrator asks for them, in turn, from the portal under gunicorn."""
    few = _organiser(bench, "0712345781", 25)
    many = _organiser(bench, "0712345880", 5000)
    wide = _organiser(bench, "0712345979", SIZE[0], facilities=SIZE[1])
    long, short = _times(_page(bench, many, LIST, 26), _page(bench, few, LIST, 26))
    cells = SIZE[0] * SIZE[1]
    matrix, boxes = _times(_page(bench, wide, MATRIX, 201, cells), _page(bench, wide, BOXES, 200, cells))
    return [
        Figure("utilisateurs.5000", long, "ms", long / short, "la même page de 25 personnes", 1.5),
        Figure("matrice.200x40", matrix, "ms", matrix / boxes, "page nue de 8 000 cases à cocher nommées", 3),
    ]


def _organiser(bench: Bench, bce: str, people: int, facilities: int = 0) -> data.Person:
    """An organiser with so many people, of whom its administrator is one; each has two facilities, when there are any."""
    with bench.app.app_context(), scope.system("bench people", db.session()):
        session = db.session()
        organiser = Organiser(name=f"PO {bce}", bce=bce, postcode="1300", city="Bellerive")
        session.add(organiser)
        session.flush()
        rooms = [data.facility_of(organiser, f"{bce[-3:]}-{number}", 20).id for number in range(facilities)]
        administrator = data.user(organiser.id, f"bench.{bce}").id
        users = [
            User(
                first_name="Camille", last_name=f"Nom {number:04d}", username=f"{bce}.{number}",
                email=f"{bce}.{number}@exemple.invalid", active=True, password="",
            )
            for number in range(people - 1)
        ]  # fmt: skip
        session.add_all(users)
        session.flush()
        members = [
            Membership(
                user_id=user.id, organiser_id=organiser.id, first_name=user.first_name, last_name=user.last_name,
                email=user.email,
            )
            for user in users
        ]  # fmt: skip
        session.add_all(members)
        session.flush()
        if rooms:
            session.add_all(
                Grant(
                    organiser_id=organiser.id, membership_id=member.id, dossier=Dossier.SUBSIDES, facility_id=room
                )
                for number, member in enumerate(members)
                for room in (rooms[number % len(rooms)], rooms[(number + 7) % len(rooms)])
            )  # fmt: skip
        session.commit()
    return data.signed_in(bench.app, administrator)


def _page(bench: Bench, person: data.Person, path: str, rows: int, boxes: int = 0) -> Callable[[], None]:
    """Asks for a page, which must show so many rows and boxes to tick."""
    connection = Connection(bench.portal)
    request = get(path, {"Cookie": person.cookie})
    found = connection.send(request)
    shown = found.body.count(b"<tr"), found.body.count(b'type="checkbox"')
    if found.status != 200 or shown != (rows, boxes):
        raise RuntimeError(f"{path}: {found.status}, {shown}")

    def ask() -> None:
        if connection.send(request).status != 200:
            raise RuntimeError(path)

    return ask


def _times(ours: Callable[[], None], theirs: Callable[[], None]) -> tuple[float, float]:
    """Medians in ms of both, in small rounds in turn, so that what else the machine does weighs on both alike."""
    times: dict[Callable[[], None], list[float]] = {ours: [], theirs: []}
    for _ in range(ROUNDS):
        for ask, kept in times.items():
            for _ in range(PER_ROUND):
                start = time.perf_counter()
                ask()
                kept.append((time.perf_counter() - start) * 1000)
    return median(times[ours]), median(times[theirs])

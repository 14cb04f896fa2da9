"""National numbers in what could be stolen or read over a shoulder: none."""

from __future__ import annotations

import base64
import datetime as dt
import io
import logging
import re
from collections.abc import Iterator

import psycopg
import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import undefer

from app.db import db
from app.keyring import Keyring, configure, keyring
from app.masking import HIDDEN, mask_anything, mask_numbers
from app.models import AttendanceImport, AttendanceLine, Facility, User
from app.security import logs
from tests import factories
from tests.conftest import System
from tests.factories.attendance import NOW

COUNT = 1000


@pytest.fixture(scope="module")
def numbers() -> list[str]:
    return list(factories.nisses(COUNT, seed=20261122))


@pytest.fixture
def stored(system: System, numbers: list[str]) -> int:
    """The numbers as children of a month, a few as people and in a workbook under preview; the sheet's id."""
    with system() as session:
        owner = factories.organiser(session)
        place = factories.facility(session, owner)
        user = factories.administrator(session, owner, factories.person(session, niss=numbers[0]))
        sheet = factories.sheet(session, place, lines=0)
        session.add_all(
            AttendanceLine(
                organiser_id=owner.id, facility_id=place.id, sheet_id=sheet.id, position=position,
                last_name="Nom", first_name="Prénom", niss_sealed=number,
                niss_hash=keyring().fingerprint(number), changed_at=NOW,
            )
            for position, number in enumerate(numbers)
        )  # fmt: skip
        factories.pending_import(
            session,
            place,
            user,
            table="\n".join(numbers),
            file="\n".join(numbers).encode(),
            filename="x.xlsx",
        )
        sheet_id: int = sheet.id
    return sheet_id


def _dump(database_url: str) -> bytes:
    """Every table as COPY writes it, read by the database's owner: what a stolen backup holds."""
    with psycopg.connect(database_url) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        content = io.BytesIO()
        for (table,) in tables:
            with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as copy:
                for block in copy:
                    content.write(bytes(block))
    return content.getvalue()


def _found(numbers: list[str], content: bytes) -> list[str]:
    """Numbers in the bytes: as they are, as hexadecimal (COPY's bytea), as base64, in the shape of a card."""
    found = []
    for number in numbers:
        card = f"{number[:2]}.{number[2:4]}.{number[4:6]}-{number[6:9]}.{number[9:]}"
        shapes = (
            number,
            number.encode().hex(),
            card,
            card.encode().hex(),
            base64.b64encode(number.encode())[:14].decode(),
        )
        found += [shape for shape in shapes if shape.encode() in content]
    return found


def test_a_stolen_dump_holds_none_of_a_thousand(database_url: str, stored: int, numbers: list[str]) -> None:
    dump = _dump(database_url)
    assert dump.count(b"Nom\tPr") == COUNT, "the rows themselves are in the dump"
    assert not _found(numbers, dump)


def test_the_dump_would_show_them_in_clear(database_url: str, system: System, numbers: list[str]) -> None:
    """The search itself finds what is there."""
    with system() as session:
        factories.organiser(session, street=numbers[0], city=numbers[1].encode().hex())
    assert len(_found(numbers, _dump(database_url))) == 2


def test_a_fingerprint_needs_its_key(database_url: str, stored: int, numbers: list[str]) -> None:
    """Eleven digits are soon tried one by one: a plain hash would give them away."""
    import hashlib

    dump = _dump(database_url)
    for name in ("md5", "sha1", "sha256", "sha512"):
        assert hashlib.new(name, numbers[0].encode()).hexdigest().encode() not in dump
    assert keyring().fingerprint(numbers[0]).encode() in dump


@pytest.fixture
def other_keys() -> Iterator[None]:
    kept = keyring()
    yield
    configure(kept)


def test_keys_rotate(system: System, stored: int, numbers: list[str], other_keys: None) -> None:
    old = keyring()
    new_key = b"n" * 32
    configure(Keyring({"k2": new_key, **old.keys}, "k2", old.hash_key))
    read = (
        select(AttendanceLine).options(undefer(AttendanceLine.niss_sealed)).order_by(AttendanceLine.position)
    )
    with system() as session:
        rows = session.scalars(read).all()
        assert [row.niss_sealed for row in rows] == numbers, "what the old key sealed is read"
        rows[0].niss_sealed = None
        session.flush()
        rows[0].niss_sealed = numbers[0]
        session.flush()
        sealed = session.execute(text("SELECT niss_sealed FROM attendance_line ORDER BY position LIMIT 2"))
        assert [bytes(value).split(b":")[0] for (value,) in sealed] == [b"k2", b"dev"]
    configure(Keyring({"k2": new_key}, "k2", old.hash_key))
    with system() as session:
        assert session.scalars(read.limit(1)).one().niss_sealed == numbers[0]
        with pytest.raises(KeyError):
            session.scalars(read).all()
    configure(Keyring({"dev": new_key}, "dev", old.hash_key))
    with system() as session, pytest.raises(InvalidTag):
        session.scalars(read.offset(1).limit(1)).one()


def test_altered_bytes_are_not_read(system: System, stored: int) -> None:
    with system() as session:
        session.execute(
            text(
                "UPDATE attendance_line SET niss_sealed = set_byte(niss_sealed, 20, get_byte(niss_sealed, 20) # 1)"
            )
        )
        read = select(AttendanceLine).options(undefer(AttendanceLine.niss_sealed)).limit(1)
        with pytest.raises(InvalidTag):
            session.scalars(read).all()


def test_the_same_number_is_sealed_differently_each_time() -> None:
    assert keyring().encrypt(b"85073003328") != keyring().encrypt(b"85073003328")


def test_constraint_errors_name_no_value(system: System, stored: int, numbers: list[str]) -> None:
    with system() as session:
        place = session.scalars(select(Facility)).one()
        line = session.scalars(select(AttendanceLine).limit(1)).one()
        again = keyring().fingerprint(numbers[0])
        owner = {"organiser_id": place.organiser_id}
        of_sheet = {
            "facility_id": line.facility_id,
            "sheet_id": line.sheet_id,
            "changed_at": NOW,
            "position": 1,
        }
        opened = dt.date(2026, 1, 1)
        for row in (
            User(first_name="Anne", last_name=numbers[1], username="a", email="a", niss_hash=again),
            Facility(matricule=place.matricule, name=numbers[2], capacity=4, opened_on=opened, **owner),
            AttendanceLine(codes="secret" + numbers[3], **owner, **of_sheet),
        ):
            with session.begin_nested() as part:
                session.add(row)
                with pytest.raises(IntegrityError) as refused:
                    session.flush()
                part.rollback()
            logged = _logged(refused.value)
            assert not _found(numbers, logged.encode())
            for value in (place.matricule, "secret", "Anne", keyring().fingerprint(numbers[0])):
                assert value not in logged
            assert "constraint" in logged


def _logged(error: Exception) -> str:
    """What a log keeps of an error, by a handler that nobody told of masking."""
    stream = io.StringIO()
    logger, handler = logging.getLogger("essai.masque"), logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.addHandler(handler)
    try:
        logger.error("échec de %s", "l’opération", exc_info=error)
    finally:
        logger.removeHandler(handler)
    return stream.getvalue()


_WRITTEN = (
    "{0}",
    "niss={0}.",
    "«{0}»",
    "({1})",
    "{2}",
    "{3}",
    "{0}\n{1}",
    "x:{0};y:{1}",
    "'{0}'",
    "/chemin/{0}/x",
)


def test_a_log_shows_no_number_however_it_is_written() -> None:
    number = factories.niss()
    a, b, c, d, e = number[:2], number[2:4], number[4:6], number[6:9], number[9:]
    shapes = (number, f"{a}.{b}.{c}-{d}.{e}", f"{a}{b}{c} {d} {e}", f"{a}/{b}/{c} - {d}.{e}")
    for template in _WRITTEN:
        written = template.format(*shapes)
        stream = io.StringIO()
        logger, handler = logging.getLogger("essai.masque"), logging.StreamHandler(stream)
        logger.addHandler(handler)
        try:
            logger.warning("reçu %s", written)
            logger.warning("reçu %s", {"niss": written})
            logger.error(written)
            logger.error("échec", exc_info=ValueError(written))
            logger.warning("trop %s %s", written)
        finally:
            logger.removeHandler(handler)
        logged = stream.getvalue()
        assert logged.count(HIDDEN) >= 4, template
        assert number not in re.sub(r"[\s./–-]", "", logged), template


def test_other_figures_stay_in_the_log(app: Flask) -> None:
    for kept in (
        "192.168.100.12",
        "2026-11-22 04:12:43,883",
        "0478/12.34.56",
        "BE71 0961 2345 6769",
        "123456789012",
    ):
        assert mask_anything(f"reçu {kept} ici") == f"reçu {kept} ici"
    assert (
        mask_anything("cause\nDETAIL:  Key (name)=(Anne) already exists.\nfin")
        == f"cause\nDETAIL:  {HIDDEN}\nfin"
    )
    assert mask_numbers("dossier 12345678901") == "dossier 12345678901"


def test_masking_is_put_in_place_once(app: Flask) -> None:
    before = logging.getLogRecordFactory()
    logs.init_app(app)
    assert logging.getLogRecordFactory() is before


def test_no_column_is_left_in_clear(app: Flask) -> None:
    """Whatever is named after the number is either sealed or its keyed hash."""
    named = [
        (table.name, column)
        for table in db.metadata.tables.values()
        for column in table.columns
        if "niss" in column.name or "nrn" in column.name
    ]
    assert len(named) >= 4
    for table, column in named:
        kind = type(column.type).__name__
        assert (column.name.endswith("_sealed") and kind == "EncryptedText") or (
            column.name.endswith("_hash") and column.type.length == 64
        ), (table, column.name)
    assert type(AttendanceImport.__mapper__.columns["file"].type).__name__ == "EncryptedBytes"
    assert type(AttendanceImport.__mapper__.columns["table"].type).__name__ == "EncryptedText"

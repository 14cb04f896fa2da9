"""Counters of Flask-Limiter in PostgreSQL: shared by every worker, without one more server."""

from __future__ import annotations

import time
from typing import Any

from limits.storage import Storage
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.db import db

_INCREMENT = text(
    """INSERT INTO rate_counter (key, hits, expires_at)
       VALUES (:key, :amount, now() + make_interval(secs => :expiry))
       ON CONFLICT (key) DO UPDATE SET
         hits = CASE WHEN rate_counter.expires_at <= now() THEN excluded.hits
                     ELSE rate_counter.hits + excluded.hits END,
         expires_at = CASE WHEN rate_counter.expires_at <= now() THEN excluded.expires_at
                           ELSE rate_counter.expires_at END
       RETURNING hits"""
)
_READ = text(
    "SELECT hits, extract(epoch FROM expires_at) FROM rate_counter WHERE key = :key AND expires_at > now()"
)


class PostgresStorage(Storage):
    """Fixed-window counters; a window starts at its first hit."""

    STORAGE_SCHEME = ["portail-postgresql"]

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        with db.engine.begin() as connection:
            parameters = {"key": key[:300], "amount": amount, "expiry": expiry}
            return int(connection.execute(_INCREMENT, parameters).scalar_one())

    def get(self, key: str) -> int:
        row = self._read(key)
        return int(row[0]) if row else 0

    def get_expiry(self, key: str) -> float:
        row = self._read(key)
        return float(row[1]) if row else time.time()

    def check(self) -> bool:
        with db.engine.connect() as connection:
            return connection.execute(text("SELECT 1")).scalar_one() == 1

    def reset(self) -> int | None:
        with db.engine.begin() as connection:
            return connection.execute(text("DELETE FROM rate_counter")).rowcount

    def clear(self, key: str) -> None:
        with db.engine.begin() as connection:
            connection.execute(text("DELETE FROM rate_counter WHERE key = :key"), {"key": key[:300]})

    def _read(self, key: str) -> Any:
        with db.engine.connect() as connection:
            return connection.execute(_READ, {"key": key[:300]}).one_or_none()

"""Server-side sessions: the cookie is a random id, the rest stays in PostgreSQL.

One statement opens a session and brings with it whether the person is still active and the version of
the rights. A session dies after SESSION_IDLE without a request, after SESSION_ABSOLUTE in any case,
and at once when the person's epoch moves (disabled, logged out everywhere): it stays dead after
reactivation because the epoch never goes back. An id from a cookie is only ever looked up: one that is
not known is replaced by an id of ours.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from dataclasses import dataclass
from typing import Any, Final, cast

import msgspec
from flask import Flask, Request, Response, current_app, g, request
from flask.sessions import SessionMixin
from flask_session.base import ServerSideSession, ServerSideSessionInterface
from sqlalchemy import text

from app import clock
from app.db import autocommit, db, read_fixed
from app.security import devices

#: The endpoints of static files, which are the same for everybody.
FILES: Final = frozenset({"static", "appbuilder.static", "bootstrap.static"})

#: A session in use is marked as seen at most this many times in SESSION_IDLE, to spare a write on every request.
_TOUCHES: Final = 30

# On the path of every request: given to the driver as it is.
_OPEN: Final = """SELECT s.data, s.number, s.created_at, s.last_seen_at, s.user_id, u.active, u.epoch, v.version, v.reference
    FROM user_session s LEFT JOIN ab_user u ON u.id = s.user_id CROSS JOIN rights_version v
    WHERE s.id_hash = $1"""
_CREATE: Final = text(
    """INSERT INTO user_session (id_hash, user_id, data, strength, agent, created_at, last_seen_at)
       VALUES (:id_hash, :user_id, :data, :strength, :agent, :now, :now)"""
)
# An update, never an upsert: a slow request of a session ended meanwhile must not bring it back to life.
_SAVE: Final = text(
    """UPDATE user_session SET user_id = :user_id, data = :data, strength = :strength,
         last_seen_at = CASE WHEN :seen THEN CAST(:now AS timestamptz) ELSE last_seen_at END
       WHERE id_hash = :id_hash"""
)
_TOUCH: Final = text("UPDATE user_session SET last_seen_at = :now WHERE id_hash = :id_hash")
_DELETE: Final = text("DELETE FROM user_session WHERE id_hash = :id_hash")
_PURGE: Final = text("DELETE FROM user_session WHERE last_seen_at < :idle OR created_at < :absolute")


class Session(ServerSideSession):
    """A session that knows under which key it was found in the table ("" when it is new).

    `needless`: that of a static file, neither looked up nor kept.
    """

    stored = ""
    needless = False


class PostgresSessions(ServerSideSessionInterface):
    """Flask-Session on the `user_session` table, in a connection apart from the page's transaction."""

    session_class = Session

    def open_session(self, app: Flask, request: Request) -> Session:
        g.session_found = ""
        if request.path.startswith(self._files()):
            session = Session()
            session.needless = True
            return session
        session = cast(Session, super().open_session(app, request))
        session.stored = g.pop("session_found")
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        session = cast(Session, session)
        if session.stored and not self.should_set_storage(app, session):
            response.vary.add("Cookie")  # nothing to keep: nearly every request
        elif not session.needless:
            super().save_session(app, session, response)

    @functools.cache  # noqa: B019  (one of these lives as long as the application)
    def _files(self) -> tuple[str, ...]:
        """What the addresses of static files begin with: a page's dozen of files would each ask for the session."""
        rules = (rule for endpoint in FILES for rule in self.app.url_map.iter_rules(endpoint))
        return tuple(rule.rule.partition("<")[0] for rule in rules)

    def _get_store_id(self, sid: str) -> str:
        return hashlib.sha256(sid.encode()).hexdigest()

    def _retrieve_session_data(self, store_id: str) -> dict[str, Any] | None:
        with autocommit() as connection:
            rows = read_fixed(connection, _OPEN, (store_id,))
        if not rows:
            g.session_ended = "gone"  # by an earlier request, from another device, or purged
            return None
        stored, number, created_at, seen_at, user_id, active, epoch, version, reference = rows[0]
        data: dict[str, Any] = msgspec.json.decode(stored)
        now = clock.now()
        config = self.app.config
        stale = now - seen_at > config["SESSION_IDLE"] or now - created_at > config["SESSION_ABSOLUTE"]
        revoked = user_id is not None and (not active or epoch != data.get("epoch"))
        if stale or revoked:
            self._delete_session(store_id)
            g.session_ended = "stale" if stale else "revoked"
            return None
        g.rights_version = version
        g.reference_version = reference
        g.session_number = number
        g.session_seen_at = seen_at
        g.session_opened_at = created_at
        g.session_found = store_id
        return data

    def should_set_storage(self, app: Flask, session: ServerSideSession) -> bool:
        seen = g.get("session_seen_at")
        # A page's own polling (g.passive) must not keep an abandoned session alive.
        return bool(session.modified or (seen is not None and _touched(seen)))

    def should_set_cookie(self, app: Flask, session: ServerSideSession) -> bool:
        return self._get_store_id(session.sid) != cast(Session, session).stored

    def _upsert_session(
        self, session_lifetime: dt.timedelta, session: ServerSideSession, store_id: str
    ) -> None:
        now = clock.now()
        with db.engine.begin() as connection:
            if not session.modified:
                connection.execute(_TOUCH, {"id_hash": store_id, "now": now})
                return
            data = dict(session)
            user_id = data.get("_user_id")
            values = {
                "id_hash": store_id,
                "user_id": int(user_id) if user_id else None,
                "data": msgspec.json.encode(data),
                "strength": data.get("strength", "faible"),
                "now": now,
            }
            if store_id == cast(Session, session).stored:
                connection.execute(_SAVE, {**values, "seen": not g.get("passive")})
            else:
                connection.execute(_CREATE, {**values, "agent": request.user_agent.string[: devices.LONGEST]})

    def _delete_session(self, store_id: str) -> None:
        with db.engine.begin() as connection:
            connection.execute(_DELETE, {"id_hash": store_id})

    def _delete_expired_sessions(self) -> None:
        now = clock.now()
        config = self.app.config
        with db.engine.begin() as connection:
            connection.execute(
                _PURGE, {"idle": now - config["SESSION_IDLE"], "absolute": now - config["SESSION_ABSOLUTE"]}
            )


def _touched(seen: dt.datetime) -> bool:
    """Whether this request marks its session as seen."""
    every = current_app.config["SESSION_IDLE"] / _TOUCHES
    return clock.now() - seen > every and not g.get("passive")


@dataclass(frozen=True)
class Remaining:
    """Which session this is, and the seconds until it ends: left alone, and in any case."""

    number: int
    idle: int
    absolute: int


def remaining() -> Remaining:
    """How long the session lasts, as its last request will have been marked."""
    now, config = clock.now(), current_app.config
    seen: dt.datetime = g.get("session_seen_at", now)
    opened: dt.datetime = g.get("session_opened_at", now)
    idle = (now if _touched(seen) else seen) + config["SESSION_IDLE"] - now
    absolute = opened + config["SESSION_ABSOLUTE"] - now
    return Remaining(
        g.get("session_number", 0),
        max(0, int(idle.total_seconds())),
        max(0, int(absolute.total_seconds())),
    )


def stored_id(session: SessionMixin) -> str:
    """Under which id the table holds a session; "" for one that is not stored yet."""
    return cast(Session, session).stored


def init_app(app: Flask) -> None:
    """Put the sessions of the application into PostgreSQL."""
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    app.jinja_env.globals["session_left"] = remaining
    app.session_interface = PostgresSessions(
        app, permanent=False, sid_length=32, serialization_format="json", key_prefix=""
    )

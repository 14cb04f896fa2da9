"""The bare routes that saving is measured against: one UPDATE and one INSERT for a cell, one executemany for a month.

No session, no rights, no CSRF, no rules, no isolation, no chained history: what is left is the price of Flask,
SQLAlchemy's pool and one durable transaction. Same gunicorn settings, same PostgreSQL, same pool.
"""

from __future__ import annotations

import os
from typing import Any

from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text

from app.db import sqlalchemy_url

db = SQLAlchemy()

#: The portal's own tables, indexes included, without row-level security.
TABLES = """
CREATE TABLE bare_line (LIKE attendance_line INCLUDING ALL);
INSERT INTO bare_line OVERRIDING SYSTEM VALUE SELECT * FROM attendance_line;
CREATE TABLE bare_change (LIKE journal_change INCLUDING ALL);
CREATE TABLE bare_import (LIKE attendance_line INCLUDING ALL);
"""

_UPDATE = text(
    """UPDATE bare_line SET codes = overlay(codes placing :new from :day for 1), version = version + 1
       WHERE id = :line"""
)
_INSERT = text(
    """INSERT INTO bare_change (entry_id, object_type, object_id, field, old, new)
       VALUES (:line, 'attendance_line', :line, :field, :old, :new)"""
)

_INSERT_LINE = text(
    """INSERT INTO bare_import (organiser_id, facility_id, sheet_id, position, last_name, first_name, birth_date,
         niss_sealed, niss_hash, entry_date, pfp_rate, codes, version, changed_at)
       VALUES (1, 1, 1, :position, :last_name, 'Camille', '2025-03-01', :niss_sealed, :niss_hash, '2026-01-05', 12.50,
         :codes, 1, now())"""
)
_LINES = [
    {
        "position": number, "last_name": f"Enfant {number:03d}", "niss_sealed": b"%064d" % number,
        "niss_hash": f"{number:064x}", "codes": "PPPPP.." * 4 + "PPP",
    }
    for number in range(500)
]  # fmt: skip


def create_app() -> Flask:
    """The routes, under the database of DATABASE_URL."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = sqlalchemy_url(os.environ["DATABASE_URL"])
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_size": int(os.environ.get("DATABASE_POOL", "5")),
        "max_overflow": 5,
    }
    db.init_app(app)

    @app.post("/cellule")
    def cell() -> Any:
        edit = request.get_json()
        line, field, old, new = edit["line"], edit["field"], edit["old"], edit["new"]
        with db.engine.begin() as connection:
            connection.execute(_UPDATE, {"line": line, "day": int(field), "new": new})
            connection.execute(_INSERT, {"line": line, "field": field, "old": old, "new": new})
        return jsonify(key=edit["key"], status="saved", value=new)

    @app.post("/lignes")
    def lines() -> Any:
        with db.engine.begin() as connection:
            connection.execute(_INSERT_LINE, _LINES)
        return jsonify(lines=len(_LINES))

    return app

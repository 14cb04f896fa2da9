"""The engine, the session and the embedded server."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import flask_appbuilder
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, event

from app.embedded import embedded_server_url

#: The role the portal works under: not the owner, so that row-level security binds it.
PORTAL_ROLE = "portail_app"

#: FAB's own base, so that its tables and ours share one metadata.
db = SQLAlchemy(model_class=flask_appbuilder.Model)
migrate = Migrate(directory=str(Path(__file__).parent / "migrations"), compare_type=True)


def sqlalchemy_url(url: str) -> str:
    """The same database through psycopg 3, whatever way the address was written."""
    for prefix in ("postgresql+psycopg://", "postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    raise ValueError("DATABASE_URL: expected postgresql://…")


def init_app(app: Flask) -> None:
    """Bind the session to the database of the configuration, under the portal's role."""
    url = app.config["DATABASE_URL"] or embedded_server_url(Path(app.root_path).parent / "var" / "postgres")
    app.config["SQLALCHEMY_DATABASE_URI"] = sqlalchemy_url(url)
    app.config.setdefault(
        "SQLALCHEMY_ENGINE_OPTIONS",
        {
            "pool_size": int(os.environ.get("DATABASE_POOL", "5")),
            "max_overflow": 5,
            "pool_pre_ping": False,
            "hide_parameters": True,  # a failing statement must not print what people typed
            "json_serializer": lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True),
        },
    )
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        event.listen(db.engine, "connect", _take_portal_role)


def _take_portal_role(connection: Any, _record: Any) -> None:
    connection.execute(f"SET ROLE {PORTAL_ROLE}")
    connection.commit()


def owner_engine(app: Flask) -> Engine:
    """An engine that keeps the owner's role, for migrations and nothing else."""
    from sqlalchemy import create_engine

    return create_engine(app.config["SQLALCHEMY_DATABASE_URI"], hide_parameters=True)

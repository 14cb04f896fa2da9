"""The portal. `create_app` is the only way in: gunicorn loads `app:create_app()`."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_bootstrap import Bootstrap5

from config import ENVIRONMENTS, ROOT


class Portal(Flask):
    """Flask, whose views are never coroutines: it need not look at each function that each request passes by."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(environment: str | None = None, **overrides: object) -> Flask:
    """The application for an environment (PORTAL_ENV, default "development").

    `overrides` replace settings, for tests. Raises config.ConfigError in production without secrets.
    """
    app = Portal(
        __name__, static_folder="static", template_folder="templates", instance_path=str(ROOT / "var")
    )
    app.config.from_object(ENVIRONMENTS[environment or os.environ.get("PORTAL_ENV", "development")]())
    app.config.update(overrides)

    from app import cli, db, keyring, views, walls
    from app.security import guards, headers, logs, oidc, sessions
    from app.security.csrf import PortalCSRF
    from app.security.manager import PortalSecurityManager
    from app.views import delivery
    from app.views.builder import PortalBuilder
    from app.views.converters import MonthConverter
    from app.views.index import PortalIndexView

    app.url_map.converters["month"] = MonthConverter
    logs.init_app(app)
    keyring.configure(keyring.Keyring.parse(app.config["NISS_KEYS"], app.config["NISS_HASH_KEY"]))
    app.config["OAUTH_PROVIDERS"] = oidc.providers(app.config)
    walls.install()
    db.init_app(app)
    sessions.init_app(app)
    headers.init_app(app)
    guards.init_app(app)  # before FAB's hooks: no query without a scope
    PortalCSRF().init_app(app)  # before FAB too, or GET /delete/1 deletes
    Bootstrap5(app)
    with app.app_context():
        appbuilder = PortalBuilder(indexview=PortalIndexView, security_manager_class=PortalSecurityManager)
        appbuilder.init_app(app, db.db.session)
        views.register(app, appbuilder)
    delivery.init_app(app)
    cli.init_app(app)
    return app

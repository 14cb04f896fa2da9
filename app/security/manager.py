"""FAB's security manager, fed from the actor instead of a query per button."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Iterable
from typing import Any, Final, cast

from flask import Flask, g
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from sqlalchemy import or_, select
from werkzeug.security import check_password_hash, generate_password_hash

from app.models import User
from app.security import limiter as _storage  # noqa: F401  (registers the storage scheme)
from app.security.guards import current_actor
from app.security.rights import BY_PERMISSION
from app.security.views import SignInView

_LONGEST_PASSWORD: Final = 1000


@functools.cache
def _hash_of_nobody() -> str:
    return generate_password_hash(secrets.token_hex())


class PortalSecurityManager(SecurityManager):
    """Roles of the capacity a person acts in; permissions read once, with the actor."""

    authoauthview = SignInView
    userstatschartview = None

    def create_limiter(self, app: Flask) -> Limiter:
        """Limits stand where they are asked for (`with limiter.limit(…)`): no route has one by default.

        Known to the application beforehand, the limiter leaves out its hooks, which look for one at every request.
        """
        limiter = Limiter(key_func=get_remote_address, storage_uri=app.config["RATELIMIT_STORAGE_URI"])
        app.extensions.setdefault("limiter", set()).add(limiter)
        limiter.init_app(app)
        return limiter

    def create_login_manager(self, app: Flask) -> LoginManager:
        """Templates ask for the actor: Flask-Login would read the person's row for every page drawn."""
        found = LoginManager()
        found.init_app(app, add_context_processor=False)
        found.user_loader(self.load_user)
        return found

    def register_views(self) -> None:
        """Sign-in only: FAB's own JWT log-in, profile form and group pages are ways in nobody asked for.

        Users and roles are generated pages like the others (app/views/people.py).
        """
        self.auth_view = self.authoauthview()
        self.appbuilder.add_view_no_menu(self.auth_view)

    def auth_user_db(self, username: str, password: str) -> User | None:
        """The active person of that name (or address) and password.

        One query and one hash whoever is asked for, so that the time taken does not tell who exists.
        """
        found = self.session.scalars(
            select(User)
            .where(or_(User.username == username, User.email == username))
            .order_by(User.id)
            .limit(1)
        ).one_or_none()
        usable = found is not None and found.active and bool(found.password)
        stored = found.password if found is not None and usable else _hash_of_nobody()
        right = len(password) <= _LONGEST_PASSWORD and check_password_hash(stored, password)
        return found if usable and right else None

    def load_user(self, pk: int) -> User | None:
        # The session already refused an inactive person; FAB only needs the row.
        actor = current_actor()
        if actor is None or actor.user_id != int(pk):
            return None
        if "user_row" not in g:
            g.user_row = self.session.get(User, int(pk))
        return cast("User | None", g.user_row)

    def has_access(self, permission_name: str, view_name: str) -> bool:
        actor = current_actor()
        right = BY_PERMISSION.get((permission_name, view_name))
        return actor is not None and right is not None and actor.may(right)

    def _get_user_permission_view_menus(
        self, user: object, permission_name: str, view_menus_name: Iterable[str]
    ) -> set[str]:
        # FAB's own menu is not shown: ours is app/views/menu.py, read from the rights table.
        return set()

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        return False

    def add_permissions_view(self, base_permissions: Any, view_menu: Any) -> None:
        """Permissions come from the rights table at bootstrap, never from a boot."""

    def add_permissions_menu(self, view_menu_name: str) -> None:
        """As above."""

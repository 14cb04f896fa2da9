"""The test client: signs people in by writing a real server-side session, and knows its CSRF token."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from app import scope
from app.db import db
from app.models import Strength, User


class PlainSpaces(TestResponse):
    """An answer read as its texts are written: a space that does not break is a space."""

    def get_data(self, as_text: bool = False) -> Any:
        data = super().get_data(as_text)
        return data.replace("\u00a0", " ").replace("\u202f", " ") if isinstance(data, str) else data

    @property
    def text(self) -> str:
        return str(self.get_data(as_text=True))


class PortalClient(FlaskClient):
    """One browser. Never use it inside `app.app_context()`: flask-login would keep the user there."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.response_wrapper = type("PlainAnswer", (PlainSpaces, self.response_wrapper), {})

    def login(self, user_id: int, *, strong: bool = True, context: int | str | None = None) -> PortalClient:
        """Sign a person in; `context` is the organiser's id, or "agent", for whom has several capacities."""
        with self.application.app_context(), scope.system("test sign-in", db.session()):
            epoch = db.session.get_one(User, user_id).epoch
        with self.session_transaction() as session:
            session["_user_id"] = str(user_id)
            session["_fresh"] = True
            session["epoch"] = epoch
            session["strength"] = (Strength.STRONG if strong else Strength.WEAK).value
            session["means"] = "test"
            session["auth_time"] = dt.datetime.now(dt.UTC).isoformat()
            if context is not None:
                session["context"] = str(context)
        return self

    def csrf_token(self) -> str:
        """A token that this session's forms accept."""
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", secrets.token_hex(20))
        return URLSafeTimedSerializer(self.application.config["SECRET_KEY"], salt="wtf-csrf-token").dumps(raw)  # type: ignore[return-value]

    def submit(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> Any:
        """POST a form as its page would, with the CSRF token."""
        return self.post(path, data={"csrf_token": self.csrf_token(), **(data or {})}, **options)

    def send(self, path: str, json: Any, **options: Any) -> Any:
        """POST JSON as the grid does, with the CSRF token in its header."""
        return self.post(path, json=json, headers={"X-CSRFToken": self.csrf_token()}, **options)

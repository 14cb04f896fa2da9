"""CSRF tokens, found where each kind of request carries them."""

from __future__ import annotations

from flask import request
from flask_wtf import CSRFProtect


class PortalCSRF(CSRFProtect):
    """Flask-WTF's protection; a script's token is in its header, without reading a form that is not there."""

    def _get_csrf_token(self) -> str | None:
        if request.mimetype == "application/json":
            return request.headers.get("X-CSRFToken")
        token: str | None = super()._get_csrf_token()
        return token

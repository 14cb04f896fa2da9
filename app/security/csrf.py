"""CSRF tokens, found where each kind of request carries them."""

from __future__ import annotations

import functools
from typing import Final

from flask import g, request, session
from flask_wtf import CSRFProtect
from flask_wtf.csrf import same_origin, validate_csrf
from wtforms import ValidationError

#: Characters: ours have some 90, and what is remembered must not be of any length.
_LONGEST: Final = 200


class PortalCSRF(CSRFProtect):
    """Flask-WTF's protection; a script's token is in its header, without reading a form that is not there."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse a request that no page of the session made. A script's is only opened the first time it is met."""
        if request.mimetype == "application/json" and _from_a_page():
            g.csrf_valid = True
        else:
            super().protect(apply_exemptions)

    def _get_csrf_token(self) -> str | None:
        if request.mimetype == "application/json":
            return request.headers.get("X-CSRFToken")
        token: str | None = super()._get_csrf_token()
        return token


def _from_a_page() -> bool:
    """Whether a script's token is the session's, and the request comes from here where a browser says so."""
    token, own = request.headers.get("X-CSRFToken", ""), session.get("csrf_token")
    if not own or not 0 < len(token) <= _LONGEST:
        return False
    try:
        _open(token, own)
    except ValidationError:
        return False
    return not request.is_secure or same_origin(request.referrer or "", f"https://{request.host}/")


@functools.lru_cache(maxsize=5000)
def _open(token: str, own: str) -> None:  # noqa: ARG001  # what it was found to hold, by the session of the request
    """Check a token's signature, and that it holds the session's own; one that was found right stays so for a session."""
    validate_csrf(token)

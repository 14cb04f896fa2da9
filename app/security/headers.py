"""Security headers of every answer (OWASP ASVS 3.4): a strict CSP with a nonce, no framing, no cache."""

from __future__ import annotations

import secrets
from typing import Any, Final

from flask import Flask, g, request
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response
from werkzeug.wsgi import get_host


def csp_nonce() -> str:
    """The nonce of this answer's inline scripts (there are almost none)."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


#: Unless the view said otherwise. In lower case, to be compared once with the names of the answer.
_ALWAYS: Final = (
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
)


def _after_request(response: Response) -> Response:
    headers = response.headers
    present = {name.lower() for name, _ in headers}
    if "content-security-policy" not in present:
        headers.add("content-security-policy", policy())
    for name, value in _ALWAYS:
        if name not in present:
            headers.add(name, value)
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if not (request.endpoint or "").endswith("static"):
        headers["Cache-Control"] = "no-store"
    return response


def policy(also_to: str = "") -> str:
    """The content policy of an answer; `also_to`: the one other origin that its form may be sent to."""
    return (
        f"default-src 'self'; script-src 'self' 'nonce-{csp_nonce()}'; style-src 'self' 'nonce-{csp_nonce()}'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; "
        f"form-action 'self'{also_to and ' ' + also_to}; frame-ancestors 'none'"
    )


class _KnownHosts:
    """Refuses a request for another host before anything is read or written for it.

    Flask would find out later, and could then make no address for its error page.
    """

    def __init__(self, inner: Any, app: Flask) -> None:
        self.inner, self.app = inner, app

    def __call__(self, environ: Any, start_response: Any) -> Any:
        try:
            get_host(environ, self.app.config["TRUSTED_HOSTS"])
        except SecurityError:
            refusal = Response("Adresse inconnue.", 400, content_type="text/plain; charset=utf-8")
            refusal.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
            refusal.headers["X-Content-Type-Options"] = "nosniff"
            return refusal(environ, start_response)
        return self.inner(environ, start_response)


def init_app(app: Flask) -> None:
    """Add the headers, and the nonce to templates; believe the proxies in front, if any.

    Unread, their headers would make every person one address, which the limits on sign-in count by.
    """
    app.wsgi_app = _KnownHosts(app.wsgi_app, app)  # type: ignore[method-assign]
    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)  # type: ignore[method-assign]
    app.after_request(_after_request)
    app.jinja_env.globals["csp_nonce"] = csp_nonce

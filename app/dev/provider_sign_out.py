"""Signing out at the local identity provider: OpenID Connect RP-Initiated Logout 1.0, section 2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import flask
from authlib.common.urls import add_params_to_uri
from joserfc import jwk, jwt
from joserfc.errors import JoseError


@dataclass(frozen=True)
class SignOut:
    """The view of `end_session_endpoint` for one client, and the addresses it may send people to afterwards."""

    client_id: str
    addresses: Sequence[str]

    def __call__(self) -> flask.typing.ResponseReturnValue:
        """End the session of who is here; whoever asks without naming them by an ID token, they must confirm."""
        given = flask.request.values
        hint, back = given.get("id_token_hint"), given.get("post_logout_redirect_uri")
        claims = self._claims(hint) if hint else {}
        client_id = given.get("client_id", self.client_id if hint else "")
        if claims is None or (back and (back not in self.addresses or client_id != self.client_id)):
            return flask.render_template("error.html", name="invalid_request", description=""), 400
        here = flask.session.get("sub")
        if here and claims.get("sub") != here and given.get("confirmation") != "oui":
            return flask.render_template("end_session_form.html", asked=given)
        flask.session.clear()
        state = [("state", given["state"])] if "state" in given else []
        return flask.redirect(add_params_to_uri(back or flask.request.host_url, state))

    def _claims(self, hint: str) -> dict[str, Any] | None:
        """What an ID token of ours for this client says, however old it is; None of any other."""
        key = jwk.RSAKey.import_key(flask.g.oidc_provider_mock_storage.jwk.as_dict())
        try:
            claims = jwt.decode(hint, key, algorithms=["RS256"]).claims
        except (JoseError, ValueError):
            return None
        issuer = flask.request.host_url.rstrip("/")
        return claims if claims.get("iss") == issuer and self.client_id in claims.get("aud", []) else None

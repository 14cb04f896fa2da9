"""What the identity provider says of a person, checked (CSAM/FAS: ../docs/architecture.md, « Connexion »).

Authlib checks state, nonce, signature, exp and at_hash. Added here: `iss` of the answer (RFC 9207), an ID token
must be there and be for this client, RS256 only, the signed-JWT userinfo is verified, its `sub` equals the ID token's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from authlib.integrations.base_client.errors import OAuthError
from flask import current_app, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.models import Strength
from app.rules.niss import parse_niss

PROVIDER: Final = "csam"
_ALGORITHMS: Final = ["RS256"]
#: How far the provider's clock may be behind ours.
_CLOCK_SKEW: Final = dt.timedelta(minutes=2)
#: All that a wrong answer makes Authlib, requests (OSError), joserfc or our own reading of it raise.
_WRONG_ANSWERS: Final = (
    OAuthError, JoseError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, OSError, RuntimeError,
)  # fmt: skip


class SignInRefused(Exception):
    """The provider's answer does not prove who the person is."""


@dataclass(frozen=True)
class Identity:
    """A person as the provider vouches for them."""

    niss: str
    acr: str
    strength: Strength
    authenticated_at: dt.datetime


def providers(config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """FAB's OAUTH_PROVIDERS for the configured issuer."""
    issuer = str(config["OIDC_ISSUER"]).rstrip("/")
    return [
        {
            "name": PROVIDER,
            "icon": "fa-id-card",
            "token_key": "access_token",
            "remote_app": {
                "client_id": config["OIDC_CLIENT_ID"],
                "client_secret": config["OIDC_CLIENT_SECRET"],
                "server_metadata_url": f"{issuer}/.well-known/openid-configuration",
                "client_kwargs": {"scope": config["OIDC_SCOPES"], "code_challenge_method": "S256"},
            },
        }
    ]


def identify(client: Any, asked_at: dt.datetime) -> Identity:
    """The person of the callback request. Raises SignInRefused, whatever the provider got wrong."""
    try:
        return _identify(client, asked_at)
    except _WRONG_ANSWERS as error:
        # Nothing of the answer is repeated, it may hold a NISS.
        raise SignInRefused(type(error).__name__) from None


def _identify(client: Any, asked_at: dt.datetime) -> Identity:
    issuer = str(current_app.config["OIDC_ISSUER"]).rstrip("/")
    metadata = client.load_server_metadata()
    _require(_same(metadata.get("issuer"), issuer), "issuer")
    # A provider that names itself in its answers must do so in each of them, else a mix-up goes unseen.
    named = request.args.get("iss") or metadata.get("authorization_response_iss_parameter_supported")
    _require(not named or _same(request.args.get("iss"), issuer), "iss")
    metadata["id_token_signing_alg_values_supported"] = _ALGORITHMS
    token = client.authorize_access_token()
    claims = token.get("userinfo")
    _require(bool(token.get("id_token") and claims), "id_token")
    _require(_is_for(claims, client), "aud")
    info = _userinfo(client, token, issuer)
    _require(bool(claims.get("sub")) and info.get("sub") == claims["sub"], "sub")
    niss = parse_niss(str(info.get("egovNRN", "")))
    if niss is None:
        raise SignInRefused("egovNRN")
    acr = str(claims.get("acr", ""))
    strong = acr in str(current_app.config["OIDC_STRONG_ACR"]).split(",")
    at = dt.datetime.fromtimestamp(int(claims.get("auth_time") or claims["iat"]), dt.UTC)
    if at < asked_at - _CLOCK_SKEW:
        raise SignInRefused("auth_time")  # the provider let an earlier session stand in for the person
    return Identity(niss.digits, acr, Strength.STRONG if strong else Strength.WEAK, at)


def _userinfo(client: Any, token: Mapping[str, Any], issuer: str) -> dict[str, Any]:
    """The userinfo answer: a JWT of the provider's for this client, as the FAS signs it."""
    answer = client.get(client.server_metadata["userinfo_endpoint"], token=token)
    answer.raise_for_status()
    if "jwt" not in answer.headers.get("Content-Type", ""):
        raise SignInRefused("userinfo")
    keys = KeySet.import_key_set(client.fetch_jwk_set())
    claims: dict[str, Any] = jwt.decode(answer.text, key=keys, algorithms=_ALGORITHMS).claims
    _require(_same(claims.get("iss"), issuer) and _is_for(claims, client), "userinfo")
    return claims


def _same(given: object, issuer: str) -> bool:
    return isinstance(given, str) and given.rstrip("/") == issuer


def _is_for(claims: Mapping[str, Any], client: Any) -> bool:
    """Whether a token was made for this client; Authlib lets one pass that lists others and names us `azp`."""
    audience = claims.get("aud")
    return client.client_id in (audience if isinstance(audience, list) else [audience])


def _require(held: bool, what: str) -> None:
    if not held:
        raise SignInRefused(what)

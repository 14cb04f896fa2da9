"""What the identity provider says of a person, checked; and how it is told that they left.

CSAM/FAS: ../docs/architecture.md, « Connexion ».

Authlib checks state, nonce, signature, exp and at_hash. Added here: `iss` of the answer (RFC 9207), an ID token
must be there and be for this client, RS256 only, a known level (acr), the signed-JWT userinfo is verified, its `sub`
equals the ID token's.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client.errors import OAuthError
from cryptography.exceptions import InvalidTag
from flask import current_app, redirect, request, session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from werkzeug.wrappers import Response

from app import clock
from app.keyring import keyring
from app.models import Strength
from app.rules.niss import parse_niss

PROVIDER: Final = "csam"
_ALGORITHMS: Final = ["RS256"]
#: How far the provider's clock may be behind ours.
_CLOCK_SKEW: Final = dt.timedelta(minutes=2)
#: How long a person who signs out waits for the provider to say where its own session is ended.
_PATIENCE: Final = 3
_ORIGIN: Final = re.compile(r"https?://[a-zA-Z0-9.-]+(:[0-9]+)?")
#: All that a wrong answer makes Authlib, requests (OSError), joserfc or our own reading of it raise.
_WRONG_ANSWERS: Final = (
    OAuthError, JoseError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, OSError, RuntimeError,
)  # fmt: skip


class SignInRefused(Exception):
    """The provider's answer does not prove who the person is."""


class TooWeak(SignInRefused):
    """The means is not accepted: too weak to sign in by, or for a connection that was to be made strong."""


@dataclass(frozen=True)
class Asked:
    """What a sign-in was begun for. It is kept beside its `state`: two tabs at the provider do not mix theirs."""

    at: dt.datetime
    #: The page to come back to.
    after: str = ""
    #: Whose connection is to be made strong; None: whoever signs in.
    person: int | None = None


@dataclass(frozen=True)
class Identity:
    """A person as the provider vouches for them. `hint`: their ID token, sealed, to sign out there with."""

    niss: str
    acr: str
    strength: Strength
    authenticated_at: dt.datetime
    hint: str


@dataclass(frozen=True)
class Farewell:
    """The form that ends the person's session at the provider: where it goes, the origin of that, its fields."""

    address: str
    origin: str
    fields: dict[str, str]


def providers(config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """FAB's OAUTH_PROVIDERS for the configured issuer."""
    return [
        {
            "name": PROVIDER,
            "icon": "fa-id-card",
            "token_key": "access_token",
            "remote_app": {
                "client_id": config["OIDC_CLIENT_ID"],
                "client_secret": config["OIDC_CLIENT_SECRET"],
                "server_metadata_url": _metadata_address(config),
                "client_kwargs": {"scope": config["OIDC_SCOPES"], "code_challenge_method": "S256"},
            },
        }
    ]


def ask(client: Any, callback: str, asked: Asked) -> Response:
    """Send the person to the provider; with a strong means asked for where their connection is to be made strong."""
    levels = {} if asked.person is None else {"acr_values": " ".join(_levels("OIDC_STRONG_ACR"))}
    # Never the provider's own session: the next person at a shared desk is not the last.
    begun = client.create_authorization_url(callback, prompt="login", **levels)
    client.save_authorize_data(
        redirect_uri=callback, at=asked.at.isoformat(), after=asked.after, person=asked.person, **begun
    )
    return redirect(begun["url"])


def asked(client: Any) -> Asked:
    """What the sign-in of the callback request was begun for; nothing, now, when nobody began it."""
    begun = client.framework.get_state_data(session, request.args.get("state", ""))
    if not begun:
        return Asked(clock.now())
    return Asked(dt.datetime.fromisoformat(begun["at"]), begun["after"], begun["person"])


def identify(client: Any, begun: Asked) -> Identity:
    """The person of the callback request. Raises SignInRefused, whatever the provider got wrong."""
    try:
        return _identify(client, begun)
    except _WRONG_ANSWERS as error:
        # Nothing of the answer is repeated, it may hold a NISS.
        raise SignInRefused(type(error).__name__) from None


def _identify(client: Any, begun: Asked) -> Identity:
    issuer = _issuer(current_app.config)
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
    strong = acr in _levels("OIDC_STRONG_ACR")
    if not strong and acr not in _levels("OIDC_WEAK_ACR"):
        raise TooWeak("acr")
    at = dt.datetime.fromtimestamp(int(claims.get("auth_time") or claims["iat"]), dt.UTC)
    if at < begun.at - _CLOCK_SKEW:
        raise SignInRefused("auth_time")  # the provider let an earlier session stand in for the person
    if begun.person is not None and not strong:
        raise TooWeak("acr")
    strength = Strength.STRONG if strong else Strength.WEAK
    return Identity(niss.digits, acr, strength, at, _sealed(token["id_token"]))


def _userinfo(client: Any, token: Mapping[str, Any], issuer: str) -> dict[str, Any]:
    """The userinfo answer: a JWT of the provider's for this client, as the FAS signs it."""
    answer = client.get(client.server_metadata["userinfo_endpoint"], token=token)
    answer.raise_for_status()
    if "jwt" not in answer.headers.get("Content-Type", ""):
        raise SignInRefused("userinfo")
    keys = KeySet.import_key_set(client.fetch_jwk_set())
    claims: dict[str, Any] = jwt.decode(answer.text, key=keys, algorithms=_ALGORITHMS).claims
    jwt.JWTClaimsRegistry(leeway=int(_CLOCK_SKEW.total_seconds())).validate(claims)
    _require(_same(claims.get("iss"), issuer) and _is_for(claims, client), "userinfo")
    return claims


def _levels(setting: str) -> list[str]:
    return [level.strip() for level in str(current_app.config[setting]).split(",")]


def farewell(hint: str, back: str) -> Farewell | None:
    """How to end the session of a person at the provider (OpenID Connect RP-Initiated Logout 1.0, section 2).

    `hint`: Identity's; `back`: the address that the provider sends them to afterwards. None when the provider
    has no such thing or does not answer. Its description is asked for anew, in _PATIENCE seconds: nobody is sent to
    a service that is down. The ID token leaves in a form, not in an address that logs and histories keep.
    """
    config = current_app.config
    try:
        answer = requests.get(_metadata_address(config), timeout=_PATIENCE)
        answer.raise_for_status()
        metadata = answer.json()
        if not _same(metadata.get("issuer"), _issuer(config)) or not metadata.get("end_session_endpoint"):
            return None
        address = str(metadata["end_session_endpoint"])
        parts = urlsplit(address)
    except (OSError, ValueError, AttributeError):
        return None
    origin = f"{parts.scheme}://{parts.netloc}"
    if not _ORIGIN.fullmatch(origin) or parts.scheme != urlsplit(_issuer(config)).scheme:
        return None
    fields = {"client_id": str(config["OIDC_CLIENT_ID"]), "post_logout_redirect_uri": back}
    if token := _unsealed(hint):
        fields["id_token_hint"] = token
    return Farewell(address, origin, fields)


def _sealed(token: str) -> str:
    return base64.b64encode(keyring().encrypt(token.encode())).decode()


def _unsealed(hint: str) -> str | None:
    """The ID token; None when its key is gone, in which case the provider asks the person."""
    try:
        return keyring().decrypt(base64.b64decode(hint)).decode()
    except (KeyError, InvalidTag, binascii.Error):
        return None


def _issuer(config: Mapping[str, Any]) -> str:
    return str(config["OIDC_ISSUER"]).rstrip("/")


def _metadata_address(config: Mapping[str, Any]) -> str:
    return f"{_issuer(config)}/.well-known/openid-configuration"


def _same(given: object, issuer: str) -> bool:
    return isinstance(given, str) and given.rstrip("/") == issuer


def _is_for(claims: Mapping[str, Any], client: Any) -> bool:
    """Whether a token was made for this client; Authlib lets one pass that lists others and names us `azp`."""
    audience = claims.get("aud")
    return client.client_id in (audience if isinstance(audience, list) else [audience])


def _require(held: bool, what: str) -> None:
    if not held:
        raise SignInRefused(what)

"""A provider that lies: tokens with any claims, signed with the very keys that it publishes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from joserfc import jwk, jwt

from tests.security.provider import Provider, claims_of

TOKENS, USERINFO, KEYS = "/oauth2/token", "/userinfo", "/jwks"

#: Claims → claims; None takes one away.
Changes = dict[str, Any]


class Hostile:
    """Stands in front of the honest provider and signs what that one says, changed, under keys of its own."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.key = jwk.RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
        published = json.dumps({"keys": [self.key.as_dict(private=False)]}).encode()
        provider.faults[KEYS] = lambda _body, _headers: published
        self.id_token(self.signed)
        self.userinfo(self.signed)

    def signed(self, claims: Changes) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def signed_with_the_public_key(self, claims: Changes) -> str:
        """HS256 whose secret is what everyone can read: a careless client takes it for the RSA key's."""
        header = _encoded(json.dumps({"alg": "HS256", "kid": self.key.kid}).encode())
        signing = f"{header}.{_encoded(json.dumps(claims).encode())}"
        return f"{signing}.{_encoded(hmac.digest(self.key.as_pem(private=False), signing.encode(), hashlib.sha256))}"

    def unsigned(self, claims: Changes) -> str:
        header = _encoded(b'{"alg":"none"}')
        return f"{header}.{_encoded(json.dumps(claims).encode())}."

    def id_token(self, sign: Callable[[Changes], str], **changes: Any) -> None:
        """From now on the ID token has these claims, signed so."""

        def altered(body: bytes, _headers: dict[str, str]) -> bytes:
            answer = json.loads(body)
            answer["id_token"] = sign(_changed(claims_of(answer["id_token"]), changes))
            return json.dumps(answer).encode()

        self.provider.faults[TOKENS] = altered

    def userinfo(self, sign: Callable[[Changes], str], **changes: Any) -> None:
        """From now on the userinfo has these claims, signed so."""
        self.provider.faults[USERINFO] = lambda body, _headers: sign(
            _changed(claims_of(body.decode()), changes)
        ).encode()


def _changed(claims: Changes, changes: Changes) -> Changes:
    return {name: value for name, value in (claims | changes).items() if value is not None}


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

"""Two fictional people at the local provider, and a client that visits it as the portal would."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwk, jwt

from app.dev.processes import Service, provider_service

CALLBACK = "http://localhost:8000/retour"
AFTER = "http://localhost:8000/connexion/"
SECRET = "secret-de-test"
ANNE = {
    "username": "anne",
    "first_name": "Anne",
    "last_name": "Lambert",
    "niss": "85073003328",
    "role": "direction",
}
LUC = {"username": "luc", "first_name": "Luc", "last_name": "Dupont", "niss": "93051822361", "role": ""}
PASSWORD_ONLY = {"username": "zoe", "first_name": "Zoé", "last_name": "Sans", "niss": "", "role": ""}
VERIFIER = "v" * 48
LEVEL = "urn:be:fedict:iam:fas:Level"


def serve(port: int, people: Path, log: Path) -> Service:
    return provider_service(
        port=port,
        people=people,
        redirect_uris=[CALLBACK],
        sign_out_uris=[AFTER],
        client_secret=SECRET,
        log=log,
    )


@dataclass
class Visit:
    """One authorization request, and what a browser does with it."""

    issuer: str
    session: OAuth2Session
    address: str

    def page(self) -> str:
        return requests.get(self.address, timeout=10).text

    def post(self, **form: str) -> requests.Response:
        return requests.post(self.address, data=form, allow_redirects=False, timeout=10)

    def answer(self, **form: str) -> dict[str, str]:
        location = self.post(**form).headers["Location"]
        assert location.startswith(CALLBACK + "?")
        return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}

    def tokens(self, answer: dict[str, str], verifier: str | None = VERIFIER) -> dict[str, str]:
        tokens: dict[str, str] = self.session.fetch_token(
            f"{self.issuer}/oauth2/token", code=answer["code"], code_verifier=verifier
        )
        return tokens


def ask(issuer: str, scope: str = "openid profile egovnrn", **more: str) -> Visit:
    session = OAuth2Session(
        "portail",
        SECRET,
        scope=scope,
        redirect_uri=CALLBACK,
        token_endpoint_auth_method="client_secret_basic",
    )
    more.setdefault("code_challenge", create_s256_code_challenge(VERIFIER))
    address, _ = session.create_authorization_url(
        f"{issuer}/oauth2/authorize", state="etat", nonce="n-1", code_challenge_method="S256", **more
    )
    return Visit(issuer, session, address)


def claims_of(issuer: str, signed: str) -> dict[str, object]:
    keys = jwk.KeySet.import_key_set(requests.get(f"{issuer}/jwks", timeout=10).json())
    return jwt.decode(signed, keys, algorithms=["RS256"]).claims

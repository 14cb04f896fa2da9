"""The local identity provider: PyPI's oidc-provider-mock, made to speak like the FAS.

    python -m app.dev.provider --people people.json --redirect-uri http://localhost:8000/…

The mock carries the protocol (client, codes, tokens, keys). Added here, around it: the FAS's scopes and
claims, acr and auth_time, acr_values and prompt, PKCE, userinfo as a signed JWT, `iss` in the answer
(RFC 9207), and a page in French that lists the demo people. Its debugger and its open registration are off.
Who signed in has a session here until they sign out (RP-Initiated Logout), but every request asks again who
they are, which is what `prompt=login` wants.
"""

from __future__ import annotations

import argparse
import hmac
import json
import os
import secrets
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import flask
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask_bootstrap import Bootstrap5
from joserfc import jwk, jwt
from werkzeug.serving import make_server

from app.dev.provider_sign_out import SignOut

with warnings.catch_warnings():
    # The mock still uses Authlib's own JOSE module, which says at import that joserfc replaces it.
    warnings.simplefilter("ignore")
    import oidc_provider_mock
    from oidc_provider_mock._storage import AuthorizationCode, Client, Storage

#: Scope → claims of the userinfo answer.
CLAIMS = {
    "openid": ("sub",),
    "profile": ("fedid", "surname", "givenName", "mail", "prefLanguage"),
    "egovnrn": ("egovNRN",),
}

_MOCK = "oidc-provider-mock."
#: The mock also lets anyone register clients, rewrite people and revoke tokens; the FAS does not.
_OPEN = {
    *(_MOCK + name for name in ("home", "openid_config", "jwks", "authorize", "issue_token", "userinfo")),
    _MOCK + "end_session", "static", "bootstrap.static",
}  # fmt: skip


class Means(Enum):
    """How a person proves who they are: form value, words on the button, acr. Strongest first."""

    EID = "eid", "eID", 500
    ITSME = "itsme", "itsme", 450
    APP = "application", "code par application (faible)", 400
    PASSWORD = "mot-de-passe", "mot de passe fédéral (trop faible : refusé)", 200

    def __init__(self, key: str, label: str, level: int) -> None:
        self.key, self.label, self.level = key, label, level

    @property
    def acr(self) -> str:
        return f"urn:be:fedict:iam:fas:Level{self.level}"

    @classmethod
    def accepted(cls, acr_values: str) -> list[Self]:
        """The means as strong as the weakest level asked for; all of them when none is asked for."""
        asked = [means.level for means in cls if means.acr in acr_values.split()]
        return [means for means in cls if means.level >= min(asked, default=0)]


@dataclass(kw_only=True, frozen=True)
class SignIn(AuthorizationCode):
    """An authorization code that remembers how and when the person signed in, and the PKCE challenge."""

    acr: str
    auth_time: int
    code_challenge: str

    def get_acr(self) -> str:
        return self.acr

    def get_auth_time(self) -> int:
        return self.auth_time


def create_provider(
    people: Sequence[Mapping[str, str]],
    *,
    client_id: str,
    client_secret: str,
    redirect_uris: Sequence[str],
    sign_out_uris: Sequence[str],
) -> flask.Flask:
    """Build the provider for one client.

    `people`: what `flask demo personnes --format json` prints: `username`, `first_name`, `last_name`, `niss`
    (11 digits) and `role` (words for the page). Whoever has no NISS is unknown to the FAS.
    """
    app = flask.Flask(__name__)
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    # Cookies know no ports: a name of its own, beside the portal's.
    app.config.update(
        SECRET_KEY=secrets.token_bytes(), SESSION_COOKIE_NAME="fournisseur", SESSION_COOKIE_SAMESITE="Lax"
    )
    Bootstrap5(app)
    wsgi_app = app.wsgi_app
    persons = {claims["sub"]: claims for claims in map(_as_claims, people) if claims["egovNRN"]}
    oidc_provider_mock.init_app(
        app,
        require_client_registration=True,
        require_nonce=True,
        issue_refresh_token=False,
        # The mock puts a user's claims in the ID token too; the FAS gives them in userinfo only.
        user_claims=[oidc_provider_mock.User(sub=sub) for sub in persons],
    )
    app.debug = False
    app.wsgi_app = wsgi_app  # type: ignore[method-assign]  # without the mock's interactive debugger

    client = Client(
        id=client_id,
        secret=client_secret,
        redirect_uris=list(redirect_uris),
        allowed_scopes=list(CLAIMS),
        token_endpoint_auth_method="client_secret_basic",  # noqa: S106  # a method's name
    )
    _Fas(app, client, persons).install()
    app.view_functions[_MOCK + "end_session"] = SignOut(client.id, sign_out_uris)
    return app


class _Fas:
    """What the FAS does and the mock does not, put around the mock's views."""

    def __init__(self, app: flask.Flask, client: Client, persons: dict[str, dict[str, str]]) -> None:
        self.app, self.client, self.persons = app, client, persons

    def install(self) -> None:
        self.app.before_request(self.check)
        self.app.after_request(self.finish)
        self.app.context_processor(self.page)
        views = self.app.view_functions
        self.mock_config: Callable[[], Any] = views[_MOCK + "openid_config"]
        self.mock_userinfo: Callable[[], Any] = views[_MOCK + "userinfo"]
        views[_MOCK + "openid_config"], views[_MOCK + "userinfo"] = self.discovery, self.userinfo
        views[_MOCK + "home"] = lambda: flask.render_template("home.html")

    @property
    def storage(self) -> Storage:
        storage: Storage = flask.g.oidc_provider_mock_storage
        return storage

    @property
    def issuer(self) -> str:
        return flask.request.host_url.rstrip("/")

    def page(self) -> dict[str, object]:
        accepted = Means.accepted(flask.request.args.get("acr_values", ""))
        here = self.persons.get(flask.session.get("sub", ""))
        return {"persons": self.persons, "means": accepted, "here": here}

    def check(self) -> flask.typing.ResponseReturnValue | None:
        """Before the mock: hide what the FAS has not, refuse an unknown person or a means too weak."""
        self.storage.store_client(self.client)
        request = flask.request
        if request.endpoint not in _OPEN:
            flask.abort(404)
        if request.endpoint == _MOCK + "issue_token" and not self._verifier_fits():
            return {"error": "invalid_grant", "error_description": "code_verifier"}, 400
        if request.endpoint == _MOCK + "authorize" and request.method == "POST":
            chosen = request.form.get("means")
            accepted = Means.accepted(request.args.get("acr_values", ""))
            known = request.form.get("sub") in self.persons and chosen in {means.key for means in accepted}
            if not known and request.form.get("action") != "deny":
                flask.abort(400)
        return None

    def _verifier_fits(self) -> bool:
        code = self.storage.get_authorization_code(flask.request.form.get("code", ""))
        if not isinstance(code, SignIn) or not code.code_challenge:
            return True  # an unknown code is the mock's to refuse; PKCE is the client's choice
        verifier = flask.request.form.get("code_verifier", "")
        return hmac.compare_digest(create_s256_code_challenge(verifier), code.code_challenge)

    def finish(self, response: flask.Response) -> flask.Response:
        """After the mock's authorization page: remember the sign-in, name the issuer, honour prompt=none."""
        request = flask.request
        response.headers["Cache-Control"] = "no-store"
        if request.endpoint != _MOCK + "authorize":
            return response
        if response.status_code == 200 and request.args.get("prompt") == "none":
            refusal = add_params_to_uri(request.args["redirect_uri"], [("error", "login_required")])
            response = self.app.make_response(flask.redirect(refusal))
        if response.location:
            for code in parse_qs(urlsplit(response.location).query).get("code", []):
                self._remember(code)
            response.location = self._complete(response.location)
        return response

    def _complete(self, location: str) -> str:
        """Add who answers (RFC 9207) and, where the mock forgets it, the client's state."""
        answer = [("iss", self.issuer)]
        if "state" not in parse_qs(urlsplit(location).query):
            answer.append(("state", flask.request.args.get("state", "")))
        return add_params_to_uri(location, answer)

    def _remember(self, code: str) -> None:
        stored = self.storage.get_authorization_code(code)
        if stored is None:
            raise RuntimeError("the mock issued a code that it did not store")
        means = next(means for means in Means if means.key == flask.request.form["means"])
        challenge = flask.request.args.get("code_challenge", "")
        sign_in = SignIn(**vars(stored), acr=means.acr, auth_time=int(time.time()), code_challenge=challenge)
        self.storage.store_authorization_code(sign_in)
        flask.session["sub"] = sign_in.user_id

    def discovery(self) -> dict[str, Any]:
        described: dict[str, Any] = self.app.make_response(self.mock_config()).get_json()
        del described["registration_endpoint"]
        return described | {
            "scopes_supported": list(CLAIMS),
            "claims_supported": [claim for claims in CLAIMS.values() for claim in claims],
            "acr_values_supported": [means.acr for means in Means],
            "prompt_values_supported": ["none", "login"],
            "grant_types_supported": ["authorization_code"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "userinfo_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def userinfo(self) -> flask.typing.ResponseReturnValue:
        """Answer the person's claims as a JWT, signed and addressed to the client."""
        answer = self.app.make_response(self.mock_userinfo())
        if answer.status_code != 200:
            return answer
        token = self.storage.get_access_token(flask.request.headers["Authorization"].split()[-1])
        if token is None:
            raise RuntimeError("the mock accepted a token that it does not know")
        allowed = {claim for scope in token.get_scope().split() for claim in CLAIMS[scope]}
        person = self.persons[answer.get_json()["sub"]]
        claims: dict[str, Any] = {name: value for name, value in person.items() if name in allowed}
        claims |= {"iss": self.issuer, "aud": self.client.id, "iat": int(time.time())}
        key = jwk.RSAKey.import_key(self.storage.jwk.as_dict(is_private=True))
        signed = jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)
        return flask.Response(signed, content_type="application/jwt")


def _as_claims(person: Mapping[str, str]) -> dict[str, str]:
    """The FAS's claims of a demo person, and `description` for the page alone."""
    return {
        "sub": f"fas-{person['username']}",
        "fedid": f"fas-{person['username']}",
        "surname": person["last_name"],
        "givenName": person["first_name"],
        "egovNRN": person["niss"],
        "mail": f"{person['username']}@exemple.test",
        "prefLanguage": "fr",
        "description": person.get("role", ""),
    }


def main() -> None:
    """Serve on the loopback address until told to stop. The client's secret comes from OIDC_CLIENT_SECRET."""
    parser = argparse.ArgumentParser(prog="python -m app.dev.provider", description=__doc__)
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--client-id", default="portail")
    parser.add_argument("--redirect-uri", action="append", required=True)
    parser.add_argument("--sign-out-uri", action="append", required=True)
    parser.add_argument("--people", type=Path, required=True, help="JSON of `flask demo personnes`")
    arguments = parser.parse_args()
    # Authlib's warnings about its own past are for the mock's authors, not for this terminal.
    warnings.simplefilter("ignore", DeprecationWarning)
    provider = create_provider(
        json.loads(arguments.people.read_text(encoding="utf-8")),
        client_id=arguments.client_id,
        client_secret=os.environ["OIDC_CLIENT_SECRET"],
        redirect_uris=arguments.redirect_uri,
        sign_out_uris=arguments.sign_out_uri,
    )
    make_server("127.0.0.1", arguments.port, provider, threaded=True).serve_forever()


if __name__ == "__main__":
    main()

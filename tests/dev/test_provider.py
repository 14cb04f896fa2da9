"""The local provider as a real client sees it: over HTTP, with Authlib, in a process of its own."""

from __future__ import annotations

import time
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from app.dev.processes import free_port
from tests.dev.provider import ANNE, CALLBACK, LEVEL, SECRET, VERIFIER, ask, claims_of, serve


class _Buttons(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.means: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "button" and given.get("name") == "means":
            self.means.append(given["value"] or "")


@pytest.mark.parametrize(
    ("means", "level"), [("eid", 500), ("itsme", 450), ("application", 400), ("mot-de-passe", 200)]
)
def test_sign_in_tells_how_and_when(issuer: str, means: str, level: int) -> None:
    visit = ask(issuer)
    answer = visit.answer(sub="fas-luc", means=means)
    assert answer["state"] == "etat"
    assert answer["iss"] == issuer
    claims = claims_of(issuer, visit.tokens(answer)["id_token"])
    assert claims["acr"] == f"{LEVEL}{level}"
    assert claims["sub"] == "fas-luc"
    assert claims["nonce"] == "n-1"
    assert claims["iss"] == issuer
    assert claims["aud"] == ["portail"]
    assert isinstance(claims["auth_time"], int)
    assert abs(claims["auth_time"] - time.time()) < 10
    assert "egovNRN" not in claims


def test_userinfo_is_a_signed_jwt_addressed_to_the_client(issuer: str) -> None:
    visit = ask(issuer)
    visit.tokens(visit.answer(sub="fas-anne", means="itsme"))
    answer = visit.session.get(f"{issuer}/userinfo")
    assert answer.headers["Content-Type"] == "application/jwt"
    claims = claims_of(issuer, answer.text)
    assert claims["iss"] == issuer
    assert claims["aud"] == "portail"
    assert claims["sub"] == claims["fedid"] == "fas-anne"
    assert (claims["surname"], claims["givenName"]) == ("Lambert", "Anne")
    assert claims["egovNRN"] == ANNE["niss"]
    assert claims["mail"] == "anne@exemple.test"
    assert claims["prefLanguage"] == "fr"


def test_the_national_number_needs_its_scope(issuer: str) -> None:
    visit = ask(issuer, scope="openid profile")
    visit.tokens(visit.answer(sub="fas-luc", means="eid"))
    claims = claims_of(issuer, visit.session.get(f"{issuer}/userinfo").text)
    assert claims["surname"] == "Dupont"
    assert "egovNRN" not in claims


def test_two_sign_ins_of_one_person_keep_their_own_strength(issuer: str) -> None:
    weak, strong = ask(issuer), ask(issuer)
    weak_answer = weak.answer(sub="fas-luc", means="mot-de-passe")
    strong_answer = strong.answer(sub="fas-luc", means="eid")
    assert claims_of(issuer, weak.tokens(weak_answer)["id_token"])["acr"] == f"{LEVEL}200"
    assert claims_of(issuer, strong.tokens(strong_answer)["id_token"])["acr"] == f"{LEVEL}500"


def test_acr_values_leave_only_means_as_strong(issuer: str) -> None:
    visit = ask(issuer, acr_values=f"{LEVEL}450 {LEVEL}500")
    assert set(_Buttons(visit.page()).means) == {"eid", "itsme"}
    assert visit.post(sub="fas-luc", means="mot-de-passe").status_code == 400
    assert set(_Buttons(ask(issuer).page()).means) == {"eid", "itsme", "application", "mot-de-passe"}


def test_prompts(issuer: str) -> None:
    silent = ask(issuer, prompt="none")
    location = requests.get(silent.address, allow_redirects=False, timeout=10).headers["Location"]
    query = parse_qs(urlsplit(location).query)
    assert query == {"error": ["login_required"], "state": ["etat"], "iss": [issuer]}
    assert "Luc Dupont" in ask(issuer, prompt="login").page()


def test_page_says_what_it_is(issuer: str) -> None:
    page = ask(issuer).page()
    assert "Fournisseur d’identité de démonstration" in page
    assert "Anne Lambert" in page
    assert "direction" in page
    assert ANNE["niss"] not in page
    assert "Zoé" not in page


def test_a_person_who_gives_up_comes_back_with_the_state(issuer: str) -> None:
    answer = ask(issuer).answer(action="deny")
    assert answer["error"] == "access_denied"
    assert answer["state"] == "etat"
    assert answer["iss"] == issuer


@pytest.mark.parametrize("verifier", [None, "w" * 48])
def test_a_code_needs_its_verifier(issuer: str, verifier: str | None) -> None:
    visit = ask(issuer)
    form = {"grant_type": "authorization_code", "code": visit.answer(sub="fas-luc", means="eid")["code"]}
    form |= {"redirect_uri": CALLBACK} | ({"code_verifier": verifier} if verifier else {})
    answer = requests.post(f"{issuer}/oauth2/token", data=form, auth=("portail", SECRET), timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_grant"


def test_refused(issuer: str) -> None:
    """A wrong secret, another client, another way back, no nonce, a person nobody knows, a forged token."""
    visit = ask(issuer)
    form = {"grant_type": "authorization_code", "code": visit.answer(sub="fas-luc", means="eid")["code"]}
    form |= {"redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    assert (
        requests.post(f"{issuer}/oauth2/token", data=form, auth=("portail", "faux"), timeout=10).status_code
        == 401
    )
    for bad in (
        visit.address.replace("client_id=portail", "client_id=autre"),
        visit.address.replace("localhost%3A8000", "ailleurs.example"),
    ):
        answer = requests.get(bad, allow_redirects=False, timeout=10)
        assert answer.status_code == 400
        assert "Location" not in answer.headers
    nonceless = requests.get(visit.address.replace("nonce=n-1", "x=1"), allow_redirects=False, timeout=10)
    assert "error=invalid_request" in nonceless.headers["Location"]
    assert visit.post(sub="inconnu", means="eid").status_code == 400
    forged = requests.get(f"{issuer}/userinfo", headers={"Authorization": "Bearer faux"}, timeout=10)
    assert forged.status_code in {400, 401}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/oauth2/clients"),
        ("PUT", "/users/luc"),
        ("POST", "/users/luc/revoke-tokens"),
        ("GET", "/console"),
    ],
)
def test_the_open_doors_of_the_mock_are_shut(issuer: str, method: str, path: str) -> None:
    assert requests.request(method, issuer + path, json={}, timeout=10).status_code == 404


def test_no_debugger(issuer: str) -> None:
    answer = requests.get(f"{issuer}/?__debugger__=yes&cmd=resource&f=style.css", timeout=10)
    assert "debugger" not in answer.text


def test_refuses_production(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_ENV", "production")
    people = tmp_path / "people.json"
    people.write_text("[]", encoding="utf-8")
    service = serve(free_port(), people, tmp_path / "log")
    service.start()
    assert service.process is not None
    assert service.process.wait(30) != 0
    assert "réservé au développement" in service.log.read_text(encoding="utf-8")

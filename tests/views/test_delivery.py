"""What travels: compression, for whom, and what browsers may keep."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from flask import Flask, url_for

from tests import factories
from tests.client import PortalClient
from tests.conftest import System

_FILES = (
    ("static", "css/grid.css"),
    ("static", "js/grid/main.js"),
    ("bootstrap.static", "css/bootstrap.min.css"),
)
_GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def admin(client: PortalClient, system: System) -> PortalClient:
    with system() as session:
        number = factories.administrator(session, factories.organiser(session)).id
    return client.login(number)


def _address(app: Flask, endpoint: str, filename: str) -> str:
    with app.test_request_context():
        return url_for(endpoint, filename=filename)


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_page_that_we_or_the_person_asked_for_is_compressed(admin: PortalClient, site: str) -> None:
    plain = admin.get("/fermetures/")
    packed = admin.get("/fermetures/", headers={**_GZIP, "Sec-Fetch-Site": site})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 3
    assert _without_tokens(gzip.decompress(packed.data).decode()) == _without_tokens(plain.data.decode())
    assert packed.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", None])
def test_what_another_site_asks_for_is_not(admin: PortalClient, site: str | None) -> None:
    """It could try words on us and learn from the length which of them stand in the page already."""
    headers = dict(_GZIP) if site is None else {**_GZIP, "Sec-Fetch-Site": site}
    found = {
        len(admin.get(f"/fermetures/?motive={word}", headers=headers).data)
        for word in ("aaaaaaaa", "bcdefghi")
    }
    assert len(found) == 1
    assert "Content-Encoding" not in admin.get("/fermetures/", headers=headers).headers


@pytest.mark.parametrize("encoding", ["identity", "br", "gzip;q=0"])
def test_who_takes_no_gzip_gets_none(admin: PortalClient, app: Flask, encoding: str) -> None:
    for path in ("/fermetures/", _address(app, *_FILES[0])):
        answer = admin.get(
            path, buffered=True, headers={"Accept-Encoding": encoding, "Sec-Fetch-Site": "none"}
        )
        assert "Content-Encoding" not in answer.headers, path


@pytest.mark.parametrize("file", _FILES)
def test_a_file_is_kept_under_the_address_of_its_content(
    client: PortalClient, app: Flask, file: tuple[str, str]
) -> None:
    address = _address(app, *file)
    packed, plain = client.get(address, headers=_GZIP, buffered=True), client.get(address, buffered=True)
    assert re.search(r"/v-[0-9a-f]{12}/", address)
    assert gzip.decompress(packed.data) == plain.data
    for answer in (packed, plain):
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("file", _FILES)
def test_elsewhere_it_is_asked_for_again_and_seldom_sent(
    client: PortalClient, app: Flask, file: tuple[str, str]
) -> None:
    """Without a version, or under the one of another moment: a page opened before an upgrade still works."""
    address = _address(app, *file)
    for other in (re.sub(r"v-\w+/", "", address), re.sub(r"v-\w+/", "v-0123456789ab/", address)):
        for headers in ({}, _GZIP):
            answer = client.get(other, headers=headers, buffered=True)
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache"), other
            again = client.get(
                other, headers={**headers, "If-None-Match": answer.headers["ETag"]}, buffered=True
            )
            assert (again.status_code, again.data) == (304, b"")


def test_the_version_follows_the_content(app: Flask, tmp_path: Any) -> None:
    from app.views.delivery import _version

    made = Flask("essai", static_folder=str(tmp_path))
    (tmp_path / "a.css").write_text("a {}")
    first = _version(made)
    (tmp_path / "a.css").write_text("b {}")
    second = _version(made)
    (tmp_path / "a.css").rename(tmp_path / "c.css")
    assert len({first, second, _version(made)}) == 3


def test_a_missing_file_is_not_kept(client: PortalClient, app: Flask) -> None:
    answer = client.get(_address(app, "static", "css/absent.css"))
    assert (answer.status_code, "immutable" in answer.headers.get("Cache-Control", "")) == (404, False)


def _without_tokens(html: str) -> str:
    return re.sub(r'(csrf-token" content|csrf_token" value|nonce)="[^"]+"', "", html)

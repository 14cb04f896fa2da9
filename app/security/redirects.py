"""Where a person may be sent: pages of the portal, and nowhere else."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from flask import request, url_for

#: A path from the root. "//" and "/\" would name another host, and browsers drop tabs and line ends first.
_LOCAL: Final = re.compile(r"/(?![/\\])[^\\\x00-\x1f\x7f]*")


def local_page(target: str | None) -> str:
    """The asked-for page when it is one of ours, else the home page."""
    if target and _LOCAL.fullmatch(target):
        return target
    return url_for("PortalIndexView.index")


def this_address() -> str:
    """Path and query of this request."""
    return request.full_path.rstrip("?")


def came_from() -> str:
    """The page of ours that this request was sent from, else the home page.

    Browsers say it to the portal alone (Referrer-Policy: same-origin).
    """
    page = urlsplit(request.headers.get("Referer", ""))
    ours = page.netloc == request.host
    return local_page(page.path + (f"?{page.query}" if page.query else "") if ours else None)

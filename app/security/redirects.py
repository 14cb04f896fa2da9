"""Where a person may be sent: pages of the portal, and nowhere else."""

from __future__ import annotations

import re
from typing import Final

from flask import url_for

#: A path from the root. "//" and "/\" would name another host, and browsers drop tabs and line ends first.
_LOCAL: Final = re.compile(r"/(?![/\\])[^\\\x00-\x1f\x7f]*")


def local_page(target: str | None) -> str:
    """The asked-for page when it is one of ours, else the home page."""
    if target and _LOCAL.fullmatch(target):
        return target
    return url_for("PortalIndexView.index")

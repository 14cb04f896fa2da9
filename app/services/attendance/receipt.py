"""The receipt of a submission: a tagged PDF (PDF/UA-1) made from the frozen snapshot alone."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import typst

from app.rules.identifiers import format_bce

_SOURCE: Final = Path(__file__).with_name("receipt.typ")
_BRUSSELS: Final = ZoneInfo("Europe/Brussels")


def render(snapshot: dict[str, Any], sha256: str) -> bytes:
    """The PDF's bytes. `snapshot` as made by `submission.snapshot`."""
    signed_at = dt.datetime.fromisoformat(snapshot["signed"]["at"]).astimezone(_BRUSSELS)
    organiser = {**snapshot["organiser"], "bce": format_bce(snapshot["organiser"]["bce"])}
    data = {
        **snapshot,
        "organiser": organiser,
        "sha256": sha256,
        "signed_at": signed_at.strftime("%d/%m/%Y à %H:%M:%S"),
    }
    return bytes(
        typst.compile(
            _SOURCE.read_bytes(),
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["ua-1"],
        )
    )

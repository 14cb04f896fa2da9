"""Files that a view answers with."""

from __future__ import annotations

from io import BytesIO

from flask import send_file
from werkzeug.wrappers import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(content: bytes, name: str) -> Response:
    """An .xlsx to keep under that name."""
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)

"""No national number in a log, whatever wrote it."""

from __future__ import annotations

import logging
import re
from typing import Final

from flask import Flask

#: Eleven digits, in the shapes people write them.
_NISS: Final = re.compile(r"(?<!\d)\d{2}[. ]?\d{2}[. ]?\d{2}[- .]?\d{3}[- .]?\d{2}(?!\d)")


class HideNiss(logging.Filter):
    """Replaces anything that looks like a national number, in messages and tracebacks."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _NISS.sub("•••", record.getMessage())
        record.args = ()
        if record.exc_info:
            record.exc_text = _NISS.sub("•••", logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True


def init_app(app: Flask) -> None:
    """Filter every handler of the process that there is now, and the application's own."""
    hide = HideNiss()
    for handler in (*logging.getLogger().handlers, *app.logger.handlers):
        handler.addFilter(hide)
    logging.getLogger("flask_appbuilder").setLevel(logging.ERROR)

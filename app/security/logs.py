"""No national number in a log, whatever wrote it and wherever it goes."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask

from app.masking import mask_anything

_formatter = logging.Formatter()


def _hide(record: logging.LogRecord) -> None:
    """Mask the message, its arguments and the traceback of a record."""
    try:
        message = record.getMessage()
    except (TypeError, ValueError):  # arguments that do not fit: they must neither raise here nor be shown
        message = str(record.msg)
    record.msg, record.args = mask_anything(message), ()
    if record.exc_info:
        record.exc_text = mask_anything(_formatter.formatException(record.exc_info))
        record.exc_info = None


def _masking_factory(make: Any) -> Any:
    def factory(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record: logging.LogRecord = make(*args, **kwargs)
        _hide(record)
        return record

    factory.masking = True  # type: ignore[attr-defined]
    return factory


def init_app(_app: Flask) -> None:
    """Mask every record of the process where it is made: handlers added later are covered too."""
    make = logging.getLogRecordFactory()
    if not hasattr(make, "masking"):
        logging.setLogRecordFactory(_masking_factory(make))
    logging.getLogger("flask_appbuilder").setLevel(logging.ERROR)

"""The web server's settings, read by `gunicorn` from the project's root: in development as in production.

PORT and BIND say where to listen; WEB_WORKERS and WEB_THREADS how many processes, and threads in each.
"""

from __future__ import annotations

import gc
import os
from typing import Any

wsgi_app = "app:create_app()"
bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60  # seconds; the longest request reads a workbook of 500 lines, in about one
graceful_timeout = 15
keepalive = 5
preload_app = True  # one import for all workers: they start at once and share its memory
control_socket_disable = True
errorlog = "-"


def when_ready(server: Any) -> None:  # noqa: ARG001  # gunicorn's signature
    """Leave what was imported out of the garbage collector's rounds, each of which took 0.2 s of somebody's request, and
    have it look at the young less often: a request makes and lets go of thousands of objects.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pre_fork(server: Any, worker: Any) -> None:  # noqa: ARG001  # gunicorn's signature
    """Close what building the application opened: two processes must not share a database connection."""
    application = server.app.wsgi()
    with application.app_context():
        for engine in application.extensions["sqlalchemy"].engines.values():
            engine.dispose()

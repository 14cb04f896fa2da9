"""What developing the portal needs and production must never load: the runner, the local provider, lints."""

from __future__ import annotations

import os

if os.environ.get("PORTAL_ENV") == "production":
    raise RuntimeError("app.dev est réservé au développement : il ne démarre pas avec PORTAL_ENV=production.")

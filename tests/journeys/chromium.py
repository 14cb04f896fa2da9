"""Find a browser for the journeys, or get one. Never do without."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium(playwright: Playwright) -> str:
    """Path of Chromium: on the PATH, else Playwright's own, else Debian's package when root."""
    found = _on_path() or _of_playwright(playwright) or _of_debian()
    if found:
        return found
    pytest.exit(
        "Les parcours ont besoin de Chromium, et il n’a pas pu être installé. Installez-le : "
        "« apt install chromium » (Debian, Ubuntu) ou « .venv/bin/playwright install chromium ».",
        returncode=1,
    )


def _on_path() -> str | None:
    return next(filter(None, map(shutil.which, _NAMES)), None)


def _of_playwright(playwright: Playwright) -> str | None:
    path = playwright.chromium.executable_path
    if not Path(path).exists():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, timeout=600)
    return path if Path(path).exists() else None


def _of_debian() -> str | None:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return None
    for command in (
        [apt, "update", "-qq"],
        [apt, "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        subprocess.run(
            command, check=False, timeout=900, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        )
    return _on_path()

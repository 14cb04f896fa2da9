"""Commands of `flask`: for operators, for `make run`, for vendors' files."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

from flask import Flask


def init_app(app: Flask) -> None:
    """Add every command, and have click say its own words in French."""
    from app.cli import bootstrap, demo, journal, members, notices, presences, sessions

    for group in (
        bootstrap.command,
        demo.group,
        journal.group,
        members.group,
        notices.group,
        presences.group,
        sessions.group,
    ):
        app.cli.add_command(group)
    gettext.bindtextdomain("messages", Path(app.root_path).parent / "translations")
    os.environ["LANGUAGE"] = "fr"

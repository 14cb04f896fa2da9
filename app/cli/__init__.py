"""Commands of `flask`: for operators, for `make run`, for vendors' files."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add every command."""
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

"""Texts of click, the frame of the `flask` commands, which has no French of its own.

Nothing runs this: `make catalogue` reads it. click asks gettext's domain "messages", which app/cli/ binds to our
catalogue.
"""

from flask_babel import gettext as _

TEXTS = (
    _("Usage:"),
    _("Options"),
    _("Commands"),
    _("Show this message and exit."),
    _("required"),
    _("default: {default}"),
    _("Error: {message}"),
    _("Try '{command} {option}' for help."),
    _("No such command {name!r}."),
    _("No such option {name!r}."),
    _("Missing command."),
    _("Aborted!"),
)

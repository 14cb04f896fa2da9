"""What carries e-mails: an SMTP server, or a folder of .eml files in development."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Final

#: Seconds that a server may keep us waiting.
_PATIENCE: Final = 20


class Smtp:
    """A server, spoken to over one connection for a whole run; used as a context."""

    def __init__(self, host: str, port: int, tls: str, user: str = "", password: str = "") -> None:
        self.host, self.port, self.tls = host, port, tls
        self.user, self.password = user, password
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Smtp:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._server.quit()

    def send(self, message: EmailMessage) -> None:
        """Raises OSError or a smtplib.SMTPException when the server does not take it."""
        if self._server is None:
            self._server = self._connect()
        try:
            self._server.send_message(message)
        except (smtplib.SMTPServerDisconnected, OSError):
            self._server.close()
            self._server = None
            raise

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=_PATIENCE, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=_PATIENCE)
        try:
            if self.tls == "starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


class Folder:
    """Each message as a file that a mail program opens, named after its Message-ID."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Folder:
        self.path.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_error: object) -> None:
        return None

    def send(self, message: EmailMessage) -> None:
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        (self.path / f"{name}.eml").write_bytes(bytes(message))

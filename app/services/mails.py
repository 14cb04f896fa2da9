"""The e-mails that wait: each one sent once, tried again later when a server does not answer."""

from __future__ import annotations

import datetime as dt
import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import NO_MAILBOX, Mail, MailState, Membership, MembershipState, User

#: Minutes before the next attempt: 1, 2, 4, … up to six hours; two days of attempts in all.
_LONGEST: Final = 360
_ATTEMPTS: Final = 16


class Transport(Protocol):
    """What carries a message: an SMTP server, or a folder in development."""

    def send(self, message: EmailMessage) -> None: ...


@dataclass(frozen=True)
class Sender:
    """Who writes, under what name, and where the portal is."""

    address: str
    portal: str
    url: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass
class Outcome:
    """What became of the mails that were due."""

    sent: int = 0
    delayed: int = 0
    given_up: int = 0


def send_due(session: Session, transport: Transport, sender: Sender, now: dt.datetime, limit: int) -> Outcome:
    """Send what is due, at most `limit` mails, one transaction each. Needs an all-seeing scope.

    A row is locked while it is sent, and skipped by whoever else sends meanwhile. Should the portal die between the
    server's yes and the commit, the same message goes again under the same Message-ID.
    """
    outcome = Outcome()
    for _ in range(limit):
        mail = session.scalar(
            select(Mail)
            .where(Mail.state == MailState.WAITING, Mail.due_at <= now)
            .order_by(Mail.due_at, Mail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if mail is None:
            break
        reached = _try(mail, _address(session, mail), transport, sender, now, outcome)
        session.commit()
        if not reached:
            break  # nobody answers: the others wait for the next run without losing an attempt
    return outcome


def _address(session: Session, mail: Mail) -> str:
    """Where it goes now; "" when the person may not sign in any more, or has no mailbox."""
    user = session.get_one(User, mail.user_id)
    if not user.active:
        return ""
    if mail.organiser_id is None:
        return "" if user.email.endswith(f"@{NO_MAILBOX}") else user.email
    known = select(Membership.email).where(
        Membership.user_id == mail.user_id,
        Membership.organiser_id == mail.organiser_id,
        Membership.state == MembershipState.ACTIVE,
    )
    return session.scalar(known) or ""


def _try(
    mail: Mail, address: str, transport: Transport, sender: Sender, now: dt.datetime, outcome: Outcome
) -> bool:
    """One attempt. False when the server itself could not be reached."""
    if not address:
        _give_up(mail, "sans destinataire", outcome)
        return True
    mail.attempts += 1
    try:
        transport.send(compose(mail.id, address, mail.created_at, sender))
    except smtplib.SMTPRecipientsRefused as refusal:
        code = next(iter(refusal.recipients.values()))[0]
        _failed(mail, str(code), now, outcome, for_good=code >= 500)
        return True
    except smtplib.SMTPResponseException as refusal:
        # 5xx to the sign-in or to our own address is our mistake, not the person's: it is tried again.
        _failed(mail, str(refusal.smtp_code), now, outcome)
        return False
    except (OSError, smtplib.SMTPException) as error:
        _failed(mail, type(error).__name__, now, outcome)
        return False
    mail.state, mail.sent_at, mail.failure = MailState.SENT, now, ""
    outcome.sent += 1
    return True


def _failed(mail: Mail, why: str, now: dt.datetime, outcome: Outcome, *, for_good: bool = False) -> None:
    if for_good or mail.attempts >= _ATTEMPTS:
        _give_up(mail, why, outcome)
        return
    mail.failure, mail.due_at = why, now + backoff(mail.attempts)
    outcome.delayed += 1


def _give_up(mail: Mail, why: str, outcome: Outcome) -> None:
    mail.state, mail.failure = MailState.GIVEN_UP, why
    outcome.given_up += 1


def backoff(attempts: int) -> dt.timedelta:
    """How long to wait after so many attempts."""
    return dt.timedelta(minutes=min(2 ** (attempts - 1), _LONGEST))


def compose(number: int, address: str, at: dt.datetime, sender: Sender) -> EmailMessage:
    """The one text there is: nothing personal travels by e-mail."""
    message = EmailMessage()
    message["Subject"] = f"Vous avez un avis sur {sender.portal}"
    message["From"] = f"{sender.portal} <{sender.address}>"
    message["To"] = address
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<avis-{number}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        "Bonjour,\n\n"
        f"Un avis vous attend sur {sender.portal}. Connectez-vous pour le lire :\n{sender.url}/avis/\n\n"
        "Pour votre sécurité, nos courriels ne disent rien de plus et ne demandent jamais de mot de passe.\n"
        "Vous choisissez comment recevoir ces avis dans « Mes préférences ».\n"
    )
    return message

"""Mail: over SMTP in production, into a folder (a Maildir) in development."""

import mailbox
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Protocol

from .settings import Settings

TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to one person, as plain text."""

    to: str
    subject: str
    text: str


class Mailer(Protocol):
    """Whatever delivers letters."""

    def send(self, letter: Letter) -> None:
        """Deliver `letter`, or raise OSError (SMTPException is one) when it cannot be."""
        ...


@dataclass(frozen=True, slots=True)
class FolderMailer:
    """Writes each letter as a file below `folder`, where a developer reads it."""

    folder: Path
    sender: str

    def send(self, letter: Letter) -> None:
        # Not left to the mailbox itself: two first letters at once would trip over each other there.
        for part in ("tmp", "new", "cur"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        mailbox.Maildir(self.folder, create=False).add(_compose(letter, self.sender))


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Hands each letter to a mail server."""

    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str

    def send(self, letter: Letter) -> None:
        context = ssl.create_default_context()
        if self.security == "tls":
            server = smtplib.SMTP_SSL(
                self.host, self.port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        with server:
            if self.security == "starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            server.send_message(_compose(letter, self.sender))


def make_mailer(settings: Settings) -> Mailer:
    """The mailer that the settings ask for."""
    if not settings.smtp_host:
        return FolderMailer(settings.instance_path / "mail", settings.mail_from)
    return SmtpMailer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password,
        sender=settings.mail_from,
    )


def _compose(letter: Letter, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain="rounds")
    message.set_content(letter.text)
    return message

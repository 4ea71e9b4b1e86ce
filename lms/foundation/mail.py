"""Mail: over SMTP in production, into a folder (a Maildir) in development."""

import mailbox
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from functools import cache
from pathlib import Path
from typing import Protocol

from .settings import Settings

TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter; `media_type` may have parameters: `text/calendar; method=PUBLISH`."""

    name: str
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to one person, as plain text."""

    to: str
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()


class LetterDelayed(OSError):
    """A letter was not taken, and may be later: nobody answers, or the server asks for patience."""


class LetterRefused(OSError):
    """A letter was not taken, and never will be."""


class Mailer(Protocol):
    """Whatever delivers letters."""

    def send(self, letter: Letter) -> None:
        """Deliver `letter`.

        Raises LetterDelayed or LetterRefused when it surely was not delivered, another OSError when
        nobody knows.
        """
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
        try:
            server = self._connected()
        # No letter was shown to anybody yet.
        except OSError as error:
            raise LetterDelayed(f"The mail server cannot be used: {error}") from error
        try:
            server.send_message(_compose(letter, self.sender))
        except smtplib.SMTPNotSupportedError as error:
            raise LetterRefused(f"The mail server cannot send it: {error}") from error
        except smtplib.SMTPRecipientsRefused as error:
            raise _answered(*error.recipients[letter.to]) from error
        except smtplib.SMTPResponseException as error:
            raise _answered(error.smtp_code, error.smtp_error) from error
        finally:
            # Once the letter is taken, a farewell that fails changes nothing.
            with suppress(OSError):
                server.quit()

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls":
            server = smtplib.SMTP_SSL(
                self.host, self.port, timeout=TIMEOUT_SECONDS, context=_trusted()
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        try:
            if self.security == "starttls":
                server.starttls(context=_trusted())
            if self.user:
                server.login(self.user, self.password)
        except OSError:
            server.close()
            raise
        return server


@cache
def _trusted() -> ssl.SSLContext:
    """Whom this machine trusts: read once, which takes longer than to send a letter."""
    return ssl.create_default_context()


def _answered(code: int, words: bytes | str) -> OSError:
    """What a mail server's answer means: codes from 400 to 499 ask to try again (RFC 5321, 4.2.1)."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    answer = f"The mail server did not take it: {code} {text}"
    return LetterDelayed(answer) if 400 <= code < 500 else LetterRefused(answer)


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
    for attachment in letter.attachments:
        message.add_attachment(
            attachment.body,
            maintype="application",
            subtype="octet-stream",
            filename=attachment.name,
        )
        part = list(message.iter_attachments())[-1]
        part.replace_header("Content-Type", attachment.media_type)
    return message

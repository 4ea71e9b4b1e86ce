"""Letters: into a folder while developing, to a real mail server otherwise."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from lms.foundation.mail import (
    Attachment,
    FolderMailer,
    Letter,
    LetterDelayed,
    LetterRefused,
    SmtpMailer,
    make_mailer,
)
from lms.foundation.settings import Settings
from tests.mail_server import mail_server
from tests.ports import held_port

SENDER = "Rounds <rounds@example.org>"
LETTER = Letter(
    to="zoë.brandt@example.org",
    subject="Grüße: choose a password",
    text=f"Dear Zoë,\n\nhttps://rounds.example.org/reset/{'x' * 100}\n",
)
PLAIN = Letter("zoe@example.org", LETTER.subject, LETTER.text)


class PostOffice:
    """What the mail server does with what it is given: it keeps it."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name.
        self.envelopes.append(envelope)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name.
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address.startswith("unknown"):
            return f"550 no mailbox of {address} here"
        if address.startswith("full"):
            return "452 the mailbox is full"
        envelope.rcpt_tos.append(address)
        return "250 OK"


def let_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data == LoginPassword(b"rounds", b"geheim"), handled=False)


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture
def server(office: PostOffice) -> Iterator[Controller]:
    with mail_server(
        office, authenticator=let_in, auth_require_tls=False, enable_SMTPUTF8=True
    ) as server:
        yield server


def mailer_for(server: Controller, **values: Any) -> SmtpMailer:
    given = {"security": "none", "user": "", "password": "", "sender": SENDER}
    return SmtpMailer(host="127.0.0.1", port=server.port, **(given | values))


def check(message: EmailMessage, letter: Letter) -> None:
    """`message` is `letter`, as any mail program would read it."""
    assert message["From"] == SENDER
    assert message["To"] == letter.to
    assert message["Subject"] == letter.subject
    assert message["Date"].datetime is not None
    assert message["Message-ID"].endswith("@rounds>")
    assert message.get_content_type() == "text/plain"
    # Mail servers end lines with CR and LF.
    assert message.get_content().replace("\r\n", "\n") == letter.text
    assert not message.defects


# The folder


@pytest.mark.parametrize("letter", [LETTER, PLAIN], ids=["unicode", "ascii"])
def test_a_letter_in_the_folder_parses(tmp_path: Path, letter: Letter) -> None:
    mailer = FolderMailer(tmp_path / "not" / "yet" / "mail", SENDER)
    mailer.send(letter)
    mailer.send(PLAIN)
    files = list((tmp_path / "not" / "yet" / "mail" / "new").iterdir())
    assert len(files) == 2
    messages = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    assert len({message["Message-ID"] for message in messages}) == 2
    check(next(message for message in messages if message["To"] == letter.to), letter)


def test_a_folder_that_cannot_be_made_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        FolderMailer(tmp_path / "file" / "mail", SENDER).send(PLAIN)


# The mail server


@pytest.mark.parametrize("letter", [LETTER, PLAIN], ids=["unicode", "ascii"])
def test_a_letter_reaches_the_mail_server(
    server: Controller, office: PostOffice, letter: Letter
) -> None:
    mailer_for(server).send(letter)
    (envelope,) = office.envelopes
    assert envelope.mail_from == "rounds@example.org"
    assert envelope.rcpt_tos == [letter.to]
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    check(message, letter)


def test_a_user_name_and_password_are_given_where_they_are_set(
    server: Controller, office: PostOffice
) -> None:
    mailer_for(server, user="rounds", password="geheim").send(PLAIN)
    assert len(office.envelopes) == 1
    with pytest.raises(LetterDelayed, match="535"):
        mailer_for(server, user="rounds", password="wrong").send(PLAIN)
    assert len(office.envelopes) == 1


def test_an_address_that_the_server_refuses_stays_refused(server: Controller) -> None:
    with pytest.raises(LetterRefused, match="550 no mailbox"):
        mailer_for(server).send(Letter("unknown@example.org", "Hello", "Hello"))


def test_a_letter_that_the_server_puts_off_is_delayed(server: Controller) -> None:
    with pytest.raises(LetterDelayed, match="452 the mailbox is full"):
        mailer_for(server).send(Letter("full@example.org", "Hello", "Hello"))


def test_an_address_that_the_server_cannot_read_is_refused(office: PostOffice) -> None:
    with (
        mail_server(office, enable_SMTPUTF8=False) as old,
        pytest.raises(LetterRefused, match="SMTPUTF8"),
    ):
        mailer_for(old).send(LETTER)


def test_a_connection_that_breaks_after_the_letter_leaves_it_unknown(
    server: Controller, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang_up(_server: Any, _session: Any, _envelope: Any) -> str:
        _server.transport.close()
        return "250 OK"

    monkeypatch.setattr(office, "handle_DATA", hang_up)
    with pytest.raises(OSError, match="closed") as raised:
        mailer_for(server).send(PLAIN)
    assert not isinstance(raised.value, LetterDelayed | LetterRefused)


def test_a_file_goes_with_a_letter(server: Controller, office: PostOffice) -> None:
    body = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    file = Attachment("due.ics", "text/calendar; charset=utf-8; method=PUBLISH", body)
    mailer_for(server).send(Letter(PLAIN.to, PLAIN.subject, PLAIN.text, (file,)))
    message = message_from_bytes(office.envelopes[0].content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    text = message.get_body()
    assert text is not None
    assert text.get_content().replace("\r\n", "\n") == PLAIN.text
    (part,) = message.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    assert part["Content-Type"].params["method"] == "PUBLISH"
    assert part.get_filename() == "due.ics"
    assert part.get_payload(decode=True) == body


def test_a_server_that_cannot_encrypt_gets_no_letter(
    server: Controller, office: PostOffice
) -> None:
    with pytest.raises(LetterDelayed, match="STARTTLS"):
        mailer_for(server, security="starttls").send(PLAIN)
    with pytest.raises(LetterDelayed, match=r"(?i)ssl|version"):
        mailer_for(server, security="tls").send(PLAIN)
    assert office.envelopes == []


def test_a_server_that_is_away_delays_a_letter() -> None:
    with held_port() as port:
        mailer = SmtpMailer("127.0.0.1", port, "none", "", "", SENDER)
        with pytest.raises(LetterDelayed, match="refused"):
            mailer.send(PLAIN)


# The choice


def test_without_a_mail_server_letters_go_into_the_instance_folder(tmp_path: Path) -> None:
    settings = Settings(instance_path=tmp_path, mail_from=SENDER)
    assert make_mailer(settings) == FolderMailer(tmp_path / "mail", SENDER)


def test_with_a_mail_server_they_go_there() -> None:
    settings = Settings(
        smtp_host="mail.example.org",
        smtp_port=25,
        smtp_security="none",
        smtp_user="rounds",
        smtp_password="geheim",
        mail_from=SENDER,
    )
    assert make_mailer(settings) == SmtpMailer(
        host="mail.example.org",
        port=25,
        security="none",
        user="rounds",
        password="geheim",
        sender=SENDER,
    )

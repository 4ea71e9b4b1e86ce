"""Fifty reminders to a real mail server, and a worker that is killed among them: none is sent twice."""

import asyncio
import os
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from lms.assignments.models import Notice
from lms.assignments.notices import make_notices
from lms.assignments.sending import UNKNOWN, UNKNOWN_AFTER
from lms.courses.catalogue import Catalogue
from lms.foundation.clock import system_clock
from lms.foundation.database import Database
from tests.live_server import LMS
from tests.mail_server import START_SECONDS, mail_server
from tests.obligations import make_clinic, make_person, owe

PEOPLE = 50
KILLED_AT = 20


class PostOffice:
    """A mail server's memory. One letter it keeps waiting, for an address or for an answer."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.calendars = 0
        # At which letter it stands still, and whether that is after it was taken.
        self.stands_still_at: int | None = None
        self.has_taken_it = False
        self.stands_still, self.may_go_on = threading.Event(), threading.Event()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name.
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if not self.has_taken_it and len(self.taken) + 1 == self.stands_still_at:
            await self._wait()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name.
        self.taken += envelope.rcpt_tos
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.calendars += "due.ics" in str(message)
        if self.has_taken_it and len(self.taken) == self.stands_still_at:
            await self._wait()
        return "250 OK"

    async def _wait(self) -> None:
        self.stands_still_at = None
        self.stands_still.set()
        await asyncio.get_running_loop().run_in_executor(None, self.may_go_on.wait)


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture
def server(office: PostOffice) -> Iterator[Controller]:
    with mail_server(office) as server:
        yield server
        office.may_go_on.set()


@contextmanager
def worker(database: Database, server: Controller, folder: Path) -> Iterator[subprocess.Popen[str]]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("LMS_")}
    with subprocess.Popen(
        [LMS, "worker", "--once"],
        env=inherited
        | {
            "LMS_DATABASE_URL": database.url.render_as_string(hide_password=False),
            "LMS_INSTANCE_PATH": str(folder),
            "LMS_SMTP_HOST": "127.0.0.1",
            "LMS_SMTP_PORT": str(server.port),
            "LMS_SMTP_SECURITY": "none",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        yield process


def states(database: Database) -> Counter[str]:
    with database.reading_session() as session:
        return Counter(session.scalars(sa.select(Notice.state)))


@pytest.mark.parametrize("has_taken_it", [False, True], ids=["before it arrived", "after"])
def test_a_worker_killed_among_fifty_letters_leaves_none_sent_twice(
    database: Database,
    sample: Catalogue,
    office: PostOffice,
    server: Controller,
    tmp_path: Path,
    has_taken_it: bool,
) -> None:
    now = system_clock()
    make_notices(database, organization_of_fifty(database, sample, now), now)
    assert states(database) == {"waiting": PEOPLE}

    office.stands_still_at, office.has_taken_it = KILLED_AT, has_taken_it
    with worker(database, server, tmp_path) as killed:
        assert office.stands_still.wait(START_SECONDS)
        killed.send_signal(signal.SIGKILL)
    assert killed.returncode == -signal.SIGKILL
    office.may_go_on.set()
    arrived = KILLED_AT if has_taken_it else KILLED_AT - 1
    assert len(office.taken) == arrived
    assert states(database) == {
        "sent": KILLED_AT - 1,
        "sending": 1,
        "waiting": PEOPLE - KILLED_AT,
    }

    # The time passes after which nobody can be still sending it.
    with database.transaction() as session:
        lately = sa.update(Notice).where(Notice.state == "sending")
        session.execute(lately.values(settled_at=now - UNKNOWN_AFTER))
    with worker(database, server, tmp_path) as second:
        output = second.communicate()[0]
    assert second.returncode == 0, output
    assert len(office.taken) == len(set(office.taken)) == PEOPLE - KILLED_AT + arrived
    assert office.calendars == len(office.taken)
    # Nobody can know whether that one arrived, and the log says so.
    assert states(database) == {"sent": PEOPLE - 1, "failed": 1}
    with database.reading_session() as session:
        fault = sa.select(Notice.fault).where(Notice.state == "failed")
        assert session.scalars(fault).one() == UNKNOWN


def organization_of_fifty(database: Database, sample: Catalogue, now: datetime) -> int:
    """An organization without quiet hours, in which fifty people were assigned a course yesterday."""
    yesterday = now.date() - timedelta(days=1)
    with database.transaction() as session:
        clinic, manager = make_clinic(session, quiet_from=0, quiet_until=0)
        # A digest would be one letter more.
        manager.role = "member"
        for number in range(PEOPLE):
            person = make_person(session, clinic, email=f"p{number}@example.org")
            owe(
                session,
                person,
                sample.courses["onboarding"].id,
                opens_on=yesterday,
                due_on=yesterday + timedelta(days=40),
                opened_at=now - timedelta(days=1),
            )
        return clinic.id

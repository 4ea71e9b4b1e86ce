"""The whole way of a reminder: from an obligation to a letter, by a worker as the site makes it."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from lms.assignments.models import Notice
from lms.assignments.terms import Terms
from lms.courses.catalogue import Catalogue
from lms.foundation.database import Database
from lms.foundation.jobs import Job
from lms.foundation.mail import FolderMailer
from lms.foundation.settings import Settings
from lms.work import DAILY, TOGETHER, AskSoon, make_worker
from tests.conftest import StandingClock
from tests.factories import make_assignment
from tests.obligations import make_clinic, make_person, owe


def assign(database: Database, sample: Catalogue, clock: StandingClock, *courses: str) -> int:
    today = clock().date()
    with database.transaction() as session:
        clinic, _ = make_clinic(session)
        ada = make_person(session, clinic)
        for course in courses:
            owe(
                session,
                ada,
                sample.courses[course].id,
                opens_on=today,
                due_on=today + timedelta(days=30),
                opened_at=clock(),
            )
        return clinic.id


def soon(database: Database) -> list[tuple[int, datetime]]:
    with database.reading_session() as session:
        found = session.scalars(sa.select(Job).where(Job.kind == "reminders.soon").order_by(Job.id))
        return [(job.payload["organization_id"], job.run_at) for job in found]


def test_the_night_brings_what_is_due_and_the_morning_sends_it(
    database: Database,
    settings: Settings,
    sample: Catalogue,
    clock: StandingClock,
    letters: Callable[[], list[str]],
) -> None:
    assign(database, sample, clock, "onboarding", "refresher")
    clock.moment = clock().replace(hour=0, minute=0)
    mailer = FolderMailer(settings.instance_path / "mail", settings.mail_from)
    worker = make_worker(settings, database, clock, mailer)
    for hours, expected in ((0, 0), (1, 0), (7, 1), (1, 1)):
        clock.advance(hours=hours)
        assert worker.do_all()
        assert len(letters()) == expected
    assert "Subject: 2 courses assigned to you" in letters()[0]
    with database.reading_session() as session:
        assert session.scalars(sa.select(Notice.state).order_by(Notice.kind)).all() == [
            "sent",
            "sent",
            "dropped",
        ]
        assert session.scalars(sa.select(Job.kind).order_by(Job.id)).all()[: len(DAILY)] == [
            daily.kind for daily in DAILY
        ]


def test_one_run_does_the_whole_day_from_what_is_asked_for_to_the_letters(
    database: Database,
    settings: Settings,
    sample: Catalogue,
    clock: StandingClock,
    letters: Callable[[], list[str]],
) -> None:
    """As `lms worker --once` does it, once a day: each run is a process of its own."""
    mailer = FolderMailer(settings.instance_path / "mail", settings.mail_from)
    with database.transaction() as session:
        clinic, manager = make_clinic(session)
        make_assignment(
            session,
            clinic,
            sample.courses["onboarding"],
            manager.user_id,
            terms=Terms(first_days=1),
            now=clock(),
        )
        # Nobody has looked yet what Ada owes: the day's own work opens it.
        make_person(session, clinic, name="Ada Okafor")
    told = []
    for _ in range(3):
        assert make_worker(settings, database, clock, mailer).do_all()
        told.append([letter for letter in letters() if "Hello Ada Okafor" in letter])
        clock.advance(days=1)
    assert [len(after) for after in told] == [1, 2, 3]
    assert [re.findall("Subject: (.*)", letter)[0] for letter in told[-1]] == [
        "Assigned to you: Onboarding",
        "Due today: Onboarding",
        "Overdue: Onboarding",
    ]


def test_what_is_assigned_by_day_is_told_within_minutes(
    database: Database,
    settings: Settings,
    sample: Catalogue,
    clock: StandingClock,
    letters: Callable[[], list[str]],
) -> None:
    mailer = FolderMailer(settings.instance_path / "mail", settings.mail_from)
    worker = make_worker(settings, database, clock, mailer)
    worker.do_all()
    assign(database, sample, clock, "onboarding")
    worker.do_all()
    assert letters() == []
    clock.advance(seconds=TOGETHER.total_seconds())
    worker.do_all()
    assert len(letters()) == 1


def test_those_who_see_the_same_new_obligations_ask_for_one_job(
    database: Database, sample: Catalogue, clock: StandingClock
) -> None:
    clock.advance(minutes=3)
    ask, other = AskSoon(database, clock), AskSoon(database, clock)
    ask()
    other()
    assert soon(database) == []
    first = assign(database, sample, clock, "onboarding")
    second = assign(database, sample, clock, "onboarding", "refresher")
    ask()
    clock.advance(minutes=2)
    other()
    at = clock() + timedelta(minutes=5)
    assert sorted(soon(database)) == [(first, at), (second, at)]
    ask()
    clock.advance(hours=1)
    ask()
    assert len(soon(database)) == 2

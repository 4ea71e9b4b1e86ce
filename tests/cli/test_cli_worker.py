"""`lms worker`: it does what waits, and ends when it is told to."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa

from lms.accounts.models import User
from lms.assignments.models import Obligation
from lms.foundation import jobs
from lms.foundation.audit import Actor
from lms.foundation.clock import system_clock
from lms.foundation.database import Database
from lms.foundation.jobs import Job
from lms.organizations import imports, roster_jobs
from lms.organizations.models import RosterImport
from lms.organizations.roster import guessed
from tests.cli.command import LMS, Run, run_process
from tests.factories import make_assignment, make_organization, make_user, publish_sample


def ask_for_what_nobody_knows(database: Database) -> None:
    with database.transaction() as session:
        jobs.ask(session, "unheard-of", {}, run_at=system_clock())


def test_once_it_does_what_there_is_and_ends(run: Run, database: Database) -> None:
    ask_for_what_nobody_knows(database)
    before = signal.getsignal(signal.SIGTERM)
    assert run("worker", "--once").exit_code == 0
    assert signal.getsignal(signal.SIGTERM) is before
    with database.reading_session() as session:
        fault = session.scalars(sa.select(Job.fault).where(Job.kind == "unheard-of")).one()
    assert fault is not None
    assert "unheard-of" in fault


def test_whom_a_roster_brings_owes_at_once_what_is_assigned_to_all(database: Database) -> None:
    """The worker's process hears the news that a roster changed, as the site's does."""
    header = b"Employee number,Name\n"
    with database.transaction() as session:
        shelf = publish_sample(session)
        clinic = make_organization(session)
        boss = make_user(session)
        make_assignment(session, clinic, shelf.courses["refresher"], boss.id)
        mapped = guessed(header.decode().strip().split(","))
        one = imports.start(
            session,
            clinic.id,
            file_name="roster.csv",
            body=header + b"7,Bea Brown\n",
            mapped=mapped,
            row_count=1,
            by_id=boss.id,
            now=system_clock(),
        )
        imports.begin_check(session, one, mapped=mapped, is_complete=False, now=system_clock())
    roster_jobs.check(database, {"import_id": one}, system_clock())
    with database.transaction() as session:
        seen = session.get_one(RosterImport, one).outcome["digest"]
        assert imports.begin_apply(session, one, seen=seen, now=system_clock())
        imports.ask(session, imports.APPLY_JOB, one, Actor(boss.name, boss.id), system_clock())
    address = database.url.render_as_string(hide_password=False)
    assert run_process("worker", "--once", LMS_DATABASE_URL=address).returncode == 0
    with database.reading_session() as session:
        assert session.scalars(
            sa.select(User.name).join(Obligation, Obligation.user_id == User.id)
        ).all() == ["Bea Brown"]


def test_an_empty_database_is_a_sentence(run_empty: Run) -> None:
    result = run_empty("worker", "--once")
    assert result.exit_code == 1
    assert result.output == "Error: The database is not up to date: run `lms upgrade` first.\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_it_is_told_to(
    database: Database, tmp_path: Path, number: signal.Signals
) -> None:
    ask_for_what_nobody_knows(database)
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("LMS_")}
    with subprocess.Popen(
        [LMS, "worker"],
        env=inherited
        | {
            "LMS_DATABASE_URL": database.url.render_as_string(hide_password=False),
            "LMS_INSTANCE_PATH": str(tmp_path / "instance"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as worker:
        assert worker.stdout is not None
        # It listens to signals before it takes up its first job.
        lines = iter(worker.stdout.readline, "")
        first = next(line for line in lines if "unheard-of" in line)
        worker.send_signal(number)
        rest = "".join(lines)
    assert "begun" in first
    assert "failed: This version of Rounds knows no jobs of the kind" in rest
    assert "Traceback" not in rest
    assert worker.returncode == 0

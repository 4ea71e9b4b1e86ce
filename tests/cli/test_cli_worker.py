"""`lms worker`: it does what waits, and ends when it is told to."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa

from lms.foundation import jobs
from lms.foundation.clock import system_clock
from lms.foundation.database import Database
from lms.foundation.jobs import Job
from tests.cli.command import LMS, Run


def ask_for_what_nobody_knows(database: Database) -> None:
    with database.transaction() as session:
        jobs.ask(session, "unheard-of", {}, run_at=system_clock())


def test_once_it_does_what_there_is_and_ends(run: Run, database: Database) -> None:
    ask_for_what_nobody_knows(database)
    before = signal.getsignal(signal.SIGTERM)
    assert run("worker", "--once").exit_code == 0
    assert signal.getsignal(signal.SIGTERM) is before
    with database.reading_session() as session:
        assert "unheard-of" in session.scalars(sa.select(Job.fault)).one()


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

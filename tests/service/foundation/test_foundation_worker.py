"""The worker: every job once, faults in plain language, a job in hand finished, a killed worker replaced."""

import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.foundation import jobs
from lms.foundation.clock import system_clock
from lms.foundation.database import Database
from lms.foundation.jobs import Job
from lms.foundation.worker import (
    Handler,
    JobFault,
    Task,
    Worker,
    in_one_transaction,
    keep_working,
)
from tests.conftest import StandingClock
from tests.factories import make_user
from tests.pure_modules import ROOT

WORKERS = 4
JOBS = 400


def ask(database: Database, kind: str, count: int = 1) -> None:
    with database.transaction() as session:
        for number in range(count):
            jobs.ask(session, kind, {"number": number}, run_at=StandingClock().moment)


def all_jobs(database: Database) -> list[Job]:
    with database.writing_session() as session:
        return list(session.scalars(sa.select(Job).order_by(Job.id)))


def people(database: Database) -> int | None:
    with database.reading_session() as session:
        return session.scalar(sa.select(sa.func.count(User.id)))


def process(database: Database, file: Path) -> subprocess.Popen[bytes]:
    address = database.url.render_as_string(hide_password=False)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.busy_worker", address, str(file)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )


def add_somebody(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    make_user(session, created_at=now, name=f"Person {payload['number']}")


# Processes


def test_four_processes_do_each_of_400_jobs_exactly_once(
    database: Database, tmp_path: Path
) -> None:
    ask(database, "note", JOBS)
    file = tmp_path / "notes"
    workers = [process(database, file) for _ in range(WORKERS)]
    for worker in workers:
        worker.communicate()
        assert worker.returncode == 0
    assert Counter(map(int, file.read_text().split())) == Counter(range(JOBS))
    found = all_jobs(database)
    assert {job.tries for job in found} == {1}
    assert all(job.done_at for job in found)


def test_what_a_killed_worker_had_in_hand_is_taken_up_once_its_lease_has_run_out(
    database: Database, tmp_path: Path
) -> None:
    ask(database, "hang")
    with process(database, tmp_path / "notes") as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"begun\n"
        killed.send_signal(signal.SIGKILL)
    clock = StandingClock(system_clock())
    done: list[int] = []
    next_one = Worker(database, clock, {"hang": lambda task: done.append(task.leased.tries)})
    assert not next_one.do_one_job()
    clock.advance(seconds=jobs.LEASE.total_seconds())
    assert next_one.do_one_job()
    assert done == [2]
    assert all_jobs(database)[0].done_at == clock()


# Handlers


def test_a_handler_in_one_transaction_and_the_end_of_its_job_are_kept_together(
    database: Database, clock: StandingClock
) -> None:
    ask(database, "add")
    assert Worker(database, clock, {"add": in_one_transaction(add_somebody)}).do_all()
    assert people(database) == 1
    assert all_jobs(database)[0].done_at == clock()


def test_what_was_done_by_a_worker_that_lost_the_job_is_not_kept(
    database: Database, clock: StandingClock, caplog: pytest.LogCaptureFixture
) -> None:
    ask(database, "add")
    other = Worker(database, clock, {"add": in_one_transaction(add_somebody)})

    def fall_asleep_before(task: Task) -> None:
        clock.advance(seconds=jobs.LEASE.total_seconds())
        assert other.do_one_job()
        with task.last_transaction() as session:
            add_somebody(session, task.payload, task.now)

    Worker(database, clock, {"add": fall_asleep_before}).do_one_job()
    assert people(database) == 1
    assert "another worker has taken it up" in caplog.text
    assert (all_jobs(database)[0].tries, all_jobs(database)[0].fault) == (2, "")


def refuse(_task: Task) -> None:
    raise JobFault("The file is empty.")


def trip(_task: Task) -> None:
    raise ZeroDivisionError("division\n by zero")


def lose_the_database(task: Task) -> None:
    with task.database.transaction() as session:
        session.execute(sa.text("SELECT nothing FROM nowhere"))


@pytest.mark.parametrize(
    ("handlers", "fault", "has_traceback"),
    [
        pytest.param({"add": refuse}, "The file is empty.", False, id="foreseen"),
        pytest.param({"add": trip}, "ZeroDivisionError: division by zero", True, id="unforeseen"),
        pytest.param({"add": lose_the_database}, "Error: ", False, id="database"),
        pytest.param(
            {}, "This version of Rounds knows no jobs of the kind `add`", False, id="unknown"
        ),
    ],
)
def test_a_fault_is_logged_and_kept_in_one_line_and_the_other_jobs_are_done(
    database: Database,
    clock: StandingClock,
    caplog: pytest.LogCaptureFixture,
    handlers: dict[str, Handler],
    fault: str,
    has_traceback: bool,
) -> None:
    ask(database, "add")
    ask(database, "other")
    assert Worker(database, clock, {**handlers, "other": lambda _task: None}).do_all()
    first, other = all_jobs(database)
    assert fault in first.fault
    assert "\n" not in first.fault
    assert first.run_at == clock() + jobs.FIRST_PAUSE
    assert other.done_at == clock()
    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert first.fault in record.getMessage()
    assert "try 1 of 5" in record.getMessage()
    assert "it will be tried again" in record.getMessage()
    assert bool(record.exc_info) is has_traceback


def test_after_the_fifth_fault_a_job_is_given_up_in_so_many_words(
    database: Database, clock: StandingClock, caplog: pytest.LogCaptureFixture
) -> None:
    ask(database, "add")
    worker = Worker(database, clock, {"add": refuse})
    for _ in range(jobs.MAX_TRIES):
        assert worker.do_one_job()
        clock.advance(hours=2)
    assert not worker.do_one_job()
    assert caplog.text.count("it will be tried again") == 4
    assert caplog.text.count("it is given up") == 1


def test_a_lease_is_held_for_as_long_as_the_handler_works(
    database: Database, clock: StandingClock
) -> None:
    ask(database, "long")

    def work(task: Task) -> None:
        began = all_jobs(database)[0].leased_until
        clock.advance(minutes=4)
        while all_jobs(database)[0].leased_until == began:
            pass

    worker = Worker(database, clock, {"long": work}, beat=timedelta(milliseconds=1))
    worker.do_one_job()
    assert (all_jobs(database)[0].tries, all_jobs(database)[0].done_at) == (1, clock())


# Turns


def test_chores_and_jobs_take_turns_until_there_is_nothing_left(
    database: Database, clock: StandingClock
) -> None:
    ask(database, "job", 3)
    done: list[str] = []

    def chore() -> bool:
        done.append("chore")
        return done.count("chore") < 2

    assert Worker(database, clock, {"job": lambda _task: done.append("job")}, [chore]).do_all()
    assert done == ["job", "chore", "job", "chore", "job", "chore", "chore"]


def test_what_one_makes_for_another_that_had_nothing_is_done_before_it_ends(
    database: Database, clock: StandingClock
) -> None:
    done: list[str] = []

    def ask_once() -> bool:
        done.append("ask")
        if done.count("ask") == 1:
            ask(database, "job")
            return True
        return False

    def follow() -> bool:
        if "job" in done and "follow" not in done:
            done.append("follow")
        return False

    worker = Worker(database, clock, {"job": lambda _task: done.append("job")}, [ask_once, follow])
    assert worker.do_all()
    assert done == ["ask", "job", "ask", "follow", "ask"]


def test_a_chore_that_fails_is_logged_and_keeps_no_other_from_its_work(
    database: Database, clock: StandingClock, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def broken() -> bool:
        raise OSError("the network is away")

    def chore() -> bool:
        done.append("chore")
        return len(done) < 3

    worker = Worker(database, clock, {}, [broken, chore])
    assert not worker.do_all()
    assert done == ["chore"] * 3
    assert caplog.text.count("tries again: OSError: the network is away") == 1
    assert not worker.do_all()
    assert caplog.text.count("tries again: OSError: the network is away") == 2


def test_a_worker_that_is_told_to_end_finishes_the_job_in_hand_and_begins_no_other(
    database: Database, clock: StandingClock
) -> None:
    ask(database, "job", 3)
    begun, go_on = threading.Event(), threading.Event()

    def work(_task: Task) -> None:
        begun.set()
        go_on.wait()

    end: Callable[[], None] = keep_working(worker := Worker(database, clock, {"job": work}))
    begun.wait()
    worker.end()
    go_on.set()
    end()
    assert [job.done_at is not None for job in all_jobs(database)] == [True, False, False]


def test_a_worker_at_rest_ends_at_once(database: Database, clock: StandingClock) -> None:
    rested = threading.Event()

    def chore() -> bool:
        rested.set()
        return False

    end = keep_working(Worker(database, clock, {}, [chore]))
    rested.wait()
    end()
    assert not [thread for thread in threading.enumerate() if thread.name == "worker"]

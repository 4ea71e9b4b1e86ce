"""Measure the learner's pages, and a whole attempt, against a bare page on the same server.

Every figure is a ratio to the floor measured in the same run (see `server.py`), because machines
differ and a machine's own speed drifts: page and floor take turns.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles

import sqlalchemy as sa
from flask import Flask
from flask import session as cookie_session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy.orm import Session

from benchmarks.visitors import Visitor, together
from lms.accounts import service as accounts
from lms.accounts.models import SignInSession, User
from lms.accounts.tokens import digest_of
from lms.app import create_app
from lms.authoring.check import check_folder
from lms.authoring.folder import read_folder
from lms.courses import publications
from lms.courses import service as courses
from lms.foundation import migrations
from lms.foundation.clock import system_clock
from lms.foundation.database import Database
from lms.foundation.settings import Settings
from lms.foundation.shipped import shipped
from tests.postgres import find_binaries, running_server

PEOPLE = 120
# Who else has an account and a session: a database looks through a small table without its index.
OTHERS = 3_000
VISITORS = 8
TURNS = 12
REQUESTS = 25
COURSE = "care-coordinator-onboarding"
MODULE = "role-overview"
LESSON = "what-coordination-joins-up"
SAVES = 10
KEY = "a key for benchmarks, it guards nothing at all"

PAGES = {
    "home": "/",
    "course": f"/courses/{COURSE}",
    "lesson": f"/courses/{COURSE}/{MODULE}/lessons/{LESSON}",
    "quiz": f"/courses/{COURSE}/{MODULE}/quiz",
}


def main() -> None:
    """Measure on SQLite and, where its binaries are, on PostgreSQL; print one table for each."""
    binaries = find_binaries()
    with tempfile.TemporaryDirectory() as folder:
        _measure("SQLite", f"sqlite:///{folder}/bench.sqlite", folder)
        if binaries is None:
            Console().print("PostgreSQL is not measured: its server binaries are not installed.")
            return
        with running_server(binaries) as address:
            engine = sa.create_engine(address % "postgres", isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.exec_driver_sql("CREATE DATABASE bench")
            engine.dispose()
            _measure("PostgreSQL", address % "bench", folder)


def _measure(name: str, url: str, folder: str) -> None:
    settings = Settings(instance_path=Path(folder), database_url=url, secret_key=KEY)
    people = _prepare(settings)
    table = Table(title=f"{name}, two workers, {VISITORS} visitors at once")
    for heading in ("page", "bytes", "requests/s", "p50 ms", "p99 ms", "ratio to the floor"):
        table.add_column(heading, justify="left" if heading == "page" else "right")
    with serving(settings) as port, Progress(transient=True) as progress:
        task = progress.add_task(name, total=len(PAGES) + 1)
        for label, path in PAGES.items():
            _row(table, label, *_against_floor(port, people, path))
            progress.advance(task)
        _attempt_row(table, port, people)
    Console().print(table)


def _prepare(settings: Settings) -> list[tuple[str, str]]:
    """A site with content and people who read the first module; each one's cookie and form token."""
    database = Database(settings.database)
    migrations.upgrade(database)
    checked = check_folder(read_folder(shipped("content")))
    app = create_app(settings, database=database)
    people = []
    with database.transaction() as session:
        publications.publish(
            session,
            modules=checked.modules,
            courses=checked.courses,
            pictures=checked.pictures,
            by_id=None,
            by_name="benchmark",
            note="",
            is_material=False,
            now=system_clock(),
        )
        catalogue = publications.load_catalogue(session, None)
        course = catalogue.courses[COURSE]
        for number in range(PEOPLE):
            now = system_clock()
            user = accounts.create_user(
                session, name=f"Person {number}", email=f"p{number}@example.org", now=now
            )
            courses.enrol(session, user_id=user.id, course=course, now=now)
            enrolment = courses.record_of(session, user.id).enrolment_in(course)
            assert enrolment
            for lesson in course.modules[0].lessons:
                courses.finish_lesson(
                    session,
                    enrolment=enrolment,
                    module=course.modules[0],
                    lesson_slug=lesson.slug,
                    shelf=catalogue,
                    now=now,
                )
            token = accounts.open_session(
                session, user.id, user_agent="benchmark", keep=True, now=now
            )
            people.append(credentials(app, token))
        _add_others(session)
    if not database.is_sqlite:
        _tell_planner(database)
    database.dispose()
    return people


def _add_others(session: Session) -> None:
    now = system_clock()
    numbers = range(PEOPLE + 1, PEOPLE + 1 + OTHERS)
    account = {"role": "learner", "time_zone": "UTC", "is_demo": False, "created_at": now}
    sign_in = {"user_agent": "another", "created_at": now, "expires_at": now + timedelta(days=30)}
    session.execute(
        sa.insert(User),
        [account | {"name": f"Other {one}", "email": f"o{one}@example.org"} for one in numbers],
    )
    ids = session.scalars(sa.select(User.id).where(User.name.startswith("Other "))).all()
    session.execute(
        sa.insert(SignInSession),
        [sign_in | {"user_id": id_, "token_digest": digest_of(f"token {id_}")} for id_ in ids],
    )


def _tell_planner(database: Database) -> None:
    """Have PostgreSQL count its rows at once, as it does by itself after a while."""
    engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def credentials(app: Flask, token: str) -> tuple[str, str]:
    """The cookie of a browser with that session's token, and the token of its forms."""
    with app.test_request_context():
        cookie_session["_user_id"] = token
        csrf_token = generate_csrf()
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer
        return signer.dumps(dict(cookie_session)), csrf_token


@contextmanager
def serving(settings: Settings) -> Iterator[int]:
    """The server of `lms serve`, with the floor beside the product; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        str(Path(sys.executable).with_name("granian")),
        "--interface=wsgi",
        "--factory",
        "--workers=2",
        "--blocking-threads=1",
        # A process may miss the signal to stop.
        "--workers-kill-timeout=5",
        f"--port={port}",
        "--log-level=warning",
        "benchmarks.server:application",
    ]
    environment = os.environ | {
        "LMS_DATABASE_URL": settings.database_url,
        "LMS_INSTANCE_PATH": str(settings.instance_path),
        "LMS_SECRET_KEY": KEY,
    }
    process = subprocess.Popen(command, env=environment)
    try:
        _await(port, process)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _await(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the server listens, which takes a while on a busy machine."""
    while process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


def _visit(port: int, people: list[tuple[str, str]]) -> list[Visitor]:
    return [Visitor(port, *people[index]) for index in range(VISITORS)]


def _against_floor(
    port: int, people: list[tuple[str, str]], path: str
) -> tuple[int, list[float], float, float]:
    """Size of a page, its times, its median rate, and the median of its ratios to the floor."""
    first = Visitor(port, *people[0])
    answer = first.get(path)
    assert answer.status == 200, (path, answer.status)
    size = len(answer.body)
    floor = f"/floor/{size}"
    _rate(port, people, lambda visitor: [visitor.get(path).seconds for _ in range(5)])
    ratios, rates, times = [], [], []
    for _ in range(TURNS):
        floor_rate, _times = _rate(port, people, _asking(floor))
        rate, seconds = _rate(port, people, _asking(path))
        ratios.append(rate / floor_rate)
        rates.append(rate)
        times += seconds
    return size, times, median(rates), median(ratios)


def _asking(path: str) -> Callable[[Visitor], list[float]]:
    def work(visitor: Visitor) -> list[float]:
        times = []
        for _ in range(REQUESTS):
            answer = visitor.get(path)
            assert answer.status == 200, (path, answer.status)
            times.append(answer.seconds)
        return times

    return work


def _rate(
    port: int, people: list[tuple[str, str]], work: Callable[[Visitor], list[float]]
) -> tuple[float, list[float]]:
    """Requests a second of all visitors together, and the time of each request."""
    visitors = _visit(port, people)
    begun = time.perf_counter()
    times = together(visitors, work)
    seconds = time.perf_counter() - begun
    for visitor in visitors:
        visitor.close()
    return len(times) / seconds, times


def _attempt_row(table: Table, port: int, people: list[tuple[str, str]]) -> None:
    """A whole attempt: start, ten saves, submit, result; against as many bare pages of 8 kB."""
    waiting = list(people)
    ratios, rates, times = [], [], []
    for _ in range(TURNS):
        floor_rate, _times = _rate(port, people, _asking("/floor/8000"))
        group, waiting = waiting[:VISITORS], waiting[VISITORS:]
        visitors = [Visitor(port, *person) for person in group]
        begun = time.perf_counter()
        seconds = together(visitors, _take_quiz)
        rate = len(seconds) / (time.perf_counter() - begun)
        for visitor in visitors:
            visitor.close()
        ratios.append(rate / floor_rate)
        rates.append(rate)
        times += seconds
    _row(table, "attempt, each request", 0, times, median(rates), median(ratios))


def _take_quiz(visitor: Visitor) -> list[float]:
    started = visitor.post(f"{PAGES['quiz']}/start", {})
    assert started.status == 303, started
    page = visitor.get(started.location)
    questions = re.findall(rb'data-question="([^"]+)"', page.body)
    opened = re.findall(rb'data-page="([^"]+)"', page.body)[0].decode()
    times = [started.seconds, page.seconds]
    for number, question in enumerate(questions[:SAVES], 1):
        name = question.decode()
        saved = visitor.post(
            f"{started.location}/answers",
            {"question": name, "value": "1", "page": opened, "sequence": str(number)},
        )
        assert saved.status == 200, saved
        times.append(saved.seconds)
    submitted = visitor.post(started.location, {"action": "submit-anyway"})
    assert submitted.status == 303, submitted
    result = visitor.get(submitted.location)
    assert result.status == 200, result
    return [*times, submitted.seconds, result.seconds]


def _row(
    table: Table, label: str, size: int, times: list[float], rate: float, ratio: float
) -> None:
    milliseconds = [1000 * seconds for seconds in times]
    table.add_row(
        label,
        str(size or ""),
        f"{rate:.0f}",
        f"{median(milliseconds):.1f}",
        f"{quantiles(milliseconds, n=100)[98]:.1f}",
        f"{ratio:.2f}",
    )


if __name__ == "__main__":
    main()

"""What tests share: a database of each kind, a clock that stands still, an application, a browser."""

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from lms.accounts import service as accounts
from lms.app import create_app
from lms.courses.catalogue import Catalogue
from lms.foundation import migrations
from lms.foundation.audit import BEGINNING, AuditHead
from lms.foundation.base import metadata
from lms.foundation.database import Database
from lms.foundation.mail import FolderMailer
from lms.foundation.markdown import ImageResolver
from lms.foundation.settings import Settings
from lms.quizzes import shelf
from lms.quizzes.model import Quiz

from .factories import enrol, make_user, publish_sample
from .postgres import find_binaries, running_server

DATABASES = ("sqlite", "postgresql")

# How long an example takes says how busy the machine is, and nothing of what is tested. In CI the
# examples are always the same: a run there says something of a change, and new ones are tried elsewhere.
hypothesis.settings.register_profile(
    "rounds",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("rounds")

# Whoever starts the tests in the background may have Ctrl-C ignored, and by all that they start as well:
# some of that is ended by it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _write_address_builders_once() -> None:
    """Keep the functions that Werkzeug writes for each address: most of the time an application starts in.

    Every application of a test's process has the same addresses. What is written for one depends on
    nothing but the key here, and is bound to each application's own rule.
    """
    write_builder = Rule._compile_builder
    written: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}

    def builder_of(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        defaults = tuple(sorted((self.defaults or {}).items()))
        key = (self.rule, tuple(self._trace), defaults, append_unknown)
        if key not in written:
            written[key] = write_builder(self, append_unknown)
        return written[key]

    Rule._compile_builder = builder_of


def _read_quizzes_once() -> None:
    """Keep the quizzes of the sample, which every application of a test's process would read anew.

    What is read depends on nothing but the text and its pictures, and never changes.
    """
    read_quiz = shelf.read_published
    read: dict[tuple[str, str], Quiz | None] = {}

    def read_once(
        text: str, *, images: Mapping[str, str], resolve_image: ImageResolver | None
    ) -> Quiz | None:
        key = (text, repr(images))
        if key not in read:
            read[key] = read_quiz(text, images=images, resolve_image=resolve_image)
        # A shelf tells by this whether it has let a quiz go.
        return copy(read[key])

    shelf.read_published = read_once


_write_address_builders_once()
_read_quizzes_once()


@dataclass
class StandingClock:
    """A clock that moves only when told to."""

    moment: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **spans: float) -> datetime:
        self.moment += timedelta(**spans)
        return self.moment


def _migrated(address: str) -> Iterator[Database]:
    """One database for the whole run: statements are compiled once for it, and not for each test."""
    database = Database(address)
    if database.is_sqlite:
        for engine in database.engines:
            event.listen(engine, "connect", _turn_round)
    migrations.upgrade(database)
    yield database
    database.dispose()


def _turn_round(connection: Any, _record: Any) -> None:
    """Have SQLite give rows that nobody put in an order the other way round.

    What counts on the order in which rows were written fails always then, and not only where
    PostgreSQL has found room for one of them before the others.
    """
    connection.execute("PRAGMA reverse_unordered_selects=ON")


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A migrated SQLite file that tests use one after the other."""
    yield from _migrated(f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'rounds.sqlite'}")


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """The address of a server, with `%s` in place of the database's name."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL's server binaries are not installed: set PG_BIN to their folder")
    with running_server(binaries) as address:
        yield address


def _administer(address: str, statement: str) -> None:
    engine = sa.create_engine(
        address % "postgres", isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


@pytest.fixture(scope="session")
def postgresql_database(postgres_address: str) -> Iterator[Database]:
    """A migrated PostgreSQL database that tests use one after the other."""
    _administer(postgres_address, "CREATE DATABASE shared")
    yield from _migrated(postgres_address % "shared")


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A migrated, empty database of each kind, with real commits; the test's rows go after it."""
    database: Database = request.getfixturevalue(f"{request.param}_database")
    yield database
    pools = [engine.pool for engine in database.engines]
    if any(isinstance(pool, sa.QueuePool) and pool.checkedout() for pool in pools):
        # Whatever a failed test left open would make the deleting wait.
        database.dispose()
        _end_others(database)
    statements = _emptying(database.engine.dialect)
    with database.engine.begin() as connection:
        for statement in statements if database.is_sqlite else ["; ".join(statements)]:
            connection.exec_driver_sql(statement)


def _end_others(database: Database) -> None:
    if database.is_sqlite:
        return
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@cache
def _emptying(dialect: sa.Dialect) -> list[str]:
    """What takes every row away, and the audit trail back to its beginning."""
    statements = [
        *(
            table.delete()
            for table in reversed(metadata.sorted_tables)
            if table is not AuditHead.__table__
        ),
        sa.update(AuditHead).values(number=0, digest=BEGINNING),
    ]
    literally = {"literal_binds": True}
    return [str(one.compile(dialect=dialect, compile_kwargs=literally)) for one in statements]


@pytest.fixture(params=DATABASES)
def empty_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of each kind in which there is no table yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    address: str = request.getfixturevalue("postgres_address")
    _administer(address, "CREATE DATABASE empty")
    yield address % "empty"
    _administer(address, "DROP DATABASE empty WITH (FORCE)")


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session; what a test leaves uncommitted is rolled back."""
    with database.writing_session() as session:
        yield session


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def settings(tmp_path: Path, database: Database) -> Settings:
    return Settings(
        instance_path=tmp_path,
        database_url=database.url.render_as_string(hide_password=False),
        secret_key="a key for tests, long enough to be one",
    )


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Every application of this process compiles a template once, and not once for each test."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(
    settings: Settings,
    database: Database,
    clock: StandingClock,
    compiled_templates: BytecodeCache,
) -> Flask:
    """The application over the test's database, without the check of form tokens."""
    mailer = FolderMailer(settings.instance_path / "mail", settings.mail_from)
    app = create_app(settings, database=database, clock=clock, mailer=mailer)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.jinja_env.bytecode_cache = compiled_templates
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor who is not signed in."""
    return app.test_client()


@pytest.fixture
def letters(settings: Settings) -> Callable[[], list[str]]:
    """A function that gives every letter sent so far, as text, oldest first."""

    def read() -> list[str]:
        for thread in threading.enumerate():
            if thread.name == "letters":
                thread.join()
        # A name holds, after its Q, how many letters the process had written before.
        files = sorted(
            (settings.instance_path / "mail" / "new").glob("*"),
            key=lambda file: int(file.name.partition("Q")[2].partition(".")[0]),
        )
        return [file.read_text(encoding="utf-8") for file in files]

    return read


@pytest.fixture
def sign_in(app: Flask, database: Database, clock: StandingClock) -> Callable[[int], FlaskClient]:
    """A function that gives a client signed in as the person with that id."""

    def signed_in(user_id: int) -> FlaskClient:
        with database.transaction() as session:
            token = accounts.open_session(
                session, user_id, user_agent="tests", keep=False, now=clock()
            )
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return client

    return signed_in


@pytest.fixture
def sample(database: Database) -> Catalogue:
    """The catalogue of the sample content, published."""
    with database.transaction() as session:
        return publish_sample(session)


@dataclass(frozen=True)
class Learner:
    """A person with this id, signed in with this client."""

    id: int
    client: FlaskClient


@pytest.fixture
def learner(
    database: Database, sample: Catalogue, sign_in: Callable[[int], FlaskClient]
) -> Learner:
    """A learner who is signed in and enrolled in the sample's onboarding."""
    with database.transaction() as session:
        user_id = make_user(session).id
        enrol(session, user_id, sample.courses["onboarding"])
    return Learner(user_id, sign_in(user_id))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put every second file of browser tests into the middle.

    They take longest, and two workers begin with one half of the list each.
    """
    files = sorted({item.path for item in items if item.path.parent.name == "browser"})
    moved = [item for item in items if item.path in files[1::2]]
    others = [item for item in items if item.path not in files[1::2]]
    middle = len(items) // 2
    items[:] = others[:middle] + moved + others[middle:]


def pytest_collection_finish() -> None:
    """Leave what is there for good out of every search for garbage; each would go through all of it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a skipped test is a failed run: it means that something is not installed there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if "CI" in os.environ and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = exitstatus or pytest.ExitCode.TESTS_FAILED

"""What tests share: a database of each kind, a clock that stands still, an application, a browser."""

import itertools
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.app import create_app
from lms.foundation import migrations
from lms.foundation.database import Database
from lms.foundation.mail import FolderMailer
from lms.foundation.settings import Settings

from .postgres import find_binaries, running_server

DATABASES = ("sqlite", "postgresql")
_numbers = itertools.count(1)


@dataclass
class StandingClock:
    """A clock that moves only when told to."""

    moment: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **spans: float) -> datetime:
        self.moment += timedelta(**spans)
        return self.moment


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file."""
    file = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    database = Database(f"sqlite:///{file}")
    migrations.upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    database.dispose()
    return file


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """The address of a server whose database `template` is migrated and empty."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL's server binaries are not installed: set PG_BIN to their folder")
    with running_server(binaries) as address:
        _administer(address, "CREATE DATABASE template")
        database = Database(address % "template")
        migrations.upgrade(database)
        database.dispose()
        yield address


def _administer(address: str, statement: str) -> None:
    engine = sa.create_engine(
        address % "postgres", isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty database of each kind, with real commits, gone after the test."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "rounds.sqlite")
        database = Database(f"sqlite:///{tmp_path / 'rounds.sqlite'}")
        yield database
        database.dispose()
        return
    address: str = request.getfixturevalue("postgres_address")
    name = f"test_{next(_numbers)}"
    _administer(address, f"CREATE DATABASE {name} TEMPLATE template STRATEGY FILE_COPY")
    database = Database(address % name)
    yield database
    database.dispose()
    _administer(address, f"DROP DATABASE {name} WITH (FORCE)")


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


@pytest.fixture
def app(settings: Settings, database: Database, clock: StandingClock) -> Flask:
    """The application over the test's database, without the check of form tokens."""
    mailer = FolderMailer(settings.instance_path / "mail", settings.mail_from)
    app = create_app(settings, database=database, clock=clock, mailer=mailer)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
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
        files = sorted((settings.instance_path / "mail" / "new").glob("*"))
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

"""The database of each kind: who may write, what survives a race, what the column types keep."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from lms.accounts.models import SignInFailure, User
from lms.foundation.base import ExactFraction, UtcDateTime
from lms.foundation.database import Database, fetch, insert_if_absent
from tests.factories import BEGINNING, make_user


class SampleBase(DeclarativeBase):
    """A metadata of its own: these tables are no part of the product."""


class Sample(SampleBase):
    """A row of every column type that is ours."""

    __tablename__ = "test_sample"

    id: Mapped[int] = mapped_column(primary_key=True)
    moment: Mapped[datetime | None] = mapped_column(UtcDateTime())
    score: Mapped[Fraction | None] = mapped_column(ExactFraction())
    number: Mapped[int] = mapped_column(default=0)


@pytest.fixture
def samples(database: Database) -> Iterator[Database]:
    """The database with a table of samples in it."""
    SampleBase.metadata.create_all(database.engine)
    yield database
    SampleBase.metadata.drop_all(database.engine)


def in_parallel(count: int, work: Callable[[], Any]) -> list[Any]:
    """What `count` threads got from doing the same work at the same moment; exceptions as values."""
    line_up = threading.Barrier(count)
    results: list[Any] = []

    def run() -> None:
        line_up.wait()
        try:
            results.append(work())
        except Exception as error:
            results.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


# Sessions


def test_a_reading_session_reads(database: Database) -> None:
    with database.transaction() as session:
        user_id = make_user(session).id
    with database.reading_session() as session:
        assert session.get_one(User, user_id).name == "Ada Okafor"


@pytest.mark.parametrize(
    "statement",
    [
        sa.insert(SignInFailure).values(subject="a" * 64, failed_at=BEGINNING),
        sa.update(User).values(name="Eve"),
        sa.delete(User),
        sa.text("DROP TABLE sign_in_failure"),
        sa.text('CREATE TABLE "test_intruder" (id integer)'),
    ],
    ids=["insert", "update", "delete", "drop", "create"],
)
def test_a_reading_session_is_refused_by_the_database(
    database: Database, statement: sa.Executable
) -> None:
    with database.transaction() as session:
        user_id = make_user(session).id
    # More than once: a connection goes back to the pool and must refuse again.
    for _ in range(3):
        with (
            database.reading_session() as session,
            pytest.raises(DBAPIError, match=r"(?i)read-?only"),
        ):
            session.execute(statement)
    with database.reading_session() as session:
        assert session.get_one(User, user_id).name == "Ada Okafor"
        assert session.scalar(sa.select(sa.func.count(SignInFailure.id))) == 0


def test_what_is_read_often_stays_prepared(postgresql_database: Database) -> None:
    """From its sixth time on the driver has a statement prepared, and the server plans it no more."""
    often = sa.select(User.name).where(User.id == sa.bindparam("user_id"))
    # What others had prepared goes with their connection.
    postgresql_database.dispose()
    for _ in range(10):
        with postgresql_database.reading_session() as session:
            fetch(session, often, user_id=1)
            session.execute(often, {"user_id": 1})
    with postgresql_database.reading_session() as session:
        prepared = session.scalars(sa.text("SELECT statement FROM pg_prepared_statements")).all()
    assert len([text for text in prepared if '"user".name' in text]) == 1


def test_a_session_whose_connection_broke_is_closed_and_the_next_one_works(
    postgresql_database: Database,
) -> None:
    with postgresql_database.reading_session() as session:
        process = session.scalar(sa.select(sa.func.pg_backend_pid()))
        with postgresql_database.transaction() as other:
            other.execute(sa.select(sa.func.pg_terminate_backend(process)))
        with pytest.raises(DBAPIError):
            fetch(session, sa.select(sa.func.count(User.id)))
    with postgresql_database.reading_session() as session:
        assert fetch(session, sa.select(sa.func.count(User.id)))[0][0] == 0


def test_what_was_read_before_does_not_hinder_writing(database: Database) -> None:
    with database.reading_session() as reading:
        assert reading.scalar(sa.select(sa.func.count(User.id))) == 0
        with database.transaction() as session:
            make_user(session)
        # The reader stays at the snapshot that its page began with.
        assert reading.scalar(sa.select(sa.func.count(User.id))) == 0
    with database.reading_session() as reading:
        assert reading.scalar(sa.select(sa.func.count(User.id))) == 1


def test_a_transaction_commits_at_its_end(database: Database) -> None:
    with database.transaction() as session:
        user_id = make_user(session).id
    with database.writing_session() as session:
        assert session.get(User, user_id) is not None


def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    def write_and_fail() -> None:
        with database.transaction() as session:
            make_user(session)
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        write_and_fail()
    with database.reading_session() as session:
        assert session.scalar(sa.select(sa.func.count(User.id))) == 0


def test_a_savepoint_rolls_back_alone(database: Database) -> None:
    with database.transaction() as session:
        make_user(session, name="Kept")
        with session.begin_nested() as savepoint:
            make_user(session, name="Dropped")
            savepoint.rollback()
    with database.reading_session() as session:
        assert session.scalars(sa.select(User.name)).all() == ["Kept"]


def test_foreign_keys_are_enforced(session: Session) -> None:
    with pytest.raises(IntegrityError):
        session.execute(
            sa.text(
                "INSERT INTO membership (organization_id, user_id, role, joined_at)"
                " VALUES (999, 999, 'member', '2026-01-01')"
            )
        )


def test_errors_of_the_database_name_no_values(session: Session) -> None:
    with pytest.raises(DBAPIError) as caught:
        session.execute(
            sa.text("SELECT * FROM nowhere WHERE email = :email"), {"email": "ada@example.org"}
        )
    assert "ada@" not in str(caught.value)


def test_the_engines_are_all_that_statements_pass_through(database: Database) -> None:
    seen: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    for engine in database.engines:
        event.listen(engine, "before_cursor_execute", listen)
    with database.reading_session() as session:
        session.execute(sa.text("SELECT 1 AS reading"))
    with database.writing_session() as session:
        session.execute(sa.text("SELECT 2 AS writing"))
    statements = [statement for statement in seen if statement.startswith("SELECT")]
    assert statements == ["SELECT 1 AS reading", "SELECT 2 AS writing"]


def test_the_folder_of_an_sqlite_file_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/new/folder/rounds.sqlite")
    with database.transaction() as session:
        assert session.scalar(sa.text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(sa.text("PRAGMA foreign_keys")) == 1
        assert session.scalar(sa.text("PRAGMA busy_timeout")) == 15_000
    database.dispose()
    assert (tmp_path / "new" / "folder" / "rounds.sqlite").exists()


# Column types


@pytest.mark.parametrize(
    "zone",
    [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=11))],
    ids=str,
)
@pytest.mark.parametrize("day", [1, 365 // 2])
def test_a_moment_comes_back_in_utc_whatever_zone_it_came_from(
    samples: Database, zone: timezone, day: int
) -> None:
    moment = datetime(2026, 1, 1, 23, 59, 59, 123456, tzinfo=zone) + timedelta(days=day)
    with samples.transaction() as session:
        session.add(Sample(id=1, moment=moment))
    with samples.reading_session() as session:
        kept = session.get_one(Sample, 1).moment
        assert kept == moment
        assert kept is not None
        assert kept.tzinfo is UTC
        assert session.scalar(sa.select(Sample.id).where(Sample.moment == moment)) == 1
        assert session.scalar(sa.select(Sample.id).where(Sample.moment > moment)) is None


def test_moments_sort_by_time_not_by_how_their_zones_write_them(samples: Database) -> None:
    early = datetime(2026, 1, 2, 1, 0, tzinfo=timezone(timedelta(hours=5)))
    late = datetime(2026, 1, 1, 23, 0, tzinfo=UTC)
    with samples.transaction() as session:
        session.add_all([Sample(id=1, moment=late), Sample(id=2, moment=early)])
    with samples.reading_session() as session:
        assert session.scalars(sa.select(Sample.id).order_by(Sample.moment)).all() == [2, 1]


def test_a_time_without_its_zone_is_refused(samples: Database) -> None:
    naive = datetime(2026, 1, 1, 12, 0)  # noqa: DTZ001 - This is what must be refused.
    with samples.writing_session() as session:
        session.add(Sample(id=1, moment=naive))
        with pytest.raises(StatementError, match="a time needs its zone"):
            session.flush()


@pytest.mark.parametrize(
    "score",
    [Fraction(0), Fraction(1, 3), Fraction(17, 2), Fraction(-2, 7), Fraction(10**30, 10**30 + 1)],
    ids=str,
)
def test_a_score_is_kept_exactly(samples: Database, score: Fraction) -> None:
    with samples.transaction() as session:
        session.add(Sample(id=1, score=score))
    with samples.reading_session() as session:
        kept = session.get_one(Sample, 1).score
        assert kept == score
        assert isinstance(kept, Fraction)


def test_nothing_stays_nothing(samples: Database) -> None:
    with samples.transaction() as session:
        session.add(Sample(id=1))
    with samples.reading_session() as session:
        kept = session.get_one(Sample, 1)
        assert (kept.moment, kept.score) == (None, None)


# Races


def test_a_row_is_inserted_unless_it_is_there(database: Database) -> None:
    values = {"name": "Ada", "email": "ada@example.org", "created_at": BEGINNING}
    with database.transaction() as session:
        first = insert_if_absent(session, User, values)
        assert insert_if_absent(session, User, values | {"name": "Eve"}) is None
    with database.reading_session() as session:
        assert session.execute(sa.select(User.id, User.name)).all() == [(first, "Ada")]


def test_of_ten_that_insert_the_same_at_once_one_does(database: Database) -> None:
    values = {"name": "Ada", "email": "ada@example.org", "created_at": BEGINNING}

    def insert() -> int | None:
        with database.transaction() as session:
            return insert_if_absent(session, User, values)

    results = in_parallel(10, insert)
    (new,) = [result for result in results if result is not None]
    assert isinstance(new, int)
    with database.reading_session() as session:
        assert session.scalars(sa.select(User.id)).all() == [new]


def test_four_that_read_and_then_write_lose_nothing(samples: Database) -> None:
    """On SQLite a transaction begins as a writer; on PostgreSQL the row is locked as it is read."""
    with samples.transaction() as session:
        session.add(Sample(id=1, number=0))

    def count_up() -> None:
        # Each thread has connections of its own, as a process has.
        database = Database(samples.url.render_as_string(hide_password=False))
        for _ in range(25):
            with database.transaction() as session:
                row = session.get_one(Sample, 1, with_for_update=True)
                row.number += 1
        database.dispose()

    assert in_parallel(4, count_up) == [None] * 4
    with samples.reading_session() as session:
        assert session.get_one(Sample, 1).number == 100

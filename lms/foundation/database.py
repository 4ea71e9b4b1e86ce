"""The database: SQLite (WAL) or PostgreSQL, a session to read and a session to write.

A reading session cannot write: the database itself refuses. A writing session on SQLite begins with
BEGIN IMMEDIATE, because a transaction that reads first and writes later fails under load in spite of
the busy time-out.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Engine,
    Executable,
    Table,
    bindparam,
    cast,
    create_engine,
    event,
    literal,
    null,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from .cursors import DescribingOnce
from .localdays import add_functions

BUSY_TIMEOUT_MS = 15_000
STREAMED = 5_000
# How many statements of one kind are remembered that differ in their conditions.
KEPT_STATEMENTS = 200

ValueT = TypeVar("ValueT")


class ReadingSession(Session):
    """A session on one connection, for one transaction that the database lets read only."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, expire_on_commit=False, autoflush=False)
        self.own_connection = connection

    def close(self) -> None:
        """Give the connection back; what it read stays usable.

        What only read ends the same by COMMIT as by ROLLBACK. But after a ROLLBACK the driver of
        PostgreSQL has the server forget every statement that it had prepared.
        """
        if not self.own_connection.invalidated:
            self.own_connection.commit()
        super().close()
        self.own_connection.close()


class Database:
    """One database and the connections to it."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        if self.is_sqlite:
            if self.url.database:
                Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            self._writer = _sqlite_engine(url, reading=False)
            self._reader = _sqlite_engine(url, reading=True)
        else:
            self._writer = _postgres_engine(url, reading=False)
            self._reader = _postgres_engine(url, reading=True)

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @property
    def engine(self) -> Engine:
        """The engine that may write: for migrations and for listening to statements."""
        return self._writer

    @property
    def engines(self) -> tuple[Engine, ...]:
        """Every engine that statements may pass through: the one that writes, the one that reads."""
        return self._writer, self._reader

    def reading_session(self) -> Session:
        """A session whose transaction the database lets read only."""
        return ReadingSession(self._reader.connect())

    def writing_session(self) -> Session:
        """A session that may write; whoever opened it commits."""
        return Session(self._writer, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A writing session that commits at the end of the block, or rolls back when it raises."""
        with self.writing_session() as session, session.begin():
            yield session

    def dispose(self) -> None:
        """Close every connection."""
        self._writer.dispose()
        self._reader.dispose()


def _sqlite_engine(url: str, *, reading: bool) -> Engine:
    engine = create_engine(
        url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling would begin too late: `begin` below does it instead.
        connection.isolation_level = None
        for pragma in ("foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}", "synchronous=NORMAL"):
            connection.execute(f"PRAGMA {pragma}")
        add_functions(connection)
        if reading:
            connection.execute("PRAGMA query_only=ON")
        else:
            _log_ahead(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _log_ahead(connection: Any) -> None:
    """Switch the journal, as only a writer can while a database is empty.

    SQLite does not wait for another process that is about the same: whoever comes second tries again.
    """
    until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _postgres_engine(url: str, *, reading: bool) -> Engine:
    # A page's queries see one snapshot, so that its figures agree with each other.
    level = "REPEATABLE READ" if reading else "READ COMMITTED"
    engine = create_engine(url, pool_pre_ping=True, hide_parameters=True, isolation_level=level)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        if reading:
            connection.cursor_factory = DescribingOnce
        # Rows that come as a stream are read to their end: a plan that is quick with the first of them
        # takes longer for all.
        connection.execute("SET cursor_tuple_fraction = 1")
        connection.commit()
        connection.read_only = reading

    return engine


def fetch(session: Session, statement: Executable, /, **values: Any) -> Sequence[Any]:
    """The rows of a statement that was built once, with `values` for its `bindparam`s.

    Building a select and sending it through the unit of work takes several times as long as running
    it: what every page asks is built when its module is loaded and goes straight to the connection.
    """
    return _connection(session).execute(statement, values).all()


def part_of_union(columns: Mapping[str, Any], kind: str, **own: Any) -> Any:
    """One part of a UNION ALL that reads rows of several kinds in one journey to the database.

    `columns` are the names and types that all parts have; a part has its `own` and, for those of the
    others, typed nulls. Each row begins with its `kind`.
    """
    return select(
        literal(kind).label("kind"),
        *(own.get(name, cast(null(), type_)).label(name) for name, type_ in columns.items()),
    )


# How a condition writes the value that a column of that name is compared with.
Writing = Callable[[str, Any], Any]


def as_value(_name: str, value: Any) -> Any:
    """As it is: for a statement that is run once."""
    return value


def as_parameter(name: str, value: Any) -> Any:
    """As a parameter: for a statement that is built once and run with any such value."""
    return bindparam(name, expanding=isinstance(value, list))


def stream(session: Session, statement: Executable, **values: Any) -> Iterator[Any]:
    """The rows of `fetch` as they come, `STREAMED` held at a time: for more than a page could hold."""
    options = {"yield_per": STREAMED}
    return iter(_connection(session).execute(statement, values, execution_options=options))


def _connection(session: Session) -> Connection:
    if isinstance(session, ReadingSession):
        return session.own_connection
    session.flush()
    return session.connection()


def batches(values: Sequence[ValueT]) -> Iterator[Sequence[ValueT]]:
    """`values` in parts of 500: SQLite takes only so many in one statement."""
    return (values[start : start + 500] for start in range(0, len(values), 500))


def insert_if_absent(session: Session, table: Any, values: Mapping[str, Any]) -> int | None:
    """Insert a row unless a unique constraint forbids it; the new row's id, or None if it was there.

    Two processes that insert the same fact at once both succeed, and one row exists.
    """
    rows = fetch(session, _insert_one(table.__table__, session.get_bind().dialect.name), **values)
    return rows[0][0] if rows else None


def insert_missing(session: Session, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows, all with the same columns, but for those that a unique constraint forbids."""
    if rows:
        insert = _insert(table.__table__, session.get_bind().dialect.name)
        _connection(session).execute(insert, rows)


@cache
def _insert_one(target: Table, dialect_name: str) -> Executable:
    return _insert(target, dialect_name).returning(target.c.id)


@cache
def _insert(target: Table, dialect_name: str) -> Any:
    dialect = postgresql if dialect_name == "postgresql" else sqlite
    return dialect.insert(target).on_conflict_do_nothing()

"""Running the migrations: the files in `migrations/`, through Alembic, on our own connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, func, select

from .base import metadata
from .database import Database
from .shipped import shipped
from .told import Told

# A number of our own, by which processes that upgrade the same PostgreSQL database take turns.
_TURN = 0x526F756E6473
# What the names of indexes begin with that only migrations know.
RANKING = "rank_"


class UnknownRevision(Told):
    """The database is at a migration that this version of Rounds does not have."""


def upgrade(database: Database, revision: str = "head") -> bool:
    """Bring the database to `revision`; whether anything had to be done.

    Raises UnknownRevision when the database was upgraded by a newer version of Rounds.
    """
    if is_current(database):
        return False
    with _migrating(database) as connection:
        try:
            command.upgrade(_config(connection), revision)
        except CommandError as error:
            raise UnknownRevision(
                f"This version of Rounds does not know the database's state ({error}): "
                "it was upgraded by a newer version. Install that one, or restore a backup."
            ) from error
    return True


def is_current(database: Database) -> bool:
    """Whether the database is at the newest migration."""
    head = ScriptDirectory.from_config(_config(None)).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def differences(database: Database) -> list[object]:
    """What the tables of the database and those of the models disagree on; empty when they agree."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "render_as_batch": True, "include_name": is_compared},
        )
        return list(compare_metadata(context, metadata))


def is_compared(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether Alembic compares something in the database with the models.

    On SQLite it sees neither in which direction an index goes nor an expression in it: indexes by which
    a page ranks its rows are made by migrations alone.
    """
    return kind != "index" or not (name or "").startswith(RANKING)


@contextmanager
def _migrating(database: Database) -> Iterator[Connection]:
    """A connection for migrations; on SQLite without foreign keys, as a rebuilt table needs."""
    with database.engine.connect() as connection:
        # A pragma works outside a transaction only, so it goes to the driver itself.
        driver = connection.connection.driver_connection
        if database.is_sqlite and driver:
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            if not database.is_sqlite:
                connection.execute(select(func.pg_advisory_xact_lock(_TURN)))
            yield connection
            connection.commit()
        finally:
            connection.rollback()
            if database.is_sqlite and driver:
                driver.execute("PRAGMA foreign_keys=ON")


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config

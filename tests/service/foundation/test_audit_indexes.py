"""What `audit.verify` says where an index of PostgreSQL has lost an entry: the table has it all the same."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from lms.foundation import audit, migrations
from lms.foundation.audit import Act, Actor, AuditEntry
from lms.foundation.database import Database

pytestmark = pytest.mark.parametrize("empty_address", ["postgresql"], indirect=True)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PRIMARY, BY_ORGANIZATION = "pk_audit_entry", "ix_audit_entry_organization_id_number"


@pytest.fixture
def database(empty_address: str) -> Iterator[Database]:
    """A database in which any table is read by an index, as a large one would be."""
    database = Database(empty_address)
    migrations.upgrade(database)
    run(database, "ALTER DATABASE empty SET enable_seqscan = off")
    database.dispose()
    yield database
    database.dispose()


def run(database: Database, *statements: str) -> None:
    with database.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def append(database: Database, number: int) -> None:
    with database.transaction() as session:
        for _ in range(number):
            act = Act("team.ended", "team", organization_id=3)
            audit.record(session, Actor("Ada"), act, NOW)


def lose_one(database: Database, index: str) -> None:
    """A trail of three entries, of which the index has no second one."""
    append(database, 1)
    ready = "UPDATE pg_index SET indisready = {} WHERE indexrelid = CAST('{}' AS regclass)"
    run(database, ready.format("false", index))
    append(database, 1)
    run(database, ready.format("true", index))
    append(database, 1)


def found_by(database: Database, condition: sa.ColumnElement[bool]) -> list[int]:
    """The numbers of the entries that a page would find."""
    with database.reading_session() as session:
        found = sa.select(AuditEntry.number).where(condition).order_by(AuditEntry.number)
        return list(session.scalars(found))


def test_an_entry_that_an_index_hides_is_not_taken_for_missing(database: Database) -> None:
    lose_one(database, PRIMARY)
    assert found_by(database, AuditEntry.number > 0) == [1, 3]
    with database.reading_session() as session:
        [digest] = session.scalars(
            sa.select(AuditEntry.previous_digest).where(AuditEntry.number == 3)
        )
        assert list(audit.verify(session, [(2, digest)])) == []


@pytest.mark.parametrize("index", [PRIMARY, BY_ORGANIZATION])
def test_an_index_that_hides_an_entry_from_pages_is_found(database: Database, index: str) -> None:
    run(database, "CREATE EXTENSION amcheck")
    lose_one(database, index)
    append(database, 1)
    if index == BY_ORGANIZATION:
        assert found_by(database, AuditEntry.organization_id == 3) == [1, 3, 4]
    with database.reading_session() as session:
        [fault] = audit.verify(session)
    assert fault.number == 0
    assert str(fault).startswith(f"The trail is damaged in its index {index}: heap tuple")


def test_a_whole_trail_has_no_fault_where_its_indexes_are_looked_at(database: Database) -> None:
    run(database, "CREATE EXTENSION amcheck")
    append(database, 3)
    with database.reading_session() as session:
        assert list(audit.verify(session)) == []
        # What is read after it is the head, in the same transaction.
        assert audit.head_of(session)[0] == 3

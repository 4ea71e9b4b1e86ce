"""The audit trail: it is one chain whoever writes at the same time, and every break of it is found."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lms.foundation import audit
from lms.foundation.audit import BEGINNING, Act, Actor, AuditEntry, AuditHead, Fault
from lms.foundation.database import Database
from tests.threads import at_once

NOW = datetime(2026, 3, 2, 9, 0, 0, 123, tzinfo=UTC)
ADA = Actor("Ada Okafor", 7)
COLUMNS = [column.name for column in AuditEntry.__table__.columns]
# A number has no bytes that SQL could reach.
NUMBERS = {"number", "organization_id", "actor_id", "subject_id"}
# Where whatever is written lies as it was written: PostgreSQL holds to its types.
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def append(session: Session, number: int) -> None:
    act = Act(
        "obligation.waived",
        "person",
        100 + number,
        f"Sam Özil {number}",
        organization_id=3,
        details={"reason": "On leave – “long”", "days": [1, 2], "by rule": {"2": None}},
    )
    audit.record(session, ADA, act, NOW + timedelta(seconds=number))


def faults(database: Database) -> list[Fault]:
    with database.reading_session() as session:
        return list(audit.verify(session))


def rows(database: Database) -> list[dict[str, Any]]:
    with database.reading_session() as session:
        found = session.execute(sa.select(*AuditEntry.__table__.columns).order_by("number"))
        return [dict(row._mapping) for row in found]


@pytest.fixture
def trail(database: Database) -> Database:
    """A database with a trail of five entries."""
    with database.transaction() as session:
        for number in range(1, 6):
            append(session, number)
    return database


@pytest.fixture
def tamper(trail: Database) -> Callable[..., None]:
    """A function that changes what lies in the database, past everything that would prevent it."""

    def run(*statements: str, **values: Any) -> None:
        with trail.engine.begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement), values)

    return run


# Writing


def test_an_empty_trail_is_whole(database: Database) -> None:
    assert faults(database) == []
    with database.reading_session() as session:
        assert audit.head_of(session) == (0, BEGINNING)


def test_each_entry_follows_the_one_before(trail: Database) -> None:
    entries = rows(trail)
    assert faults(trail) == []
    assert [entry["number"] for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[0]["previous_digest"] == BEGINNING
    assert [entry["previous_digest"] for entry in entries[1:]] == [
        entry["digest"] for entry in entries[:-1]
    ]
    with trail.reading_session() as session:
        assert audit.head_of(session) == (5, entries[-1]["digest"])


def test_an_entry_exists_only_if_what_it_tells_of_was_kept(trail: Database) -> None:
    with trail.writing_session() as session:
        append(session, 6)
        session.rollback()
    assert len(rows(trail)) == 5
    assert faults(trail) == []


def test_twenty_who_append_at_once_make_one_chain(database: Database) -> None:
    def write(thread: int) -> None:
        for number in range(3):
            with database.transaction() as session:
                append(session, 10 * thread + number)

    at_once([lambda thread=thread: write(thread) for thread in range(20)])
    entries = rows(database)
    assert [entry["number"] for entry in entries] == list(range(1, 61))
    assert len({entry["subject_id"] for entry in entries}) == 60
    assert faults(database) == []


@pytest.mark.parametrize(
    "details",
    [
        {"days": (1, 2)},
        {"by cycle": {10: "a", 9: "b"}},
        {"": "", "text": "\u00e9\u0301 \N{PILL} \udc80 \u2028"},
        {"large": 2**80, "nothing": None, "yes": True},
    ],
)
def test_whatever_the_details_hold_is_read_again_as_it_was_written(
    database: Database, details: dict[str, Any]
) -> None:
    with database.transaction() as session:
        act = Act("team.created", "team", subject_name="N" * 300, details=details)
        audit.record(session, Actor("A" * 300), act, NOW)
    assert faults(database) == []


# Finding


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("number", [1, 3, 5])
def test_an_altered_entry_is_found(
    trail: Database, tamper: Callable[..., None], column: str, number: int
) -> None:
    """Whatever column it is: a text with one letter changed, a number that is one higher."""
    value = rows(trail)[number - 1][column]
    changed = {
        "number": 77,
        "at": NOW + timedelta(seconds=number, microseconds=1),
        "details": '{"reason": "None"}',
        "digest": "f" * 64,
        "previous_digest": "e" * 64,
    }.get(column) or (value + 1 if isinstance(value, int) else "Z" + value[1:])
    parameter = sa.bindparam("changed", changed)
    if column == "at":
        parameter = sa.bindparam("changed", changed, type_=AuditEntry.__table__.c.at.type)
    is_json = column == "details" and not trail.is_sqlite
    assignment = "CAST(:changed AS json)" if is_json else ":changed"
    statement = f"UPDATE audit_entry SET {column} = {assignment} WHERE number = :number"  # noqa: S608
    with trail.engine.begin() as connection:
        connection.execute(sa.text(statement).bindparams(parameter, number=number))
    assert faults(trail) != []


@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in NUMBERS])
def test_one_flipped_byte_is_found_wherever_it_is(trail: Database, column: str) -> None:
    """Every byte of an entry, one after the other."""
    stored = _text_of(trail, column).encode()
    for place in range(len(stored)):
        flipped = bytearray(stored)
        # The highest bit makes it no text at all, which SQLite keeps none the less.
        flipped[place] ^= 0x01 if place % 4 else 0x80
        if _put(trail, column, bytes(flipped)):
            assert faults(trail) != [], (column, place)
            _put(trail, column, stored)
    assert faults(trail) == []


@ON_SQLITE
@pytest.mark.parametrize("column", COLUMNS[1:])
def test_a_value_that_is_stored_as_bytes_is_found(trail: Database, column: str) -> None:
    """One flipped bit in the head of a record makes a text bytes: pages cannot read it any more."""
    as_bytes = f"UPDATE audit_entry SET {column} = CAST({column} AS BLOB) WHERE number = 3"  # noqa: S608
    with trail.engine.begin() as connection:
        connection.execute(sa.text(as_bytes))
    assert Fault(3, "was altered after it was written") in faults(trail)


@ON_SQLITE
def test_bytes_in_the_place_of_a_number_are_found(trail: Database) -> None:
    """They are no text either, which the driver would not read."""
    with trail.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE audit_entry SET actor_id = CAST(x'ff80' AS TEXT) WHERE number = 3")
        )
    assert Fault(3, "was altered after it was written") in faults(trail)


@ON_SQLITE
@pytest.mark.parametrize("value", ["'x'", "5.5", "x'35'"])
def test_a_head_whose_number_is_none_is_told(trail: Database, value: str) -> None:
    with trail.engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE audit_head SET number = {value}"))  # noqa: S608
    told = "may not be the last: the end of the trail cannot be read"
    assert faults(trail) == [Fault(5, told)]


@ON_SQLITE
def test_an_index_that_hides_an_entry_from_pages_is_found(trail: Database, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    with closing(sqlite3.connect(str(trail.url.database))) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    _flip_in_index(copy, "ix_audit_entry_organization_id_number")
    damaged = Database(f"sqlite:///{copy}")
    try:
        with damaged.reading_session() as session:
            of_organization = sa.select(AuditEntry.number).where(AuditEntry.organization_id == 3)
            assert len(session.scalars(of_organization).all()) == 4
        found = faults(damaged)
        assert found
        assert {fault.number for fault in found} == {0}
        assert "ix_audit_entry_organization_id_number" in str(found[0])
    finally:
        damaged.dispose()


def _flip_in_index(file: Path, index: str) -> None:
    """Flip one bit of the first key of an index that has one page.

    The page has eight bytes of its own and then the places of its keys; a key has its length, the
    length of its head, and after the head the values.
    """
    with closing(sqlite3.connect(file)) as connection:
        query = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        [(page,)] = connection.execute(query, (index,)).fetchall()
        [(size,)] = connection.execute("PRAGMA page_size").fetchall()
    body = bytearray(file.read_bytes())
    start = (page - 1) * size
    key = start + int.from_bytes(body[start + 8 : start + 10], "big")
    body[key + 1 + body[key + 1]] ^= 0x01
    file.write_bytes(body)


def test_details_in_another_order_are_found(trail: Database) -> None:
    kind = "text" if trail.is_sqlite else "json"
    details = dict(reversed(rows(trail)[2]["details"].items()))
    with trail.engine.begin() as connection:
        connection.execute(
            sa.text(f"UPDATE audit_entry SET details = CAST(:new AS {kind}) WHERE number = 3"),  # noqa: S608
            {"new": json.dumps(details)},
        )
    assert faults(trail) == [Fault(3, "was altered after it was written")]


def test_entries_of_before_whose_digest_was_of_sorted_keys_are_whole(database: Database) -> None:
    with database.transaction() as session:
        append(session, 1)
    entry = rows(database)[0]
    told = {name: value for name, value in entry.items() if name != "digest"}
    told["at"] = entry["at"].isoformat(timespec="microseconds")
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert digest != entry["digest"]
    with database.engine.begin() as connection:
        connection.execute(sa.update(AuditEntry).values(digest=digest))
        connection.execute(sa.update(AuditHead).values(digest=digest))
    assert faults(database) == []


def _text_of(trail: Database, column: str) -> str:
    statement = f"SELECT CAST({column} AS text) FROM audit_entry WHERE number = 3"  # noqa: S608
    with trail.engine.connect() as connection:
        return connection.scalars(sa.text(statement)).one()


def _put(trail: Database, column: str, value: bytes) -> bool:
    """Write bytes into the third entry; False where PostgreSQL refuses them, or reads them as before."""
    kind = {"at": "timestamptz", "details": "json"}.get(column, "text")
    written = f"CAST(convert_from(:value, 'UTF8') AS {kind})"
    if trail.is_sqlite:
        written = "CAST(:value AS text)"
    statement = f"UPDATE audit_entry SET {column} = {written} WHERE number = 3"  # noqa: S608
    before = None if trail.is_sqlite else _text_of(trail, column)
    try:
        with trail.engine.begin() as connection:
            connection.execute(sa.text(statement), {"value": value})
    except DBAPIError:
        return False
    return before is None or before != _text_of(trail, column)


@pytest.mark.parametrize(
    ("spoilt", "message"),
    [
        ("DELETE FROM audit_entry WHERE number = 3", "is missing"),
        ("DELETE FROM audit_entry WHERE number = 5", "is missing"),
        ("DELETE FROM audit_entry WHERE number = 1", "is missing"),
    ],
)
def test_a_removed_entry_is_found(
    trail: Database, tamper: Callable[..., None], spoilt: str, message: str
) -> None:
    tamper(spoilt)
    assert faults(trail) == [Fault(int(spoilt[-1]), message)]


def test_many_that_are_missing_are_one_fault(trail: Database, tamper: Callable[..., None]) -> None:
    tamper("DELETE FROM audit_entry WHERE number BETWEEN 2 AND 4")
    assert faults(trail) == [Fault(2, "is missing, and so is every other up to 4")]
    tamper("DELETE FROM audit_entry", "UPDATE audit_head SET number = 4611686018427387904")
    assert len(faults(trail)) == 1


def test_one_removed_with_all_numbers_after_it_moved_up_is_found(
    trail: Database, tamper: Callable[..., None]
) -> None:
    tamper(
        "DELETE FROM audit_entry WHERE number = 3",
        "UPDATE audit_entry SET number = 3 WHERE number = 4",
        "UPDATE audit_entry SET number = 4 WHERE number = 5",
        "UPDATE audit_head SET number = 4",
    )
    assert [fault.number for fault in faults(trail)] == [3, 3, 4]


def test_two_entries_in_each_others_place_are_found(
    trail: Database, tamper: Callable[..., None]
) -> None:
    tamper(
        "UPDATE audit_entry SET number = 99 WHERE number = 2",
        "UPDATE audit_entry SET number = 2 WHERE number = 3",
        "UPDATE audit_entry SET number = 3 WHERE number = 99",
    )
    assert {fault.number for fault in faults(trail)} == {2, 3, 4}


def test_an_entry_that_was_put_in_is_found(trail: Database) -> None:
    """Its own digest is right: what it says it follows, the next one follows already."""
    forged = rows(trail)[4] | {"number": 6, "previous_digest": "d" * 64, "actor_name": "Nobody"}
    forged["digest"] = audit.digest_of(forged)
    with trail.engine.begin() as connection:
        connection.execute(sa.insert(AuditEntry).values(forged))
    assert faults(trail) == [
        Fault(6, "does not follow from the one before it"),
        Fault(6, "was added past the end of the trail"),
    ]
    with trail.engine.begin() as connection:
        connection.execute(sa.update(AuditHead).values(number=6, digest=forged["digest"]))
    assert faults(trail) == [Fault(6, "does not follow from the one before it")]


def test_an_entry_rewritten_with_its_digest_is_found_by_the_next(trail: Database) -> None:
    forged = rows(trail)[2] | {"actor_name": "Nobody"}
    with trail.engine.begin() as connection:
        connection.execute(
            sa.update(AuditEntry)
            .where(AuditEntry.number == 3)
            .values(actor_name="Nobody", digest=audit.digest_of(forged))
        )
    assert faults(trail) == [Fault(4, "does not follow from the one before it")]


def test_a_last_entry_rewritten_with_its_digest_is_found_by_the_head(trail: Database) -> None:
    forged = rows(trail)[4] | {"actor_name": "Nobody"}
    with trail.engine.begin() as connection:
        connection.execute(
            sa.update(AuditEntry)
            .where(AuditEntry.number == 5)
            .values(actor_name="Nobody", digest=audit.digest_of(forged))
        )
    assert faults(trail) == [Fault(5, "is not the one that was written last")]


def test_a_trail_without_its_head_is_not_whole(
    trail: Database, tamper: Callable[..., None]
) -> None:
    tamper("DELETE FROM audit_head")
    try:
        assert faults(trail) == [Fault(5, "may not be the last: the trail has lost its end")]
    finally:
        tamper("INSERT INTO audit_head (id, number, digest) VALUES (1, 0, '')")

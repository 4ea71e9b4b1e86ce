"""The audit trail: who did what to whom and when, each entry chained to the one before by its digest.

An entry joins the transaction of what it tells of. The chain has one head, a row that whoever appends
locks: entries are numbered without a gap, and one that was altered, removed, moved or put in between is
found by `verify`. Whoever can write to the database and computes every later digest anew can forge the
rest of the trail from some entry on; that shows against a head that was noted elsewhere, as in the
manifest of an evidence packet.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    case,
    cast,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session, mapped_column

from .base import Base, Digest, Moment, PrimaryKey, ShortText
from .database import stream

BEGINNING = "0" * 64
MAX_NAME = 200


class AuditEntry(Base):
    """One act. Names are copies of what they were; ids are not foreign keys, so that it outlives all."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "organization_id", "number"),
        Index(None, "subject_kind", "subject_id"),
        CheckConstraint("number > 0", name="number"),
    )

    number: Mapped[PrimaryKey]
    at: Mapped[Moment]
    # None for what concerns no single organization.
    organization_id: Mapped[int | None]
    # None for what was done at a terminal or by the clock; the name then says which.
    actor_id: Mapped[int | None]
    actor_name: Mapped[ShortText]
    # Such as `assignment.created`.
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None]
    subject_name: Mapped[ShortText]
    # Texts, whole numbers and lists of them: what was it before, what is it now, why.
    details: Mapped[dict[str, Any]]
    previous_digest: Mapped[Digest] = mapped_column(unique=True)
    digest: Mapped[Digest] = mapped_column(unique=True)


class AuditHead(Base):
    """The end of the chain. There is one row; a removed last entry shows by it."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[PrimaryKey]
    number: Mapped[int]
    digest: Mapped[Digest]


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever did it: a person by id and name, or a terminal or the clock by name alone."""

    name: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """What was done, to whom or what. `details` hold texts, whole numbers, and lists and dicts of them."""

    action: str
    subject_kind: str
    subject_id: int | None = None
    subject_name: str = ""
    organization_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def record(session: Session, actor: Actor, act: Act, now: datetime) -> None:
    """Append an entry. Others who append wait until this transaction ends: do it shortly before."""
    number, previous = session.execute(_HEAD.with_for_update()).one()
    values: dict[str, Any] = {
        "number": number + 1,
        "at": now,
        "organization_id": act.organization_id,
        "actor_id": actor.id,
        "actor_name": actor.name[:MAX_NAME],
        "action": act.action,
        "subject_kind": act.subject_kind,
        "subject_id": act.subject_id,
        "subject_name": act.subject_name[:MAX_NAME],
        # As it will be read again: JSON knows no tuples, and no keys but texts.
        "details": json.loads(json.dumps(dict(act.details))),
        "previous_digest": previous,
    }
    values["digest"] = digest_of(values)
    session.execute(insert(AuditEntry).values(values))
    session.execute(
        update(AuditHead)
        .where(AuditHead.id == 1)
        .values(number=number + 1, digest=values["digest"])
    )


def digest_of(entry: Mapping[str, Any]) -> str:
    """The SHA-256 of everything an entry says, the digest of the one before included, as 64 hex digits.

    The order in which the details are told is a part of it.
    """
    return _digest(entry, is_sorted=False)


def _digest(entry: Mapping[str, Any], *, is_sorted: bool) -> str:
    told = {name: entry[name] for name in _TOLD}
    told["at"] = entry["at"].astimezone(UTC).isoformat(timespec="microseconds")
    said = json.dumps(told, sort_keys=is_sorted, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def _is_its_digest(entry: Mapping[str, Any]) -> bool:
    """Whether the digest of an entry is that of what it says.

    Those of the first entries were made of sorted keys, and stay as they are. What is digested begins
    with another name then, so that no digest of today is ever taken for one of those.
    """
    return entry["digest"] in (digest_of(entry), _digest(entry, is_sorted=True))


_TOLD = (
    "number",
    "at",
    "organization_id",
    "actor_id",
    "actor_name",
    "action",
    "subject_kind",
    "subject_id",
    "subject_name",
    "details",
    "previous_digest",
)
_HEAD = select(AuditHead.number, AuditHead.digest).where(AuditHead.id == 1)


def head_of(session: Session) -> tuple[int, str]:
    """Number and digest of the last entry: noted elsewhere, they bear witness to all before them."""
    number, digest = session.execute(_HEAD).one()
    return number, digest


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the chain, at the entry with that number; 0 for the trail as a whole."""

    number: int
    message: str

    def __str__(self) -> str:
        who = f"Entry {self.number}" if self.number else "The trail"
        return f"{who} {self.message}."


def verify(session: Session, noted: Sequence[tuple[int, str]] = ()) -> Iterator[Fault]:
    """Every break of the chain, from its beginning to its head; none when it is whole.

    `noted` are numbers and digests of heads that were noted elsewhere: a trail whose end was taken away
    or written anew, head and all, is whole but for those.

    It reads what lies in the database, and not what its types make of it: an entry that cannot be read
    any more is a fault like another. Use a reading session, which sees entries and head at one moment.

    On PostgreSQL the rest of the session's transaction uses no index: one that is damaged hides no entry.
    """
    is_sqlite = _is_sqlite(session)
    if not is_sqlite:
        for statement in _WITHOUT_INDEXES:
            session.execute(statement)
    number, digest = 0, BEGINNING
    entries = select(*_as_stored(AuditEntry, is_sqlite=is_sqlite)).order_by(AuditEntry.number)
    for row in stream(session, entries):
        stored = row._mapping
        yield from _gap(number, stored["number"])
        entry = _readable(stored, is_sqlite=is_sqlite)
        if entry is None or not _is_its_digest(entry):
            yield Fault(stored["number"], "was altered after it was written")
        follows = entry is None or entry["previous_digest"] == digest
        if stored["number"] == number + 1 and not follows:
            yield Fault(stored["number"], "does not follow from the one before it")
        number, digest = stored["number"], _text(stored["digest"])
    head = session.execute(select(*_as_stored(AuditHead, is_sqlite=is_sqlite))).first()
    yield from _end(number, digest, head)
    for noted_number, noted_digest in noted:
        yield from _compared(session, noted_number, noted_digest)
    yield from _damage(session) if is_sqlite else _damaged_indexes(session)


def _end(number: int, digest: str | None, head: Any) -> Iterator[Fault]:
    """What is wrong with the end: with the last entry, and the head that should be its own."""
    if head is None:
        yield Fault(number, "may not be the last: the trail has lost its end")
    elif not isinstance(head.number, int):
        yield Fault(number, "may not be the last: the end of the trail cannot be read")
    else:
        yield from _gap(number, head.number + 1)
        if number == head.number and digest != _text(head.digest):
            yield Fault(number, "is not the one that was written last")
        if number > head.number:
            yield Fault(number, "was added past the end of the trail")


def _compared(session: Session, number: int, noted: str) -> Iterator[Fault]:
    """What is wrong with the entry of that number, of which the digest was noted elsewhere."""
    digest = cast(AuditEntry.digest, LargeBinary if _is_sqlite(session) else Text)
    found = session.scalar(select(digest).where(AuditEntry.number == number))
    if found is None:
        yield Fault(number, "is missing: it was noted as the last one")
    elif _text(found) != noted:
        yield Fault(number, "is not the one that was noted")


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _damage(session: Session) -> Iterator[Fault]:
    """What SQLite finds wrong with the file: an index that disagrees hides entries from pages."""
    for table in (AuditEntry, AuditHead):
        name = table.__tablename__
        for found in session.scalars(text(f"PRAGMA integrity_check('{name}')")):
            if found != "ok":
                yield Fault(0, f"is damaged in the file of the database: {found}")


# Only a scan of the whole table sees every entry, whatever its indexes say.
_WITHOUT_INDEXES = (
    text("SET LOCAL enable_seqscan = on"),
    text("SET LOCAL enable_indexscan = off"),
    text("SET LOCAL enable_indexonlyscan = off"),
    text("SET LOCAL enable_bitmapscan = off"),
)
# Null where the extension amcheck is not in the database.
_MAY_CHECK = text(
    "SELECT has_function_privilege(to_regprocedure('bt_index_check(regclass, boolean)'), 'EXECUTE')"
)
_INDEXES = text(
    "SELECT CAST(CAST(indexrelid AS regclass) AS text) FROM pg_index"
    " WHERE indrelid = CAST(:table AS regclass) AND indisvalid AND indisready ORDER BY 1"
)
_CHECK = text("SELECT bt_index_check(CAST(:index AS regclass), true)")
# PostgreSQL's words for a page or an index that is not what it should be.
_CORRUPTED = ("XX001", "XX002")


def _damaged_indexes(session: Session) -> Iterator[Fault]:
    """Where PostgreSQL has amcheck: each index that disagrees with its table, and hides entries from pages."""
    if not session.scalar(_MAY_CHECK):
        return
    for table in (AuditEntry, AuditHead):
        indexes = session.scalars(_INDEXES, {"table": table.__tablename__}).all()
        for index in indexes:
            try:
                with session.begin_nested():
                    session.execute(_CHECK, {"index": index})
            except DBAPIError as error:
                driver_error: Any = error.orig
                if driver_error.sqlstate not in _CORRUPTED:
                    raise
                found = driver_error.diag.message_primary
                yield Fault(0, f"is damaged in its index {index}: {found}")


def _gap(last: int, found: int) -> Iterator[Fault]:
    """What is missing between two numbers, as one fault however much it is."""
    if found == last + 2:
        yield Fault(last + 1, "is missing")
    elif found > last + 2:
        yield Fault(last + 1, f"is missing, and so is every other up to {found - 1}")


def _as_stored(table: type[AuditEntry | AuditHead], *, is_sqlite: bool) -> list[ColumnElement[Any]]:
    """The columns of a table as they lie in the database.

    SQLite keeps whatever bytes were written into a column, under the class they were written with. A
    text is read as its bytes, and anything else in its place as nothing; what is in the place of a
    number as bytes. PostgreSQL holds to its types, and of JSON keeps the very text.
    """
    columns: list[ColumnElement[Any]] = []
    for column in table.__table__.columns:
        class_, as_bytes = func.typeof(column), cast(column, LargeBinary)
        if is_sqlite and isinstance(column.type, Integer):
            columns.append(case((class_ == "integer", column), else_=as_bytes).label(column.name))
        elif is_sqlite:
            columns.append(case((class_ == "text", as_bytes)).label(column.name))
        elif column.name == "details":
            columns.append(cast(column, Text).label(column.name))
        else:
            columns.append(column)
    return columns


def _readable(stored: Mapping[str, Any], *, is_sqlite: bool) -> dict[str, Any] | None:
    """The entry that was stored; None where it is not in the form in which entries are written."""
    entry = {name: _text(value) for name, value in stored.items()}
    try:
        at, details = entry["at"], json.loads(entry["details"])
        if is_sqlite:
            moment = datetime.fromisoformat(at)
            is_as_written = moment.isoformat(sep=" ", timespec="microseconds") == at
            at = moment.replace(tzinfo=UTC)
        else:
            is_as_written = True
    except (TypeError, ValueError, RecursionError):
        return None
    is_as_written &= json.dumps(details) == entry["details"]
    is_as_written &= all(isinstance(entry[name], int | None) for name in _NUMBERS)
    return {**entry, "at": at, "details": details} if is_as_written else None


_NUMBERS = ("number", "organization_id", "actor_id", "subject_id")


def _text(value: Any) -> Any:
    """The text of some bytes; bytes that are none become what no digest is ever made of."""
    return value.decode(errors="replace") if isinstance(value, bytes) else value

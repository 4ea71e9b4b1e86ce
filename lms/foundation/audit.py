"""The audit trail: who did what to whom and when, each entry chained to the one before by its digest.

An entry joins the transaction of what it tells of. The chain has one head, a row that whoever appends
locks: entries are numbered without a gap, and one that was altered, removed or put in between is found
by `verify`.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from .base import Base, Digest, Moment, PrimaryKey, ShortText
from .database import stream

BEGINNING = "0" * 64


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
    number, previous = session.execute(
        select(AuditHead.number, AuditHead.digest).where(AuditHead.id == 1).with_for_update()
    ).one()
    values: dict[str, Any] = {
        "number": number + 1,
        "at": now,
        "organization_id": act.organization_id,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "action": act.action,
        "subject_kind": act.subject_kind,
        "subject_id": act.subject_id,
        "subject_name": act.subject_name[:200],
        "details": dict(act.details),
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
    """The SHA-256 of everything an entry says, the digest of the one before included, as 64 hex digits."""
    told = {name: entry[name] for name in _TOLD}
    told["at"] = entry["at"].astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


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


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the chain, at the entry with that number."""

    number: int
    message: str


def verify(session: Session) -> Iterator[Fault]:
    """Every break of the chain, from its beginning to its head; none when it is whole."""
    number, digest = 0, BEGINNING
    columns = AuditEntry.__table__.columns
    for row in stream(session, select(*columns).order_by(AuditEntry.number)):
        entry = row._mapping
        for missing in range(number + 1, entry["number"]):
            yield Fault(missing, "is missing")
        if entry["number"] == number + 1 and entry["previous_digest"] != digest:
            yield Fault(entry["number"], "does not follow from the one before it")
        if digest_of(entry) != entry["digest"]:
            yield Fault(entry["number"], "was altered after it was written")
        number, digest = entry["number"], entry["digest"]
    head = session.get_one(AuditHead, 1)
    for missing in range(number + 1, head.number + 1):
        yield Fault(missing, "is missing")
    if number == head.number and digest != head.digest:
        yield Fault(number, "is not the one that was written last")
    if number > head.number:
        yield Fault(number, "was added past the end of the trail")

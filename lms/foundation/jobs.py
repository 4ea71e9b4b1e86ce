"""Work that is done after the request that asked for it, by `lms worker`: the queue is a table.

Asking for a job joins the asker's transaction: it exists if and only if that commits. A worker leases a
job for a while. One that is killed lets its lease run out, and another takes the job up: what a job
does must bear being begun twice. A job that killed each worker that took it up is given up, like one
that failed as often.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Index,
    String,
    and_,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from .base import Base, Moment, PrimaryKey
from .database import batches, insert_if_absent

LEASE = timedelta(minutes=5)
MAX_TRIES = 5
# After the first failure a minute's pause, and each time four times as long.
FIRST_PAUSE = timedelta(minutes=1)
MAX_FAULT = 2_000
DEADLY = "Each worker that took it up ended before it was done"


class Job(Base):
    """Something to do, once, from a moment on."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("tries >= 0", name="tries"),
        CheckConstraint("done_at IS NULL OR failed_at IS NULL", name="one_end"),
        Index(
            "ix_job_waiting",
            "run_at",
            sqlite_where=text("done_at IS NULL AND failed_at IS NULL"),
            postgresql_where=text("done_at IS NULL AND failed_at IS NULL"),
        ),
    )

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(50))
    # Of the same key there is one job, ever: `daily:7:2026-11-22`.
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    payload: Mapped[dict[str, Any]]
    run_at: Mapped[Moment]
    leased_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    # When it was given up.
    failed_at: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(default="")


@dataclass(frozen=True, slots=True)
class Leased:
    """A job that this worker may do until its lease ends. `tries` counts this one."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    tries: int

    @property
    def is_last_try(self) -> bool:
        """Whether it is given up when it fails once more."""
        return self.tries >= MAX_TRIES


def ask(
    session: Session,
    kind: str,
    payload: Mapping[str, Any],
    *,
    run_at: datetime,
    key: str | None = None,
) -> bool:
    """Have a job done from `run_at` on; False where one with the same key was asked for before."""
    values = {
        "kind": kind,
        "key": key,
        "payload": dict(payload),
        "run_at": run_at,
        "tries": 0,
        "fault": "",
    }
    return insert_if_absent(session, Job, values) is not None


def known(session: Session, keys: Iterable[str]) -> set[str]:
    """Those of the keys for which a job was asked for before."""
    found: set[str] = set()
    for part in batches(list(keys)):
        found.update(filter(None, session.scalars(select(Job.key).where(Job.key.in_(part)))))
    return found


def waits(session: Session, now: datetime) -> bool:
    """Whether there is a job to lease: a look that locks nothing, for whoever asks every few seconds."""
    return session.scalar(select(Job.id).where(_to_be_done(now)).limit(1)) is not None


def lease(session: Session, now: datetime) -> Leased | None:
    """The longest-waiting job that nobody else holds, now this worker's; None when there is nothing to do.

    The caller commits at once, so that others see the lease.
    """
    longest_waiting = (
        select(Job)
        .where(_to_be_done(now))
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    while (job := session.scalar(longest_waiting)) is not None:
        if job.tries < MAX_TRIES:
            job.leased_until = now + LEASE
            job.tries += 1
            session.flush()
            return Leased(job.id, job.kind, job.payload, job.tries)
        # Whoever failed the last time would have given it up: that worker never came to it.
        job.fault, job.failed_at, job.leased_until = DEADLY, now, None
        session.flush()
    return None


def extend(session: Session, leased: Leased, now: datetime) -> bool:
    """Hold a long job for another lease from `now`; False when somebody else has taken it up."""
    return _settle(session, leased, leased_until=now + LEASE)


def finish(session: Session, leased: Leased, now: datetime) -> bool:
    """Note that it is done; False when somebody else has taken it up meanwhile."""
    return _settle(session, leased, done_at=now, leased_until=None)


def fail(session: Session, leased: Leased, fault: str, now: datetime) -> bool:
    """Note why it went wrong: it is tried again after a pause, and given up after `MAX_TRIES`.

    False when somebody else has taken it up meanwhile.
    """
    values: dict[str, Any] = {"fault": fault[:MAX_FAULT], "leased_until": None}
    if leased.is_last_try:
        values["failed_at"] = now
    else:
        values["run_at"] = now + FIRST_PAUSE * 4 ** (leased.tries - 1)
    return _settle(session, leased, **values)


def _settle(session: Session, leased: Leased, **values: Any) -> bool:
    """Write to the job as long as this worker's try is the latest one and has not ended."""
    found = session.execute(
        update(Job)
        .where(
            Job.id == leased.id,
            Job.tries == leased.tries,
            Job.leased_until.is_not(None),
        )
        .values(**values)
        .returning(Job.id)
    )
    return found.first() is not None


def _to_be_done(now: datetime) -> ColumnElement[bool]:
    return and_(
        Job.done_at.is_(None),
        Job.failed_at.is_(None),
        Job.run_at <= now,
        or_(Job.leased_until.is_(None), Job.leased_until <= now),
    )

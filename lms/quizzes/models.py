"""Tables of attempts: what a learner answered, kept apart from what was concluded from it.

Responses, grades and marks are append-only. A regrade appends a grade; the latest one is in force.
An accommodation is never changed either: it is withdrawn, and another one granted.
"""

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.courses.models import Enrolment, ModuleRevision
from lms.foundation.base import Base, Moment, PrimaryKey, ShortText, Slug


class Attempt(Base):
    """One try at a module's quiz, on the revision that was in force when it was started."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("user_id", "module_id", "number"),
        CheckConstraint("number > 0", name="number"),
        # A person has one unfinished attempt at a quiz at most, however often they press Start.
        Index(
            "uq_attempt_open",
            "user_id",
            "module_id",
            unique=True,
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
        # Statistics and regrades look at every attempt at a quiz.
        Index(None, "module_id"),
        # What looks for attempts whose time is up finds them without a look at all the others.
        Index(
            "ix_attempt_closing",
            "closes_at",
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
        CheckConstraint("closes_at > started_at", name="closes_later"),
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    module_revision_id: Mapped[int] = mapped_column(ForeignKey("module_revision.id"))
    # The enrolment in which it was started; its pass counts wherever the module counts.
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    number: Mapped[int]
    seed: Mapped[int]
    # The questions drawn and the order of their options, as shown.
    paper: Mapped[list[Any]]
    started_at: Mapped[Moment]
    # When its time is up, by the server's clock and with the extra time granted; None without a limit.
    closes_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    # Whether it was submitted because its time was up.
    timed_out: Mapped[bool] = mapped_column(default=False, server_default=false())

    enrolment: Mapped[Enrolment] = relationship()
    module_revision: Mapped[ModuleRevision] = relationship()


class Response(Base):
    """An answer as it was saved. The latest row of a question is the answer; earlier ones are history."""

    __tablename__ = "response"
    __table_args__ = (
        # A page numbers its saves, so that one sent twice is kept once.
        UniqueConstraint("attempt_id", "question_id", "page", "sequence"),
    )

    id: Mapped[PrimaryKey]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    question_id: Mapped[Slug]
    value: Mapped[Any] = mapped_column(JSON)
    # The open page that sent it and its count there; both None when a plain form was sent.
    page: Mapped[str | None] = mapped_column(String(40))
    sequence: Mapped[int | None]
    saved_at: Mapped[Moment]


class Accommodation(Base):
    """More time, or more attempts, granted to one learner for a reason that is kept."""

    __tablename__ = "accommodation"
    __table_args__ = (
        CheckConstraint("extra_time BETWEEN 0 AND 300", name="extra_time"),
        CheckConstraint("extra_attempts BETWEEN 0 AND 20", name="extra_attempts"),
        CheckConstraint("extra_time > 0 OR extra_attempts > 0", name="grants_something"),
        # Attempts are counted at each quiz by itself.
        CheckConstraint("extra_attempts = 0 OR module_id IS NOT NULL", name="attempts_at_a_quiz"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn_by_somebody"
        ),
        Index(None, "user_id"),
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    # None means every quiz.
    module_id: Mapped[int | None] = mapped_column(ForeignKey("module.id"))
    # Percent of the time limit, on top of it.
    extra_time: Mapped[int]
    extra_attempts: Mapped[int]
    reason: Mapped[str]
    # Where it was granted; None for an instructor's, of somebody who belongs to several or to none.
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    granted_at: Mapped[Moment]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    withdrawn_at: Mapped[datetime | None]


class Regrade(Base):
    """A decision to grade answers again: whose, why, by which policy, and with whose key."""

    __tablename__ = "regrade"
    __table_args__ = (
        CheckConstraint(
            "policy IN ('full-credit', 'either-key', 'new-key', 'original-key')", name="policy"
        ),
        CheckConstraint("reason <> ''", name="reason"),
        Index(None, "module_id"),
    )

    id: Mapped[PrimaryKey]
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    # The revision whose key is the new one.
    module_revision_id: Mapped[int] = mapped_column(ForeignKey("module_revision.id"))
    policy: Mapped[str] = mapped_column(String(20))
    # The ids of the questions that were graded again; all others kept their marks.
    question_ids: Mapped[list[Any]]
    reason: Mapped[str]
    # None when it was done at a terminal; `decided_by_name` then says whose.
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_by_name: Mapped[ShortText]
    decided_at: Mapped[Moment]


class Grade(Base):
    """What an attempt was worth, as concluded at one moment."""

    __tablename__ = "grade"
    __table_args__ = (
        UniqueConstraint("attempt_id", "number"),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[PrimaryKey]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    number: Mapped[int]
    score: Mapped[Fraction]
    maximum: Mapped[Fraction]
    passed: Mapped[bool]
    graded_at: Mapped[Moment]
    # The regrade that it comes from; None for the grade that the submitting gave.
    regrade_id: Mapped[int | None] = mapped_column(ForeignKey("regrade.id"))


class Mark(Base):
    """The points of one question in one grade."""

    __tablename__ = "mark"

    grade_id: Mapped[int] = mapped_column(ForeignKey("grade.id"), primary_key=True)
    question_id: Mapped[Slug] = mapped_column(primary_key=True)
    # The wording that was answered.
    question_digest: Mapped[str] = mapped_column(String(64))
    score: Mapped[Fraction]
    maximum: Mapped[Fraction]

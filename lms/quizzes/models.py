"""Tables of attempts: what a learner answered, kept apart from what was concluded from it.

Responses, grades and marks are append-only. A regrade appends a grade; the latest one is in force.
"""

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.courses.models import Enrolment, ModuleRevision
from lms.foundation.base import Base, Moment, PrimaryKey, Slug


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
    submitted_at: Mapped[datetime | None]

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


class Mark(Base):
    """The points of one question in one grade."""

    __tablename__ = "mark"

    grade_id: Mapped[int] = mapped_column(ForeignKey("grade.id"), primary_key=True)
    question_id: Mapped[Slug] = mapped_column(primary_key=True)
    # The wording that was answered.
    question_digest: Mapped[str] = mapped_column(String(64))
    score: Mapped[Fraction]
    maximum: Mapped[Fraction]

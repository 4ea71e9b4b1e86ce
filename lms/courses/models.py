"""Tables of published content and of what people did with it.

Publications, revisions and figures are append-only, and so are lesson completions, module passes and
course completions: they say what happened, and nothing rewrites them.
"""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import User
from lms.foundation.base import Base, Digest, Moment, PrimaryKey, ShortText, Slug


class Publication(Base):
    """One act of publishing. Its id numbers the catalogue that is in force from then on."""

    __tablename__ = "publication"

    id: Mapped[PrimaryKey]
    published_at: Mapped[Moment]
    # None when it was done at a terminal; `published_by_name` then says whose.
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    published_by_name: Mapped[ShortText]
    note: Mapped[str]


class Module(Base):
    """A module's identity: its slug, for ever."""

    __tablename__ = "module"

    id: Mapped[PrimaryKey]
    slug: Mapped[Slug] = mapped_column(unique=True)


class RevisionColumns:
    """What a published state of a module and of a course have in common; never changed afterwards."""

    id: Mapped[PrimaryKey]
    number: Mapped[int]
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    # Of everything that makes it: equal digests mean that nothing changed.
    digest: Mapped[Digest]
    # The files as written: {"module.md": "…", "lessons/01-….md": "…", "quiz.md": "…"}.
    source: Mapped[dict[str, Any]]
    # What pages show, rendered when it was published: titles, minutes and HTML.
    rendered: Mapped[dict[str, Any]]
    # Whether people who finished an earlier revision should look again.
    is_material: Mapped[bool] = mapped_column(default=False, server_default=false())


class ModuleRevision(RevisionColumns, Base):
    """One published state of a module."""

    __tablename__ = "module_revision"
    __table_args__ = (
        UniqueConstraint("module_id", "number"),
        CheckConstraint("number > 0", name="number"),
    )

    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    # The figures it shows: {"figures/a.svg": digest}.
    figures: Mapped[dict[str, Any]]


class Course(Base):
    """A course's identity: its slug, for ever."""

    __tablename__ = "course"

    id: Mapped[PrimaryKey]
    slug: Mapped[Slug] = mapped_column(unique=True)


class CourseRevision(RevisionColumns, Base):
    """One published state of a course."""

    __tablename__ = "course_revision"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        CheckConstraint("number > 0", name="number"),
    )

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))


class Figure(Base):
    """A picture, kept once under the digest of its bytes."""

    __tablename__ = "figure"

    digest: Mapped[Digest] = mapped_column(primary_key=True)
    media_type: Mapped[str] = mapped_column(String(50))
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Enrolment(Base):
    """A person takes a course. A renewal is a new row with the next cycle number."""

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("user_id", "course_id", "cycle"),
        CheckConstraint("cycle > 0", name="cycle"),
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    cycle: Mapped[int] = mapped_column(default=1)
    enrolled_at: Mapped[Moment]
    # Work done since then counts for this enrolment, in whichever course it was done.
    counts_from: Mapped[Moment]
    # The day on which it is due, and the moment at which that day ends in the organization's zone.
    due_on: Mapped[date | None]
    due_at: Mapped[datetime | None]
    # None when the person enrolled themself.
    enrolled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    course: Mapped[Course] = relationship()


class LessonCompletion(Base):
    """A person marked a lesson as finished."""

    __tablename__ = "lesson_completion"
    __table_args__ = (
        # Once for each beginning to count from: a second click, or a second tab, adds nothing.
        UniqueConstraint("user_id", "module_id", "lesson_slug", "counts_from"),
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    lesson_slug: Mapped[Slug]
    module_revision_id: Mapped[int] = mapped_column(ForeignKey("module_revision.id"))
    counts_from: Mapped[Moment]
    completed_at: Mapped[Moment]


class ModulePass(Base):
    """A person passed a module's quiz. Each passing is a row: the first fixes the date."""

    __tablename__ = "module_pass"
    __table_args__ = (Index(None, "user_id", "module_id"),)

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    module_revision_id: Mapped[int] = mapped_column(ForeignKey("module_revision.id"))
    # The share of the points that were to be had, from 0 to 1.
    score: Mapped[Fraction]
    passed_at: Mapped[Moment]
    # Whether this score counts instead of earlier ones, and not only where it is higher than they are.
    replaces_earlier: Mapped[bool] = mapped_column(default=False, server_default=false())


class CourseCompletion(Base):
    """An enrolment reached its course's rule. There is one at most, and it stays."""

    __tablename__ = "course_completion"
    __table_args__ = (UniqueConstraint("enrolment_id"),)

    id: Mapped[PrimaryKey]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    course_revision_id: Mapped[int] = mapped_column(ForeignKey("course_revision.id"))
    # Which revision of each module it was reached with: {"skills": 3}.
    module_revisions: Mapped[dict[str, Any]]
    # The mean of the best counting scores of its quizzes; None where the course has no quiz.
    score: Mapped[Fraction | None]
    completed_at: Mapped[Moment]

    enrolment: Mapped[Enrolment] = relationship()
    course_revision: Mapped[CourseRevision] = relationship()


class Attestation(Base):
    """A learner signed the statement that a course asks for. The text is a copy of what was signed."""

    __tablename__ = "attestation"
    __table_args__ = (UniqueConstraint("enrolment_id"),)

    id: Mapped[PrimaryKey]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    course_revision_id: Mapped[int] = mapped_column(ForeignKey("course_revision.id"))
    statement: Mapped[str]
    # As typed by the learner, in place of a signature.
    signed_name: Mapped[ShortText]
    signed_at: Mapped[Moment]

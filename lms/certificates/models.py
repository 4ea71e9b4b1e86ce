"""The table of certificates: what was true when it was issued, whatever changes later."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ForeignKey, Index, Numeric, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from lms.courses.models import Attestation, CourseCompletion
from lms.foundation.base import Base, Moment, PrimaryKey, ShortText


class Certificate(Base):
    """Proof that a person completed a course. Names and titles are copies of what they were then."""

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("course_completion_id"), Index(None, "user_id"))

    id: Mapped[PrimaryKey]
    # Random: knowing one number tells nothing about another.
    number: Mapped[str] = mapped_column(String(30), unique=True)
    course_completion_id: Mapped[int] = mapped_column(ForeignKey("course_completion.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    learner_name: Mapped[ShortText]
    course_title: Mapped[ShortText]
    course_revision: Mapped[int]
    # Title and revision of each module: [{"title": "Skills", "revision": 3}].
    modules: Mapped[list[Any]]
    score: Mapped[Fraction | None]
    # Hours of instruction that the course counts for.
    hours: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    issued_at: Mapped[Moment]
    expires_at: Mapped[datetime | None]

    # When the statement of the course was signed; read with the rest, and None where it has none.
    signed_at: Mapped[datetime | None] = column_property(
        select(Attestation.signed_at)
        .join(CourseCompletion, CourseCompletion.enrolment_id == Attestation.enrolment_id)
        .where(CourseCompletion.id == course_completion_id)
        .scalar_subquery()
    )

    course_completion: Mapped[CourseCompletion] = relationship()

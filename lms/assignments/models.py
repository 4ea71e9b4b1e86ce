"""Tables of assignments and of what each person owes under them.

Rules and changes are append-only. An obligation's dates may move while it is unfinished, each move
with a row that keeps what was before; once it has ended, nothing touches it.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.courses.models import Course
from lms.foundation.base import Base, Moment, PrimaryKey, ShortText

_UNFINISHED = text("closed_at IS NULL")


class Assignment(Base):
    """An organization has people complete a course. What it asks for is in its rules."""

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by_somebody"),
        Index(None, "organization_id"),
        Index(None, "course_id"),
    )

    id: Mapped[PrimaryKey]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    created_at: Mapped[Moment]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    course: Mapped[Course] = relationship()


class AssignmentRule(Base):
    """Whom an assignment covers and on what terms; the rule with the highest number is in force."""

    __tablename__ = "assignment_rule"
    __table_args__ = (
        UniqueConstraint("assignment_id", "number"),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[PrimaryKey]
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    number: Mapped[int]
    # As `Audience.to_json` and `Terms.to_json` write them.
    audience: Mapped[dict[str, Any]]
    terms: Mapped[dict[str, Any]]
    decided_at: Mapped[Moment]
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


class Obligation(Base):
    """One time that one person must complete an assignment's course."""

    __tablename__ = "obligation"
    __table_args__ = (
        UniqueConstraint("assignment_id", "user_id", "cycle"),
        CheckConstraint("cycle > 0", name="cycle"),
        CheckConstraint("opens_on <= due_on", name="due_later"),
        CheckConstraint("cycle > 1 OR NOT after_waiver", name="after_waiver"),
        CheckConstraint("day_meant BETWEEN 1 AND 31", name="day_meant"),
        CheckConstraint("closed_how IN ('met', 'waived', 'expired')", name="closed_how"),
        CheckConstraint("(closed_at IS NULL) = (closed_how IS NULL)", name="closed_somehow"),
        CheckConstraint(
            "closed_how <> 'met' OR (completed_on IS NOT NULL"
            " AND (completion_id IS NOT NULL OR closed_by_id IS NOT NULL))",
            name="met_by_something",
        ),
        # What a person decided has their name and their reason.
        CheckConstraint(
            "(closed_by_id IS NULL AND closed_how <> 'waived') OR closed_how IS NULL"
            " OR (closed_by_id IS NOT NULL AND reason <> '')",
            name="reason",
        ),
        CheckConstraint("closed_at IS NULL OR reason IS NOT NULL", name="reason_kept"),
        # Of each person under each assignment one obligation is current: the latest.
        Index(
            "uq_obligation_current",
            "assignment_id",
            "user_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
        # Who of an organization stands where, counted without a look at the rows themselves.
        Index(
            "ix_obligation_standing",
            "organization_id",
            "assignment_id",
            "closed_how",
            "due_on",
            "opens_on",
            "after_waiver",
            "membership_id",
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
        Index(
            "ix_obligation_due",
            "due_on",
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        ),
        Index(None, "membership_id"),
        Index(None, "user_id", "course_id"),
    )

    id: Mapped[PrimaryKey]
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    # Copies of the assignment's, for the questions that are asked of all its obligations.
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    cycle: Mapped[int]
    opens_on: Mapped[date]
    due_on: Mapped[date]
    # The day of the month that renewal counts on, which outlives a shorter month.
    day_meant: Mapped[int]
    # Whether a person gave it its dates; the rule leaves those alone.
    set_by_hand: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_current: Mapped[bool]
    # Whether what it renews was waived: until its window opens, the waiver still covers the person.
    after_waiver: Mapped[bool] = mapped_column(default=False, server_default=false())
    opened_at: Mapped[Moment]
    # The enrolment to work in, from when its window opened.
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"))
    closed_at: Mapped[datetime | None]
    closed_how: Mapped[str | None] = mapped_column(String(20))
    completed_on: Mapped[date | None]
    # None where somebody vouches for a completion elsewhere.
    completion_id: Mapped[int | None] = mapped_column(ForeignKey("course_completion.id"))
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    # Why it was waived, vouched for, or ended unmet; empty where the completion says it all.
    reason: Mapped[str | None]

    assignment: Mapped[Assignment] = relationship()


class ObligationMove(Base):
    """An unfinished obligation got other dates: what they were before, who moved them and why."""

    __tablename__ = "obligation_move"
    __table_args__ = (Index(None, "obligation_id"),)

    id: Mapped[PrimaryKey]
    obligation_id: Mapped[int] = mapped_column(ForeignKey("obligation.id"))
    opens_on: Mapped[date]
    due_on: Mapped[date]
    moved_at: Mapped[Moment]
    # None where the rule moved them.
    moved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str]


class Exemption(Base):
    """A member whom an assignment does not cover, though its audience does. It can be withdrawn."""

    __tablename__ = "exemption"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn_by_somebody"
        ),
        Index(
            "uq_exemption_current",
            "assignment_id",
            "membership_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[PrimaryKey]
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    reason: Mapped[str]
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    granted_at: Mapped[Moment]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    withdrawn_at: Mapped[datetime | None]


class Notice(Base):
    """A reminder or digest for one person. Its key says what it is about, so that it exists once."""

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('assigned', 'before-due', 'due-today', 'overdue', 'digest')", name="kind"
        ),
        CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'failed', 'dropped')", name="state"
        ),
        Index(None, "organization_id", "created_at"),
        Index(
            "ix_notice_waiting",
            "send_after",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_notice_sending",
            "settled_at",
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
    )

    id: Mapped[PrimaryKey]
    # Such as `overdue:1234:2026-W47`.
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    # None for a digest, which is about a team.
    obligation_id: Mapped[int | None] = mapped_column(ForeignKey("obligation.id"))
    created_at: Mapped[Moment]
    # The end of the reader's quiet hours, where it was made in them.
    send_after: Mapped[Moment]
    # `sending` is written before the letter leaves: whoever finds it so later must not send it again.
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    # When it left `waiting`; once the letter has left, when that was.
    settled_at: Mapped[datetime | None]
    # What it said, or why it was not sent.
    subject: Mapped[ShortText] = mapped_column(default="")
    fault: Mapped[str] = mapped_column(default="")


# What is kept of how an organization stands (see `keeping.py`). All of it can be counted again: these
# tables point to others by numbers alone, so that keeping them makes nobody wait.


class StandingMark(Base):
    """Something about what a member owes has changed since it was counted: triggers write it."""

    __tablename__ = "standing_mark"
    __table_args__ = (Index(None, "organization_id", "membership_id"),)

    id: Mapped[PrimaryKey]
    organization_id: Mapped[int]
    membership_id: Mapped[int]


class KeptStanding(Base):
    """The day for which an organization's figures are kept: everybody was counted or marked since."""

    __tablename__ = "kept_standing"

    organization_id: Mapped[PrimaryKey]
    day: Mapped[date]


class KeptFigures(Base):
    """How many obligations of an assignment or of a team are in each state.

    The index `rank_kept_figures` has them by the share that is overdue. Of the end of a month, whose key
    is its day's ordinal number, there is only what was overdue then.
    """

    __tablename__ = "kept_figures"
    __table_args__ = (CheckConstraint("kind IN ('assignment', 'team', 'month')", name="kind"),)

    organization_id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    key: Mapped[PrimaryKey]
    overdue: Mapped[int] = mapped_column(default=0)
    due: Mapped[int] = mapped_column(default=0)
    open: Mapped[int] = mapped_column(default=0)
    waived: Mapped[int] = mapped_column(default=0)
    met: Mapped[int] = mapped_column(default=0)
    expired: Mapped[int] = mapped_column(default=0)


class KeptMember(Base):
    """What of the kept figures is one member's: it is taken off again when they are counted anew.

    The index `rank_kept_member` has those who are overdue, by how long and for how much.
    """

    __tablename__ = "kept_member"

    membership_id: Mapped[PrimaryKey]
    organization_id: Mapped[int]
    overdue: Mapped[int]
    overdue_since: Mapped[date | None]
    # As `Part.to_json` writes it.
    part: Mapped[dict[str, Any]]

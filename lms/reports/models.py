"""Tables of the reports: evidence packets, and what is kept of how organizations stand."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.base import Base, Digest, Moment, PrimaryKey


class EvidencePacket(Base):
    """A packet of proof for a surveyor, made once: what it holds is what was true when it was made."""

    __tablename__ = "evidence_packet"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="ends_later"),
        CheckConstraint("state IN ('asked', 'ready', 'failed')", name="state"),
        CheckConstraint("state <> 'ready' OR digest IS NOT NULL", name="ready_with_digest"),
        Index(None, "organization_id"),
    )

    id: Mapped[PrimaryKey]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    # First and last day of the period, both included.
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    # Whom it is about, as `Audience.to_json` writes it.
    audience: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[Moment]
    finished_at: Mapped[datetime | None]
    # The ZIP, and its SHA-256.
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[Digest | None]
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

    Of the end of a month, whose key is its day's ordinal number, there is only what was overdue then.
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
    """What of the kept figures is one member's: it is taken off again when they are counted anew."""

    __tablename__ = "kept_member"
    __table_args__ = (
        Index(
            "ix_kept_member_overdue",
            "organization_id",
            "overdue_since",
            "overdue",
            "membership_id",
            sqlite_where=text("overdue > 0"),
            postgresql_where=text("overdue > 0"),
        ),
    )

    membership_id: Mapped[PrimaryKey]
    organization_id: Mapped[int]
    overdue: Mapped[int]
    overdue_since: Mapped[date | None]
    # As `Part.to_json` writes it.
    part: Mapped[dict[str, Any]]

"""The table of evidence packets."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
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

"""Tables of organizations and memberships."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import User
from lms.foundation.base import Base, Moment, PrimaryKey, ShortText, Slug


class Organization(Base):
    """An employer. Nothing of one organization is ever visible in another."""

    __tablename__ = "organization"

    id: Mapped[PrimaryKey]
    slug: Mapped[Slug] = mapped_column(unique=True)
    name: Mapped[ShortText]
    created_at: Mapped[Moment]


class Membership(Base):
    """A person's place in an organization. It ends when they leave; the row stays."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("role IN ('member', 'manager')", name="role"),
        UniqueConstraint("organization_id", "user_id"),
        Index(None, "user_id"),
    )

    id: Mapped[PrimaryKey]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    role: Mapped[str] = mapped_column(String(20), default="member")
    joined_at: Mapped[Moment]
    ended_at: Mapped[datetime | None]

    organization: Mapped[Organization] = relationship()
    user: Mapped[User] = relationship()

"""Tables of people and of their ways in."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.foundation.base import Base, Digest, Moment, PrimaryKey, ShortText


class User(Base):
    """A person. Deactivated people keep their record and cannot sign in."""

    __tablename__ = "user"
    __table_args__ = (
        CheckConstraint("role IN ('learner', 'instructor', 'administrator')", name="role"),
        CheckConstraint("email IS NOT NULL OR user_name IS NOT NULL", name="can_be_named"),
        CheckConstraint("email = lower(email) AND user_name = lower(user_name)", name="lower_case"),
        CheckConstraint("user_name NOT LIKE '%@%'", name="user_name_is_no_email"),
        CheckConstraint("left_at IS NULL OR deactivated_at IS NULL", name="left"),
    )

    id: Mapped[PrimaryKey]
    name: Mapped[ShortText]
    # Many care workers have no work e-mail: either of the two names a person at sign-in.
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    user_name: Mapped[str | None] = mapped_column(String(100), unique=True)
    # None until the person has chosen a password through an invitation.
    password_hash: Mapped[str | None] = mapped_column(String(200))
    # What a person may do everywhere; a manager's rights come from a membership instead.
    role: Mapped[str] = mapped_column(String(20), default="learner")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[Moment]
    deactivated_at: Mapped[datetime | None]
    # When they left wherever they had belonged, while the account is in use only until they have answered
    # what they are asked: it goes out of use as of then.
    left_at: Mapped[datetime | None]


class SignInSession(Base):
    """One signed-in browser. The cookie holds the token, this row its digest: it can be ended here."""

    __tablename__ = "sign_in_session"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    token_digest: Mapped[Digest] = mapped_column(unique=True)
    user_agent: Mapped[ShortText]
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class AccountLink(Base):
    """A link that lets a person set a password once: an invitation, or a reset they asked for."""

    __tablename__ = "account_link"
    __table_args__ = (
        CheckConstraint("purpose IN ('invitation', 'reset')", name="purpose"),
        Index(None, "user_id"),
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    purpose: Mapped[str] = mapped_column(String(20))
    token_digest: Mapped[Digest] = mapped_column(unique=True)
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class SignInFailure(Base):
    """A failed try to sign in, or a request for a reset: what throttling counts."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index(None, "subject", "failed_at"),)

    id: Mapped[PrimaryKey]
    # A digest of the account's name or of the visitor's address, never either of them itself.
    subject: Mapped[Digest]
    failed_at: Mapped[Moment]


class Erasure(Base):
    """A person's data was erased as far as the law lets it, on a ground that the law knows.

    Names and training records stay until `keeps_until`; None where there were none to keep.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        UniqueConstraint("user_id"),
        CheckConstraint("legal_basis <> '' AND reason <> ''", name="reason"),
        Index(
            "ix_erasure_unfinished",
            "keeps_until",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    legal_basis: Mapped[str] = mapped_column(String(50))
    reason: Mapped[str]
    erased_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    erased_at: Mapped[Moment]
    keeps_until: Mapped[date | None]
    # When the rest was erased too.
    finished_at: Mapped[datetime | None]

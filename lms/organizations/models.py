"""Tables of organizations: who belongs to them, in which position and team, and who is away.

Positions and leaves are append-only, as far as they are not withdrawn: what somebody was last year is
part of the proof of what they were trained for.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    func,
    text,
    type_coerce,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import User
from lms.foundation.base import Base, Moment, PrimaryKey, ShortText, Slug

_PRESENT = text("ended_at IS NULL")


class Organization(Base):
    """An employer. Nothing of one organization is ever visible in another."""

    __tablename__ = "organization"
    __table_args__ = (
        CheckConstraint(
            "quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23", name="quiet_hours"
        ),
    )

    id: Mapped[PrimaryKey]
    # Staff without e-mail sign in with it and their employee number.
    slug: Mapped[Slug] = mapped_column(unique=True)
    name: Mapped[ShortText]
    created_at: Mapped[Moment]
    # Its days begin and end there: what is due on a day, is due until midnight of that zone.
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC", server_default="UTC")
    # No reminder goes out from the first of these hours until the second, in the reader's own zone.
    quiet_from: Mapped[int] = mapped_column(default=20, server_default="20")
    quiet_until: Mapped[int] = mapped_column(default=8, server_default="8")
    # How many days before something is due its reminders go out, the most first: [14, 3].
    remind_days: Mapped[list[Any]] = mapped_column(
        default=lambda: [14, 3], server_default="[14, 3]"
    )


class Membership(Base):
    """A person's place in an organization, as it is now. It ends when they leave; the row stays.

    The indexes `rank_membership_job_title`, `…_department` and `…_site` have those who are here by each of
    these without regard to case, and then as it is spelt: what there is to filter by is found without a
    look at everybody.
    """

    __tablename__ = "membership"
    __table_args__ = (
        # A manager manages the whole organization; whoever manages a team does so through it.
        CheckConstraint("role IN ('member', 'manager')", name="role"),
        CheckConstraint("employee_number <> ''", name="employee_number"),
        CheckConstraint("manager_id <> id", name="not_their_own_manager"),
        UniqueConstraint("organization_id", "user_id"),
        UniqueConstraint("organization_id", "employee_number"),
        Index(None, "user_id"),
        Index(
            "ix_membership_present",
            "organization_id",
            "sort_name",
            "id",
            # So that SQLite need not look at the rows that it counts.
            "ended_at",
            sqlite_where=_PRESENT,
            postgresql_where=_PRESENT,
        ),
    )

    id: Mapped[PrimaryKey]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    # The account's name in lower case, which lists are sorted by: triggers of the database keep it.
    sort_name: Mapped[ShortText] = mapped_column(server_default=text("''"))
    role: Mapped[str] = mapped_column(String(20), default="member")
    joined_at: Mapped[Moment]
    ended_at: Mapped[datetime | None]
    employee_number: Mapped[str | None] = mapped_column(String(50))
    job_title: Mapped[ShortText] = mapped_column(default="", server_default=text("''"))
    department: Mapped[ShortText] = mapped_column(default="", server_default=text("''"))
    site: Mapped[ShortText] = mapped_column(default="", server_default=text("''"))
    hired_on: Mapped[date | None]
    # The membership of whoever they report to.
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))

    organization: Mapped[Organization] = relationship()
    user: Mapped[User] = relationship()


class MembershipRequest(Base):
    """Somebody who has an account is asked whether they want to belong to an organization.

    It waits until the person answers or the organization takes it back. Its name, address and place are
    what the employer said of them, and nothing that the account says. An answered row stays as it is.
    """

    __tablename__ = "membership_request"
    __table_args__ = (
        CheckConstraint("role IN ('member', 'manager')", name="role"),
        CheckConstraint("answer IN ('accepted', 'declined', 'withdrawn')", name="answer"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        CheckConstraint("employee_number <> ''", name="employee_number"),
        # Nobody is asked twice for the same answer.
        Index(
            "uq_membership_request_waiting",
            "organization_id",
            "user_id",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
        Index(None, "organization_id", "user_id"),
        Index(None, "user_id"),
    )

    id: Mapped[PrimaryKey]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    name: Mapped[ShortText]
    # None where a roster named them by their number alone.
    email: Mapped[str | None] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(20))
    employee_number: Mapped[str | None] = mapped_column(String(50))
    job_title: Mapped[ShortText]
    department: Mapped[ShortText]
    site: Mapped[ShortText]
    hired_on: Mapped[date | None]
    # The employee number of whoever they are to report to: "" for nobody, None where nothing was said.
    manager_number: Mapped[str | None] = mapped_column(String(50))
    # What the teams are called that they are to come into; None where nothing was said.
    teams: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    requested_at: Mapped[Moment]
    # When its letter was given out to be sent; None for as long as it waits for that.
    letter_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(String(20))

    organization: Mapped[Organization] = relationship()


def folded(value: Any) -> ColumnElement[str]:
    """A job title, department or site as a database compares it: its spellings in other cases are the same.

    The indexes `rank_membership_…` hold this very expression, and SQLite finds an index by no other. Its
    `lower` folds ASCII letters alone, so that there a spelling of Ä as ä is another one. What is kept has
    no outer spaces.
    """
    return func.lower(type_coerce(value, String))


class Position(Base):
    """What a member was from a moment on: appended whenever one of these changes, or they come or go."""

    __tablename__ = "position"
    __table_args__ = (
        Index(None, "membership_id"),
        # What somebody ever was is found by steps from one to the next, however long the history is.
        *(
            Index(f"ix_position_{column}", "organization_id", column)
            for column in ("job_title", "department", "site")
        ),
    )

    id: Mapped[PrimaryKey]
    # That of the membership.
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    starts_at: Mapped[Moment]
    # False from when they left.
    is_member: Mapped[bool]
    employee_number: Mapped[str | None] = mapped_column(String(50))
    job_title: Mapped[ShortText]
    department: Mapped[ShortText]
    site: Mapped[ShortText]
    hired_on: Mapped[date | None]
    # The membership of whoever they reported to; of what was before that was kept, nothing is known.
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))


class Team(Base):
    """A group of an organization's members, such as a ward or a shift."""

    __tablename__ = "team"
    __table_args__ = (
        UniqueConstraint("organization_id", "name"),
        CheckConstraint("name <> ''", name="name"),
    )

    id: Mapped[PrimaryKey]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    name: Mapped[ShortText]
    created_at: Mapped[Moment]
    ended_at: Mapped[datetime | None]


class TeamMembership(Base):
    """A member's time in a team. Coming back is a new row."""

    __tablename__ = "team_membership"
    __table_args__ = (
        CheckConstraint("role IN ('member', 'manager')", name="role"),
        Index(
            "uq_team_membership_current",
            "team_id",
            "membership_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "membership_id"),
    )

    id: Mapped[PrimaryKey]
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    # A team's manager sees its members' records and belongs to it or not, as the organization likes.
    role: Mapped[str] = mapped_column(String(20), default="member")
    joined_at: Mapped[Moment]
    ended_at: Mapped[datetime | None]


class LeaveOfAbsence(Base):
    """Days on which a member is away, first and last included. One entered by mistake is withdrawn."""

    __tablename__ = "leave_of_absence"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="ends_later"),
        Index(None, "membership_id"),
    )

    id: Mapped[PrimaryKey]
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[Moment]
    withdrawn_at: Mapped[datetime | None]


class RosterImport(Base):
    """A roster that was handed in: the file, how its columns are read, what came of it."""

    __tablename__ = "roster_import"
    __table_args__ = (
        CheckConstraint(
            "state IN ('uploaded', 'checking', 'checked', 'applying', 'applied', 'failed', 'put_away')",
            name="state",
        ),
        Index(None, "organization_id"),
    )

    id: Mapped[PrimaryKey]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    file_name: Mapped[ShortText]
    # Emptied when the roster was applied or put away: it holds more about people than the record needs.
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    # Which column holds what: {"columns": {"employee_number": 0}, "dates": "", "header": […], "samples": […]}.
    mapping: Mapped[dict[str, Any]]
    # Whether members whom the file does not name have left.
    is_complete: Mapped[bool]
    state: Mapped[str] = mapped_column(String(20))
    # How many rows were read so far, and of how many.
    rows_done: Mapped[int] = mapped_column(default=0)
    rows_total: Mapped[int] = mapped_column(default=0)
    # What it does: {"added": 12, "changed": 3, "deactivated": 1, "unchanged": 984}, with examples.
    outcome: Mapped[dict[str, Any]]
    # What is wrong, the first of it: [{"row": 17, "column": "Hire date", "message": "…"}].
    problems: Mapped[list[Any]]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    uploaded_at: Mapped[Moment]
    # When somebody last had it checked or applied.
    touched_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]

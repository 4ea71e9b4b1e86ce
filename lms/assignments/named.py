"""Who the people of a file are: what it says of each member, and in which order they come."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.foundation.database import stream
from lms.foundation.workbook import Cell
from lms.organizations.models import Membership

# What the columns of `Named.cells` are called.
HEADINGS = ("Name", "Employee number", "Job title", "Department", "Site")


@dataclass(frozen=True, slots=True)
class Named:
    """A member, as far as a file names people."""

    membership_id: int
    name: str
    employee_number: str | None
    job_title: str
    department: str
    site: str

    @property
    def cells(self) -> tuple[Cell, ...]:
        """What a row says under `HEADINGS`."""
        return self.name, self.employee_number, self.job_title, self.department, self.site


def everybody_named(session: Session, organization_id: int) -> Iterator[Named]:
    """Everybody of an organization, also who has left, by name, as they are read."""
    members = (
        select(
            Membership.id,
            User.name,
            Membership.employee_number,
            Membership.job_title,
            Membership.department,
            Membership.site,
        )
        .join(User, User.id == Membership.user_id)
        .where(Membership.organization_id == organization_id)
        .order_by(Membership.sort_name, Membership.id)
    )
    return (Named(*row) for row in stream(session, members))

"""An employer with a few people whose history is known, for tests of what an evidence packet holds."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.assignments.audience import Audience
from lms.assignments.models import Assignment, Obligation
from lms.courses.catalogue import Catalogue
from lms.organizations.models import Membership, Position
from lms.organizations.scopes import Scope
from lms.reports.seal import Signer, new_private_pem

SIGNER = Signer.from_pem(new_private_pem())
EVERYONE = Audience(everyone=True)
NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
# Midnight in New York, with which the period begins and ends.
START, END = datetime(2026, 3, 1, 5, tzinfo=UTC), datetime(2026, 4, 1, 4, tzinfo=UTC)
SIGNED = """## I have read the rules.
`id: promise` `objective: spot-leaks`

**Attest:** I keep to *the rules*.

"""


def at(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@dataclass
class House:
    """An organization, its manager, and its people by their first names."""

    organization_id: int
    manager_id: int
    scope: Scope
    people: dict[str, int]
    memberships: dict[str, int]
    team_id: int


def place(
    session: Session, membership: Membership, *changes: tuple[datetime, dict[str, Any]]
) -> None:
    """The history of a member's positions."""
    for starts_at, values in changes:
        told = {"is_member": True, "employee_number": f"E-{membership.id}", "job_title": "Aide",
                "department": "Ward 3", "site": "North", "hired_on": date(2026, 1, 5)} | values  # fmt: skip
        whose = {"organization_id": membership.organization_id, "membership_id": membership.id}
        session.add(Position(**whose, starts_at=starts_at, **told))
    session.flush()


def table(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[name].decode("utf-8-sig"))))


def of(rows: list[dict[str, str]], *names: str) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def owe(
    session: Session,
    house: House,
    shelf: Catalogue,
    name: str,
    *,
    course: str = "onboarding",
    **values: Any,
) -> Obligation:
    """What somebody owes under an assignment of its own: from January, due on 10 March."""
    assignment = Assignment(
        organization_id=house.organization_id,
        course_id=shelf.courses[course].id,
        created_at=at(1, 5),
        created_by_id=house.manager_id,
    )
    session.add(assignment)
    session.flush()
    told = {
        "cycle": 1, "opens_on": date(2026, 1, 5), "due_on": date(2026, 3, 10), "day_meant": 10,
        "is_current": True, "opened_at": at(1, 5),
    } | values  # fmt: skip
    obligation = Obligation(
        assignment_id=assignment.id,
        organization_id=house.organization_id,
        course_id=assignment.course_id,
        membership_id=house.memberships[name],
        user_id=house.people[name],
        **told,
    )
    session.add(obligation)
    session.flush()
    return obligation

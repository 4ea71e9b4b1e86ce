"""Rows of assignments and obligations for tests of what reads them."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assignments.audience import Audience
from lms.assignments.models import Assignment, AssignmentRule, Obligation
from lms.assignments.terms import Terms
from lms.courses.models import Course
from lms.organizations.models import Membership

from .factories import BEGINNING, make_user

_numbers = itertools.count(1)


def make_assignment(session: Session, organization_id: int, course_id: int) -> Assignment:
    """An assignment of a course, by somebody."""
    assignment = Assignment(
        organization_id=organization_id,
        course_id=course_id,
        created_at=BEGINNING,
        created_by_id=make_user(session, name="Assigner").id,
    )
    session.add(assignment)
    session.flush()
    return assignment


def make_rule(
    session: Session, assignment: Assignment, audience: Audience, terms: Terms
) -> AssignmentRule:
    """The first rule of an assignment, by whoever made it."""
    rule = AssignmentRule(
        assignment_id=assignment.id,
        number=1,
        audience=audience.to_json(),
        terms=terms.to_json(),
        decided_at=BEGINNING,
        decided_by_id=assignment.created_by_id,
    )
    session.add(rule)
    session.flush()
    return rule


def make_course(session: Session, slug: str | None = None) -> Course:
    """A course without a revision: its slug stands for its title."""
    course = Course(slug=slug or f"course-{next(_numbers)}")
    session.add(course)
    session.flush()
    return course


def make_obligation(
    session: Session, assignment: Assignment, member: Membership, due_on: date, **values: Any
) -> Obligation:
    """What `member` owes, from the beginning on; the latest one made is the current one."""
    earlier = session.scalars(
        select(Obligation).where(
            Obligation.assignment_id == assignment.id, Obligation.user_id == member.user_id
        )
    ).all()
    for one in earlier:
        one.is_current = False
    session.flush()
    defaults: dict[str, Any] = {
        "assignment_id": assignment.id,
        "organization_id": assignment.organization_id,
        "course_id": assignment.course_id,
        "membership_id": member.id,
        "user_id": member.user_id,
        "cycle": len(earlier) + 1,
        "opens_on": due_on - timedelta(days=30),
        "due_on": due_on,
        "day_meant": due_on.day,
        "is_current": True,
        "opened_at": BEGINNING,
    }
    obligation = Obligation(**(defaults | values))
    session.add(obligation)
    session.flush()
    return obligation


def closed(how: str, on: date, by_id: int | None = None, reason: str = "") -> dict[str, Any]:
    """The values of an obligation that ended on a day, for a reason where a person ended it."""
    return {
        "closed_how": how,
        "closed_at": datetime.combine(on, time(12), UTC),
        "completed_on": on if how == "met" else None,
        "closed_by_id": by_id,
        "reason": reason,
    }

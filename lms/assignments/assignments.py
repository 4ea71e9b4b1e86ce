"""Assigning courses: making an assignment, changing its rule, ending it."""

from collections import Counter
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lms.courses.models import Course
from lms.foundation.audit import Act, Actor, record
from lms.organizations import people
from lms.organizations.models import Organization, Team

from .audience import Audience
from .errors import AlreadyAssigned, AssignmentOver, AudienceEmpty, RuleChanged
from .models import Assignment, AssignmentRule
from .reconcile import reconcile
from .terms import Terms


def create(
    session: Session,
    *,
    organization_id: int,
    course_id: int,
    audience: Audience,
    terms: Terms,
    by: Actor,
    now: datetime,
) -> int:
    """Assign a course: the assignment's id. Everybody whom it covers has their obligation at once.

    Raises AudienceEmpty, and AlreadyAssigned where one that is in force says the same.
    """
    assert by.id is not None
    _refuse_again(session, organization_id, course_id, audience, terms)
    assignment = Assignment(
        organization_id=organization_id, course_id=course_id, created_at=now, created_by_id=by.id
    )
    session.add(assignment)
    session.flush()
    _decide(session, assignment.id, 1, audience, terms, by, now)
    taken = reconcile(session, assignment.id, None, now)
    _record(
        session, assignment, "assignment.created", by, now, _told(session, audience, terms, taken)
    )
    return assignment.id


def _refuse_again(
    session: Session, organization_id: int, course_id: int, audience: Audience, terms: Terms
) -> None:
    # Two who assign at once take turns at the organization's row.
    session.execute(
        select(Organization.id)
        .where(Organization.id == organization_id)
        .with_for_update(key_share=True)
    )
    later = aliased(AssignmentRule)
    in_force = (
        select(AssignmentRule)
        .join(Assignment, Assignment.id == AssignmentRule.assignment_id)
        .outerjoin(
            later,
            (later.assignment_id == AssignmentRule.assignment_id)
            & (later.number > AssignmentRule.number),
        )
        .where(
            Assignment.organization_id == organization_id,
            Assignment.course_id == course_id,
            Assignment.ended_at.is_(None),
            later.id.is_(None),
        )
    )
    for rule in session.scalars(in_force):
        if (rule.audience, rule.terms) == (audience.to_json(), terms.to_json()):
            raise AlreadyAssigned(rule.assignment_id)


def change(
    session: Session,
    assignment_id: int,
    *,
    number: int,
    audience: Audience,
    terms: Terms,
    by: Actor,
    now: datetime,
) -> bool:
    """Put another rule in force. The former one stays on record, and so does whatever has ended.

    `number` is that of the rule which whoever changes it has seen. False, and nothing is written, where
    the one in force says the same. Raises RuleChanged where another one is in force than was seen, and
    AudienceEmpty and AssignmentOver.
    """
    assignment = _open(session, assignment_id)
    in_force = session.scalars(
        select(AssignmentRule)
        .where(AssignmentRule.assignment_id == assignment_id)
        .order_by(AssignmentRule.number.desc())
        .limit(1)
    ).one()
    if (audience, terms) == (
        Audience.from_json(in_force.audience),
        Terms.from_json(in_force.terms),
    ):
        return False
    if in_force.number != number:
        raise RuleChanged
    _decide(session, assignment_id, number + 1, audience, terms, by, now)
    taken = reconcile(session, assignment_id, None, now)
    _record(
        session, assignment, "assignment.changed", by, now, _told(session, audience, terms, taken)
    )
    return True


def end(session: Session, assignment_id: int, *, by: Actor, now: datetime) -> None:
    """End an assignment: what is unfinished ends with it. Raises AssignmentOver."""
    assignment = _open(session, assignment_id)
    assignment.ended_at, assignment.ended_by_id = now, by.id
    session.flush()
    taken = reconcile(session, assignment_id, None, now)
    _record(session, assignment, "assignment.ended", by, now, {"steps": dict(taken)})


def _open(session: Session, assignment_id: int) -> Assignment:
    """The assignment, which nobody else can change until this transaction ends."""
    assignment = session.scalars(
        select(Assignment)
        .where(Assignment.id == assignment_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    if assignment.ended_at is not None:
        raise AssignmentOver
    return assignment


def _decide(
    session: Session,
    assignment_id: int,
    number: int,
    audience: Audience,
    terms: Terms,
    by: Actor,
    now: datetime,
) -> None:
    if audience.is_empty:
        raise AudienceEmpty
    assert by.id is not None
    session.add(
        AssignmentRule(
            assignment_id=assignment_id,
            number=number,
            audience=audience.to_json(),
            terms=terms.to_json(),
            decided_at=now,
            decided_by_id=by.id,
        )
    )
    session.flush()


def _told(
    session: Session, audience: Audience, terms: Terms, taken: Counter[str]
) -> dict[str, object]:
    """The rule and what it brought about; whom it names is told by the names of this moment."""
    teams = select(Team.name).where(Team.id.in_(audience.team_ids)).order_by(Team.id)
    covered = audience.to_json() | {"team_names": list(session.scalars(teams))}
    told = {"audience": covered, "terms": terms.to_json(), "steps": dict(taken)}
    # The people come last, where a search for a name looks for them.
    return told | people.told(session, sorted(audience.membership_ids))


def _record(
    session: Session,
    assignment: Assignment,
    action: str,
    by: Actor,
    now: datetime,
    details: dict[str, object],
) -> None:
    slug = session.scalars(select(Course.slug).where(Course.id == assignment.course_id)).one()
    act = Act(
        action,
        "assignment",
        assignment.id,
        slug,
        assignment.organization_id,
        details,
    )
    record(session, by, act, now)

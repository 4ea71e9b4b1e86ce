"""Reads a member's record: what they owed and completed, every attempt, waivers and exemptions.

An organization sees the courses that it assigns or has assigned, and those that the person took up on
their own; what another employer has enrolled them in is not its business.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User
from lms.assignments.models import Assignment, Exemption, Obligation
from lms.assignments.planning import State
from lms.certificates.models import Certificate
from lms.courses.models import (
    Course,
    CourseCompletion,
    CourseRevision,
    Enrolment,
    ModuleRevision,
)
from lms.organizations.member_records import record_of
from lms.organizations.scopes import Scope
from lms.quizzes.models import Attempt, Grade

from .compliance import Assigned
from .obligation_rows import state_column
from .transcript import Completed, CourseRecord, Exempted, Owed, Transcript, Tried


def read_transcript(
    session: Session,
    scope: Scope,
    membership_id: int,
    courses: Mapping[int, Assigned],
    today: date,
) -> Transcript | None:
    """A member's record, here or ended; None for anybody outside the scope.

    `courses` are those that the organization assigns.
    """
    member = record_of(session, scope, membership_id)
    if member is None:
        return None
    records = {id_: CourseRecord(course.title) for id_, course in courses.items()}
    visible = or_(Enrolment.course_id.in_(list(courses)), Enrolment.enrolled_by_id.is_(None))
    mine = (Enrolment.user_id == member.user.id) & visible
    for course_id, title, completion in _completions(session, mine):
        record = records.setdefault(course_id, CourseRecord(title))
        if completion is not None:
            record.completed.append(completion)
    for course_id, *values in session.execute(_owed(membership_id, today)):
        records[course_id].owed.append(Owed(State(values[0]), *values[1:]))
    for course_id, *values in session.execute(_attempts(mine)):
        records[course_id].tried.append(Tried(*values))
    for course_id, *values in session.execute(_exemptions(membership_id)):
        records[course_id].exempted.append(Exempted(*values))
    membership = member.membership
    return Transcript(
        organization=scope.name,
        time_zone=scope.time_zone,
        name=member.user.name,
        position=" · ".join(
            filter(None, (membership.job_title, membership.department, membership.site))
        ),
        employee_number=membership.employee_number,
        leaves=[(leave.starts_on, leave.ends_on) for leave in member.leaves],
        courses=_in_order(records),
    )


def _in_order(records: Mapping[int, CourseRecord]) -> Sequence[CourseRecord]:
    told = [record for record in records.values() if not record.is_empty]
    return sorted(told, key=lambda record: record.title.lower())


def _completions(
    session: Session, mine: ColumnElement[bool]
) -> list[tuple[int, str, Completed | None]]:
    """Each enrolment: its course, the course's title, and its completion if there is one."""
    newer, reached = aliased(CourseRevision), aliased(CourseRevision)
    latest = select(func.max(newer.id)).where(newer.course_id == Course.id).scalar_subquery()
    rows = session.execute(
        select(
            Course.id,
            func.coalesce(CourseRevision.rendered["title"].as_string(), Course.slug),
            CourseCompletion.completed_at,
            CourseCompletion.score,
            reached.number,
            Certificate.number,
            Certificate.expires_at,
        )
        .select_from(Enrolment)
        .join(Course, Course.id == Enrolment.course_id)
        .outerjoin(CourseRevision, CourseRevision.id == latest)
        .outerjoin(CourseCompletion, CourseCompletion.enrolment_id == Enrolment.id)
        .outerjoin(reached, reached.id == CourseCompletion.course_revision_id)
        .outerjoin(Certificate, Certificate.course_completion_id == CourseCompletion.id)
        .where(mine)
        .order_by(Enrolment.cycle.desc(), Enrolment.id)
    )
    found: list[tuple[int, str, Completed | None]] = []
    for course_id, title, at, score, revision, number, expires in rows:
        done = Completed(at, score, revision, number, expires) if at is not None else None
        found.append((course_id, title, done))
    return found


def _owed(membership_id: int, today: date) -> Any:
    return (
        select(
            Obligation.course_id,
            state_column(today),
            Obligation.opens_on,
            Obligation.due_on,
            Obligation.completed_on,
            User.name,
            func.coalesce(Obligation.reason, ""),
        )
        .outerjoin(User, User.id == Obligation.closed_by_id)
        .where(Obligation.membership_id == membership_id)
        .order_by(Obligation.is_current.desc(), Obligation.due_on.desc(), Obligation.id.desc())
    )


def _attempts(mine: ColumnElement[bool]) -> Any:
    """Attempts with the grade in force."""
    each = aliased(Grade)
    in_force = select(func.max(each.number)).where(each.attempt_id == Attempt.id).scalar_subquery()
    return (
        select(
            Enrolment.course_id,
            ModuleRevision.rendered["title"].as_string(),
            Attempt.number,
            Attempt.started_at,
            Attempt.submitted_at,
            Grade.score,
            Grade.maximum,
            Grade.passed,
        )
        .select_from(Attempt)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(ModuleRevision, ModuleRevision.id == Attempt.module_revision_id)
        .outerjoin(Grade, (Grade.attempt_id == Attempt.id) & (Grade.number == in_force))
        .where(mine)
        .order_by(Attempt.started_at.desc(), Attempt.id.desc())
    )


def _exemptions(membership_id: int) -> Any:
    return (
        select(
            Assignment.course_id,
            Exemption.reason,
            User.name,
            Exemption.granted_at,
            Exemption.withdrawn_at,
        )
        .join(Assignment, Assignment.id == Exemption.assignment_id)
        .join(User, User.id == Exemption.granted_by_id)
        .where(Exemption.membership_id == membership_id)
        .order_by(Exemption.granted_at.desc(), Exemption.id.desc())
    )

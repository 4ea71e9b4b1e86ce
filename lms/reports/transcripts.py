"""Reads a member's record: what they owed and completed, every attempt, waivers and exemptions.

An organization sees the courses that it assigns or has assigned, and those that the person took up on
their own; what another employer has enrolled them in is not its business.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User
from lms.assignments.models import Assignment, Exemption, Obligation
from lms.assignments.planning import State
from lms.assignments.standings import standing_column, state_column
from lms.certificates.models import Certificate
from lms.courses.models import (
    Course,
    CourseCompletion,
    CourseRevision,
    Enrolment,
    ModuleRevision,
)
from lms.foundation.database import fetch
from lms.organizations.member_records import record_of
from lms.organizations.scopes import Scope
from lms.quizzes.models import Attempt, Grade

from .business import is_its_business
from .compliance import Assigned
from .obligation_rows import TODAY
from .standing import most_urgent
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
    theirs = {"user_id": member.user.id, "course_ids": list(courses)}
    for course_id, title, at, *values in fetch(session, _COMPLETIONS, **theirs):
        record = records.setdefault(course_id, CourseRecord(title))
        if at is not None:
            record.completed.append(Completed(at, *values))
    for course_id, is_current, standing, state, *values in fetch(
        session, _OWED, membership_id=membership_id, today=today
    ):
        record = records[course_id]
        if is_current:
            record.state = most_urgent(filter(None, (record.state, State(standing))))
        record.owed.append(Owed(State(state), *values))
    for course_id, *values in fetch(session, _ATTEMPTS, **theirs):
        records[course_id].tried.append(Tried(*values))
    for course_id, *values in fetch(session, _EXEMPTIONS, membership_id=membership_id):
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


# Statements, built once

_newer, _reached, _each = aliased(CourseRevision), aliased(CourseRevision), aliased(Grade)
_latest = select(func.max(_newer.id)).where(_newer.course_id == Course.id).scalar_subquery()
_in_force = select(func.max(_each.number)).where(_each.attempt_id == Attempt.id).scalar_subquery()
_MINE = (Enrolment.user_id == bindparam("user_id")) & is_its_business(
    bindparam("course_ids", expanding=True)
)
# Each enrolment: its course, the course's title, and its completion if there is one.
_COMPLETIONS = (
    select(
        Course.id,
        func.coalesce(CourseRevision.rendered["title"].as_string(), Course.slug),
        CourseCompletion.completed_at,
        CourseCompletion.score,
        _reached.number,
        Certificate.number,
        Certificate.expires_at,
    )
    .select_from(Enrolment)
    .join(Course, Course.id == Enrolment.course_id)
    .outerjoin(CourseRevision, CourseRevision.id == _latest)
    .outerjoin(CourseCompletion, CourseCompletion.enrolment_id == Enrolment.id)
    .outerjoin(_reached, _reached.id == CourseCompletion.course_revision_id)
    .outerjoin(Certificate, Certificate.course_completion_id == CourseCompletion.id)
    .where(_MINE)
    .order_by(Enrolment.cycle.desc(), Enrolment.id)
)
_OWED = (
    select(
        Obligation.course_id,
        Obligation.is_current,
        standing_column(TODAY),
        state_column(TODAY),
        Obligation.cycle,
        Obligation.opens_on,
        Obligation.due_on,
        Obligation.completed_on,
        User.name,
        func.coalesce(Obligation.reason, ""),
    )
    .outerjoin(User, User.id == Obligation.closed_by_id)
    .where(Obligation.membership_id == bindparam("membership_id"))
    .order_by(Obligation.is_current.desc(), Obligation.due_on.desc(), Obligation.id.desc())
)
# Attempts with the grade in force.
_ATTEMPTS = (
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
    .outerjoin(Grade, (Grade.attempt_id == Attempt.id) & (Grade.number == _in_force))
    .where(_MINE)
    .order_by(Attempt.started_at.desc(), Attempt.id.desc())
)
_EXEMPTIONS = (
    select(
        Assignment.course_id,
        Exemption.reason,
        User.name,
        Exemption.granted_at,
        Exemption.withdrawn_at,
    )
    .join(Assignment, Assignment.id == Exemption.assignment_id)
    .join(User, User.id == Exemption.granted_by_id)
    .where(Exemption.membership_id == bindparam("membership_id"))
    .order_by(Exemption.granted_at.desc(), Exemption.id.desc())
)

"""What the database tells of an obligation for a list: where it stands, whose it is, what was completed."""

from sqlalchemy import ScalarSelect, bindparam, case, func, select
from sqlalchemy.orm import aliased

from lms.accounts.models import User
from lms.assignments.models import Obligation
from lms.assignments.standings import standing_column
from lms.certificates.models import Certificate
from lms.courses.models import CourseCompletion
from lms.organizations.models import Membership, Team, TeamMembership

TODAY = bindparam("today")


def team_names() -> ScalarSelect[str]:
    """The names of a member's teams, in one text."""
    names = (
        select(Team.name)
        .join(TeamMembership, TeamMembership.team_id == Team.id)
        .where(
            TeamMembership.membership_id == Membership.id,
            TeamMembership.ended_at.is_(None),
            Team.ended_at.is_(None),
        )
        .order_by(func.lower(Team.name), Team.id)
        .correlate(Membership)
        .subquery()
    )
    joined = func.coalesce(func.aggregate_strings(names.c.name, ", "), "")
    return select(joined).scalar_subquery()


# Statements, built once

_previous = aliased(Obligation)
COMPLETED_ON = func.coalesce(Obligation.completed_on, _previous.completed_on)
_COMPLETION_ID = case(
    (Obligation.completed_on.is_(None), _previous.completion_id), else_=Obligation.completion_id
)
# What a list says of a member.
WHO = (
    User.name,
    Membership.employee_number,
    Membership.job_title,
    Membership.department,
    Membership.site,
    team_names(),
)
ROWS = (
    select(
        Obligation.id,
        Membership.id,
        *WHO,
        Obligation.course_id,
        standing_column(TODAY),
        Obligation.due_on,
        COMPLETED_ON,
        CourseCompletion.score,
        Certificate.number,
        Certificate.expires_at,
    )
    .select_from(Obligation)
    .join(Membership, Membership.id == Obligation.membership_id)
    .join(User, User.id == Membership.user_id)
    # Where this cycle is unfinished, what was completed last is the cycle before it.
    .outerjoin(
        _previous,
        (_previous.assignment_id == Obligation.assignment_id)
        & (_previous.user_id == Obligation.user_id)
        & (_previous.cycle == Obligation.cycle - 1),
    )
    .outerjoin(CourseCompletion, CourseCompletion.id == _COMPLETION_ID)
    .outerjoin(Certificate, Certificate.course_completion_id == CourseCompletion.id)
)
SHOWN = ROWS.where(Obligation.id.in_(bindparam("obligation_ids", expanding=True)))

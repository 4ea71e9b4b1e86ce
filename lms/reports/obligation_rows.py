"""What the database tells of an obligation for a list: where it stands, whose it is, what was completed."""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, case, func, select
from sqlalchemy.orm import aliased

from lms.accounts.models import User
from lms.assignments.models import Obligation
from lms.assignments.planning import State
from lms.certificates.models import Certificate
from lms.courses.models import CourseCompletion
from lms.organizations.models import Membership, Team, TeamMembership

TODAY = bindparam("today")


def state_column(today: Any) -> ColumnElement[str]:
    """Where an obligation stands today: what `planning.state_of` says, as the database computes it."""
    return case(*((is_in(state, today), state.value) for state in State))


def is_in(state: State, today: Any = TODAY) -> ColumnElement[bool]:
    """The condition on an obligation that it stands so."""
    unfinished = Obligation.closed_how.is_(None)
    match state:
        case State.OVERDUE:
            return unfinished & (Obligation.due_on < today)
        case State.DUE:
            return unfinished & (Obligation.due_on >= today) & (Obligation.opens_on <= today)
        case State.OPEN:
            return unfinished & (Obligation.opens_on > today)
        case _:
            return Obligation.closed_how == state.value


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
        state_column(TODAY),
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

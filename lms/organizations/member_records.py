"""Everything that an organization keeps of one member."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, bindparam, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Erasure, User
from lms.foundation.database import as_parameter, fetch

from .models import LeaveOfAbsence, Membership, MembershipRequest, Position, Team, TeamMembership
from .people import may_have_link, sign_in_name
from .scopes import Scope


@dataclass(frozen=True, slots=True)
class TeamPlace:
    """A member's time in a team."""

    team_id: int
    name: str
    role: str
    joined_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """Everything an organization keeps of one member. `may_have_link`: a manager may make them one."""

    membership: Membership
    user: User
    may_have_link: bool
    # "" where it is not the organization's to see.
    sign_in_name: str
    # Whether their data was erased: whoever comes back then does so as somebody new.
    is_erased: bool
    # Whether the organization has asked them to come back, and they have not answered.
    is_asked: bool
    # How the manager whom they report to is called, and named where one has to be named.
    manager_name: str
    manager_named: str
    # Rows of `Position`, the latest first, each with the manager's name and their number of then; and
    # rows of `LeaveOfAbsence`.
    positions: Sequence[Any]
    teams: Sequence[TeamPlace]
    leaves: Sequence[Any]

    @property
    def seen(self) -> str:
        """What a form sends back to tell which position and role it was made from."""
        latest = self.positions[0].id if self.positions else 0
        return f"{latest}-{self.membership.role}"


def record_of(session: Session, scope: Scope, membership_id: int) -> MemberRecord | None:
    """Everything about one member, as far as the scope reaches; None for anybody else."""
    found = session.execute(
        _record_of(scope.shape), {**scope.values, "membership_id": membership_id}
    ).one_or_none()
    if found is None:
        return None
    return MemberRecord(
        *found,
        positions=fetch(session, _POSITIONS, membership_id=membership_id),
        teams=[TeamPlace(*row) for row in fetch(session, _PLACES, membership_id=membership_id)],
        leaves=fetch(session, _LEAVES, membership_id=membership_id),
    )


@cache
def _record_of(scope: Scope) -> Executable:
    manager, manager_user = aliased(Membership), aliased(User)
    return (
        select(
            Membership,
            User,
            may_have_link(),
            sign_in_name(),
            _is_erased(),
            _is_asked(),
            manager_user.name,
            manager.employee_number,
        )
        .join(User, User.id == Membership.user_id)
        .outerjoin(manager, manager.id == Membership.manager_id)
        .outerjoin(manager_user, manager_user.id == manager.user_id)
        .where(scope.members(as_parameter), Membership.id == bindparam("membership_id"))
    )


def _is_erased() -> ColumnElement[bool]:
    return select(Erasure.id).where(Erasure.user_id == User.id).correlate(User).exists()


def _is_asked() -> ColumnElement[bool]:
    return (
        select(MembershipRequest.id)
        .where(
            MembershipRequest.organization_id == Membership.organization_id,
            MembershipRequest.user_id == Membership.user_id,
            MembershipRequest.answered_at.is_(None),
        )
        .correlate(Membership)
        .exists()
    )


# Statements, built once

_MEMBERSHIP = bindparam("membership_id")
_led_by, _leader, _theirs = aliased(Membership), aliased(User), aliased(Position)
_number_then = (
    select(_theirs.employee_number)
    .where(_theirs.membership_id == Position.manager_id, _theirs.starts_at <= Position.starts_at)
    .order_by(_theirs.starts_at.desc(), _theirs.id.desc())
    .limit(1)
    .correlate(Position)
    .scalar_subquery()
)
_POSITIONS = (
    select(Position, _leader.name.label("manager"), _number_then.label("manager_number"))
    .outerjoin(_led_by, _led_by.id == Position.manager_id)
    .outerjoin(_leader, _leader.id == _led_by.user_id)
    .where(Position.membership_id == _MEMBERSHIP)
    .order_by(Position.starts_at.desc(), Position.id.desc())
)
_PLACES = (
    select(
        Team.id,
        Team.name,
        TeamMembership.role,
        TeamMembership.joined_at,
        TeamMembership.ended_at,
    )
    .join(Team, Team.id == TeamMembership.team_id)
    .where(TeamMembership.membership_id == _MEMBERSHIP)
    .order_by(TeamMembership.ended_at.is_not(None), TeamMembership.joined_at.desc(), Team.id)
)
_LEAVES = (
    select(LeaveOfAbsence)
    .where(LeaveOfAbsence.membership_id == _MEMBERSHIP, LeaveOfAbsence.withdrawn_at.is_(None))
    .order_by(LeaveOfAbsence.starts_on.desc())
)

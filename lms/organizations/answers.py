"""What somebody answers who is asked to join an organization; by `accept` they are let in."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User

from . import requests, teams
from .errors import AlreadyMember, RequestChanged
from .models import Membership, MembershipRequest, Organization, Team
from .placements import Placement
from .positions import add_member
from .roster import fold


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody who accepted. `membership_id` is None for whoever had come in meanwhile by another way.

    `left_out` are the names of teams that there were not, and `has_number` tells whether they have the
    employee number that they were asked with: it may be another person's by now.
    """

    request: MembershipRequest
    membership_id: int | None
    has_number: bool = True
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declined:
    """A request that was declined. `is_signed_out`: the account was in use only until that."""

    request: MembershipRequest
    is_signed_out: bool


def accept(session: Session, one: MembershipRequest, *, seen: str, now: datetime) -> Joined | None:
    """Let whoever was asked in, as what they were asked to be; None where it was answered before.

    They come into the teams that there are; the next roster makes those that are missing. `seen` is the
    digest of what they were shown. Raises RequestChanged where it says something else by now.
    """
    # A roster holds this row while it is applied. Whoever waits for it here holds nothing that it needs.
    session.get_one(
        Organization, one.organization_id, with_for_update={"read": True, "key_share": True}
    )
    # Whoever asks for something else waits from here on, and then finds an answer.
    session.refresh(one, with_for_update=True)
    if one.answered_at is None and requests.digest_of(one) != seen:
        raise RequestChanged
    request = requests.answer(session, one, "accepted", now=now)
    if request is None:
        return None
    placement = _placement(session, request)
    try:
        membership_id, has_number = _let_in(session, request, placement, now)
    except AlreadyMember:
        return Joined(request, None)
    left_out = _enter_teams(session, request, membership_id, now)
    return Joined(request, membership_id, has_number, left_out)


def decline(session: Session, one: MembershipRequest, *, now: datetime) -> Declined | None:
    """Note that whoever was asked does not want to; None where it was answered before."""
    request = requests.answer(session, one, "declined", now=now)
    if request is None:
        return None
    user = session.get_one(User, request.user_id, populate_existing=True)
    return Declined(request, is_signed_out=user.deactivated_at is not None)


def _placement(session: Session, request: MembershipRequest) -> Placement:
    return Placement(
        employee_number=request.employee_number,
        job_title=request.job_title,
        department=request.department,
        site=request.site,
        hired_on=request.hired_on,
        manager_id=_manager_id(session, request),
    )


def _manager_id(session: Session, request: MembershipRequest) -> int | None:
    """Whoever has the manager's number; where none was said, whom a former member reported to.

    None where that is nobody who is here.
    """
    is_it = Membership.employee_number == request.manager_number
    if request.manager_number is None:
        former = aliased(Membership)
        is_it = Membership.id.in_(
            select(former.manager_id).where(
                former.organization_id == request.organization_id,
                former.user_id == request.user_id,
            )
        )
    return session.scalar(
        select(Membership.id).where(
            Membership.organization_id == request.organization_id,
            Membership.user_id != request.user_id,
            Membership.ended_at.is_(None),
            is_it,
        )
    )


def _let_in(
    session: Session, request: MembershipRequest, placement: Placement, now: datetime
) -> tuple[int, bool]:
    """The new membership, and whether it has the number. Raises AlreadyMember."""
    who = (session, request.organization_id, request.user_id)
    try:
        # Within a savepoint: whether the number is free, the database says.
        with session.begin_nested():
            return add_member(*who, role=request.role, placement=placement, now=now), True
    except (AlreadyMember, IntegrityError):
        placement = replace(placement, employee_number=None)
        return add_member(*who, role=request.role, placement=placement, now=now), False


def _enter_teams(
    session: Session, request: MembershipRequest, membership_id: int, now: datetime
) -> tuple[str, ...]:
    """Bring somebody into the teams of those names; the names that no team has."""
    if not request.teams:
        return ()
    there = session.scalars(
        select(Team).where(Team.organization_id == request.organization_id, Team.ended_at.is_(None))
    )
    by_name = {fold(team.name): team for team in there}
    for name in request.teams:
        if team := by_name.get(fold(name)):
            teams.join(session, team, [membership_id], now=now)
    return tuple(name for name in request.teams if fold(name) not in by_name)

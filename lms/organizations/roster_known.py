"""What the database knows of those whom a roster names: members, accounts, and who was asked to join."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User
from lms.foundation.database import fetch, stream

from .models import Membership, MembershipRequest, Team, TeamMembership
from .people import is_only_here
from .request_conditions import IS_OF_THEM, has_member, is_last_word
from .requests import must_agree
from .roster import RosterRow, alike, fold
from .roster_changes import PLACED, Asked, Known


@dataclass(frozen=True, slots=True)
class NumberAsked:
    """Somebody who was asked to join with an employee number, and last has not answered or declined.

    `is_a_members`: the number is that of a member.
    """

    request_id: int
    employee_number: str
    name: str
    user_id: int
    is_waiting: bool
    is_a_members: bool


def teams_of(session: Session, organization_id: int) -> dict[str, int]:
    """The teams there are, by folded name."""
    rows = session.execute(
        select(Team.id, Team.name).where(
            Team.organization_id == organization_id, Team.ended_at.is_(None)
        )
    )
    return {fold(name): team_id for team_id, name in rows}


def numbers_of(session: Session, organization_id: int) -> dict[str, str | None]:
    """The numbers of members, here or gone, by what all their spellings have in common.

    None where several are alike: then each of them has to be written as it is.
    """
    statement = select(Membership.id, Membership.employee_number).where(
        Membership.organization_id == organization_id, Membership.employee_number.is_not(None)
    )
    found: dict[str, str | None] = {}
    for _, number in stream(session, statement):
        found[alike(number)] = None if alike(number) in found else number
    return found


def owners_of(session: Session, emails: Sequence[str]) -> dict[str, int]:
    """The accounts that have these addresses."""
    rows = session.execute(select(User.email, User.id).where(User.email.in_(emails)))
    return {email: user_id for email, user_id in rows if email}


def known_of(
    session: Session, organization_id: int, rows: Sequence[RosterRow], user_ids: Sequence[int]
) -> list[Known]:
    """The members, here or gone, who have the rows' numbers or are these users."""
    numbers = [row.employee_number for row in rows]
    found = {
        row[0]: row
        for condition in (
            Membership.employee_number.in_(numbers),
            Membership.user_id.in_(user_ids),
        )
        for row in _members(session, organization_id, condition)
    }
    teams = _places(session, list(found))
    return [
        Known(
            membership_id=row[0],
            user_id=row[1],
            employee_number=row[2],
            has_left=row[3],
            name=row[4],
            email=row[5],
            is_ours=row[6],
            manager=row[7],
            has_manager=row[8],
            must_agree=row[3] and must_agree(row[9], row[10]),
            placed=dict(zip(PLACED, row[11:], strict=True)),
            teams=teams.get((row[0], "member"), {}),
            managed=teams.get((row[0], "manager"), {}),
        )
        for row in found.values()
    ]


def _members(
    session: Session, organization_id: int, condition: ColumnElement[bool]
) -> Sequence[Any]:
    manager = aliased(Membership)
    return fetch(
        session,
        select(
            Membership.id,
            Membership.user_id,
            Membership.employee_number,
            Membership.ended_at.is_not(None),
            User.name,
            User.email,
            is_only_here(),
            manager.employee_number,
            Membership.manager_id.is_not(None),
            User.deactivated_at,
            Membership.ended_at,
            *(getattr(Membership, name) for name in PLACED),
        )
        .join(User, User.id == Membership.user_id)
        .outerjoin(manager, manager.id == Membership.manager_id)
        .where(Membership.organization_id == organization_id, condition),
    )


def _places(
    session: Session, membership_ids: Sequence[int]
) -> Mapping[tuple[int, str], dict[int, str]]:
    """The teams of members by id, apart for those they are in and those they manage."""
    found: dict[tuple[int, str], dict[int, str]] = {}
    rows = session.execute(
        select(TeamMembership.membership_id, TeamMembership.role, Team.id, Team.name)
        .join(Team, Team.id == TeamMembership.team_id)
        .where(TeamMembership.membership_id.in_(membership_ids), TeamMembership.ended_at.is_(None))
    )
    for membership_id, role, team_id, name in rows:
        found.setdefault((membership_id, role), {})[team_id] = name
    return found


def last_asked(
    session: Session, organization_id: int, user_ids: Collection[int | None]
) -> Mapping[int, Asked]:
    """What these people were asked last who have not answered, or declined, by the account."""
    found = session.execute(
        select(*MembershipRequest.__table__.columns)
        .where(
            MembershipRequest.organization_id == organization_id,
            MembershipRequest.user_id.in_([one for one in user_ids if one is not None]),
        )
        .order_by(MembershipRequest.id)
    )
    last = {row.user_id: row for row in found}
    return {
        user_id: Asked(
            request_id=row.id,
            user_id=user_id,
            is_waiting=row.answer is None,
            name=row.name,
            email=row.email,
            employee_number=row.employee_number,
            manager=row.manager_number,
            teams=row.teams,
            placed={name: getattr(row, name) for name in PLACED},
        )
        for user_id, row in last.items()
        if row.answer in (None, "declined")
    }


def numbers_asked(session: Session, organization_id: int) -> Iterator[NumberAsked]:
    """Everybody who was asked with a number, is no member, and last has not answered or declined.

    They are read as they are asked for, in the order in which they were asked.
    """
    has_their_number = Membership.employee_number == MembershipRequest.employee_number
    statement = (
        select(
            MembershipRequest.id,
            MembershipRequest.employee_number,
            MembershipRequest.name,
            MembershipRequest.user_id,
            MembershipRequest.answered_at.is_(None),
            has_member(has_their_number),
        )
        .where(
            MembershipRequest.organization_id == organization_id,
            or_(MembershipRequest.answered_at.is_(None), MembershipRequest.answer == "declined"),
            MembershipRequest.employee_number.is_not(None),
            is_last_word(),
            ~has_member(IS_OF_THEM),
        )
        .order_by(MembershipRequest.id)
    )
    return (NumberAsked(*row) for row in stream(session, statement))


def asked_without_number(session: Session, organization_id: int) -> Iterator[int]:
    """The accounts of those who were asked without a number and have not answered."""
    statement = select(MembershipRequest.id, MembershipRequest.user_id).where(
        MembershipRequest.organization_id == organization_id,
        MembershipRequest.answered_at.is_(None),
        MembershipRequest.employee_number.is_(None),
    )
    return (user_id for _, user_id in stream(session, statement))

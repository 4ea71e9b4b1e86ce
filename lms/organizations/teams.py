"""Reads and writes of teams and of who is in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, bindparam, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.foundation.database import (
    KEPT_STATEMENTS,
    Writing,
    as_parameter,
    as_value,
    batches,
    fetch,
    insert_if_absent,
    stream,
)
from lms.foundation.paging import PAGE_SIZE, Page, nearest_page

from .errors import TeamNameTaken
from .filters import Filters
from .models import Membership, Team, TeamMembership
from .people import Member, meets, members
from .scopes import Scope
from .signals import tell


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One row of the list of teams. `managers` are the names of whoever manages it."""

    id: int
    name: str
    count: int
    managers: Sequence[str]


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A member of a team, or its manager."""

    member: Member
    role: str


def teams_page(session: Session, scope: Scope, *, search: str = "", page: int = 1) -> Page[TeamRow]:
    """The teams of a scope by name, 50 to a page, those whose name holds `search`."""
    counted, listed = _teams_page_of(scope.shape, _simple(search))
    [(count,)] = fetch(session, counted, **scope.values)
    number = nearest_page(page, count)
    rows = fetch(session, listed, **scope.values, first=(number - 1) * PAGE_SIZE)
    managers = fetch(session, _MANAGERS_OF_SOME, shown=[row[0] for row in rows])
    return Page(_with_managers(rows, managers), number, count)


def every_team(session: Session, scope: Scope, *, search: str = "") -> Sequence[TeamRow]:
    """All of them in the same order."""
    condition = _those(scope, _simple(search))
    among = TeamMembership.team_id.in_(select(Team.id).where(condition))
    return _with_managers(
        fetch(session, _LISTED.where(condition)), fetch(session, _MANAGERS.where(among))
    )


@lru_cache(KEPT_STATEMENTS)
def _teams_page_of(scope: Scope, search: str) -> tuple[Executable, Executable]:
    """The statements that count such teams, and list a page of them."""
    condition = _those(scope, search, as_parameter)
    return (
        select(func.count()).select_from(Team).where(condition),
        _LISTED.where(condition).limit(PAGE_SIZE).offset(bindparam("first")),
    )


def _simple(search: str) -> str:
    return " ".join(search.split())[:100]


def _those(scope: Scope, search: str, written: Writing = as_value) -> ColumnElement[bool]:
    """The condition on `Team` that it is of the scope and its name holds `search`."""
    condition = scope.teams(written)
    return condition & Team.name.icontains(search, autoescape=True) if search else condition


def _with_managers(rows: Sequence[Any], managers: Sequence[Any]) -> list[TeamRow]:
    names: dict[int, list[str]] = {}
    for team_id, name in managers:
        names.setdefault(team_id, []).append(name)
    return [TeamRow(id_, name, count, names.get(id_, [])) for id_, name, count in rows]


def find_team(session: Session, scope: Scope, team_id: int, *, ever: bool = False) -> Team | None:
    """The team with that id that there is now, or was `ever`, as far as the scope reaches."""
    return session.scalar(_find(scope.shape, ever), {**scope.values, "team_id": team_id})


@cache
def _find(scope: Scope, ever: bool) -> Select[Team]:
    return select(Team).where(scope.teams(as_parameter, ever=ever), Team.id == bindparam("team_id"))


def team_page(session: Session, team: Team, *, search: str = "", page: int = 1) -> Page[TeamMember]:
    """Who is in a team, its managers first, then by name, 50 to a page."""
    counted, listed = _team_page_of(_simple(search))
    [(count,)] = fetch(session, counted, team_id=team.id)
    number = nearest_page(page, count)
    rows = fetch(session, listed, team_id=team.id, first=(number - 1) * PAGE_SIZE)
    return Page([TeamMember(Member(*values), role) for *values, role in rows], number, count)


def every_team_member(session: Session, team_id: int, *, search: str = "") -> Iterator[TeamMember]:
    """All of them in the same order, read as they are asked for."""
    rows = stream(session, _with_role(_in_it(team_id, search)))
    return (TeamMember(Member(*values), role) for *values, role in rows)


@lru_cache(KEPT_STATEMENTS)
def _team_page_of(search: str) -> tuple[Executable, Executable]:
    """The statements that count the people of a team who are searched for, and list a page of them."""
    condition = _in_it(bindparam("team_id"), search)
    counted = select(func.count()).select_from(TeamMembership).where(condition)
    counted = counted.join(Membership, Membership.id == TeamMembership.membership_id)
    if search:
        counted = counted.join(User, User.id == Membership.user_id)
    return counted, _with_role(condition).limit(PAGE_SIZE).offset(bindparam("first"))


def _in_it(team_id: Any, search: str) -> ColumnElement[bool]:
    # Beginning with the team, however large the organization is that all of it belongs to.
    return meets(Filters(search=search)) & (
        (TeamMembership.team_id == team_id) & TeamMembership.ended_at.is_(None)
    )


def _with_role(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        members(condition)
        .add_columns(TeamMembership.role)
        .join(TeamMembership, TeamMembership.membership_id == Membership.id)
        .order_by(None)
        .order_by(TeamMembership.role != "manager", Membership.sort_name, Membership.id)
    )


def create_team(session: Session, organization_id: int, name: str, *, now: datetime) -> int:
    """A new team, or one of that name that had ended, taken up again; its id.

    Raises TeamNameTaken when there is one now, whatever the case of its letters.
    """
    _refuse_taken(session, organization_id, name)
    values = {"organization_id": organization_id, "name": name, "created_at": now}
    team_id = insert_if_absent(session, Team, values) or session.scalar(
        update(Team)
        .where(
            Team.organization_id == organization_id,
            Team.name == name,
            Team.ended_at.is_not(None),
        )
        .values(ended_at=None)
        .returning(Team.id)
    )
    if team_id is None:
        raise TeamNameTaken(name)
    return team_id


def rename_team(session: Session, team: Team, name: str) -> None:
    """Call a team something else. Raises TeamNameTaken, also for the name of one that has ended."""
    _refuse_taken(session, team.organization_id, name, but=team.id)
    try:
        with session.begin_nested():
            team.name = name
            session.flush()
    except IntegrityError:
        raise TeamNameTaken(name) from None


def end_team(session: Session, team: Team, *, now: datetime) -> Sequence[int] | None:
    """Close a team: everybody is out of it from now on; the ids of those who were in it.

    Who was in it stays on record. None where it was closed already.
    """
    still_open = update(Team).where(Team.id == team.id, Team.ended_at.is_(None))
    if session.scalar(still_open.values(ended_at=now).returning(Team.id)) is None:
        return None
    out = session.scalars(
        update(TeamMembership)
        .where(TeamMembership.team_id == team.id, TeamMembership.ended_at.is_(None))
        .values(ended_at=now)
        .returning(TeamMembership.membership_id)
    ).all()
    session.flush()
    tell(session, team.organization_id, out, now)
    return out


def join(
    session: Session, team: Team, membership_ids: Sequence[int], *, now: datetime
) -> Sequence[int]:
    """Let members of the organization into a team; the ids of those who were not in it."""
    entered = _enter(session, team, membership_ids, now)
    tell(session, team.organization_id, entered, now)
    return entered


def leave(
    session: Session, team: Team, membership_ids: Sequence[int], *, now: datetime
) -> Sequence[int]:
    """Take people out of a team; the ids of those who were in it."""
    out = _take_out(session, team, membership_ids, now)
    tell(session, team.organization_id, out, now)
    return out


def transfer(
    session: Session, team: Team, to: Team, membership_ids: Sequence[int], *, now: datetime
) -> Sequence[int]:
    """Move people of a team into another one of the organization; the ids of those who were in it."""
    out = _take_out(session, team, membership_ids, now)
    _enter(session, to, out, now)
    tell(session, team.organization_id, out, now)
    return out


def set_role(
    session: Session, team: Team, membership_ids: Sequence[int], role: str
) -> Sequence[int]:
    """Make people of a team its managers, or not any more; the ids of those whose role changed."""
    return session.scalars(
        update(TeamMembership)
        .where(
            TeamMembership.team_id == team.id,
            TeamMembership.membership_id.in_(membership_ids),
            TeamMembership.ended_at.is_(None),
            TeamMembership.role != role,
        )
        .values(role=role)
        .returning(TeamMembership.membership_id)
    ).all()


def _enter(session: Session, team: Team, membership_ids: Sequence[int], now: datetime) -> list[int]:
    entered: list[int] = []
    for some in batches(membership_ids):
        belonging = session.scalars(
            select(Membership.id).where(
                Membership.id.in_(some),
                Membership.organization_id == team.organization_id,
                Membership.ended_at.is_(None),
            )
        ).all()
        for membership_id in belonging:
            values = {
                "team_id": team.id,
                "membership_id": membership_id,
                "role": "member",
                "joined_at": now,
            }
            if insert_if_absent(session, TeamMembership, values) is not None:
                entered.append(membership_id)
    return entered


def _take_out(
    session: Session, team: Team, membership_ids: Sequence[int], now: datetime
) -> Sequence[int]:
    return [
        membership_id
        for some in batches(membership_ids)
        for membership_id in session.scalars(
            update(TeamMembership)
            .where(
                TeamMembership.team_id == team.id,
                TeamMembership.membership_id.in_(some),
                TeamMembership.ended_at.is_(None),
            )
            .values(ended_at=now)
            .returning(TeamMembership.membership_id)
        )
    ]


def _refuse_taken(
    session: Session, organization_id: int, name: str, *, but: int | None = None
) -> None:
    taken = select(Team.id).where(
        Team.organization_id == organization_id,
        func.lower(Team.name) == func.lower(name),
        Team.ended_at.is_(None),
        Team.id != (but or 0),
    )
    if session.scalar(taken.limit(1)) is not None:
        raise TeamNameTaken(name)


# Statements, built once

_count = (
    select(func.count())
    .where(TeamMembership.team_id == Team.id, TeamMembership.ended_at.is_(None))
    .correlate(Team)
    .scalar_subquery()
)
_LISTED = select(Team.id, Team.name, _count).order_by(func.lower(Team.name), Team.id)
_MANAGERS = (
    select(TeamMembership.team_id, User.name)
    .join(Membership, Membership.id == TeamMembership.membership_id)
    .join(User, User.id == Membership.user_id)
    .where(TeamMembership.ended_at.is_(None), TeamMembership.role == "manager")
    .order_by(func.lower(User.name), Membership.id)
)
_MANAGERS_OF_SOME = _MANAGERS.where(TeamMembership.team_id.in_(bindparam("shown", expanding=True)))

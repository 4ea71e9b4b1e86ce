"""What a person may see of the organizations they manage, or manage a team of.

Every employer's page begins with a scope, and every query of such a page with its condition: that is
why changing an id in an address reaches nothing of somebody else's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnElement, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User
from lms.foundation.database import Writing, as_value, fetch

from .models import Membership, Organization, Team, TeamMembership


@dataclass(frozen=True, slots=True)
class Scope:
    """One organization as one person manages it: all of it, or the members of `team_ids` alone."""

    organization_id: int
    slug: str
    name: str
    time_zone: str
    team_ids: frozenset[int] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it takes in everybody."""
        return self.team_ids is None

    @property
    def shape(self) -> "Scope":
        """What statements depend on that are built once: whether it is whole. No organization is in it."""
        return _WHOLE if self.is_whole else _OF_TEAMS

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of a statement that was built for its shape."""
        return {"organization_id": self.organization_id, "team_ids": sorted(self.team_ids or ())}

    def members(self, written: Writing = as_value, *, by_index: bool = True) -> ColumnElement[bool]:
        """The condition that a row of `Membership` in a query belongs to it, whether ended or not.

        `by_index` lets a database find the rows by it; else it looks at rows that it finds otherwise.
        """
        organization_id = Membership.organization_id if by_index else Membership.organization_id + 0
        condition = organization_id == written("organization_id", self.organization_id)
        if self.team_ids is None:
            return condition
        in_team = select(TeamMembership.membership_id).where(
            TeamMembership.team_id.in_(written("team_ids", sorted(self.team_ids))),
            TeamMembership.ended_at.is_(None),
        )
        return condition & Membership.id.in_(in_team)

    def teams(self, written: Writing = as_value, *, ever: bool = False) -> ColumnElement[bool]:
        """The condition that a row of `Team` in a query belongs to it and has not ended, or did `ever`."""
        condition = Team.organization_id == written("organization_id", self.organization_id)
        if self.team_ids is not None:
            condition &= Team.id.in_(written("team_ids", sorted(self.team_ids)))
        return condition if ever else condition & Team.ended_at.is_(None)


_WHOLE = Scope(0, "", "", "")
_OF_TEAMS = Scope(0, "", "", "", frozenset())


def scopes_of(session: Session, person_id: int, *, is_administrator: bool) -> list[Scope]:
    """The organizations that a person manages, whole or by team, in the order of their names.

    An administrator of the site manages all of them.
    """
    rows = fetch(session, _SCOPES, person_id=person_id, is_administrator=is_administrator)
    found: dict[int, Scope] = {}
    for organization_id, slug, name, zone, is_whole, team_id in rows:
        known = found.get(organization_id)
        teams = None if is_whole else {team_id} | (known.team_ids or set() if known else set())
        found[organization_id] = Scope(
            organization_id, slug, name, zone, None if teams is None else frozenset(teams)
        )
    return list(found.values())


def is_team_manager_column() -> ColumnElement[bool]:
    """Whether the user of the enclosing query manages any team."""
    return (
        select(TeamMembership.id)
        .join(Membership, Membership.id == TeamMembership.membership_id)
        .join(Team, Team.id == TeamMembership.team_id)
        .where(
            Membership.user_id == User.id,
            Membership.ended_at.is_(None),
            TeamMembership.role == "manager",
            TeamMembership.ended_at.is_(None),
            Team.ended_at.is_(None),
        )
        .correlate(User)
        .exists()
    )


@dataclass(frozen=True, slots=True)
class Between:
    """The organizations that a person belongs to, and those of them that another one manages."""

    joined: Sequence[int]
    managed: Sequence[int]

    @property
    def told(self) -> int | None:
        """The organization that is told what the other one does for the person.

        It is the first that they manage. Of somebody who manages none, such as an instructor, it is the
        only one that the person belongs to; None where that is not clear.
        """
        found = self.managed or (self.joined if len(self.joined) == 1 else ())
        return found[0] if found else None


def organizations_between(session: Session, member_id: int, by_id: int) -> Between:
    """Where a person belongs, and what of it another one manages, the first ones first."""
    manager = aliased(Membership)
    rows = session.execute(
        select(Membership.organization_id, manager.id)
        .outerjoin(
            manager,
            (manager.organization_id == Membership.organization_id)
            & (manager.user_id == by_id)
            & (manager.role == "manager")
            & manager.ended_at.is_(None),
        )
        .where(Membership.user_id == member_id, Membership.ended_at.is_(None))
        .order_by(Membership.organization_id)
    ).all()
    return Between(
        [organization_id for organization_id, _manages in rows],
        [organization_id for organization_id, manages in rows if manages is not None],
    )


# Statements, built once

_whole_manager = aliased(Membership)
_MANAGES_WHOLE = or_(
    bindparam("is_administrator", type_=Boolean),
    select(_whole_manager.id)
    .where(
        _whole_manager.organization_id == Organization.id,
        _whole_manager.user_id == bindparam("person_id"),
        _whole_manager.role == "manager",
        _whole_manager.ended_at.is_(None),
    )
    .correlate(Organization)
    .exists(),
)
_SCOPES = (
    select(
        Organization.id,
        Organization.slug,
        Organization.name,
        Organization.time_zone,
        _MANAGES_WHOLE.label("is_whole"),
        Team.id,
    )
    .outerjoin(
        Membership,
        (Membership.organization_id == Organization.id)
        & (Membership.user_id == bindparam("person_id"))
        & Membership.ended_at.is_(None),
    )
    .outerjoin(
        TeamMembership,
        (TeamMembership.membership_id == Membership.id)
        & (TeamMembership.role == "manager")
        & TeamMembership.ended_at.is_(None),
    )
    .outerjoin(Team, (Team.id == TeamMembership.team_id) & Team.ended_at.is_(None))
    .where(or_(_MANAGES_WHOLE, Team.id.is_not(None)))
    .order_by(Organization.name, Organization.id)
)

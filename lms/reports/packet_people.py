"""Whom an evidence packet is about, and the period it is about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Executable, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.assignments.audience import Audience, Placed
from lms.assignments.models import Assignment
from lms.foundation.clock import end_of_day, in_zone
from lms.foundation.database import stream
from lms.organizations import models as organizations
from lms.organizations.models import Membership, TeamMembership

from .business import is_its_business
from .tenure import Position, Stay, position_at, stay_in

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """Everybody who was ever a member of an organization, by membership: their names and histories."""

    names: Mapping[int, str]
    histories: Mapping[int, Sequence[Position]]

    def named_at(self, membership_id: int | None, moment: datetime) -> Row:
        """Somebody's name, and their number as it was at a moment; of nobody, neither."""
        if membership_id is None:
            return None, None
        history = self.histories.get(membership_id)
        number = position_at(history, moment).employee_number if history else None
        return self.names[membership_id], number


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a packet is about, with every position that they ever had in the organization."""

    membership_id: int
    name: str
    history: Sequence[Position]
    stay: Stay
    # The last moment of the period, or of their stay if they left before.
    last_moment: datetime
    members: Members

    def named_at(self, moment: datetime) -> Row:
        """Name, number, place and manager as they were at a moment."""
        return self._named_as(position_at(self.history, moment), moment)

    @property
    def named_last(self) -> Row:
        """The same of the period's last day, or of their own last day if they left before."""
        return self._named_as(self.stay.position, self.last_moment)

    def _named_as(self, then: Position, moment: datetime) -> Row:
        place = then.job_title, then.department, then.site
        manager = self.members.named_at(then.manager_id, moment)
        return self.name, then.employee_number, *place, *manager

    @property
    def named(self) -> Row:
        """Name and employee number."""
        return self.name, self.stay.position.employee_number


@dataclass(frozen=True)
class Period:
    """The days of a packet as moments: from `start` until just before `end`."""

    organization_id: int
    course_id: int
    starts_on: date
    ends_on: date
    zone: str
    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether it happened in the period."""
        return self.start <= moment < self.end

    def last_moment_of(self, day: date) -> datetime:
        """The end of a day, and not the midnight after: who moves on then was something else on that day."""
        return end_of_day(day, self.zone)


def people_of(session: Session, period: Period, audience: Audience) -> dict[int, Person]:
    """Who was a member in the period and is meant, by the ids of the users, in the order of names."""
    histories = _histories(session, period.organization_id)
    teams = _teams(session, period.organization_id)
    members = session.execute(
        select(Membership.id, Membership.user_id, User.name)
        .join(Membership.user)
        .where(Membership.organization_id == period.organization_id)
    ).all()
    everybody = Members({row[0]: row[2] for row in members}, histories)
    found: dict[int, Person] = {}
    for membership_id, user_id, name in sorted(
        members, key=lambda row: (row[2].casefold(), row[1])
    ):
        history = histories.get(membership_id, ())
        stay = stay_in(history, period.start, period.end) if history else None
        if stay is None:
            continue
        moment = stay.until or period.end
        placed = Placed(
            membership_id,
            stay.position.job_title,
            stay.position.department,
            stay.position.site,
            frozenset(
                team_id
                for team_id, joined_at, ended_at in teams.get(membership_id, ())
                # Whoever leaves is taken out of their teams at that very moment.
                if joined_at < moment and (ended_at is None or ended_at >= moment)
            ),
        )
        if audience.covers(placed):
            last_moment = moment - datetime.resolution
            found[user_id] = Person(membership_id, name, history, stay, last_moment, everybody)
    return found


def _histories(session: Session, organization_id: int) -> dict[int, list[Position]]:
    table = organizations.Position
    query = (
        select(
            table.membership_id,
            table.starts_at,
            table.is_member,
            table.employee_number,
            table.job_title,
            table.department,
            table.site,
            table.hired_on,
            table.manager_id,
        )
        .join(Membership, Membership.id == table.membership_id)
        .where(Membership.organization_id == organization_id)
        .order_by(table.membership_id, table.starts_at, table.id)
    )
    found: dict[int, list[Position]] = {}
    for membership_id, *values in stream(session, query):
        found.setdefault(membership_id, []).append(Position(*values))
    return found


def _teams(
    session: Session, organization_id: int
) -> dict[int, list[tuple[int, datetime, datetime | None]]]:
    query = (
        select(
            TeamMembership.membership_id,
            TeamMembership.team_id,
            TeamMembership.joined_at,
            TeamMembership.ended_at,
        )
        .join(Membership, Membership.id == TeamMembership.membership_id)
        .where(Membership.organization_id == organization_id)
    )
    found: dict[int, list[tuple[int, datetime, datetime | None]]] = {}
    for membership_id, *values in stream(session, query):
        found.setdefault(membership_id, []).append((values[0], values[1], values[2]))
    return found


@dataclass(frozen=True)
class Reader:
    """Reads what the record holds of some people, for a period."""

    session: Session
    period: Period
    people: Mapping[int, Person]

    def belongs(self, user_id: Any) -> ColumnElement[bool]:
        """The condition that a row is about a member of the organization; `people` says which of them."""
        return user_id.in_(
            select(Membership.user_id).where(
                Membership.organization_id == self.period.organization_id
            )
        )

    @property
    def is_its_business(self) -> ColumnElement[bool]:
        """The condition that an enrolment is told of, which is that of a person's page."""
        assigned = select(Assignment.course_id).where(
            Assignment.organization_id == self.period.organization_id
        )
        return is_its_business(assigned)

    def rows(self, query: Executable) -> Iterator[Any]:
        """The rows about these people: the first column is the id of the user."""
        return (row for row in stream(self.session, query) if row[0] in self.people)

    def day(self, moment: datetime | None) -> date | None:
        """The day of a moment in the organization's zone."""
        return None if moment is None else in_zone(moment, self.period.zone).date()

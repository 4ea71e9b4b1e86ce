"""An employer with some people and the sample courses, and what tests of assignments look at."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import lms.app  # noqa: F401 - the application wires who hears of a completion and of a changed roster.
from lms.assignments import assignments, newday
from lms.assignments.audience import Audience
from lms.assignments.models import Obligation
from lms.assignments.terms import Terms
from lms.courses.catalogue import Catalogue
from lms.foundation.audit import Actor
from lms.foundation.database import Database
from lms.foundation.worker import Worker
from lms.organizations import signals
from lms.organizations.models import Membership, Organization
from tests.factories import (
    complete_course,
    enrol,
    make_member,
    make_organization,
    make_team,
    make_team_member,
    make_user,
)

# A Monday morning; in New York it is still Sunday.
MONDAY = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
SUNDAY = date(2026, 3, 1)
EVERYONE = Audience(everyone=True)


@dataclass
class Employer:
    """An organization in New York with a manager, and the functions that tests tell its story with."""

    database: Database
    shelf: Catalogue
    organization_id: int = 0
    by: Actor = field(default_factory=lambda: Actor("nobody"))

    def hire(self, name: str = "Ada Okafor", **values: Any) -> int:
        """A new member's membership, as a roster makes it."""
        now = values.pop("now", MONDAY)
        with self.database.transaction() as session:
            organization = session.get_one(Organization, self.organization_id)
            membership = make_member(session, organization, make_user(session, name=name))
            for column, value in values.items():
                setattr(membership, column, value)
            session.flush()
            signals.tell(session, organization.id, [membership.id], now)
            return membership.id

    def place(self, membership_id: int, now: datetime, **values: Any) -> None:
        """A member is placed elsewhere, or leaves, or comes back."""
        with self.database.transaction() as session:
            membership = session.get_one(Membership, membership_id)
            for column, value in values.items():
                setattr(membership, column, value)
            session.flush()
            signals.tell(session, self.organization_id, [membership_id], now)

    def team(self, *membership_ids: int) -> int:
        """A new team of these members."""
        with self.database.transaction() as session:
            team = make_team(session, session.get_one(Organization, self.organization_id))
            for id_ in membership_ids:
                make_team_member(session, team, session.get_one(Membership, id_))
            return team.id

    def assign(
        self,
        terms: Terms | None = None,
        audience: Audience = EVERYONE,
        *,
        course: str = "onboarding",
        now: datetime = MONDAY,
    ) -> int:
        """Assign a course; the assignment's id."""
        with self.database.transaction() as session:
            return assignments.create(
                session,
                organization_id=self.organization_id,
                course_id=self.shelf.courses[course].id,
                audience=audience,
                terms=terms or Terms(),
                by=self.by,
                now=now,
            )

    def complete(self, membership_id: int, now: datetime, course: str = "onboarding") -> None:
        """The member goes through the course, all of it at once."""
        with self.database.transaction() as session:
            user_id = session.get_one(Membership, membership_id).user_id
            row = enrol(session, user_id, self.shelf.courses[course], now=now)
            complete_course(session, row, self.shelf, now=now)

    def new_day(self, now: datetime) -> None:
        """What a worker does for the organization on the day of `now`."""
        with self.database.transaction() as session:
            newday.ask(
                session, {"organization_id": self.organization_id, "day": str(now.date())}, now
            )
        worker = Worker(self.database, lambda: now, {newday.ONE: newday.settle})
        assert worker.do_all()

    def write(self, act: Callable[[Session], Any]) -> Any:
        """Do something in a transaction of its own."""
        with self.database.transaction() as session:
            return act(session)

    def owed(self, membership_id: int | None = None) -> list[tuple[Any, ...]]:
        """Cycle, dates, how it ended, and whether it is current, of each obligation in its order."""
        query = select(Obligation).order_by(
            Obligation.membership_id, Obligation.cycle, Obligation.id
        )
        if membership_id is not None:
            query = query.where(Obligation.membership_id == membership_id)
        with self.database.reading_session() as session:
            return [
                (one.cycle, one.opens_on, one.due_on, one.closed_how, one.is_current)
                for one in session.scalars(query)
            ]

    def obligation(self, membership_id: int) -> Obligation:
        """The member's current obligation."""
        with self.database.reading_session() as session:
            return session.scalars(
                select(Obligation).where(
                    Obligation.membership_id == membership_id, Obligation.is_current
                )
            ).one()


@pytest.fixture
def employer(database: Database, sample: Catalogue) -> Employer:
    """Harbour Home Health in New York, with its manager Grace as the only member."""
    found = Employer(database, sample)
    with database.transaction() as session:
        organization = make_organization(
            session, name="Harbour Home Health", time_zone="America/New_York"
        )
        grace = make_user(session, name="Grace Manager")
        found.organization_id, found.by = organization.id, Actor(grace.name, grace.id)
    return found

"""Two employers, each with an assignment, and the manager who clicks through the pages of one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.assignments import assignments
from lms.assignments.audience import Audience
from lms.assignments.models import Assignment, Obligation
from lms.assignments.terms import Terms
from lms.courses.catalogue import Catalogue
from lms.foundation.audit import Actor
from lms.foundation.database import Database
from tests.conftest import StandingClock
from tests.factories import make_member, make_organization, make_team, make_team_member, make_user


@dataclass(frozen=True)
class House:
    """One employer: its slug, its manager's client, a member, a team of theirs, an assignment."""

    slug: str
    manager: int
    client: FlaskClient
    membership: int
    team: int
    assignment: int
    obligation: int

    @property
    def address(self) -> str:
        return f"/organizations/{self.slug}/assignments"

    @property
    def person(self) -> str:
        return f"{self.address}/{self.assignment}/people/{self.membership}"


@pytest.fixture
def houses(
    database: Database,
    sample: Catalogue,
    clock: StandingClock,
    sign_in: Callable[[int], FlaskClient],
) -> tuple[House, House]:
    """Riverside, whose pages the tests open, and Hillside, of which they must reach nothing."""
    return _house(database, sample, clock, sign_in, "riverside"), _house(
        database, sample, clock, sign_in, "hillside"
    )


def _house(
    database: Database,
    sample: Catalogue,
    clock: StandingClock,
    sign_in: Callable[[int], FlaskClient],
    slug: str,
) -> House:
    with database.transaction() as session:
        organization = make_organization(session, slug=slug, name=f"{slug.title()} Care")
        manager = make_user(session, name="Grace Manager")
        make_member(session, organization, manager, "manager")
        mia = make_member(session, organization, make_user(session, name=f"Mia {slug.title()}"))
        mia.job_title, mia.department = "Nurse", "Ward 3"
        team = make_team(session, organization)
        make_team_member(session, team, mia)
        assignment = assignments.create(
            session,
            organization_id=organization.id,
            course_id=sample.courses["onboarding"].id,
            audience=Audience(everyone=True),
            terms=Terms(),
            by=Actor(manager.name, manager.id),
            now=clock(),
        )
        owed = session.scalars(select(Obligation).where(Obligation.membership_id == mia.id)).one()
        ids = (manager.id, mia.id, team.id, assignment, owed.id)
    return House(slug, ids[0], sign_in(ids[0]), *ids[1:])


@pytest.fixture
def riverside(houses: tuple[House, House]) -> House:
    return houses[0]


@pytest.fixture
def kept(database: Database) -> Callable[[], list[Any]]:
    """A function that gives slug-free facts of every assignment and obligation."""

    def look() -> list[Any]:
        with database.reading_session() as session:
            owed = select(Obligation.id, Obligation.due_on, Obligation.closed_how)
            return [
                *session.execute(
                    select(Assignment.id, Assignment.ended_at).order_by(Assignment.id)
                ),
                *session.execute(owed.order_by(Obligation.id)),
            ]

    return look

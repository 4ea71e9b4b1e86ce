"""The audit trail tells whom a rule names by what they were called when it was decided."""

import re

from lms.assignments import assignments
from lms.assignments.audience import Audience
from lms.assignments.terms import Terms
from lms.courses.catalogue import Catalogue
from lms.foundation.audit import Actor
from lms.foundation.database import Database
from lms.organizations.models import Membership, Team
from tests.conftest import StandingClock
from tests.web.assignments.conftest import House


def test_people_and_teams_of_a_rule_are_told_and_found_by_name(
    riverside: House, database: Database, sample: Catalogue, clock: StandingClock
) -> None:
    by = Actor("Grace Manager", riverside.manager)
    named = Audience(
        team_ids=frozenset({riverside.team}), membership_ids=frozenset({riverside.membership})
    )
    with database.transaction() as session:
        team = session.get_one(Team, riverside.team)
        assignment = assignments.create(
            session,
            organization_id=team.organization_id,
            course_id=sample.courses["refresher"].id,
            audience=Audience(team_ids=frozenset({team.id})),
            terms=Terms(),
            by=by,
            now=clock(),
        )
        assignments.change(
            session, assignment, number=1, audience=named, terms=Terms(), by=by, now=clock()
        )
        team.name = "Called otherwise since"
        session.get_one(Membership, riverside.membership).user.name = "Mia Married"
    trail = f"/organizations/{riverside.slug}/audit"
    page = riverside.client.get(f"{trail}?about=mia+riverside").text
    assert re.findall(r"<h2[^>]*>([^<]*)", page) == [
        "Rule of an assignment changed: Privacy refresher"
    ]
    assert "<dt>For whom</dt><dd>Team Night shift; 1 person</dd>" in page
    assert "<dt>People</dt><dd>Mia Riverside</dd>" in page
    page = riverside.client.get(f"{trail}?action=assignment.created").text
    assert "<dt>For whom</dt><dd>Team Night shift</dd>" in page

"""A first date that is given lies ahead; a rule that is changed may keep the one that it has."""

from collections.abc import Callable
from typing import Any

import pytest

from lms.assignments import assignments
from lms.assignments.audience import Audience
from lms.assignments.terms import First, Terms
from lms.courses.catalogue import Catalogue
from lms.foundation.audit import Actor
from lms.foundation.database import Database
from lms.organizations.models import Membership
from tests.conftest import StandingClock
from tests.web.assignments.conftest import House
from tests.web.assignments.test_assignment_pages import FORM, PREVIEW, save, text_of

# It is 2 March 2026.
DATED = FORM | {"first": "on-date", "first_days": "21"}
REFUSED = "does not lie ahead. Choose a later day, or a number of days."


@pytest.mark.parametrize("day", ["2026-03-02", "2025-03-31"])
def test_a_first_date_that_does_not_lie_ahead_is_refused_and_stays_in_the_form(
    riverside: House, kept: Callable[[], list[Any]], day: str
) -> None:
    before, address = kept(), f"{riverside.address}/new"
    form = DATED | {"first_on": day}
    for answer in (
        riverside.client.get(address, query_string=form | PREVIEW),
        riverside.client.post(address, data=form),
    ):
        assert answer.status_code == 422
        page = text_of(answer)
        assert REFUSED in page
        assert f'value="{day}"' in page
        assert "Has it to do" not in page
    assert kept() == before


def test_a_first_date_from_tomorrow_on_is_kept(riverside: House) -> None:
    form = DATED | {"first_on": "2026-03-03"}
    answer = riverside.client.post(f"{riverside.address}/new", data=form)
    assert answer.status_code == 303
    assert "Due on 3 March 2026" in text_of(riverside.client.get(answer.location))


def test_a_rule_that_is_changed_keeps_a_first_date_that_has_passed(
    riverside: House, database: Database, sample: Catalogue, clock: StandingClock
) -> None:
    day = clock.moment.date().replace(month=2)
    with database.transaction() as session:
        assignment = assignments.create(
            session,
            organization_id=session.get_one(Membership, riverside.membership).organization_id,
            course_id=sample.courses["refresher"].id,
            audience=Audience(membership_ids=frozenset({riverside.membership})),
            terms=Terms(first=First.ON_DATE, first_on=day),
            by=Actor("Grace Manager", riverside.manager),
            now=clock(),
        )
    address = f"{riverside.address}/{assignment}/change"
    other = DATED | {"first_on": "2026-02-01"} | PREVIEW
    refused = riverside.client.get(address, query_string=other)
    assert refused.status_code == 422
    assert REFUSED in text_of(refused)
    saved = save(riverside.client, address, DATED | {"first_on": day.isoformat()})
    assert saved.status_code == 303
    assert "21 days" in text_of(riverside.client.get(saved.location))

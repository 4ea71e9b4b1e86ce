"""A preview names those of whom saving then does what it says."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from lms.assignments.audience import Audience
from lms.assignments.demands import Demand
from lms.assignments.models import Obligation
from lms.assignments.preview import every_touched
from lms.assignments.tally import Effect
from lms.assignments.terms import Renewal, Terms
from lms.organizations.models import Membership
from tests.factories import enrol, finish_lessons, publish_sample, take_quiz
from tests.sample_content import PLEDGE, PLEDGE_FILE
from tests.service.assignments.conftest import MONDAY, Employer

EVERYONE = Audience(everyone=True)
YEARLY = Terms(renewal=Renewal.AFTER_COMPLETION, months=12)
OPENED, CREDITED = frozenset({Effect.OPENED}), frozenset({Effect.CREDITED})
Felt = dict[int, frozenset[Effect]]


def previewed(employer: Employer, course: str, terms: Terms) -> Felt:
    demand = Demand(
        employer.organization_id,
        "America/New_York",
        employer.shelf.courses[course].id,
        EVERYONE,
        terms,
    )
    with employer.database.reading_session() as session:
        return {
            one.person.membership_id: one.effects
            for one in every_touched(session, demand, employer.shelf, MONDAY)
            if one.effects
        }


def saved(employer: Employer, course: str, terms: Terms) -> Felt:
    """What assigning the course does to each, told by what they have of it then."""
    assignment = employer.assign(terms, course=course)
    felt: dict[int, set[Effect]] = {}
    with employer.database.reading_session() as session:
        mine = select(Obligation).where(Obligation.assignment_id == assignment)
        for one in session.scalars(mine):
            effect = Effect.OPENED if one.closed_how is None else Effect.CREDITED
            felt.setdefault(one.membership_id, set()).add(effect)
    return {id_: frozenset(effects) for id_, effects in felt.items()}


def work(employer: Employer, membership_id: int, course: str, *, quiz: bool) -> None:
    """Finish the lessons of a course, and pass its quiz or not."""

    def act(session: Session) -> None:
        user_id = session.get_one(Membership, membership_id).user_id
        row = enrol(session, user_id, employer.shelf.courses[course], now=MONDAY)
        finish_lessons(session, row, employer.shelf, now=MONDAY)
        if quiz:
            take_quiz(session, row, employer.shelf, now=MONDAY)

    employer.write(act)


def completed_before(employer: Employer, ada: int) -> None:
    employer.complete(ada, MONDAY - timedelta(days=1), "refresher")


def lessons_alone(employer: Employer, ada: int) -> None:
    work(employer, ada, "yearly", quiz=False)


def lessons_and_quiz(employer: Employer, ada: int) -> None:
    work(employer, ada, "yearly", quiz=True)
    # Again, in another course.
    work(employer, ada, "refresher", quiz=True)


def left(employer: Employer, ada: int) -> None:
    lessons_and_quiz(employer, ada)
    employer.place(ada, MONDAY, ended_at=MONDAY)


@pytest.mark.parametrize(
    ("course", "before", "terms", "effects"),
    [
        ("refresher", lessons_and_quiz, Terms(), CREDITED),
        ("refresher", lessons_and_quiz, YEARLY, OPENED | CREDITED),
        ("refresher", lessons_alone, Terms(), OPENED),
        ("refresher", completed_before, Terms(counts_earlier=False), OPENED),
        ("onboarding", lessons_and_quiz, Terms(counts_earlier=False), CREDITED),
        ("onboarding", lessons_alone, Terms(), OPENED),
        ("onboarding", left, Terms(), frozenset()),
        ("pledge", lessons_and_quiz, Terms(), OPENED),
    ],
)
def test_what_work_in_other_courses_does_at_once_is_previewed(
    employer: Employer,
    course: str,
    before: Callable[[Employer, int], None],
    terms: Terms,
    effects: frozenset[Effect],
) -> None:
    employer.shelf = employer.write(
        lambda session: publish_sample(session, {PLEDGE_FILE: PLEDGE}, now=MONDAY)
    )
    ada, ben = employer.hire("Ada Okafor"), employer.hire("Ben Cho")
    before(employer, ada)
    told = previewed(employer, course, terms)
    assert told.get(ada, frozenset()) == effects
    assert told[ben] == OPENED
    assert saved(employer, course, terms) == told


def test_work_that_does_not_count_for_a_course_is_previewed_as_to_do(employer: Employer) -> None:
    ada = employer.hire()
    work(employer, ada, "onboarding", quiz=True)
    told = previewed(employer, "yearly", Terms())
    assert told == {ada: OPENED}
    assert saved(employer, "yearly", Terms()) == told


def test_many_who_complete_it_at_once_are_looked_at_together(employer: Employer) -> None:
    for _ in range(5):
        work(employer, employer.hire(), "onboarding", quiz=True)
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    for engine in employer.database.engines:
        event.listen(engine, "before_cursor_execute", note)
    felt = saved(employer, "refresher", YEARLY)
    for engine in employer.database.engines:
        event.remove(engine, "before_cursor_execute", note)
    assert list(felt.values()) == [OPENED | CREDITED] * 5
    # Once to begin, and once after all have completed it: leaves are read each time that people are looked at.
    assert sum("FROM leave_of_absence" in statement for statement in seen) == 2

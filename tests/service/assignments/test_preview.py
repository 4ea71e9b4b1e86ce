"""A preview is what the rule says of each person, asked one after the other."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from random import Random
from typing import Any

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.assignments.alike import alike
from lms.assignments.audience import Audience
from lms.assignments.demands import Demand
from lms.assignments.models import Exemption
from lms.assignments.planning import Situation, plan
from lms.assignments.preview import preview
from lms.assignments.situations import situations
from lms.assignments.tally import EXAMPLES, Effect, effects
from lms.assignments.terms import First, Renewal, Terms
from lms.courses.catalogue import Catalogue, Course
from lms.courses.models import CourseCompletion, Enrolment
from lms.foundation.database import Database
from lms.organizations.models import Membership
from tests.factories import (
    BEGINNING,
    make_member,
    make_organization,
    make_team,
    make_team_member,
    make_user,
)
from tests.obligation_rows import closed, make_assignment, make_obligation
from tests.obligations import make_leave

# In New York it is still Sunday, the first.
NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
TODAY = date(2026, 3, 1)
PEOPLE = 40


@dataclass(frozen=True, slots=True)
class Crowd:
    """An organization in New York full of chance, with an assignment and a course not assigned."""

    organization_id: int
    assignment_id: int
    course_id: int
    team_ids: tuple[int, ...]
    membership_ids: tuple[int, ...]


class _Making:
    """A crowd on its way: what becomes of each member is drawn."""

    def __init__(self, session: Session, course: Course, seed: int) -> None:
        self.session, self.course, self.random = session, course, Random(seed)  # noqa: S311
        self.organization = make_organization(session, time_zone="America/New_York")
        self.assignment = make_assignment(session, self.organization.id, course.id)
        self.teams = [make_team(session, self.organization, name) for name in ("Days", "Nights")]

    def day(self, least: int, most: int) -> date:
        """A day that many others may draw as well."""
        return TODAY + timedelta(days=7 * self.random.randint(least, most))

    def moment(self, least: int, most: int) -> datetime:
        """A moment of which New York and London may disagree about the day."""
        day = self.day(least, most)
        return datetime(day.year, day.month, day.day, self.random.choice((2, 12)), tzinfo=UTC)

    def is_so(self, share: float) -> bool:
        return self.random.random() < share

    def member(self, number: int) -> int:
        """A member with all that may matter."""
        user = make_user(self.session, name=f"Person {number}")
        member = make_member(self.session, self.organization, user)
        member.job_title = self.random.choice(("Nurse", " nurse", "Cook", ""))
        member.department = self.random.choice(("Ward 3", "Kitchen", ""))
        member.site = self.random.choice(("Riverside", ""))
        member.hired_on = self.random.choice((None, self.day(-40, -1), self.day(0, 2)))
        member.ended_at = self.moment(-9, -1) if self.is_so(0.2) else None
        for team in self.teams:
            if self.is_so(0.3):
                place = make_team_member(self.session, team, member)
                place.ended_at = self.moment(-9, -1) if self.is_so(0.3) else None
        for _ in range(self.random.choice((0, 0, 1, 2))):
            first = self.day(-1, 8)
            make_leave(self.session, member, first, first + timedelta(days=20))
        self._exempt(member)
        self._complete(member)
        self._owe(member)
        return member.id

    def _exempt(self, member: Membership) -> None:
        if not self.is_so(0.2):
            return
        by_id = self.assignment.created_by_id
        is_over = self.is_so(0.3)
        self.session.add(
            Exemption(
                assignment_id=self.assignment.id,
                membership_id=member.id,
                reason=self.random.choice(("Away.", "Elsewhere.")),
                granted_by_id=by_id,
                granted_at=BEGINNING,
                withdrawn_by_id=by_id if is_over else None,
                withdrawn_at=BEGINNING if is_over else None,
            )
        )

    def _complete(self, member: Membership) -> None:
        for cycle in range(1, 1 + self.random.choice((0, 0, 1, 3))):
            at = self.moment(-60, 0)
            enrolment = Enrolment(
                user_id=member.user_id,
                course_id=self.course.id,
                cycle=cycle,
                enrolled_at=at,
                counts_from=at,
            )
            self.session.add(enrolment)
            self.session.flush()
            self.session.add(
                CourseCompletion(
                    enrolment_id=enrolment.id,
                    course_revision_id=self.course.revision_id,
                    module_revisions={},
                    completed_at=at,
                )
            )

    def _owe(self, member: Membership) -> None:
        by_id = self.assignment.created_by_id
        for number in range(self.random.choice((0, 1, 1, 3))):
            due_on = self.day(-50 + 20 * number, -20 + 20 * number)
            how = self.random.choice(("met", "waived", "expired"))
            values: dict[str, Any] = {}
            if self.is_so(0.5):
                values = closed(how, due_on, by_id, "So.") | {"closed_at": self.moment(-60, 0)}
            values["opened_at"] = self.moment(-60, -50)
            values["set_by_hand"] = self.is_so(0.3)
            make_obligation(self.session, self.assignment, member, due_on, **values)


def crowd(session: Session, course: Course, seed: int) -> Crowd:
    making = _Making(session, course, seed)
    members = tuple(making.member(number) for number in range(PEOPLE))
    teams = tuple(team.id for team in making.teams)
    return Crowd(making.organization.id, making.assignment.id, course.id, teams, members)


TERMS = (
    Terms(),
    Terms(counts_earlier=False, first_days=0),
    Terms(First.AFTER_HIRE, renewal=Renewal.AFTER_EXPIRY, months=6),
    Terms(First.ON_DATE, TODAY, renewal=Renewal.CALENDAR, month=1, day=31, minimum_days=90),
    Terms(renewal=Renewal.AFTER_COMPLETION, months=12, window_days=60),
)


def audiences(of: Crowd) -> list[Audience]:
    few = frozenset(of.membership_ids[3::7])
    return [
        Audience(everyone=True),
        Audience(team_ids=frozenset(of.team_ids[:1])),
        Audience(job_titles=frozenset({"NURSE"}), membership_ids=few),
        Audience(departments=frozenset({"kitchen"}), team_ids=frozenset(of.team_ids)),
        Audience(sites=frozenset({"Riverside", " "})),
        Audience(membership_ids=few),
    ]


def demands(of: Crowd) -> list[Demand]:
    """Rules of a new assignment and changes of one in turn, and one that has ended."""
    new = [
        Demand(of.organization_id, "America/New_York", of.course_id, audience, terms)
        for audience, terms in product(audiences(of), TERMS)
    ]
    changed = [replace(one, assignment_id=of.assignment_id) for one in new[1::2]]
    return [*new[::2], *changed, replace(changed[0], has_ended=True)]


def test_a_preview_is_what_the_rule_says_of_each(database: Database, sample: Catalogue) -> None:
    with database.transaction() as session:
        of = crowd(session, sample.courses["onboarding"], 1)
        # Of another organization with the same course nothing is told.
        crowd(session, sample.courses["onboarding"], 2)
    felt: Counter[Effect] = Counter()
    with database.reading_session() as session:
        rows = session.execute(select(Membership.id, User.name).join(User))
        names: dict[int, str] = {row[0]: row[1] for row in rows}
        for demand in demands(of):
            people, counts, first = one_by_one(session, demand)
            told = preview(session, demand, sample, NOW)
            assert (told.people, told.counts) == (people, counts)
            assert told.names == {
                effect: [names[id_] for id_ in ids] for effect, ids in first.items()
            }
            felt += counts
    assert set(felt) == set(Effect)


def one_by_one(
    session: Session, demand: Demand
) -> tuple[int, Counter[Effect], dict[Effect, list[int]]]:
    """How many are covered, how many feel what, and the first of them; who is alike is checked too."""
    covered, counts = 0, Counter[Effect]()
    first: dict[Effect, list[int]] = {}
    everybody: Counter[Situation] = Counter()
    for person in situations(session, demand, true(), NOW):
        situation = person.situation
        covered += situation.not_covered is None
        for effect in effects(situation, plan(demand.terms, situation, TODAY), TODAY):
            counts[effect] += 1
            first.setdefault(effect, []).append(person.membership_id)
        # Which completions they are makes no difference to a preview.
        unnamed = tuple(replace(one, completion_id=0) for one in situation.completions)
        everybody[replace(situation, completions=unnamed)] += 1
    together = {one.situation: one.count for one in alike(session, demand, NOW)}
    assert together == everybody
    return covered, counts, {effect: ids[:EXAMPLES] for effect, ids in first.items()}

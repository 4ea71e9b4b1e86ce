"""What came about at the demo's employer: told to the services day by day, as it would have been."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import groupby
from operator import itemgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.models import User
from lms.assignments import assignments, decisions
from lms.assignments.audience import Audience
from lms.assignments.models import Obligation
from lms.assignments.terms import First, Renewal, Terms
from lms.courses import attestations
from lms.courses import service as courses
from lms.courses.catalogue import Course, Module
from lms.courses.publications import load_catalogue
from lms.courses.service import EnrolmentRow
from lms.foundation.audit import Actor
from lms.foundation.clock import in_zone
from lms.organizations import leaves, positions, requests, signals, teams
from lms.organizations import service as organizations
from lms.organizations.models import Membership, Team
from lms.organizations.placements import Placement
from lms.quizzes import service as quizzes
from lms.quizzes.attempts import find_attempt
from lms.quizzes.grading import Response, read_response
from lms.quizzes.model import ChoiceQuestion, NumberQuestion, Question, TextQuestion
from lms.quizzes.model.number import plain
from lms.quizzes.shelf import QuizShelf

from . import people
from .people import EVERYBODY, MANAGER, DemoPerson

YEARLY = "privacy-and-ethics"
YEARLY_TERMS = Terms(
    first=First.AFTER_ASSIGNMENT,
    first_days=45,
    renewal=Renewal.AFTER_EXPIRY,
    months=12,
    window_days=60,
)
ONBOARDING = "care-coordinator-onboarding"
ONBOARDING_TERMS = Terms(first=First.AFTER_HIRE, first_days=30)
QUIZ_TAKES = timedelta(minutes=14)

Step = tuple[int, Callable[[datetime], None]]


class Riverside:
    """The employer as its history is told: `live` tells it."""

    def __init__(
        self, session: Session, hashes: Mapping[str, str], unknown: str, now: datetime
    ) -> None:
        self.session, self.hashes, self.unknown, self.now = session, hashes, unknown, now
        self.catalogue = load_catalogue(session, None)
        self.quizzes = QuizShelf()
        self.members: dict[str, int] = {}
        self.assigned: dict[str, int] = {}
        code, name = people.ORGANIZATION
        founded = self._ago(people.FOUNDED)
        self.id = organizations.create_organization(
            session, code, name, time_zone=people.ZONE, now=founded
        ).id
        self.teams = {
            name: teams.create_team(session, self.id, name, now=founded) for name in people.TEAMS
        }

    def live(self) -> None:
        """Let everything come about in its order, with what each new day brings by itself."""
        days_ago = itemgetter(0)
        for days, steps in groupby(sorted(self._steps(), key=days_ago, reverse=True), days_ago):
            at = self._ago(days)
            # What opens on a day may be completed on it, but only what is done after it was opened counts.
            self._new_day(at - 4 * QUIZ_TAKES)
            for _days, step in steps:
                step(at)
        self._new_day(self.now)

    def _new_day(self, at: datetime) -> None:
        # As far as what everybody owes depends on the day, it is looked at anew.
        signals.tell(self.session, self.id, None, at)

    def _steps(self) -> Iterator[Step]:
        """What came about, and how many days ago."""
        for person in EVERYBODY:
            yield person.hired, partial(self._join, person)
        if (yearly := self.catalogue.courses.get(YEARLY)) is not None:
            yield 420, partial(self._assign, yearly, Audience(everyone=True), YEARLY_TERMS)
            for person in EVERYBODY:
                for days in person.completed:
                    yield days, partial(self._complete, person, yearly)
        if (onboarding := self.catalogue.courses.get(ONBOARDING)) is not None:
            coordinators = Audience(job_titles=frozenset({people.COORDINATOR}))
            yield 200, partial(self._assign, onboarding, coordinators, ONBOARDING_TERMS)
            yield 180, self._waive
            yield 100, self._vouch
        yield 40, self._go_on_leave
        yield people.ASKED.hired, self._ask

    # What somebody did

    def _make_account(self, person: DemoPerson, at: datetime) -> User:
        has_been_here = person.role_word or person.completed
        user = accounts.create_user(
            self.session,
            name=person.name,
            email=person.email,
            user_name=None if person.email else f"{people.ORGANIZATION[0]}.{person.number}",
            password_hash=self.hashes.get(person.email or "-", self.unknown)
            if has_been_here
            else None,
            now=at,
        )
        user.role, user.is_demo, user.time_zone = person.role.value, True, people.ZONE
        return user

    def _join(self, person: DemoPerson, at: datetime) -> None:
        user = self._make_account(person, at)
        self.members[person.number] = positions.add_member(
            self.session,
            self.id,
            user.id,
            role=person.membership,
            placement=self._placement(person, at),
            now=at,
        )
        if person.team:
            team = self.session.get_one(Team, self.teams[person.team])
            member = [self.members[person.number]]
            teams.join(self.session, team, member, now=at)
            if person.leads:
                teams.set_role(self.session, team, member, "manager")

    def _complete(self, person: DemoPerson, course: Course, at: datetime) -> None:
        """Read every lesson, take every quiz, sign the statement."""
        user_id = self._member(person).user_id
        enrolment = courses.record_of(self.session, user_id).enrolment_in(course)
        assert enrolment is not None
        for module in course.modules:
            for lesson in module.lessons:
                courses.finish_lesson(
                    self.session,
                    enrolment=enrolment,
                    module=module,
                    lesson_slug=lesson.slug,
                    shelf=self.catalogue,
                    now=at - QUIZ_TAKES,
                )
            if module.quiz is not None:
                self._take_quiz(enrolment, module, person.missed, at)
        if course.attestation is not None:
            attestations.sign(
                self.session, user_id=user_id, course=course, typed_name=person.name, now=at
            )

    def _take_quiz(
        self, enrolment: EnrolmentRow, module: Module, missed: int, at: datetime
    ) -> None:
        quiz = self.quizzes.get(self.session, module.revision_id)
        attempt_id = quizzes.start(
            self.session,
            enrolment=enrolment,
            module=module,
            quiz=quiz,
            seed=enrolment.id,
            now=at - QUIZ_TAKES,
        )
        attempt = find_attempt(self.session, attempt_id, enrolment.user_id)
        assert attempt is not None
        asked = [item.question_id for item in attempt.paper.items]
        answers = {one: right_answer(quiz.by_id[one]) for one in asked[missed:]}
        quizzes.save_from_form(self.session, attempt, answers, at)
        quizzes.submit(self.session, attempt, quiz=quiz, shelf=self.catalogue, now=at)

    # What the manager did

    def _assign(self, course: Course, audience: Audience, terms: Terms, at: datetime) -> None:
        self.assigned[course.slug] = assignments.create(
            self.session,
            organization_id=self.id,
            course_id=course.id,
            audience=audience,
            terms=terms,
            by=self._manager(),
            now=at,
        )

    def _waive(self, at: datetime) -> None:
        decisions.waive(
            self.session,
            self._owed(people.SEASONED_COORDINATOR, ONBOARDING),
            reason="She has been a coordinator for eleven years and trains the new ones.",
            by=self._manager(),
            now=at,
        )

    def _vouch(self, at: datetime) -> None:
        decisions.vouch(
            self.session,
            self._owed(people.EXPERIENCED_COORDINATOR, ONBOARDING),
            completed_on=self._day(at) - timedelta(days=30),
            reason="She did the same course at her last employer; a copy of the certificate is on file.",
            by=self._manager(),
            now=at,
        )

    def _go_on_leave(self, at: datetime) -> None:
        starts_on = self._day(at)
        leaves.record(
            self.session,
            self._member(people.AWAY),
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=70),
            by_id=self._member(MANAGER).user_id,
            now=at,
        )

    def _ask(self, at: datetime) -> None:
        person = people.ASKED
        requests.ask(
            self.session,
            self.id,
            self._make_account(person, at).id,
            name=person.name,
            email=person.email,
            role=person.membership,
            by_id=self._member(MANAGER).user_id,
            placement=self._placement(person, at),
            now=at,
        )

    # Who and when

    def _placement(self, person: DemoPerson, at: datetime) -> Placement:
        return Placement(
            person.number, person.job_title, person.department, person.site, self._day(at)
        )

    def _member(self, person: DemoPerson) -> Membership:
        return self.session.get_one(Membership, self.members[person.number])

    def _manager(self) -> Actor:
        return Actor(MANAGER.name, self._member(MANAGER).user_id)

    def _owed(self, person: DemoPerson, course_slug: str) -> int:
        return self.session.scalars(
            select(Obligation.id).where(
                Obligation.assignment_id == self.assigned[course_slug],
                Obligation.membership_id == self.members[person.number],
                Obligation.is_current,
            )
        ).one()

    def _ago(self, days: int) -> datetime:
        """So many days ago, at the same time by the employer's clock."""
        return (in_zone(self.now, people.ZONE) - timedelta(days=days)).astimezone(UTC)

    def _day(self, at: datetime) -> date:
        return in_zone(at, people.ZONE).date()


def right_answer(question: Question) -> Response:
    """A right answer to a question of the kinds that the courses here ask; None to one of another kind."""
    if isinstance(question, ChoiceQuestion):
        return read_response(question, [str(number) for number in sorted(question.right)])
    if isinstance(question, NumberQuestion):
        return read_response(question, [plain(question.low)])
    if isinstance(question, TextQuestion):
        return next(answer.pattern for answer in question.answers if answer.weight == 1)
    return None

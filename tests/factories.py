"""Rows for tests: people, organizations, published content, enrolments, finished work."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.assignments import assignments
from lms.assignments.audience import Audience
from lms.assignments.terms import Terms
from lms.authoring.check import Checked, check_folder
from lms.courses import publications
from lms.courses import service as courses
from lms.courses.catalogue import Catalogue, Course
from lms.courses.publications import Published
from lms.courses.service import EnrolmentRow
from lms.foundation.audit import Actor
from lms.organizations.models import (
    Membership,
    MembershipRequest,
    Organization,
    Team,
    TeamMembership,
)
from lms.quizzes import service as quizzes
from lms.quizzes.attempts import AttemptRow, find_attempt
from lms.quizzes.grading import read_response
from lms.quizzes.model import Quiz
from lms.quizzes.shelf import QuizShelf

from .sample_content import RIGHT, changed, folder_of

_numbers = itertools.count(1)
BEGINNING = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


# People


def make_user(session: Session, **values: Any) -> User:
    """A learner named Ada Okafor with an address of their own, unless `values` says otherwise."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "name": "Ada Okafor",
        "email": f"ada{number}@example.org",
        "created_at": BEGINNING,
    }
    user = User(**(defaults | values))
    session.add(user)
    session.flush()
    return user


def make_organization(session: Session, **values: Any) -> Organization:
    """An organization with a slug of its own."""
    number = next(_numbers)
    defaults = {"slug": f"clinic-{number}", "name": "Riverside Clinic", "created_at": BEGINNING}
    organization = Organization(**(defaults | values))
    session.add(organization)
    session.flush()
    return organization


def make_member(
    session: Session, organization: Organization, user: User, role: str = "member"
) -> Membership:
    """`user` as a member of `organization`."""
    membership = Membership(
        organization_id=organization.id, user_id=user.id, role=role, joined_at=BEGINNING
    )
    session.add(membership)
    session.flush()
    return membership


def make_request(
    session: Session, organization: Organization, user: User, by_id: int, **values: Any
) -> MembershipRequest:
    """`user`, asked to join `organization` under the name Ada Okafor, unless `values` says otherwise."""
    defaults: dict[str, Any] = {
        "name": "Ada Okafor",
        "email": user.email,
        "role": "member",
        "job_title": "",
        "department": "",
        "site": "",
        "requested_at": BEGINNING,
    }
    request = MembershipRequest(
        organization_id=organization.id,
        user_id=user.id,
        requested_by_id=by_id,
        **(defaults | values),
    )
    session.add(request)
    session.flush()
    return request


def make_team(session: Session, organization: Organization, name: str = "Night shift") -> Team:
    """A team of `organization`."""
    team = Team(organization_id=organization.id, name=name, created_at=BEGINNING)
    session.add(team)
    session.flush()
    return team


def make_team_member(
    session: Session, team: Team, membership: Membership, role: str = "member"
) -> TeamMembership:
    """A member of the organization in `team`, or its manager."""
    place = TeamMembership(
        team_id=team.id, membership_id=membership.id, role=role, joined_at=BEGINNING
    )
    session.add(place)
    session.flush()
    return place


def make_assignment(
    session: Session,
    organization: Organization,
    course: Course,
    by_id: int,
    *,
    audience: Audience | None = None,
    terms: Terms | None = None,
    now: datetime = BEGINNING,
) -> int:
    """A course assigned by somebody, to everyone unless an audience is given; the assignment's id."""
    return assignments.create(
        session,
        organization_id=organization.id,
        course_id=course.id,
        audience=audience or Audience(everyone=True),
        terms=terms or Terms(),
        by=Actor("Grace Manager", by_id),
        now=now,
    )


# Content


def publish_files(
    session: Session, files: Mapping[str, bytes], *, now: datetime = BEGINNING, **values: Any
) -> Published:
    """Check and publish a content folder, through the public door."""
    checked = _check(frozenset(files.items()))
    told: dict[str, Any] = {
        "by_id": None,
        "by_name": "Publisher",
        "note": "First edition",
        "is_material": False,
    }
    return publications.publish(
        session,
        modules=checked.modules,
        courses=checked.courses,
        pictures=checked.pictures,
        now=now,
        **(told | values),
    )


@lru_cache(maxsize=100)
def _check(files: frozenset[tuple[str, bytes]]) -> Checked:
    """The same files are checked once, however many tests publish them."""
    checked = check_folder(folder_of(dict(files)))
    assert checked.can_be_published, "\n".join(map(str, checked.problems))
    return checked


def publish_sample(
    session: Session, changes: Mapping[str, str | None] | None = None, **values: Any
) -> Catalogue:
    """Publish the sample content, with other texts in some of its files; the catalogue then in force."""
    published = publish_files(session, changed(changes or {}), **values)
    return publications.load_catalogue(session, published.number)


# What learners do


def enrol(
    session: Session, user_id: int, course: Course, *, now: datetime = BEGINNING, **values: Any
) -> EnrolmentRow:
    """The person's enrolment in a course, new or old."""
    courses.enrol(session, user_id=user_id, course=course, now=now, **values)
    row = courses.record_of(session, user_id).enrolment_in(course)
    assert row is not None
    return row


def finish_lessons(
    session: Session,
    enrolment: EnrolmentRow,
    shelf: Catalogue,
    *,
    modules: Iterable[str] | None = None,
    now: datetime = BEGINNING,
) -> None:
    """Finish every lesson of the enrolment's course, or of some of its modules."""
    course = shelf.course_by_id(enrolment.course_id)
    assert course is not None
    for module in course.modules:
        if modules is not None and module.slug not in modules:
            continue
        for lesson in module.lessons:
            courses.finish_lesson(
                session,
                enrolment=enrolment,
                module=module,
                lesson_slug=lesson.slug,
                shelf=shelf,
                now=now,
            )


def start_attempt(
    session: Session,
    enrolment: EnrolmentRow,
    shelf: Catalogue,
    *,
    module: str = "privacy",
    seed: int = 1,
    now: datetime = BEGINNING,
) -> AttemptRow:
    """The open attempt at a module's quiz, started now if there was none."""
    course = shelf.course_by_id(enrolment.course_id)
    found = course and course.module(module)
    assert found is not None
    attempt_id = quizzes.start(
        session,
        enrolment=enrolment,
        module=found,
        quiz=_quiz(session, found.revision_id),
        seed=seed,
        now=now,
    )
    attempt = find_attempt(session, attempt_id, enrolment.user_id)
    assert attempt is not None
    return attempt


def quiz_of(session: Session, attempt: AttemptRow) -> Quiz:
    """The quiz that the attempt was started on."""
    return _quiz(session, attempt.module_revision_id)


def _quiz(session: Session, revision_id: int) -> Quiz:
    """A revision's quiz, parsed once for each session."""
    shelf: QuizShelf = session.info.setdefault("quizzes", QuizShelf())
    return shelf.get(session, revision_id)


def give_answers(
    session: Session,
    attempt: AttemptRow,
    answers: Mapping[str, Sequence[str]] = RIGHT,
    *,
    now: datetime = BEGINNING,
) -> None:
    """Save an answer to each question of the attempt that `answers` has form values for."""
    questions = quiz_of(session, attempt).by_id
    values = {
        item.question_id: read_response(questions[item.question_id], answers[item.question_id])
        for item in attempt.paper.items
        if item.question_id in answers
    }
    quizzes.save_from_form(session, attempt, values, now)


def take_quiz(
    session: Session,
    enrolment: EnrolmentRow,
    shelf: Catalogue,
    *,
    answers: Mapping[str, Sequence[str]] = RIGHT,
    module: str = "privacy",
    now: datetime = BEGINNING,
) -> AttemptRow:
    """A submitted attempt: every question answered right, unless `answers` says otherwise."""
    attempt = start_attempt(session, enrolment, shelf, module=module, now=now)
    give_answers(session, attempt, answers, now=now)
    submitted = quizzes.submit(
        session, attempt, quiz=quiz_of(session, attempt), shelf=shelf, now=now
    )
    assert submitted
    return attempt


def complete_course(
    session: Session, enrolment: EnrolmentRow, shelf: Catalogue, *, now: datetime = BEGINNING
) -> None:
    """Finish every lesson of the enrolment's course and pass every quiz."""
    finish_lessons(session, enrolment, shelf, now=now)
    course = shelf.course_by_id(enrolment.course_id)
    assert course is not None
    for module in course.modules:
        if module.quiz is not None:
            take_quiz(session, enrolment, shelf, module=module.slug, now=now)

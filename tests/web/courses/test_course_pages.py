"""Pages of courses: home, the catalogue, a course, a lesson, and what is done on them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.courses import service
from lms.courses.catalogue import Catalogue
from lms.courses.due import Deadline
from lms.courses.models import CourseCompletion, Enrolment, LessonCompletion
from lms.foundation.database import Database
from tests.conftest import Learner, StandingClock
from tests.factories import (
    complete_course,
    enrol,
    finish_lessons,
    make_user,
    publish_sample,
)
from tests.sample_content import COURSE
from tests.web.forms import text_of

SignIn = Callable[[int], FlaskClient]
LESSON = "/courses/onboarding/privacy/lessons/right-amount"
SECOND_LESSON = "/courses/onboarding/privacy/lessons/desk-without-names"
LAST_LESSON = "/courses/onboarding/handover/lessons/before-you-leave"
PAGES = ("/", "/courses", "/courses/onboarding", LESSON)
ACTIONS = ("/courses/onboarding/enrol", "/courses/onboarding/complete", f"{LESSON}/finish")


@pytest.fixture
def stranger(database: Database, sample: Catalogue, sign_in: SignIn) -> FlaskClient:
    """Somebody who is signed in and enrolled in nothing."""
    with database.transaction() as session:
        user_id = make_user(session).id
    return sign_in(user_id)


def number_of(database: Database, table: type[object]) -> int:
    with database.reading_session() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


# Who may


@pytest.mark.parametrize("address", PAGES)
def test_a_visitor_is_asked_to_sign_in_and_comes_back(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")
    assert ("next=" in answer.location) == (address != "/")


@pytest.mark.parametrize("address", ACTIONS)
def test_a_visitor_does_nothing(
    client: FlaskClient, database: Database, sample: Catalogue, address: str
) -> None:
    answer = client.post(address)
    assert answer.status_code == 302
    assert answer.location == "/sign-in"
    assert number_of(database, Enrolment) == 0


@pytest.mark.parametrize("address", [LESSON, SECOND_LESSON])
def test_a_lesson_is_not_there_before_the_course_was_started(
    stranger: FlaskClient, address: str
) -> None:
    answer = stranger.get(address)
    assert answer.status_code == 404
    assert "once you have started the course" in text_of(answer)


def test_nothing_is_finished_in_a_course_that_was_not_started(
    stranger: FlaskClient, database: Database
) -> None:
    assert stranger.post(f"{LESSON}/finish").status_code == 404
    assert number_of(database, LessonCompletion) == 0


@pytest.mark.parametrize(
    "address",
    [
        "/courses/none",
        "/courses/none/privacy/lessons/right-amount",
        "/courses/onboarding/none/lessons/right-amount",
        # A module of another course, had it one that this course has not.
        "/courses/refresher/handover/lessons/before-you-leave",
        "/courses/onboarding/privacy/lessons/none",
        "/courses/onboarding/privacy/lessons/before-you-leave",
        "/courses/%00",
        "/courses/onboarding/privacy/lessons/%00",
    ],
)
def test_what_is_not_published_is_not_there(learner: Learner, address: str) -> None:
    assert learner.client.get(address).status_code == 404
    action = f"{address}/finish" if "lessons" in address else f"{address}/enrol"
    assert learner.client.post(action).status_code == 404


# Home


def test_home_before_anything_is_published(database: Database, sign_in: SignIn) -> None:
    with database.transaction() as session:
        user_id = make_user(session, name="Ada Okafor").id
    page = sign_in(user_id).get("/")
    assert page.status_code == 200
    assert "Hello, Ada" in text_of(page)


def test_home_of_somebody_new_offers_the_courses(stranger: FlaskClient) -> None:
    page = text_of(stranger.get("/"))
    assert "Nothing is assigned to you yet" in page
    for slug in ("onboarding", "refresher", "yearly"):
        assert f'href="/courses/{slug}"' in page


def test_home_says_how_far_and_what_is_next(
    learner: Learner, database: Database, sample: Catalogue
) -> None:
    page = text_of(learner.client.get("/"))
    assert "0 of 4 steps done" in page
    assert f'href="{LESSON}"' in page
    with database.transaction() as session:
        row = service.record_of(session, learner.id).enrolments[0]
        finish_lessons(session, row, sample, modules=["privacy"])
    page = text_of(learner.client.get("/"))
    assert "2 of 4 steps done" in page
    assert 'href="/courses/onboarding/privacy/quiz"' in page


def test_home_puts_what_is_due_first_and_says_when(
    database: Database, sample: Catalogue, sign_in: SignIn, clock: StandingClock
) -> None:
    with database.transaction() as session:
        user_id = make_user(session).id
        now = clock()
        enrol(session, user_id, sample.courses["onboarding"], now=now)
        due = Deadline.in_zone(now.date() + timedelta(days=3), "UTC")
        enrol(session, user_id, sample.courses["refresher"], now=now, due=due)
        late = Deadline.in_zone(now.date() - timedelta(days=2), "UTC")
        enrol(session, user_id, sample.courses["yearly"], now=now, due=late)
    page = text_of(sign_in(user_id).get("/"))
    titles = ["Yearly review", "Privacy refresher", "Onboarding"]
    places = [page.index(f">{title}</a></h2>") for title in titles]
    assert places == sorted(places)
    assert "2 days late" in page
    assert "Due in 3 days" in page
    assert "No due date" in page
    assert "1 of your courses is late" in page


def test_home_when_everything_is_done(
    learner: Learner, database: Database, sample: Catalogue
) -> None:
    with database.transaction() as session:
        row = service.record_of(session, learner.id).enrolments[0]
        complete_course(session, row, sample)
    page = text_of(learner.client.get("/"))
    assert "Everything is done" in page
    assert "completed 5 January 2026" in page


# The catalogue and a course


def test_the_catalogue_tells_what_was_started(
    learner: Learner, database: Database, sample: Catalogue
) -> None:
    page = text_of(learner.client.get("/courses"))
    assert page.count("Started</span>") == 1
    assert page.count("<article") == 3
    with database.transaction() as session:
        row = service.record_of(session, learner.id).enrolments[0]
        complete_course(session, row, sample)
    page = text_of(learner.client.get("/courses"))
    assert page.count("Completed</span>") == 1


def test_an_empty_catalogue(database: Database, sign_in: SignIn) -> None:
    with database.transaction() as session:
        user_id = make_user(session).id
    assert "No course is published yet" in text_of(sign_in(user_id).get("/courses"))


def test_a_course_before_it_was_started_shows_no_way_in(stranger: FlaskClient) -> None:
    page = text_of(stranger.get("/courses/onboarding"))
    assert "Begin with the first lesson" in page
    assert 'action="/courses/onboarding/enrol"' in page
    assert "/lessons/" not in page


def test_starting_a_course(stranger: FlaskClient, database: Database) -> None:
    for _ in (1, 2):
        answer = stranger.post("/courses/onboarding/enrol")
        assert answer.status_code == 303
        assert answer.location == "/courses/onboarding"
    assert number_of(database, Enrolment) == 1
    page = text_of(stranger.get("/courses/onboarding"))
    assert f'href="{LESSON}"' in page
    assert "0 of 4 steps done" in page
    # The quiz waits for its lessons.
    assert "/privacy/quiz" not in page


def test_starting_a_course_that_earlier_work_completes(
    learner: Learner, database: Database, sample: Catalogue
) -> None:
    with database.transaction() as session:
        row = service.record_of(session, learner.id).enrolments[0]
        complete_course(session, row, sample)
    learner.client.post("/courses/refresher/enrol")
    assert number_of(database, CourseCompletion) == 2
    page = text_of(learner.client.get("/courses/refresher"))
    assert "You completed this course on 2 March 2026" in page


def test_a_completed_course(learner: Learner, database: Database, sample: Catalogue) -> None:
    with database.transaction() as session:
        row = service.record_of(session, learner.id).enrolments[0]
        complete_course(session, row, sample)
    page = text_of(learner.client.get("/courses/onboarding"))
    assert "You completed this course on 5 January 2026" in page
    assert 'href="/certificates"' in page


# A lesson


def test_a_lesson_is_shown_with_its_neighbours(learner: Learner) -> None:
    page = text_of(learner.client.get(SECOND_LESSON))
    assert "Dana Whitfield clears her desk" in page
    assert f'rel="prev" href="{LESSON}"' in page
    assert 'rel="next" href="/courses/onboarding/privacy/quiz"' in page
    assert "Mark as finished" in page


def test_reading_a_lesson_is_not_finishing_it(learner: Learner, database: Database) -> None:
    learner.client.get(LESSON)
    assert number_of(database, LessonCompletion) == 0


def test_finishing_a_lesson_goes_on_to_the_next(
    learner: Learner, database: Database, clock: StandingClock
) -> None:
    for _ in (1, 2):
        answer = learner.client.post(f"{LESSON}/finish")
        assert answer.status_code == 303
        assert answer.location == SECOND_LESSON
        clock.advance(hours=1)
    with database.reading_session() as session:
        fact = session.scalars(select(LessonCompletion)).one()
        assert (fact.user_id, fact.lesson_slug) == (learner.id, "right-amount")
        assert fact.completed_at == clock() - timedelta(hours=2)
    page = text_of(learner.client.get(LESSON))
    assert "Finished</span>" in page
    assert "Mark as finished" not in page


def test_after_the_last_lesson_of_a_module_comes_its_quiz(learner: Learner) -> None:
    learner.client.post(f"{LESSON}/finish")
    answer = learner.client.post(f"{SECOND_LESSON}/finish")
    assert answer.location == "/courses/onboarding/privacy/quiz"
    assert learner.client.get(answer.location).status_code == 200


def test_after_the_last_step_comes_the_course(learner: Learner) -> None:
    answer = learner.client.post(f"{LAST_LESSON}/finish")
    assert answer.location == "/courses/onboarding"
    assert "last lesson" in text_of(learner.client.get(answer.location))


def test_a_lesson_finished_in_one_course_is_finished_in_the_other(learner: Learner) -> None:
    learner.client.post("/courses/yearly/enrol")
    learner.client.post(f"{LESSON}/finish")
    page = text_of(learner.client.get("/courses/yearly/privacy/lessons/right-amount"))
    assert "Finished</span>" in page


def test_a_new_publication_is_seen_by_the_next_page(learner: Learner, database: Database) -> None:
    assert "<h1>Onboarding</h1>" in text_of(learner.client.get("/courses/onboarding"))
    with database.transaction() as session:
        text = COURSE.replace("title: Onboarding", "title: First week")
        publish_sample(session, {"courses/onboarding.md": text})
    assert "<h1>First week</h1>" in text_of(learner.client.get("/courses/onboarding"))


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/Los_Angeles"])
def test_a_due_day_is_the_same_wherever_it_is_read(
    database: Database, sample: Catalogue, sign_in: SignIn, clock: StandingClock, zone: str
) -> None:
    """The employer's 3 March ends in Chicago on the 4th by other clocks."""
    with database.transaction() as session:
        user_id = make_user(session, time_zone=zone).id
        due = Deadline.in_zone(clock().date() + timedelta(days=1), "America/Chicago")
        enrol(session, user_id, sample.courses["onboarding"], now=clock(), due=due)
    client = sign_in(user_id)
    page = text_of(client.get("/courses/onboarding"))
    assert "Due tomorrow" in page
    assert "3 March 2026" in page
    assert "Due tomorrow" in text_of(client.get("/"))


# A rule that changes


def test_a_course_that_asks_for_less_than_before_can_be_completed(
    database: Database, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        shelf = publish_sample(session)
        row = enrol(session, make_user(session).id, shelf.courses["onboarding"])
        finish_lessons(session, row, shelf)
    client = sign_in(row.user_id)
    assert "Complete the course" not in client.get("/courses/onboarding").text
    client.post("/courses/onboarding/complete")
    assert number_of(database, CourseCompletion) == 0
    with database.transaction() as session:
        easier = COURSE.replace("hours:", "pass_rule: lessons\nhours:")
        publish_sample(session, {"courses/onboarding.md": easier})
    for address in ("/", "/courses/onboarding"):
        assert "Complete the course" in client.get(address).text
    for _ in range(2):
        answer = client.post("/courses/onboarding/complete")
        assert (answer.status_code, answer.location) == (303, "/courses/onboarding")
    assert number_of(database, CourseCompletion) == 1
    assert "See your certificate" in client.get("/courses/onboarding").text


def test_a_stranger_completes_nothing(stranger: FlaskClient, database: Database) -> None:
    assert stranger.post("/courses/onboarding/complete").status_code == 303
    assert stranger.post("/courses/nowhere/complete").status_code == 404
    assert number_of(database, CourseCompletion) == 0


# What is no longer offered


def test_a_withdrawn_course_is_begun_by_nobody_and_goes_on_for_whoever_began_it(
    database: Database, learner: Learner, stranger: FlaskClient
) -> None:
    learner.client.post("/courses/onboarding/enrol")
    withdrawn = COURSE.replace("hours:", "withdrawn: true\nhours:")
    with database.transaction() as session:
        publish_sample(session, {"courses/onboarding.md": withdrawn})
    for address in ("/", "/courses"):
        assert "/courses/onboarding" not in stranger.get(address).text
        assert "/courses/onboarding" in learner.client.get(address).text
    assert "This course is no longer offered." in text_of(stranger.get("/courses/onboarding"))
    refused = stranger.post("/courses/onboarding/enrol")
    assert refused.status_code == 403
    assert "no longer offered" in text_of(refused)
    assert learner.client.get(LESSON).status_code == 200
    assert learner.client.post(f"{LESSON}/finish").status_code == 303
    assert number_of(database, Enrolment) == 1

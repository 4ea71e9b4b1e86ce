"""A quiz from its start to its result, without scripts."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.courses.catalogue import Catalogue
from lms.courses.models import CourseCompletion
from lms.foundation.database import Database
from lms.quizzes.models import Attempt, Grade, Response
from tests.conftest import Learner, StandingClock
from tests.factories import enrol, make_user, publish_sample
from tests.sample_content import QUIZ, QUIZ_FILE, RIGHT, WRONG, quiz_with
from tests.web.forms import Form, text_of
from tests.web.quizzes.quiz_pages import (
    QUIZ_PAGE,
    REFRESHER_QUIZ,
    finish_lessons,
    saved_answers,
    send,
    start,
    take,
)

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def client_ready(learner: Learner) -> FlaskClient:
    """A learner who finished the lessons that the quiz waits for."""
    finish_lessons(learner.client)
    return learner.client


@pytest.fixture
def other(database: Database, sample: Catalogue, sign_in: SignIn) -> FlaskClient:
    """Somebody else, enrolled in the same course."""
    with database.transaction() as session:
        user_id = make_user(session).id
        enrol(session, user_id, sample.courses["onboarding"])
    return sign_in(user_id)


def number_of(database: Database, table: type[object]) -> int:
    with database.reading_session() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


# The way in


def test_a_visitor_is_asked_to_sign_in(
    client: FlaskClient, client_ready: FlaskClient, database: Database
) -> None:
    attempt = start(client_ready)
    for address in (QUIZ_PAGE, attempt, f"{attempt}/result"):
        assert client.get(address).location == f"/sign-in?next={address}"
    for address in (f"{QUIZ_PAGE}/start", attempt, f"{attempt}/answers"):
        assert client.post(address, data={"action": "submit"}).location == "/sign-in"
    assert number_of(database, Grade) == 0


def test_a_script_of_a_visitor_is_told_so(client: FlaskClient) -> None:
    answer = client.post("/attempts/1/answers", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.is_json


@pytest.mark.parametrize(
    "address",
    [
        "/courses/onboarding/handover/quiz",
        "/courses/onboarding/none/quiz",
        "/courses/none/privacy/quiz",
        # Not enrolled.
        REFRESHER_QUIZ,
    ],
)
def test_there_is_no_quiz_to_start(
    client_ready: FlaskClient, database: Database, address: str
) -> None:
    assert client_ready.get(address).status_code == 404
    assert client_ready.post(f"{address}/start").status_code == 404
    assert number_of(database, Attempt) == 0


def test_a_quiz_waits_for_the_lessons(learner: Learner, database: Database) -> None:
    page = text_of(learner.client.get(QUIZ_PAGE))
    assert "opens when you have finished the lessons" in page
    assert "A desk without names" in page
    assert "/quiz/start" not in page
    answer = learner.client.post(f"{QUIZ_PAGE}/start")
    assert (answer.status_code, answer.location) == (303, QUIZ_PAGE)
    assert number_of(database, Attempt) == 0
    assert "lessons are finished" in text_of(learner.client.get(QUIZ_PAGE))


def test_a_quiz_that_is_open_at_once(learner: Learner) -> None:
    learner.client.post("/courses/refresher/enrol")
    assert "/quiz/start" in text_of(learner.client.get(REFRESHER_QUIZ))
    assert learner.client.get(start(learner.client, REFRESHER_QUIZ)).status_code == 200


def test_what_awaits_is_told_before_the_start(client_ready: FlaskClient) -> None:
    page = text_of(client_ready.get(QUIZ_PAGE))
    assert "Five questions. The lessons may be read again." in page
    assert "<dd>5</dd>" in page
    assert "<dd>80%</dd>" in page
    assert "3 of 3 left" in page


# Through the attempt


def test_the_whole_way_without_scripts(
    client_ready: FlaskClient, database: Database, clock: StandingClock
) -> None:
    client = client_ready
    attempt = start(client)
    form = Form(client.get(attempt))
    assert form.buttons == ["save", "submit"]

    # Save and leave.
    form.answer("payer", "1")
    form.answer("method", " Teach-back ")
    answer = client.post(form.action, data=form.sent("save"))
    assert (answer.status_code, answer.location) == (303, attempt)
    assert "Your answers are saved" in text_of(client.get(attempt))
    assert saved_answers(database, attempt) == {"payer": 1, "method": " Teach-back "}

    # Come back, two days later.
    clock.advance(hours=10)
    assert f'href="{attempt}"' in text_of(client.get(QUIZ_PAGE))
    assert start(client) == attempt
    page = client.get(attempt)
    form = Form(page)
    assert form.fields["answer-payer"] == ["1"]
    assert form.fields["answer-method"] == [" Teach-back "]
    assert "2</span> of 5 answered" in text_of(page)

    # Submit with blanks: asked first, with everything saved.
    form.answer("payer", "2")
    form.answer("desk", "1", "2")
    answer = client.post(form.action, data=form.sent("submit"))
    assert answer.status_code == 303
    assert number_of(database, Grade) == 0
    page = client.get(answer.location)
    assert "2 questions have no answer yet" in text_of(page)
    form = Form(page)
    assert form.buttons == ["save", "submit-anyway"]
    assert sorted(form.fields["answer-desk"]) == ["1", "2"]

    # Submit anyway.
    answer = client.post(form.action, data=form.sent("submit-anyway"))
    assert (answer.status_code, answer.location) == (303, f"{attempt}/result")
    page = text_of(client.get(answer.location))
    assert "Not passed yet" in page
    assert "60%" in page
    assert "3 of 5 points" in page
    assert "2 attempts left" in page
    assert page.count("No answer</span>") >= 2


def test_a_full_form_is_submitted_at_once(client_ready: FlaskClient, database: Database) -> None:
    page = text_of(client_ready.get(take(client_ready)))
    assert "<h1>Passed</h1>" in page
    assert "100%" in page
    assert number_of(database, CourseCompletion) == 0
    client_ready.post("/courses/onboarding/handover/lessons/before-you-leave/finish")
    assert number_of(database, CourseCompletion) == 1


def test_the_last_blank_answered_needs_no_second_question(client_ready: FlaskClient) -> None:
    attempt = start(client_ready)
    asked = send(client_ready, attempt, {"payer": ["2"]})
    assert asked.startswith(attempt)
    assert not asked.endswith("result")
    assert send(client_ready, asked, RIGHT, "submit-anyway") == f"{attempt}/result"


def test_nothing_is_asked_where_nothing_is_blank(client_ready: FlaskClient) -> None:
    attempt = start(client_ready)
    send(client_ready, attempt, RIGHT, "save")
    page = text_of(client_ready.get(f"{attempt}?unanswered=ask"))
    assert "no answer yet" not in page


def test_an_answer_is_taken_back_in_the_form(client_ready: FlaskClient, database: Database) -> None:
    attempt = start(client_ready)
    send(client_ready, attempt, {"desk": ["1"], "method": ["x"]}, "save")
    form = Form(client_ready.get(attempt))
    form.fields.pop("answer-desk")
    form.answer("method", "")
    client_ready.post(form.action, data=form.sent("save"))
    assert saved_answers(database, attempt) == {"desk": None, "method": None}


def test_a_stale_tab_does_not_wipe_what_another_saved(
    client_ready: FlaskClient, database: Database
) -> None:
    attempt = start(client_ready)
    stale, fresh = Form(client_ready.get(attempt)), Form(client_ready.get(attempt))
    fresh.answer("payer", "2")
    fresh.answer("method", "teach-back")
    client_ready.post(fresh.action, data=fresh.sent("save"))
    stale.answer("desk", "1", "2")
    client_ready.post(stale.action, data=stale.sent("save"))
    assert saved_answers(database, attempt) == {
        "payer": 2,
        "method": "teach-back",
        "desk": [1, 2],
    }


def test_what_cannot_be_read_is_said_and_the_rest_is_kept(
    client_ready: FlaskClient, database: Database
) -> None:
    attempt = start(client_ready)
    form = Form(client_ready.get(attempt))
    form.answer("payer", "9")
    form.answer("method", "x" * 501)
    form.answer("desk", "1")
    for button in ("save", "submit"):
        answer = client_ready.post(form.action, data=form.sent(button))
        assert answer.status_code == 422
        page = text_of(answer)
        assert "Not everything could be saved" in page
        assert "no such option" in page
        assert "at most 500 characters" in page
        assert Form(answer).fields["answer-desk"] == ["1"]
    assert saved_answers(database, attempt) == {"desk": [1]}
    assert number_of(database, Grade) == 0


def test_an_attempt_shows_its_own_revision(client_ready: FlaskClient, database: Database) -> None:
    attempt = start(client_ready)
    with database.transaction() as session:
        new = QUIZ.replace("title: Privacy check", "title: Another check")
        publish_sample(session, {QUIZ_FILE: new.replace("# Privacy check", "# Another check")})
    assert "<h1>Privacy check</h1>" in text_of(client_ready.get(attempt))
    result = send(client_ready, attempt)
    assert "Result: Privacy check" in text_of(client_ready.get(result))
    assert "<h1>Another check</h1>" in text_of(client_ready.get(QUIZ_PAGE))
    assert "<h1>Another check</h1>" in text_of(client_ready.get(start(client_ready)))


# After it


def test_a_submitted_attempt_leads_to_its_result(
    client_ready: FlaskClient, database: Database
) -> None:
    attempt = start(client_ready)
    open_page = Form(client_ready.get(attempt))
    result = send(client_ready, attempt)
    answer = client_ready.get(attempt)
    assert (answer.status_code, answer.location) == (303, result)
    before = number_of(database, Response)
    open_page.answer("payer", "1")
    for button in ("save", "submit"):
        answer = client_ready.post(attempt, data=open_page.sent(button))
        assert (answer.status_code, answer.location) == (303, result)
    assert number_of(database, Response) == before
    assert number_of(database, Grade) == 1


def test_an_open_attempt_has_no_result(client_ready: FlaskClient) -> None:
    attempt = start(client_ready)
    answer = client_ready.get(f"{attempt}/result")
    assert (answer.status_code, answer.location) == (303, attempt)


def test_attempts_run_out(client_ready: FlaskClient, database: Database) -> None:
    for left in (2, 1):
        page = text_of(client_ready.get(take(client_ready, WRONG)))
        assert f"{left} attempt" in page
        assert f'action="{QUIZ_PAGE}/start"' in page
    page = text_of(client_ready.get(take(client_ready, WRONG)))
    assert "No attempt is left" in page
    assert "/quiz/start" not in page
    answer = client_ready.post(f"{QUIZ_PAGE}/start")
    assert (answer.status_code, answer.location) == (303, QUIZ_PAGE)
    page = text_of(client_ready.get(QUIZ_PAGE))
    assert "used every attempt" in page
    assert page.count("Not passed</span>") == 3
    assert number_of(database, Attempt) == 3


def test_a_passed_quiz_may_be_taken_again(client_ready: FlaskClient) -> None:
    take(client_ready)
    assert "cannot take that away" in text_of(client_ready.get(QUIZ_PAGE))
    take(client_ready, WRONG)
    page = text_of(client_ready.get("/courses/onboarding"))
    assert "3 of 4 steps done" in page


def test_a_quiz_without_limit(database: Database, sign_in: SignIn) -> None:
    with database.transaction() as session:
        shelf = publish_sample(session, quiz_with("attempts: 3\n", ""))
        user_id = make_user(session).id
        enrol(session, user_id, shelf.courses["refresher"])
    client = sign_in(user_id)
    assert "as many as you like" in text_of(client.get(REFRESHER_QUIZ))
    page = text_of(client.get(take(client, WRONG, REFRESHER_QUIZ)))
    assert "as often as you like" in page


def test_a_result_stays_when_its_course_has_another_shape(
    client_ready: FlaskClient, database: Database
) -> None:
    result = take(client_ready, WRONG)
    with database.transaction() as session:
        publish_sample(session, {QUIZ_FILE: None, "courses/refresher.md": None})
    page = text_of(client_ready.get(result))
    assert "Not passed yet" in page
    assert "/quiz/start" not in page


# Somebody else's


def test_someone_elses_attempt_is_not_there(
    client_ready: FlaskClient, other: FlaskClient, database: Database
) -> None:
    attempt = start(client_ready)
    form = Form(client_ready.get(attempt))
    form.answer("payer", "1")
    one_answer = {"question": "payer", "value": "1", "page": "aa", "sequence": "1"}
    for address in (attempt, f"{attempt}/result"):
        assert other.get(address).status_code == 404
    assert other.post(attempt, data=form.sent("submit")).status_code == 404
    assert other.post(f"{attempt}/answers", data=one_answer).status_code == 404
    assert saved_answers(database, attempt) == {}
    assert number_of(database, Grade) == 0


@pytest.mark.parametrize("number", ["0", "999999", "9223372036854775807", "9" * 30, "x"])
def test_an_attempt_that_does_not_exist(client_ready: FlaskClient, number: str) -> None:
    for address in (f"/attempts/{number}", f"/attempts/{number}/result"):
        assert client_ready.get(address).status_code == 404
    for address in (f"/attempts/{number}", f"/attempts/{number}/answers"):
        assert client_ready.post(address).status_code in (404, 405)

"""A timed quiz through its pages, without scripts: told before, seen on the way, closed in the end."""

import pytest
from flask.testing import FlaskClient

from lms.courses.catalogue import Catalogue
from lms.foundation.database import Database
from tests.conftest import Learner, StandingClock
from tests.factories import publish_sample
from tests.sample_content import WRONG, quiz_with
from tests.web.forms import Form, words_of
from tests.web.quizzes.quiz_pages import QUIZ_PAGE, finish_lessons, saved_answers, start, take

TERMS = "attempts: 3\ntime_limit: 20 min\ncooldown: 2 h\nrecord: average"


@pytest.fixture
def sample(database: Database) -> Catalogue:
    """The sample with a quiz on stricter terms."""
    with database.transaction() as session:
        return publish_sample(session, quiz_with("attempts: 3", TERMS))


@pytest.fixture
def client_ready(learner: Learner) -> FlaskClient:
    finish_lessons(learner.client)
    return learner.client


def test_the_terms_are_told_before_the_start(client_ready: FlaskClient) -> None:
    page = words_of(client_ready.get(QUIZ_PAGE))
    assert "Time limit 20 min" in page
    assert "Pause between attempts 2 h" in page
    assert "What counts the average of your attempts" in page
    assert "Once you start, you have 20 min." in page


def test_the_attempt_tells_its_end(client_ready: FlaskClient, clock: StandingClock) -> None:
    attempt = start(client_ready)
    clock.advance(minutes=5)
    page = client_ready.get(attempt)
    assert "Your time is up on 2 March 2026, 09:20 UTC." in words_of(page)
    assert 'data-seconds-left="900"' in page.text
    assert "js/timelimit.js" in page.text
    assert "Your time is up on 2 March 2026, 09:20 UTC" in words_of(client_ready.get(QUIZ_PAGE))


def test_an_attempt_without_limit_shows_no_clock(
    client_ready: FlaskClient, database: Database
) -> None:
    with database.transaction() as session:
        publish_sample(session)
    page = client_ready.get(start(client_ready))
    assert "seconds-left" not in page.text
    assert "timelimit.js" not in page.text


def test_a_save_after_the_time_closes_the_attempt(
    client_ready: FlaskClient, database: Database, clock: StandingClock
) -> None:
    attempt = start(client_ready)
    sent = {"question": "payer", "value": "2", "page": "ab", "sequence": "1"}
    clock.advance(minutes=20, seconds=30)
    assert client_ready.post(f"{attempt}/answers", data=sent).status_code == 200
    clock.advance(seconds=1)
    late = client_ready.post(f"{attempt}/answers", data=sent | {"value": "1", "sequence": "2"})
    assert late.status_code == 409
    assert late.json == {"saved": False, "result": f"{attempt}/result"}
    assert saved_answers(database, attempt) == {"payer": 2}
    result = words_of(client_ready.get(f"{attempt}/result"))
    assert "The time was up: what was saved until then is graded." in result
    assert "1 of 5 points" in result


def test_a_form_after_the_time_is_not_saved_and_says_so(
    client_ready: FlaskClient, database: Database, clock: StandingClock
) -> None:
    attempt = start(client_ready)
    form = Form(client_ready.get(attempt))
    form.answer("payer", "2")
    clock.advance(minutes=21)
    answer = client_ready.post(form.action, data=form.sent("submit"))
    assert (answer.status_code, answer.location) == (303, f"{attempt}/result")
    assert "Your time was up" in words_of(client_ready.get(answer.location))
    assert saved_answers(database, attempt) == {}
    # Whoever sends it again is not told a second time.
    assert client_ready.post(form.action, data=form.sent("submit")).status_code == 303
    assert "Your time was up" not in words_of(client_ready.get(answer.location))


def test_who_comes_back_too_late_is_led_to_the_result(
    client_ready: FlaskClient, clock: StandingClock
) -> None:
    attempt = start(client_ready)
    clock.advance(hours=3)
    page = client_ready.get(attempt)
    assert "Your time was up on 2 March 2026, 09:20 UTC." in words_of(page)
    assert "What do you send to a payer?" not in page.text
    # Looking changes nothing, not even the result's address.
    assert client_ready.get(f"{attempt}/result").location == attempt
    form = Form(page, "time-up")
    answer = client_ready.post(form.action, data=form.sent("submit-anyway"))
    assert answer.location == f"{attempt}/result"
    assert "0 of 5 points" in words_of(client_ready.get(answer.location))


def test_the_pause_is_told_and_kept(client_ready: FlaskClient, clock: StandingClock) -> None:
    result = words_of(client_ready.get(take(client_ready, WRONG)))
    assert "The next can start on 2 March 2026, 11:00 UTC." in result
    assert "Try again" not in result
    page = client_ready.get(QUIZ_PAGE)
    assert "The next attempt can start on 2 March 2026, 11:00 UTC" in words_of(page)
    assert "quiz/start" not in page.text
    assert client_ready.post(f"{QUIZ_PAGE}/start").location == QUIZ_PAGE
    clock.advance(hours=2)
    assert start(client_ready)


def test_the_grade_of_record_is_told(client_ready: FlaskClient, clock: StandingClock) -> None:
    take(client_ready, WRONG)
    clock.advance(hours=2)
    result = words_of(client_ready.get(take(client_ready)))
    assert (
        "Your grade at this quiz is 50%, not passed: the average of your attempts counts." in result
    )
    assert "Your grade is 50%: the average of your attempts." in words_of(
        client_ready.get(QUIZ_PAGE)
    )

"""The key, the feedback and the explanations stay on the server until they may be seen."""

from collections.abc import Callable, Mapping

import pytest
from flask.testing import FlaskClient

from lms.foundation.database import Database
from tests.factories import enrol, make_user, publish_sample
from tests.sample_content import KEY_WORDS, RIGHT, WRONG, quiz_with
from tests.web.forms import Form, text_of
from tests.web.quizzes.quiz_pages import QUIZ_PAGE, finish_lessons, send, start, take

# Classes and words of a page that tell right from wrong.
VERDICTS = ("is-right", "is-wrong", "Right answer", "Right</span>")
LESSON = "/courses/onboarding/privacy/lessons/right-amount"

Begin = Callable[[Mapping[str, str]], FlaskClient]


@pytest.fixture
def begin(database: Database, sign_in: Callable[[int], FlaskClient]) -> Begin:
    """A function that publishes a quiz with other settings, for a learner who may start it."""

    def make(settings: Mapping[str, str]) -> FlaskClient:
        old = "attempts: 3\nshuffle: true\nreview: after-attempt"
        values = {"attempts": "3", "shuffle": "true", "review": "after-attempt"} | dict(settings)
        new = "\n".join(f"{name}: {value}" for name, value in values.items())
        with database.transaction() as session:
            shelf = publish_sample(session, quiz_with(old, new))
            user_id = make_user(session).id
            enrol(session, user_id, shelf.courses["onboarding"])
        client = sign_in(user_id)
        finish_lessons(client)
        return client

    return make


def leaks(client: FlaskClient, address: str) -> list[str]:
    """The words of the key that the page holds."""
    answer = client.get(address)
    assert answer.status_code == 200
    return [word for word in (*KEY_WORDS, *VERDICTS) if word in text_of(answer)]


@pytest.mark.parametrize("review", ["after-attempt", "after-pass", "never"])
def test_nothing_leaks_before_the_submit(begin: Begin, review: str) -> None:
    client = begin({"review": review})
    addresses = ["/", "/courses", "/courses/onboarding", LESSON, QUIZ_PAGE]
    assert [leaks(client, address) for address in addresses] == [[]] * len(addresses)
    attempt = start(client)
    assert leaks(client, attempt) == []
    for answers in (WRONG, {**RIGHT, "method": ["x"]}):
        send(client, attempt, answers, "save")
        assert leaks(client, attempt) == []
        assert leaks(client, QUIZ_PAGE) == []
    form = Form(client.get(attempt))
    form.answer("payer", "9")
    refused = client.post(form.action, data=form.sent("submit"))
    assert refused.status_code == 422
    assert not [word for word in (*KEY_WORDS, *VERDICTS) if word in text_of(refused)]


def test_a_saved_answer_is_not_judged(begin: Begin) -> None:
    client = begin({})
    attempt = start(client)
    answers = [
        client.post(
            f"{attempt}/answers",
            data={"question": "payer", "value": value, "page": "aa", "sequence": value},
        ).json
        for value in ("1", "2")
    ]
    assert answers == [{"saved": True, "value": value, "answered": True} for value in ("1", "2")]


# After an attempt


def test_after_an_attempt_everything_is_shown(begin: Begin) -> None:
    client = begin({"review": "after-attempt"})
    result = take(client, WRONG)
    assert {"Toldlater", "keytext", "is-right", "is-wrong"} <= set(leaks(client, result))
    assert "Nevertold" not in leaks(client, result)


def test_of_a_pool_only_what_was_drawn_is_shown(begin: Begin) -> None:
    client = begin({"review": "after-attempt"})
    page = text_of(client.get(take(client)))
    assert ("28 to 32 days" in page) != ("78 to 82 hours" in page)


# After a pass


def test_after_a_failed_attempt_with_one_left_nothing_is_shown(begin: Begin) -> None:
    client = begin({"review": "after-pass"})
    result = take(client, WRONG)
    assert leaks(client, result) == []
    page = text_of(client.get(result))
    assert "shown once you have passed" in page
    # How each answer did is no secret.
    assert page.count("Not right</span>") == 5


def test_after_a_pass_everything_is_shown_in_every_attempt(begin: Begin) -> None:
    client = begin({"review": "after-pass"})
    failed, passed = take(client, WRONG), take(client)
    for result in (failed, passed):
        assert {"Toldlater", "keytext"} <= set(leaks(client, result))
    # It stays so, even after a later failure.
    take(client, WRONG)
    assert "Toldlater" in leaks(client, failed)


def test_after_the_last_attempt_there_is_nothing_left_to_keep(begin: Begin) -> None:
    client = begin({"review": "after-pass", "attempts": "1"})
    assert "Toldlater" in leaks(client, take(client, WRONG))


def test_while_the_last_attempt_is_open_the_others_show_nothing(begin: Begin) -> None:
    client = begin({"review": "after-pass", "attempts": "2"})
    failed = take(client, WRONG)
    attempt = start(client)
    assert leaks(client, failed) == []
    send(client, attempt, WRONG)
    assert "Toldlater" in leaks(client, failed)


def test_an_attempt_that_was_added_later_keeps_it_shut(begin: Begin, database: Database) -> None:
    client = begin({"review": "after-pass", "attempts": "1"})
    failed = take(client, WRONG)
    assert "Toldlater" in leaks(client, failed)
    more = quiz_with("attempts: 3\nshuffle: true\nreview: after-attempt", "attempts: 2")
    with database.transaction() as session:
        publish_sample(session, more)
    assert leaks(client, failed) == []
    page = text_of(client.get(failed))
    assert "1 attempt left" in page
    assert f'action="{QUIZ_PAGE}/start"' in page


def test_without_a_limit_only_a_pass_opens_it(begin: Begin) -> None:
    client = begin({"review": "after-pass", "attempts": "9999"})
    results = [take(client, WRONG) for _ in range(4)]
    assert [leaks(client, result) for result in results] == [[]] * 4


# Never


@pytest.mark.parametrize("answers", [{**RIGHT, "method": ["Teach-Back"]}, WRONG])
def test_under_never_it_is_never_shown(begin: Begin, answers: dict[str, list[str]]) -> None:
    client = begin({"review": "never", "attempts": "1"})
    result = take(client, answers)
    assert leaks(client, result) == []
    page = text_of(client.get(result))
    assert "What do you send to a payer?" not in page
    assert "points" in page


def test_what_one_typed_is_shown_as_text(begin: Begin) -> None:
    client = begin({"review": "after-attempt"})
    typed = '<script>alert("x")</script>'
    attempt = start(client)
    send(client, attempt, {**RIGHT, "method": [typed]}, "save")
    assert typed not in client.get(attempt).get_data(as_text=True)
    result = send(client, attempt, {})
    body = client.get(result).get_data(as_text=True)
    assert typed not in body
    assert "&lt;script&gt;" in body

"""Saving one answer of an open page: the answer to it tells the truth."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.foundation.database import Database
from tests.conftest import Learner
from tests.sample_content import WRONG
from tests.web.forms import Form
from tests.web.quizzes.quiz_pages import finish_lessons, saved_answers, send, start

DRAWN = {"days", "hours"}


class OpenPage:
    """An attempt's page with its script running."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.attempt = start(client)
        page = client.get(self.attempt).get_data(as_text=True)
        self.page = page.split('data-page="')[1].split('"')[0]
        self.sequence = 0

    def save(self, question: str, /, *values: str, **changes: Any) -> TestResponse:
        """Send an answer; a change to None leaves that field out."""
        self.sequence += 1
        data: dict[str, Any] = {
            "question": question,
            "value": list(values),
            "page": self.page,
            "sequence": str(self.sequence),
        }
        sent = {name: value for name, value in (data | changes).items() if value is not None}
        return self.client.post(
            f"{self.attempt}/answers", data=sent, headers={"Accept": "application/json"}
        )


@pytest.fixture
def open_page(learner: Learner) -> OpenPage:
    finish_lessons(learner.client)
    return OpenPage(learner.client)


@pytest.mark.parametrize(
    ("question", "values", "kept", "encoded", "answered"),
    [
        ("payer", ["2"], 2, "2", True),
        ("payer", [], None, "null", False),
        ("desk", ["3", "1"], [1, 3], "[1, 3]", True),
        ("desk", [], None, "null", False),
        ("method", ["été “x”"], "été “x”", '"été “x”"', True),
        ("method", ["  "], None, "null", False),
    ],
)
def test_a_saved_answer(
    open_page: OpenPage,
    database: Database,
    question: str,
    values: list[str],
    kept: object,
    encoded: str,
    *,
    answered: bool,
) -> None:
    answer = open_page.save(question, *values)
    assert answer.status_code == 200
    assert answer.json == {"saved": True, "value": encoded, "answered": answered}
    assert saved_answers(database, open_page.attempt) == {question: kept}
    # What the script puts into the form is what the page itself would have put there.
    form = Form(open_page.client.get(open_page.attempt))
    assert form.fields[f"saved-{question}"] == [encoded]


def test_saves_and_a_form_that_knows_of_them(open_page: OpenPage, database: Database) -> None:
    stale = Form(open_page.client.get(open_page.attempt))
    open_page.save("payer", "1")
    open_page.save("payer", "2")
    stale.answer("desk", "1")
    open_page.client.post(stale.action, data=stale.sent("save"))
    assert saved_answers(database, open_page.attempt) == {"payer": 2, "desk": [1]}


def test_a_save_that_arrives_late_is_dropped(open_page: OpenPage, database: Database) -> None:
    open_page.save("payer", "2", sequence="5")
    late = open_page.save("payer", "1", sequence="4")
    assert late.status_code == 200
    assert saved_answers(database, open_page.attempt) == {"payer": 2}


def test_a_second_tab_saves_beside_the_first(open_page: OpenPage, database: Database) -> None:
    second = OpenPage(open_page.client)
    assert (second.attempt, second.page) != (open_page.attempt, open_page.page)
    for _ in range(3):
        open_page.save("payer", "1")
    second.save("payer", "3")
    assert saved_answers(database, open_page.attempt) == {"payer": 3}


@pytest.mark.parametrize(
    "changes",
    [
        {"question": "none"},
        {"question": ""},
        {"question": None},
        {"page": None},
        {"page": ""},
        {"page": "not a page"},
        {"sequence": None},
        {"sequence": "-1"},
        {"sequence": "x"},
        {"sequence": str(2**31)},
    ],
)
def test_what_no_page_sends(
    open_page: OpenPage, database: Database, changes: dict[str, str | None]
) -> None:
    answer = open_page.save("payer", "2", **changes)
    assert answer.status_code == 400
    assert answer.is_json
    assert saved_answers(database, open_page.attempt) == {}


def test_a_question_that_was_not_drawn(open_page: OpenPage, database: Database) -> None:
    form = Form(open_page.client.get(open_page.attempt))
    (left_out,) = {one for one in DRAWN if f"saved-{one}" not in form.fields}
    assert open_page.save(left_out, "3").status_code == 400
    assert saved_answers(database, open_page.attempt) == {}


@pytest.mark.parametrize(
    ("question", "values", "words"),
    [
        ("payer", ["9"], "no such option"),
        ("payer", ["1", "2"], "one option only"),
        ("desk", ["x"], "no such option"),
        ("method", ["x" * 501], "at most 500 characters"),
        ("method", ["a", "b"], "one answer only"),
    ],
)
def test_an_impossible_answer(
    open_page: OpenPage, database: Database, question: str, values: list[str], words: str
) -> None:
    answer = open_page.save(question, *values)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["saved"] is False
    assert words in answer.json["message"]
    assert saved_answers(database, open_page.attempt) == {}


def test_after_the_submit_nothing_is_saved(open_page: OpenPage, database: Database) -> None:
    result = send(open_page.client, open_page.attempt, WRONG)
    before = saved_answers(database, open_page.attempt)
    answer = open_page.save("payer", "2")
    assert answer.status_code == 409
    assert answer.json == {"saved": False, "result": result}
    assert saved_answers(database, open_page.attempt) == before


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_other_methods(open_page: OpenPage, method: str) -> None:
    answer = getattr(open_page.client, method)(f"{open_page.attempt}/answers")
    assert answer.status_code == 405

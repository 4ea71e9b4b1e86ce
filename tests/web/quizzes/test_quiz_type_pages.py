"""A question of each type on its pages, without scripts: answered, come back to, and reviewed."""

from collections.abc import Callable, Mapping, Sequence

import pytest
from flask.testing import FlaskClient

from lms.courses import publications
from lms.foundation.database import Database
from tests.factories import enrol, make_user, publish_files
from tests.types_content import FILES, KEY_WORDS, PARTLY, QUIZ, RIGHT
from tests.web.forms import Form, text_of
from tests.web.quizzes.quiz_pages import saved_answers, send, start, take

QUIZ_PAGE = "/courses/types/types/quiz"
VERDICTS = ("is-right", "is-wrong", "Right answer", "Right order", "Right</span>")
QUIZ_FILE = "modules/types/quiz.md"
Begin = Callable[..., FlaskClient]


@pytest.fixture
def begin(database: Database, sign_in: Callable[[int], FlaskClient]) -> Begin:
    """A function that publishes the quiz, with other settings perhaps, for a learner to start it."""

    def make(settings: str = "pass: 80%") -> FlaskClient:
        quiz = QUIZ.replace("pass: 80%", settings)
        with database.transaction() as session:
            files = {**FILES, QUIZ_FILE: quiz.encode()}
            published = publish_files(session, files)
            shelf = publications.load_catalogue(session, published.number)
            user_id = make_user(session).id
            enrol(session, user_id, shelf.courses["types"])
        return sign_in(user_id)

    return make


def take_incomplete(client: FlaskClient, answers: Mapping[str, Sequence[str]]) -> str:
    """Take the quiz and submit it though something is left empty; the address of the result."""
    asked = send(client, start(client, QUIZ_PAGE), answers)
    return send(client, asked, {}, "submit-anyway")


def test_everything_right(begin: Begin, database: Database) -> None:
    client = begin()
    attempt = start(client, QUIZ_PAGE)
    result = send(client, attempt, RIGHT)
    assert result.endswith("/result")
    assert saved_answers(database, attempt) == {
        "toc-match": {
            "Interactive contact (TCM)": "2 business days",
            "Visit, high complexity (99496)": "7 calendar days",
            "Visit, moderate complexity (99495)": "14 calendar days",
        },
        "toc-order": [1, 2, 3, 4],
        "toc-cloze": ["2", "reconcile", "Face-to-face  visit"],
        "next-shift": "Call earlier.\n\nAnd listen.",
        "tools": [1, 2],
        "attest-privacy": {"accepted": True, "name": "Ada Okafor"},
    }
    page = text_of(client.get(result))
    assert "<h1>Passed</h1>" in page
    assert "8 of 8 points" in page
    assert page.count("Not graded</span>") == 3
    assert "Accepted by <strong>Ada Okafor</strong>" in page
    assert "Toldlater: the call comes last." in page
    assert "Right order" not in page


@pytest.mark.parametrize("answers", [RIGHT, PARTLY], ids=["all", "some"])
def test_what_was_saved_stands_in_the_fields(
    begin: Begin, database: Database, answers: dict[str, list[str]]
) -> None:
    client = begin()
    attempt = start(client, QUIZ_PAGE)
    send(client, attempt, answers, "save")
    saved = saved_answers(database, attempt)
    form = Form(client.get(attempt))
    for question, values in answers.items():
        assert form.fields[f"answer-{question}"] == values
    # Sent once more as it is, the form changes nothing.
    client.post(form.action, data=form.sent("save"))
    assert saved_answers(database, attempt) == saved


def test_blank_fields_are_no_answer(begin: Begin, database: Database) -> None:
    client = begin()
    attempt = start(client, QUIZ_PAGE)
    send(client, attempt, {}, "save")
    assert saved_answers(database, attempt) == {}
    assert "0</span> of 6 answered" in text_of(client.get(attempt))


def test_answers_are_taken_back(begin: Begin, database: Database) -> None:
    client = begin()
    attempt = start(client, QUIZ_PAGE)
    send(client, attempt, RIGHT, "save")
    blank = {
        question: [] if question == "tools" else [""] * len(values)
        for question, values in RIGHT.items()
    }
    send(client, attempt, blank | {"attest-privacy": [""]}, "save")
    assert saved_answers(database, attempt) == dict.fromkeys(RIGHT)


def test_incomplete_answers_earn_their_share(begin: Begin) -> None:
    client = begin()
    attempt = start(client, QUIZ_PAGE)
    result = send(client, attempt, PARTLY)
    # Neither of the ungraded ones is answered, nor the rest entirely: that is asked about, once.
    asked = text_of(client.get(result))
    assert "2 questions have no answer yet. 4 questions are answered only in part." in asked
    for found in ("2 of 3", "2 of 4", "1 of 3", "1 of 2"):
        assert f"({found} filled)</a>" in asked
    assert "0</span> of 6 answered" in asked
    assert "not passed until you accept the statement" in asked
    page = text_of(client.get(send(client, result, {}, "submit-anyway")))
    assert "2.5 of 8 points" in page
    assert "The statement was not accepted" in page
    assert page.count("Partly right</span>") == 3
    assert "Right order" in page
    assert "visit or face-to-face visit" in page
    assert "14 calendar days" in page
    assert "Not accepted." in page


def test_without_the_statement_nothing_is_passed(begin: Begin) -> None:
    client = begin("pass: 80%\nreview: never")
    attempt = start(client, QUIZ_PAGE)
    asked = send(client, attempt, {**RIGHT, "attest-privacy": ["accepted", ""]})
    assert "<strong>1 question is answered only in part.</strong>" in text_of(client.get(asked))
    page = text_of(client.get(send(client, asked, {}, "submit-anyway")))
    assert "8 of 8 points" in page
    assert "Not passed yet" in page
    assert "The statement was not accepted" in page
    # The next attempt is passed with it.
    page = text_of(client.get(take(client, RIGHT, QUIZ_PAGE)))
    assert "<h1>Passed</h1>" in page
    assert "The statement was not accepted" not in page


def test_too_few_points_are_not_blamed_on_the_statement(begin: Begin) -> None:
    client = begin()
    answers = {**RIGHT, "toc-match": PARTLY["toc-match"], "toc-order": PARTLY["toc-order"]}
    page = text_of(client.get(take_incomplete(client, answers)))
    assert "Not passed yet" in page
    assert "The statement was not accepted" not in page


def leaks(page: str) -> list[str]:
    return [word for word in (*KEY_WORDS, *VERDICTS) if word in page]


def test_nothing_of_the_key_is_on_the_page_of_an_attempt(begin: Begin) -> None:
    client = begin()
    attempt = start(client, QUIZ_PAGE)
    assert leaks(text_of(client.get(attempt))) == []
    send(client, attempt, {**RIGHT, "toc-cloze": PARTLY["toc-cloze"]}, "save")
    page = text_of(client.get(attempt))
    assert leaks(page) == []
    # Item numbers are the key of an order, so that not even what was saved is told in them.
    assert Form(client.get(attempt)).fields["saved-toc-order"] == [
        '["Reconcile medicines before discharge", "Teach back the care plan",'
        ' "Send the summary to the next provider", "Call the patient at home"]'
    ]
    assert "[1, 2, 3, 4]" not in page
    answer = client.post(
        f"{attempt}/answers",
        data={"question": "toc-order", "value": RIGHT["toc-order"], "page": "a", "sequence": "1"},
    )
    assert answer.json is not None
    assert answer.json["value"].startswith('["Reconcile')


def test_the_key_stays_hidden_after_a_failure(begin: Begin) -> None:
    client = begin("pass: 90%\nreview: after-pass")
    answers = {**RIGHT, "toc-cloze": PARTLY["toc-cloze"]}
    page = text_of(client.get(take_incomplete(client, answers)))
    assert leaks(page.replace('pill-done">Right</span>', "")) == []
    assert "reconcile" in page
    assert "2 business days" in page


@pytest.mark.parametrize(
    ("question", "values", "words"),
    [
        ("toc-match", ["1=3 days"], "no such pair"),
        ("toc-order", ["Teach back the care plan"], "4 places"),
        ("toc-order", ["1", "2", "3", "4"], "no such item"),
        ("toc-cloze", ["2", "refuse", ""], "no such choice"),
        ("attest-privacy", ["yes", "Ada"], "Tick the box once"),
        ("next-shift", ["x" * 5001], "5,000 characters"),
    ],
)
def test_an_impossible_answer_is_said_and_the_rest_is_kept(
    begin: Begin, database: Database, question: str, values: list[str], words: str
) -> None:
    client = begin()
    attempt = start(client, QUIZ_PAGE)
    form = Form(client.get(attempt))
    form.answer(question, *values)
    form.answer("tools", "3")
    answer = client.post(form.action, data=form.sent("save"))
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert saved_answers(database, attempt) == {"tools": [3]}


def test_the_form_offers_what_can_be_read(begin: Begin) -> None:
    client = begin()
    form = Form(client.get(start(client, QUIZ_PAGE)))
    assert len(form.offered["answer-toc-match"]) == 3 * 5
    assert len(form.offered["answer-toc-order"]) == 4 * 5
    assert sorted(form.offered["answer-toc-cloze"]) == ["", "reconcile", "refill"]


def test_what_was_written_is_shown_as_text(begin: Begin) -> None:
    client = begin()
    evil = "</textarea><script>alert(1)</script>"
    attempt = start(client, QUIZ_PAGE)
    answers = {
        "next-shift": [f"\n{evil}"],
        "toc-cloze": ["", "", evil],
        "attest-privacy": ["accepted", evil],
    }
    send(client, attempt, answers, "save")
    page = client.get(attempt)
    assert evil not in page.get_data(as_text=True)
    assert Form(page).fields["answer-next-shift"] == [f"\n{evil}"]
    result = client.get(send(client, send(client, attempt, {}), {}, "submit-anyway"))
    assert "/result" in result.request.path
    assert evil not in result.get_data(as_text=True)
    assert evil in text_of(result)

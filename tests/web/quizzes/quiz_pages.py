"""Taking the sample's quiz through its pages."""

from collections.abc import Mapping, Sequence

from flask.testing import FlaskClient

from lms.foundation.database import Database
from lms.quizzes.attempts import answers_of
from lms.quizzes.grading import Response
from tests.sample_content import RIGHT
from tests.web.forms import Form

QUIZ_PAGE = "/courses/onboarding/privacy/quiz"
REFRESHER_QUIZ = "/courses/refresher/privacy/quiz"


def finish_lessons(client: FlaskClient, course: str = "onboarding") -> None:
    """Finish the lessons that the quiz waits for."""
    for lesson in ("right-amount", "desk-without-names"):
        client.post(f"/courses/{course}/privacy/lessons/{lesson}/finish")


def start(client: FlaskClient, quiz_page: str = QUIZ_PAGE) -> str:
    """The address of an attempt, started now or gone on with."""
    answer = client.post(f"{quiz_page}/start")
    assert answer.status_code == 303
    assert answer.location.startswith("/attempts/")
    return answer.location


def send(
    client: FlaskClient,
    attempt: str,
    answers: Mapping[str, Sequence[str]] = RIGHT,
    button: str = "submit",
) -> str:
    """Fill in the page of an attempt and press a button; where that leads."""
    form = Form(client.get(attempt))
    for question, values in answers.items():
        if f"saved-{question}" in form.fields:
            form.answer(question, *values)
    answer = client.post(form.action, data=form.sent(button))
    assert answer.status_code == 303
    return answer.location


def take(
    client: FlaskClient,
    answers: Mapping[str, Sequence[str]] = RIGHT,
    quiz_page: str = QUIZ_PAGE,
) -> str:
    """Take the quiz from its start to its end; the address of the result."""
    result = send(client, start(client, quiz_page), answers)
    assert result.endswith("/result")
    return result


def saved_answers(database: Database, attempt: str) -> dict[str, Response]:
    """The latest answers in the database, by question id."""
    with database.reading_session() as session:
        answers = answers_of(session, int(attempt.rsplit("/", 1)[1]))
        return {question_id: answer.value for question_id, answer in answers.items()}

"""Grading again on the instructors' page: looked at, decided with a reason, told to the learner."""

import csv
import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.certificates.models import Certificate
from lms.courses.catalogue import Catalogue
from lms.foundation.database import Database
from lms.quizzes.models import Grade, Regrade
from tests.conftest import Learner
from tests.factories import make_user, publish_sample
from tests.sample_content import QUIZ, QUIZ_FILE, RIGHT
from tests.web.forms import Form, words_of
from tests.web.quizzes.quiz_pages import finish_lessons, take

SignIn = Callable[[int], FlaskClient]
PAGE = "/content/privacy/regrade"
PLAN = f"{PAGE}?policy=new-key&question=payer"
# By the old key three of five are right, by the new one four: enough to pass.
ANSWERS = dict(RIGHT) | {"payer": ["1"], "password": ["1"]}
MENDED = QUIZ.replace("- [ ] The whole chart", "- [x] The whole chart").replace(
    "- [x] The part that", "- [ ] The part that"
)


@pytest.fixture
def result(learner: Learner, database: Database) -> str:
    """The result of an attempt that failed by a key which was mended since; a course waits for it."""
    finish_lessons(learner.client)
    learner.client.post("/courses/onboarding/handover/lessons/before-you-leave/finish")
    address = take(learner.client, ANSWERS)
    with database.transaction() as session:
        publish_sample(session, {QUIZ_FILE: MENDED})
    return address


@pytest.fixture
def instructor(database: Database, sign_in: SignIn) -> FlaskClient:
    with database.transaction() as session:
        user_id = make_user(session, role="instructor", name="Ivy Stone").id
    return sign_in(user_id)


def number_of(database: Database, table: type) -> int:
    with database.reading_session() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def sent(client: FlaskClient, reason: str = "The key was wrong") -> dict[str, list[str]]:
    """The form under the plan, filled in."""
    form = Form(client.get(PLAN), "apply")
    return form.fields | {"reason": [reason]}


def test_who_may(client: FlaskClient, learner: Learner, instructor: FlaskClient) -> None:
    assert client.get(PAGE).location == f"/sign-in?next={PAGE}"
    assert learner.client.get(PAGE).status_code == 403
    assert learner.client.post(PAGE, data={}).status_code == 403
    assert instructor.get("/content/none/regrade").status_code == 404
    assert instructor.post("/content/none/regrade").status_code == 404


def test_before_anything_was_worded_differently(sample: Catalogue, instructor: FlaskClient) -> None:
    page = words_of(instructor.get(PAGE))
    assert "No submitted attempt was put another wording than the one in force." in page
    assert "What would change" not in page
    plan = words_of(instructor.get(PLAN))
    assert "0 attempts were put this question; 0 would have another grade." in plan


def test_the_plan_is_shown_and_nothing_done(
    result: str, instructor: FlaskClient, database: Database
) -> None:
    page = instructor.get(PAGE)
    assert "worded differently in 1 attempt" in words_of(page)
    assert 'value="payer" checked' in page.text
    plan = words_of(instructor.get(PLAN))
    assert "1 attempt was put this question; 1 would have another grade." in plan
    assert "1 learner would pass who did not; 0 would not pass any more." in plan
    assert "Ada Okafor 1, 2 March 2026 60%, not passed 80%, passed" in plan
    assert number_of(database, Grade) == 1


def test_the_plan_is_a_file_too(result: str, instructor: FlaskClient) -> None:
    file = PLAN.replace("regrade?", "regrade.csv?")
    assert file in instructor.get(PLAN).text.replace("&amp;", "&")
    answer = instructor.get(file)
    head, row = csv.reader(io.StringIO(answer.text[1:], newline=""))
    assert head[:2] == ["Learner", "Attempt"]
    assert row == ["Ada Okafor", "1", "2026-03-02", "60%", "no", "80%", "yes", "yes"]
    assert instructor.get(file.split("?")[0]).text.count("\n") == 1


@pytest.mark.parametrize(
    "query", ["?policy=new-key", "?policy=none&question=payer", "?policy=new-key&question=none"]
)
def test_a_plan_needs_questions_and_a_policy(
    sample: Catalogue, instructor: FlaskClient, query: str
) -> None:
    page = words_of(instructor.get(PAGE + query))
    assert "Choose at least one question and one of the policies." in page


def test_it_is_applied_and_the_learner_is_told(
    result: str, instructor: FlaskClient, learner: Learner, database: Database
) -> None:
    answer = instructor.post(PAGE, data=sent(instructor))
    assert (answer.status_code, answer.location) == (303, PAGE)
    page = words_of(instructor.get(PAGE))
    assert "Done: 1 attempt graded again." in page
    assert (
        "by Ivy Stone, 1 attempt The new key counts, and no other: payer. The key was wrong" in page
    )
    seen = words_of(learner.client.get(result))
    assert "Passed" in seen
    assert "4 of 5 points" in seen
    assert "Graded again on 2 March 2026, 09:00 UTC: The key was wrong" in seen
    assert number_of(database, Certificate) == 1
    # The old key is not shown for the question that it no longer judges.
    review = learner.client.get(result).text
    part = review[review.index("What do you send to a payer?") :].split("</section>")[0]
    assert "Right answer" not in part
    assert "Toldlater" not in part


def test_it_is_undone(
    result: str, instructor: FlaskClient, learner: Learner, database: Database
) -> None:
    instructor.post(PAGE, data=sent(instructor))
    undo = f"{PAGE}?policy=original-key&question=payer"
    assert undo in instructor.get(PAGE).text.replace("&amp;", "&")
    form = Form(instructor.get(undo), "apply")
    plan = words_of(instructor.get(undo))
    assert "0 learners would pass who did not; 1 would not pass any more." in plan
    assert "What they earned stays theirs" in plan
    with database.reading_session() as session:
        (number,) = session.scalars(select(Certificate.number))
    assert f"{number}, Ada Okafor, Onboarding" in plan
    instructor.post(PAGE, data=form.fields | {"reason": ["It was right after all"]})
    assert "3 of 5 points" in words_of(learner.client.get(result))
    assert number_of(database, Certificate) == 1


@pytest.mark.parametrize(
    ("reason", "message"),
    [("", "Write why."), (" \t", "Write why."), ("x" * 501, "Write at most 500 characters.")],
)
def test_a_reason_is_asked_for(
    result: str, instructor: FlaskClient, database: Database, reason: str, message: str
) -> None:
    answer = instructor.post(PAGE, data=sent(instructor, reason))
    assert answer.status_code == 422
    assert message in words_of(answer)
    assert "What would change" in words_of(answer)
    assert number_of(database, Regrade) == 0


def test_a_post_that_chooses_nothing(sample: Catalogue, instructor: FlaskClient) -> None:
    answer = instructor.post(PAGE, data={"reason": "Because", "policy": "new-key"})
    assert answer.status_code == 422
    assert "Choose at least one question and one of the policies." in words_of(answer)


def test_a_plan_that_is_out_of_date_is_shown_anew(
    result: str, instructor: FlaskClient, database: Database
) -> None:
    form = sent(instructor)
    instructor.post(PAGE, data=form)
    answer = instructor.post(PAGE, data=form)
    assert answer.status_code == 409
    assert "Something was submitted or graded since you looked." in words_of(answer)
    assert number_of(database, Regrade) == 1


def test_what_cannot_be_compared_is_told(
    learner: Learner, database: Database, instructor: FlaskClient
) -> None:
    finish_lessons(learner.client)
    take(learner.client, ANSWERS)
    with database.transaction() as session:
        publish_sample(session, {QUIZ_FILE: QUIZ.replace("`id: payer`", "`id: payer-now`")})
    page = words_of(instructor.get(PLAN))
    assert "In 1 attempt something was chosen that the question no longer offers." in page
    assert "the same" in page
    assert "Grade 0" not in page

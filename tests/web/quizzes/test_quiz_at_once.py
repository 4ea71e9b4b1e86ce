"""Impatience: the same button pressed in many tabs at the same moment."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.certificates.models import Certificate
from lms.courses.models import CourseCompletion, ModulePass
from lms.foundation.database import Database
from lms.quizzes.models import Attempt, Grade
from tests.conftest import Learner
from tests.sample_content import RIGHT
from tests.threads import at_once
from tests.web.forms import Form
from tests.web.quizzes.quiz_pages import QUIZ_PAGE, finish_lessons, start

TABS = 12


def test_many_tabs_start_and_submit_at_once(
    learner: Learner, database: Database, sign_in: Callable[[int], FlaskClient]
) -> None:
    finish_lessons(learner.client)
    learner.client.post("/courses/onboarding/handover/lessons/before-you-leave/finish")
    tabs = [sign_in(learner.id) for _ in range(TABS)]

    def press(tab: FlaskClient, address: str, fields: dict[str, list[str]]) -> tuple[int, str]:
        answer = tab.post(address, data=fields)
        return answer.status_code, answer.location

    started = at_once([lambda tab=tab: press(tab, f"{QUIZ_PAGE}/start", {}) for tab in tabs])
    attempt = start(learner.client)
    assert set(started) == {(303, attempt)}

    form = Form(learner.client.get(attempt))
    for question in [name.removeprefix("saved-") for name in form.fields if "saved-" in name]:
        form.answer(question, *RIGHT[question])
    fields = form.sent("submit")
    submitted = at_once([lambda tab=tab: press(tab, attempt, fields) for tab in tabs])
    assert set(submitted) == {(303, f"{attempt}/result")}

    with database.reading_session() as session:
        tables = (Attempt, Grade, ModulePass, CourseCompletion, Certificate)
        counts = [session.scalar(select(func.count()).select_from(table)) for table in tables]
    assert counts == [1, 1, 1, 1, 1]

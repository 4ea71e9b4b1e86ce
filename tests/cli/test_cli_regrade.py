"""`lms regrade`: the plan at a terminal, and what applying it does."""

import pytest
from sqlalchemy import select

from lms.certificates.models import Certificate
from lms.foundation.database import Database
from lms.quizzes.models import Grade, Regrade
from tests.cli.command import Run, count, fails
from tests.factories import enrol, finish_lessons, make_user, publish_sample, take_quiz
from tests.sample_content import QUIZ, QUIZ_FILE, RIGHT

ANSWERS = dict(RIGHT) | {"payer": ["1"], "password": ["1"]}
MENDED = QUIZ.replace("- [ ] The whole chart", "- [x] The whole chart").replace(
    "- [x] The part that", "- [ ] The part that"
)
LINE = "Ada Okafor, attempt 1 on 5 January 2026: 60% not passed → 80% passed"


@pytest.fixture
def failed(database: Database) -> None:
    """An attempt that failed by a key which was mended since; only its pass is missing for a course."""
    with database.transaction() as session:
        shelf = publish_sample(session)
        row = enrol(session, make_user(session).id, shelf.courses["onboarding"])
        finish_lessons(session, row, shelf)
        take_quiz(session, row, shelf, answers=ANSWERS)
        publish_sample(session, {QUIZ_FILE: MENDED})


@pytest.mark.usefixtures("failed")
def test_the_plan_lists_and_changes_nothing(run: Run, database: Database) -> None:
    result = run("regrade", "privacy", "--plan")
    assert result.exit_code == 0
    assert result.output.replace("\xa0", " ").splitlines() == [
        LINE,
        "1 attempt, 1 with another grade; 1 learner would pass who did not,"
        " 0 would not pass any more and keep what they earned.",
    ]
    assert count(database, Regrade) == 0


@pytest.mark.usefixtures("failed")
def test_it_is_applied(run: Run, database: Database) -> None:
    result = run("regrade", "privacy", "--reason", "A wrong  key", "--yes")
    assert result.exit_code == 0
    assert result.output.endswith("Applied.\n")
    with database.reading_session() as session:
        decision = session.scalars(select(Regrade)).one()
    assert (decision.policy, decision.reason, decision.question_ids) == (
        "new-key",
        "A wrong key",
        ["payer"],
    )
    assert decision.decided_by_id is None
    assert decision.decided_by_name.endswith(" (terminal)")
    # Whoever gains the pass completes the course, and a certificate comes of it as on a page.
    assert count(database, Certificate) == 1
    undone = run(
        "regrade",
        "privacy",
        "--policy",
        "original-key",
        "--reason",
        "No, it was right",
        input="y\n",
    )
    assert undone.exit_code == 0
    assert "80% passed → 60% not passed" in undone.output
    assert "Certificates of these learners, which stay as they are:" in undone.output
    assert count(database, Grade) == 3
    assert count(database, Certificate) == 1


@pytest.mark.usefixtures("failed")
def test_it_asks_first(run: Run, database: Database) -> None:
    result = run("regrade", "privacy", "--reason", "Because", input="n\n")
    assert result.exit_code == 1
    assert "Apply this? [y/N]: n" in result.output
    assert count(database, Regrade) == 0


@pytest.mark.usefixtures("failed")
def test_a_reason_is_needed(run: Run, database: Database) -> None:
    result = run("regrade", "privacy", "--yes")
    assert result.exit_code == 2
    assert "--reason is missing" in result.output
    assert count(database, Regrade) == 0


@pytest.mark.usefixtures("failed")
def test_nothing_to_change_needs_no_reason(run: Run) -> None:
    result = run("regrade", "privacy", "--question", "payer", "--policy", "original-key")
    assert result.exit_code == 0
    assert "the same" in result.output
    assert "Applied" not in result.output


@pytest.mark.usefixtures("failed")
def test_what_there_is_not(run: Run) -> None:
    fails(run("regrade", "none", "--plan"), "There is no published module `none` with a quiz.")
    fails(run("regrade", "privacy", "--question", "none", "--plan"), "no question `none`")


def test_without_another_wording_questions_are_named(run: Run, database: Database) -> None:
    with database.transaction() as session:
        publish_sample(session)
    fails(run("regrade", "privacy", "--plan"), "name questions with --question")


@pytest.mark.usefixtures("failed")
def test_what_cannot_be_compared_is_named(run: Run, database: Database) -> None:
    with database.transaction() as session:
        publish_sample(session, {QUIZ_FILE: QUIZ.replace("`id: payer`", "`id: payer-now`")})
    result = run("regrade", "privacy", "--plan")
    assert "60% not passed, the same (kept: payer)" in result.output

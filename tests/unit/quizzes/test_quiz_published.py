"""Reading again what was published: limits that came later do not take a quiz away."""

import pytest

from lms.quizzes.format import parse_quiz, read_published
from lms.quizzes.model import TextQuestion
from tests.sample_content import QUIZ

HEAD = "---\ntitle: T\n---\n# T\n\n"
# Three of these are more than a quiz may cost, and so is the last by itself.
PATTERNS = (".*.*a{0,10}", ".*.*b{0,10}", ".*.*c{0,10}", ".*.*.*d{0,10}")


def test_a_quiz_within_the_limits_is_the_same_by_both_ways():
    parsed = parse_quiz(QUIZ, "quiz.md")
    assert parsed.quiz is not None
    assert read_published(QUIZ, images=(), resolve_image=None) == parsed.quiz


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(
            f"## Q\n`id: q`\n\n{'word ' * 900}end\n\n- [x] a\n- [ ] b\n",
            "long-line",
            id="long-line",
        ),
        pytest.param(
            "## Q\n`id: q`\n\n**Answer:** " + " or ".join(f"`/{p}/`" for p in PATTERNS) + "\n",
            "unsafe-regex",
            id="regexes",
        ),
    ],
)
def test_beyond_the_limits_of_today_nothing_is_left_out(body, code):
    refused = parse_quiz(HEAD + body, "quiz.md")
    assert code in {problem.code for problem in refused.problems}
    assert refused.quiz is None
    quiz = read_published(HEAD + body, images=(), resolve_image=None)
    assert quiz is not None
    (question,) = quiz.questions
    if code == "long-line":
        assert question.stem.endswith("word end</p>")
        assert question.stem.count("word") == 900
    else:
        assert isinstance(question, TextQuestion)
        assert tuple(answer.pattern for answer in question.answers) == PATTERNS


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("no longer a quiz", id="no-front-matter"),
        pytest.param(f"{HEAD}## Q\n\nNothing to answer.\n", id="error"),
    ],
)
def test_what_is_no_quiz_is_none(text):
    assert read_published(text, images=(), resolve_image=None) is None

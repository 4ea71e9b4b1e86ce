"""The example of the quiz format, from text to result."""

from decimal import Decimal
from fractions import Fraction

import pytest

from lms.quizzes.draw import draw_paper
from lms.quizzes.format import ParsedQuiz, parse_quiz
from lms.quizzes.grading import grade_paper
from lms.quizzes.model import Pool
from tests.pure_modules import ROOT

EXAMPLE = (ROOT / "tests/fixtures/quizzes/example.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def parsed() -> ParsedQuiz:
    return parse_quiz(EXAMPLE, "quiz.md", objectives=["explain-minimum-necessary"])


def test_the_example_is_read_without_errors(parsed):
    assert parsed.quiz is not None
    assert [(problem.line, problem.code) for problem in parsed.problems] == [
        (27, "no-explanation"),
        (35, "no-explanation"),
        (46, "no-explanation"),
        (51, "no-explanation"),
        (56, "no-explanation"),
        (68, "no-explanation"),
        (78, "no-explanation"),
    ]


def test_the_example_says_what_its_author_wrote(parsed):
    quiz = parsed.quiz
    assert quiz.title == "Care coordination checkpoint"
    assert quiz.introduction == "<p>About 12 minutes. Notes are allowed.</p>"
    assert (quiz.settings.pass_mark, quiz.settings.attempts) == (Fraction(4, 5), 2)
    assert [(question.id, question.type, question.points) for question in quiz.questions] == [
        ("mn-payer", "single", 2),
        ("mn-exempt", "multiple", 3),
        ("ccm-name", "text", 1),
        ("ccm-hours", "number", 1),
        ("ccm-ethics", "number", 1),
        ("toc-match", "matching", 3),
        ("toc-order", "ordering", 1),
        ("toc-cloze", "cloze", 2),
        ("attest-privacy", "attestation", 0),
    ]
    payer = quiz.by_id["mn-payer"]
    assert payer.tags == ("hipaa", "minimum-necessary")
    assert payer.hints == ("<p>What is the purpose of the request?</p>",)
    assert payer.options[1].feedback.startswith("<p>Yes: a payment disclosure")
    assert quiz.by_id["mn-exempt"].heading == "Where does minimum necessary <em>not</em> apply?"
    assert (quiz.by_id["ccm-ethics"].low, quiz.by_id["ccm-hours"].unit) == (Decimal("9.5"), "hours")
    assert isinstance(quiz.items[3], Pool)
    assert (quiz.drawn_count, quiz.drawn_points) == (8, 13)
    match, order, cloze, attest = quiz.questions[-4:]
    assert [(pair.left[:5], pair.right) for pair in match.pairs] == [
        ("Inter", "2 business days"),
        ("Visit", "7 calendar days"),
        ("Visit", "14 calendar days"),
    ]
    assert match.right_sides[3].text == "30 calendar days"
    assert (order.scoring, order.items[3].text) == ("all", "Call the patient at home")
    assert [gap.right for gap in cloze.gaps] == ["2", "reconcile", "visit or face-to-face visit"]
    assert attest.statement.startswith("<p>I did this work myself")


LATER = {
    "toc-match": {
        "Interactive contact (TCM)": "2 business days",
        "Visit, high complexity (99496)": "7 calendar days",
        "Visit, moderate complexity (99495)": "14 calendar days",
    },
    "toc-order": [1, 2, 3, 4],
    "toc-cloze": ["2", "reconcile", "Visit"],
}


@pytest.mark.parametrize(
    ("responses", "score", "passed"),
    [
        pytest.param({}, 0, False, id="nothing"),
        pytest.param(
            {
                "mn-payer": 2,
                "mn-exempt": [1, 2, 4],
                "ccm-name": "board–certified case manager",
                "ccm-hours": "80",
                "ccm-ethics": "9,5 %",
                **LATER,
                "attest-privacy": {"accepted": True, "name": "Ada Okafor"},
            },
            13,
            True,
            id="everything",
        ),
        pytest.param(
            {
                "mn-payer": 2,
                "mn-exempt": [1, 2, 4],
                "ccm-name": "board–certified case manager",
                "ccm-hours": "80",
                "ccm-ethics": "9,5 %",
                **LATER,
            },
            13,
            False,
            id="everything-but-the-statement",
        ),
        pytest.param(
            {
                "mn-payer": 2,
                "mn-exempt": [1, 2],
                "ccm-name": "chronic care management",
                "ccm-hours": "80 hours",
                "ccm-ethics": "10",
            },
            5,
            False,
            id="five-of-thirteen",
        ),
    ],
)
def test_the_example_is_drawn_and_graded(parsed, responses, score, passed):
    paper = draw_paper(parsed.quiz, 7)
    result = grade_paper(parsed.quiz, [item.question_id for item in paper.items], responses)
    assert (result.score, result.maximum, result.passed) == (score, 13, passed)

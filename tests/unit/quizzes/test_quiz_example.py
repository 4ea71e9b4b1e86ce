"""The example of the quiz format, as far as its types can be read, from text to result."""

from decimal import Decimal
from fractions import Fraction

import pytest

from lms.quizzes.draw import draw_paper
from lms.quizzes.format import ParsedQuiz, parse_quiz
from lms.quizzes.grading import grade_paper
from lms.quizzes.model import Pool

EXAMPLE = """\
---
title: Care coordination checkpoint
pass: 80%
attempts: 2
---

# Care coordination checkpoint

About 12 minutes. Notes are allowed.

## Who gets the whole chart?
`id: mn-payer` `points: 2` `tags: hipaa, minimum-necessary` `objective: explain-minimum-necessary`

A payer asks for "everything" on Mr. Ortiz to approve a wheelchair. You send:

- [ ] The complete record, because payers are covered entities
  > A covered entity is still held to the minimum necessary standard.
- [x] Only the parts that support the wheelchair request
  > Yes: a payment disclosure is limited to what its purpose needs.
- [ ] Nothing until Mr. Ortiz signs an authorization
  > Payment disclosures need no authorization.

**Hint:** What is the purpose of the request?

**Explanation:** The standard covers payment and operations, 45 CFR 164.502(b).

## Where does minimum necessary *not* apply?
`id: mn-exempt` `points: 3` `scoring: net`

- [x] Disclosures to a provider for treatment
- [x] Disclosures to the patient
- [ ] Quality-improvement reports
- [x] Disclosures required by law

## What does the credential CCM stand for?
`id: ccm-name`

**Answer:** `Certified Case Manager` or `Board-Certified Case Manager`

- ~~`Chronic Care Management`~~
  > That CCM is a Medicare service, not a credential.

## Draw one on renewal
`draw: 1`

### Hours of continuing education to renew the CCM
`id: ccm-hours`

**Answer:** 80 hours

### Which share of them is in ethics?
`id: ccm-ethics`

**Answer:** 10% ± 0.5%
"""


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
    ]
    payer = quiz.by_id["mn-payer"]
    assert payer.tags == ("hipaa", "minimum-necessary")
    assert payer.hints == ("<p>What is the purpose of the request?</p>",)
    assert payer.options[1].feedback.startswith("<p>Yes: a payment disclosure")
    assert quiz.by_id["mn-exempt"].heading == "Where does minimum necessary <em>not</em> apply?"
    assert (quiz.by_id["ccm-ethics"].low, quiz.by_id["ccm-hours"].unit) == (Decimal("9.5"), "hours")
    assert isinstance(quiz.items[-1], Pool)
    assert (quiz.drawn_count, quiz.drawn_points) == (4, 7)


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
            },
            7,
            True,
            id="everything",
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
            id="five-of-seven",
        ),
    ],
)
def test_the_example_is_drawn_and_graded(parsed, responses, score, passed):
    paper = draw_paper(parsed.quiz, 7)
    result = grade_paper(parsed.quiz, [item.question_id for item in paper.items], responses)
    assert (result.score, result.maximum, result.passed) == (score, 7, passed)

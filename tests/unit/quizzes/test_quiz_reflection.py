"""Free text: kept as it was written, and never graded."""

import pytest

from lms.quizzes.grading import BadResponse, State, grade_question, is_answered, read_response
from lms.quizzes.model import ReflectionQuestion

BODY = "## Looking back\n`id: back`\n\nOne shift ago.\n\n**Reflect:** What would you *change*?\n"


def test_a_reflection(read_question):
    question = read_question(f"{BODY}\n- Or keep?\n\n**Explanation:** So.\n")
    assert isinstance(question, ReflectionQuestion)
    assert (question.type, question.points, question.is_graded) == ("reflection", 0, False)
    assert question.stem == "<p>One shift ago.</p>"
    assert (
        question.prompt == "<p>What would you <em>change</em>?</p>\n<ul>\n<li>Or keep?</li>\n</ul>"
    )
    assert question.explanation == "<p>So.</p>"


def test_the_heading_may_say_everything(read_quiz):
    parsed = read_quiz("## What would you change?\n`id: back`\n\n**Reflect:**\n")
    assert parsed.problems == ()
    assert parsed.quiz.questions[0].prompt == ""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(BODY.replace("back`", "back` `points: 1`"), ["2:12 bad-setting"], id="points"),
        pytest.param(BODY.replace("back`", "back` `ungraded`"), ["2:12 bad-setting"], id="ungraded"),
        pytest.param(BODY + "\n**Incorrect:** No.\n", ["8:1 bad-label"], id="incorrect"),
        pytest.param(BODY + "\n**Reflect:** More?\n", ["8:1 repeated-label"], id="twice"),
        pytest.param(BODY + "\n**Answer:** `a`\n", ["1:1 two-responses"], id="answer-too"),
    ],
)  # fmt: skip
def test_what_a_reflection_cannot_have(faults, body, expected):
    assert faults(body) == expected


@pytest.mark.parametrize(
    ("values", "response"),
    [
        pytest.param([" I would ask.\r\n\r\nTwice. "], " I would ask.\n\nTwice. ", id="as-typed"),
        pytest.param(["x" * 5000], "x" * 5000, id="long"),
        pytest.param(["x\r\n" * 2500], "x\n" * 2500, id="a-line-break-is-one-character"),
        pytest.param([" \r\n"], None, id="blank"),
        pytest.param([], None, id="nothing-sent"),
    ],
)
def test_form_values_become_a_text(read_question, values, response):
    question = read_question(BODY)
    assert read_response(question, values) == response
    assert is_answered(question, response) is bool(response)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        pytest.param(["x" * 5001], "5,000 characters", id="too-long"),
        pytest.param(["a", "b"], "one answer only", id="two"),
    ],
)
def test_form_values_that_no_page_sends(read_question, values, words):
    with pytest.raises(BadResponse, match=words):
        read_response(read_question(BODY), values)


@pytest.mark.parametrize("response", ["Ask.", "", " ", None, 1, ["a"], {"a": "b"}], ids=repr)
def test_nothing_is_graded(read_question, response):
    mark = grade_question(read_question(BODY), response)
    assert (mark.score, mark.maximum, mark.state) == (0, 0, State.UNGRADED)
    assert not mark.prevents_pass

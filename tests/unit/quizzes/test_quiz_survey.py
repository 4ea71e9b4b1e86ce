"""Task lists with the setting `ungraded`: no key, no verdict, and no points."""

import pytest

from lms.quizzes.draw import draw_paper
from lms.quizzes.grading import BadResponse, State, grade_paper, grade_question, read_response
from lms.quizzes.model import SurveyQuestion

BODY = (
    "## How was it?\n`id: how` `ungraded`\n\n- [ ] Too short\n- [ ] *Just* right\n- [ ] Too long\n"
)
MANY = BODY.replace("`ungraded`", "`ungraded` `select: many`")


def test_a_survey(read_question):
    question = read_question(BODY.replace("short\n", "short\n  > Sorry.\n"))
    assert isinstance(question, SurveyQuestion)
    assert (question.type, question.points, question.is_graded) == ("survey", 0, False)
    assert [(o.number, o.html) for o in question.options] == [
        (1, "Too short"),
        (2, "<em>Just</em> right"),
        (3, "Too long"),
    ]
    assert question.options[0].feedback == "<p>Sorry.</p>"


def test_nothing_is_missed_in_a_survey(read_quiz):
    assert read_quiz(BODY).problems == ()


@pytest.mark.parametrize(
    ("body", "many"),
    [
        pytest.param(BODY, False, id="no-ticks"),
        pytest.param(BODY.replace("[ ]", "[x]", 1), False, id="one-tick"),
        pytest.param(BODY.replace("[ ]", "[x]", 2), True, id="two-ticks"),
        pytest.param(MANY, True, id="select-many"),
        pytest.param(
            MANY.replace("many", "one").replace("[ ]", "[x]"), False, id="select-one-with-ticks"
        ),
    ],
)
def test_one_answer_or_several_and_none_is_right(read_question, body, many):
    question = read_question(body)
    assert question.select_many is many
    assert not any(option.correct for option in question.options)


@pytest.mark.parametrize(
    ("body", "shuffle"),
    [
        pytest.param(BODY, False, id="as-written"),
        pytest.param(BODY.replace("`ungraded`", "`ungraded` `shuffle: true`"), True, id="true"),
        pytest.param(BODY.replace("`ungraded`", "`ungraded` `shuffle: false`"), False, id="false"),
        pytest.param(
            BODY.replace("`ungraded`", "`ungraded` `shuffle: true`").replace("- [", "1. ["),
            False,
            id="numbered",
        ),
    ],
)
def test_a_scale_keeps_its_order(read_quiz, body, shuffle):
    quiz = read_quiz(body).quiz
    assert quiz.questions[0].shuffle is shuffle
    papers = {draw_paper(quiz, seed).items[0].options for seed in range(30)}
    assert (papers == {(1, 2, 3)}) is not shuffle


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("`ungraded`", "`ungraded: true`", ["2:11 bad-setting"], id="with-a-value"),
        pytest.param("`ungraded`", "`ungraded` `ungraded`", ["2:22 bad-setting"], id="twice"),
        pytest.param("`ungraded`", "`ungraded` `scoring: net`", ["2:22 bad-setting"], id="scoring"),
        pytest.param("`ungraded`", "`ungraded` `points: 2`", ["2:22 bad-setting"], id="points"),
        pytest.param("`ungraded`", "`ungraded`\nText.", ["2:1 bad-setting"], id="text-after-it"),
        pytest.param("short", "short `50%`", ["4:1 bad-weight"], id="percentage"),
        pytest.param("- [ ] Too short", "- [] Too short", ["4:1 not-a-checkbox"], id="box"),
        pytest.param(
            "- [ ] *Just* right\n- [ ] Too long\n", "", ["1:1 too-few-options"], id="one-option"
        ),
        pytest.param("long\n", "long\n\n**Correct:** a\n", ["8:1 bad-label"], id="correct"),
    ],
)
def test_what_a_survey_cannot_have(faults, old, new, expected):
    assert old in BODY
    assert faults(BODY.replace(old, new)) == expected


@pytest.mark.parametrize(
    ("response", "place"),
    [
        pytest.param("**Answer:** `a`", "2:9", id="text"),
        pytest.param("**Answer:** 2", "2:9", id="number"),
        pytest.param("In `[[2]]` days.", "2:9", id="cloze"),
        pytest.param("**Attest:** I did.", "2:9", id="attestation"),
    ],
)
def test_other_types_are_graded_or_not_by_themselves(faults, response, place):
    assert faults(f"## Q\n`id: q` `ungraded`\n\n{response}\n") == [f"{place} bad-setting"]


def test_form_values_are_those_of_a_choice(read_question):
    assert read_response(read_question(BODY), ["2"]) == 2
    assert read_response(read_question(MANY), ["3", "1"]) == [1, 3]
    assert read_response(read_question(MANY), []) is None
    with pytest.raises(BadResponse, match="one option only"):
        read_response(read_question(BODY), ["1", "2"])
    with pytest.raises(BadResponse, match="no such option"):
        read_response(read_question(BODY), ["4"])


@pytest.mark.parametrize("response", [1, 3, None, "1", [1], 9], ids=repr)
def test_nothing_is_graded(read_question, response):
    mark = grade_question(read_question(BODY), response)
    assert (mark.score, mark.maximum, mark.state) == (0, 0, State.UNGRADED)
    assert (mark.feedback, mark.prevents_pass) == ((), False)


def test_what_the_author_says_to_an_option(read_question):
    body = BODY.replace("short\n", "short\n  > Sorry.\n").replace(
        "long\n", "long\n  > **Not chosen:** Good.\n"
    )
    question = read_question(body)
    assert grade_question(question, 1).feedback == ("<p>Sorry.</p>", "<p>Good.</p>")
    assert grade_question(question, 3).feedback == ()


def test_no_score_is_changed(read_quiz):
    quiz = read_quiz(f"{BODY}\n## Q\n`id: q`\n\n**Answer:** 1\n").quiz
    for response in (None, 1, 2):
        result = grade_paper(quiz, ["how", "q"], {"how": response, "q": "1"})
        assert (result.score, result.maximum, result.passed) == (1, 1, True)
    assert not grade_paper(quiz, ["how", "q"], {"how": 1}).passed

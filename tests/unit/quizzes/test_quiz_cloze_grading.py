"""Grading of gaps, case by case and against a slow grader written from the format alone."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.format import parse_quiz
from lms.quizzes.grading import (
    BadResponse,
    State,
    filled,
    grade_question,
    is_answered,
    read_response,
)

BODY = (
    "## Q\n`points: 3`\n\nCall within `[[2 ± 0.5 days]]`, `[[(x) mg | ( ) Mg]]` and"
    " `[[hypotension | low <pressure>]]`.\n\n**Incorrect:** No\n"
)


@pytest.mark.parametrize(
    ("response", "score", "state"),
    [
        pytest.param(["2", "mg", "hypotension"], 3, State.RIGHT, id="right"),
        pytest.param(["2,5 Days", "mg", " Low  <Pressure> "], 3, State.RIGHT, id="written-loosely"),
        pytest.param(["2.51", "mg", "hypotension"], 2, State.PARTLY, id="out-of-bounds"),
        pytest.param(["2 hours", "mg", "hypotension"], 2, State.PARTLY, id="another-unit"),
        pytest.param(["two", "mg", "hypotension"], 2, State.PARTLY, id="no-number"),
        pytest.param(["2", "Mg", "hypertension"], 1, State.PARTLY, id="nearly-is-not-right"),
        pytest.param(["2", "MG", ""], 1, State.PARTLY, id="a-choice-is-compared-as-it-is"),
        pytest.param(["", "", "hypotension"], 1, State.PARTLY, id="the-rest-blank"),
        pytest.param(["3", "Mg", "x"], 0, State.WRONG, id="wrong"),
        pytest.param(["", " ", ""], 0, State.BLANK, id="empty-gaps"),
        pytest.param(["2", "mg"], 0, State.BLANK, id="too-few"),
        pytest.param(["2", "mg", "hypotension", ""], 0, State.BLANK, id="too-many"),
        pytest.param([2, "mg", "hypotension"], 0, State.BLANK, id="a-real-number"),
        pytest.param(["2", "mg", "x" * 501], 0, State.BLANK, id="too-long"),
        pytest.param({"1": "2"}, 0, State.BLANK, id="mapping"),
        pytest.param("2", 0, State.BLANK, id="text"),
        pytest.param([], 0, State.BLANK, id="empty"),
        pytest.param(None, 0, State.BLANK, id="none"),
    ],
)
def test_the_share_of_gaps(read_question, response, score, state):
    mark = grade_question(read_question(BODY), response)
    assert (mark.score, mark.maximum, mark.state) == (score, 3, state)


def test_the_feedback_tells_what_belongs_into_the_other_gaps(read_question):
    mark = grade_question(read_question(BODY), ["2", "Mg", ""])
    assert mark.feedback == (
        "<p>Gap 2: mg</p>",
        "<p>Gap 3: hypotension or low &lt;pressure&gt;</p>",
        "<p>No</p>",
    )
    assert grade_question(read_question(BODY), ["2", "mg", "hypotension"]).feedback == ()


@pytest.mark.parametrize(
    ("values", "response"),
    [
        pytest.param(["2", "Mg", "x"], ["2", "Mg", "x"], id="all"),
        pytest.param(["", "  ", " x "], ["", "", " x "], id="blanks-keep-their-place"),
        pytest.param(["", " ", ""], None, id="blank"),
        pytest.param([], None, id="nothing-sent"),
    ],
)
def test_form_values_become_gaps(read_question, values, response):
    question = read_question(BODY)
    assert read_response(question, values) == response
    assert filled(question, response) == (sum(map(bool, response or [])), 3)
    assert is_answered(question, response) is ("" not in (response or [""]))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        pytest.param(["2"], "3 gaps", id="too-few"),
        pytest.param(["2", "mg", "x", ""], "3 gaps", id="too-many"),
        pytest.param(["2", "kg", "x"], "no such choice", id="unknown-choice"),
        pytest.param(["2", "mg", "x" * 501], "500 characters", id="too-long"),
    ],
)
def test_form_values_that_no_page_sends(read_question, values, words):
    with pytest.raises(BadResponse, match=words):
        read_response(read_question(BODY), values)


GAPS = {
    "2": ("2", "3"),
    "4..6 mg": ("5 mg", "7"),
    "one | two": ("TWO", "on"),
    "(x) a | ( ) b": ("a", "b"),
    "( ) c | (x) d | (x) e": ("e", "c"),
}


@given(
    gaps=st.lists(st.sampled_from(sorted(GAPS)), min_size=1, max_size=5),
    is_shuffled=st.booleans(),
    data=st.data(),
)
def test_every_response_agrees_with_a_slow_grader(gaps, is_shuffled, data):
    """Whatever the order in which a drop-down is written or shown."""
    written = [
        " | ".join(data.draw(st.permutations(gap.split(" | ")))) if is_shuffled else gap
        for gap in gaps
    ]
    stem = ", ".join(f"`[[{gap}]]`" for gap in written)
    quiz = parse_quiz(f"---\ntitle: T\n---\n# T\n## Q\n\n{stem}\n", "quiz.md").quiz
    assert quiz is not None
    hits = 0
    response: list[str] = []
    for gap in gaps:
        right, wrong = GAPS[gap]
        chosen = data.draw(st.sampled_from([right, wrong, ""]))
        response.append(chosen)
        if chosen == right:
            hits += 1
    assert grade_question(quiz.questions[0], response).score == Fraction(hits, len(gaps))

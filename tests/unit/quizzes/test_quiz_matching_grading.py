"""Grading of matchings, case by case and against a slow grader written from the format alone."""

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
    "## Q\n`points: 3`\n\n**Match:**\n\n| l | r |\n|---|---|\n"
    "| a | 1 |\n| b | 2 |\n| c | 1 |\n| | x=3 |\n"
)


@pytest.mark.parametrize(
    ("response", "score", "state"),
    [
        pytest.param({"a": "1", "b": "2", "c": "1"}, 3, State.RIGHT, id="right"),
        pytest.param({"a": "1", "b": "1", "c": "1"}, 2, State.PARTLY, id="one-wrong"),
        pytest.param({"b": "2"}, 1, State.PARTLY, id="one-right-the-rest-blank"),
        pytest.param({"a": "x=3", "b": "1"}, 0, State.WRONG, id="wrong"),
        pytest.param({"a": "4"}, 0, State.WRONG, id="not-offered-any-more"),
        pytest.param({"a": "1", "old": "2"}, 1, State.PARTLY, id="a-left-side-reworded-since"),
        pytest.param({"a": "1 "}, 0, State.WRONG, id="compared-as-it-is"),
        pytest.param(
            {"a": "1", "b": None, "c": ["1"]}, 1, State.PARTLY, id="values-of-other-types"
        ),
        pytest.param({"old": "2"}, 0, State.BLANK, id="nothing-that-is-asked"),
        pytest.param({"a": " "}, 0, State.BLANK, id="space"),
        pytest.param({}, 0, State.BLANK, id="empty"),
        pytest.param(None, 0, State.BLANK, id="none"),
        pytest.param(["1", "2", "1"], 0, State.BLANK, id="list"),
        pytest.param("1", 0, State.BLANK, id="text"),
        pytest.param(1, 0, State.BLANK, id="number"),
    ],
)
def test_the_share_of_right_pairs(read_question, response, score, state):
    mark = grade_question(read_question(BODY), response)
    assert (mark.score, mark.maximum, mark.state) == (score, 3, state)


@pytest.mark.parametrize(
    ("values", "response"),
    [
        pytest.param(["1=1", "2=2", "3=1"], {"a": "1", "b": "2", "c": "1"}, id="all"),
        pytest.param(["3=1", "1=x=3"], {"a": "x=3", "c": "1"}, id="any-order-and-a-sign-in-a-text"),
        pytest.param(["", "2=2", " "], {"b": "2"}, id="blanks"),
        pytest.param(["", "", ""], None, id="nothing-chosen"),
        pytest.param([], None, id="nothing-sent"),
    ],
)
def test_form_values_become_pairs(read_question, values, response):
    question = read_question(BODY)
    assert read_response(question, values) == response
    assert filled(question, response) == (len(response or {}), 3)
    assert is_answered(question, response) is (len(response or {}) == 3)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        pytest.param(["4=1"], "no such pair", id="unknown-row"),
        pytest.param(["0=1"], "no such pair", id="row-0"),
        pytest.param(["01=1"], "no such pair", id="leading-zero"),
        pytest.param(["1=4"], "no such pair", id="unknown-text"),
        pytest.param(["1"], "no such pair", id="no-text"),
        pytest.param(["1=1", "1=2"], "one answer only in each row", id="row-twice"),
    ],
)
def test_form_values_that_no_page_sends(read_question, values, words):
    with pytest.raises(BadResponse, match=words):
        read_response(read_question(BODY), values)


@given(
    key=st.lists(st.integers(0, 3), min_size=2, max_size=5).filter(lambda key: len(set(key)) > 1),
    data=st.data(),
)
def test_every_response_agrees_with_a_slow_grader_in_every_order_of_the_rows(key, data):
    """Moving rows about, distractors among them, changes no score."""
    lines = [f"| left {n} | right {right} |" for n, right in enumerate(key)]
    lines.append("| | distractor |")
    given_texts = st.sampled_from([f"right {n}" for n in range(4)] + ["distractor", ""])
    response = {
        f"left {n}": data.draw(given_texts) for n in data.draw(st.sets(st.integers(0, len(key))))
    }
    hits = 0
    for n, right in enumerate(key):
        if f"left {n}" in response and response[f"left {n}"] == f"right {right}":
            hits += 1
    for order in (lines, data.draw(st.permutations(lines))):
        body = "\n".join(["| l | r |", "|---|---|", *order])
        quiz = parse_quiz(f"---\ntitle: T\n---\n# T\n## Q\n\n**Match:**\n\n{body}\n", "q.md").quiz
        assert quiz is not None
        mark = grade_question(quiz.questions[0], response)
        assert mark.score == Fraction(hits, len(key))

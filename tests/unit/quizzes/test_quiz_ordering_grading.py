"""Grading of orders, case by case and against a slow grader written from the format alone."""

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

BODY = "## Q\n`points: 3` `scoring: {}`\n\n**Order:**\n\n1. a\n2. b\n3. c\n"


@pytest.mark.parametrize("scoring", ["all", "each"])
@pytest.mark.parametrize(
    ("response", "hits", "is_blank"),
    [
        pytest.param([1, 2, 3], 3, False, id="right"),
        pytest.param([1, 3, 2], 1, False, id="two-exchanged"),
        pytest.param([3, 1, 2], 0, False, id="nothing-in-its-place"),
        pytest.param([1, 2, 0], 2, False, id="one-place-empty"),
        pytest.param([1, 1, 1], 1, False, id="one-item-everywhere"),
        pytest.param([0, 0, 0], 0, True, id="all-places-empty"),
        pytest.param([1, 2], 0, True, id="too-few"),
        pytest.param([1, 2, 3, 3], 0, True, id="too-many"),
        pytest.param([1, 2, 4], 0, True, id="unknown-number"),
        pytest.param([1, 2, -1], 0, True, id="number-below-0"),
        pytest.param([True, 2, 3], 0, True, id="true-is-no-number"),
        pytest.param(["1", "2", "3"], 0, True, id="texts"),
        pytest.param([1, 2.0, 3], 0, True, id="no-whole-number"),
        pytest.param("123", 0, True, id="text"),
        pytest.param({"a": 1}, 0, True, id="mapping"),
        pytest.param([], 0, True, id="empty"),
        pytest.param(None, 0, True, id="none"),
    ],
)
def test_scorings(read_question, scoring, response, hits, is_blank):
    mark = grade_question(read_question(BODY.format(scoring)), response)
    assert mark.maximum == 3
    assert mark.score == (hits if scoring == "each" or hits == 3 else 0)
    assert (mark.state is State.BLANK) is is_blank


@pytest.mark.parametrize(
    ("values", "response"),
    [
        pytest.param(["a", "c", "b"], [1, 3, 2], id="all"),
        pytest.param(["", "c", " "], [0, 3, 0], id="blanks-keep-their-place"),
        pytest.param(["a", "a", ""], [1, 1, 0], id="an-item-in-two-places"),
        pytest.param(["", "", ""], None, id="blank"),
        pytest.param([], None, id="nothing-sent"),
    ],
)
def test_form_values_become_an_order(read_question, values, response):
    question = read_question(BODY.format("all"))
    assert read_response(question, values) == response
    assert filled(question, response) == (sum(map(bool, response or [])), 3)
    assert is_answered(question, response) is (0 not in (response or [0]))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        pytest.param(["a", "b"], "3 places", id="too-few"),
        pytest.param(["a", "b", "c", ""], "3 places", id="too-many"),
        pytest.param(["a", "b", "d"], "no such item", id="unknown"),
        pytest.param(["1", "2", "3"], "no such item", id="numbers"),
    ],
)
def test_form_values_that_no_page_sends(read_question, values, words):
    with pytest.raises(BadResponse, match=words):
        read_response(read_question(BODY.format("all")), values)


@given(
    size=st.integers(2, 5),
    scoring=st.sampled_from(["all", "each"]),
    data=st.data(),
)
def test_every_response_agrees_with_a_slow_grader(size, scoring, data):
    response = data.draw(st.lists(st.integers(0, size), min_size=size, max_size=size))
    lines = "".join(f"{n}. item {n}\n" for n in range(1, size + 1))
    text = f"---\ntitle: T\n---\n# T\n## Q\n`scoring: {scoring}`\n\n**Order:**\n\n{lines}"
    quiz = parse_quiz(text, "quiz.md").quiz
    assert quiz is not None
    hits = 0
    for place in range(size):
        if response[place] == place + 1:
            hits += 1
    expected = Fraction(hits, size)
    if scoring == "all" and expected != 1:
        expected = Fraction(0)
    assert grade_question(quiz.questions[0], response).score == expected

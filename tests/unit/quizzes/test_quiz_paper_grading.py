"""A paper's result: every question drawn counts, and the pass mark is compared unrounded."""

from fractions import Fraction

import pytest

from lms.quizzes.grading import State, grade_paper, grade_question

THREE = (
    "## A\n`id: a`\n\n- [ ] a\n- [x] b\n\n## B\n`id: b`\n\n**Answer:** `b`\n\n"
    "## C\n`id: c`\n\n**Answer:** 3\n"
)


def test_marks_stand_in_the_order_of_the_paper(read_quiz):
    quiz = read_quiz(THREE).quiz
    result = grade_paper(quiz, ["c", "a"], {"a": 2, "c": "4", "b": "b"})
    assert [(mark.question_id, mark.score, mark.state) for mark in result.marks] == [
        ("c", 0, State.WRONG),
        ("a", 1, State.RIGHT),
    ]
    assert (result.score, result.maximum, result.fraction) == (1, 2, Fraction(1, 2))


def test_questions_without_a_response_count(read_quiz):
    result = grade_paper(read_quiz(THREE).quiz, ["a", "b", "c"], {"a": 2})
    assert (result.score, result.maximum) == (1, 3)
    assert [mark.state for mark in result.marks] == [State.RIGHT, State.BLANK, State.BLANK]


@pytest.mark.parametrize(
    ("pass_mark", "passed"),
    [
        pytest.param("66.6%", True, id="just-below"),
        pytest.param("66.666666%", True, id="nearly-equal"),
        pytest.param("66.666667%", False, id="rounding-would-pass"),
        pytest.param("67%", False, id="above"),
        pytest.param("0%", True, id="zero"),
    ],
)
def test_the_pass_mark_is_compared_unrounded(read_quiz, pass_mark, passed):
    quiz = read_quiz(THREE, f"pass: {pass_mark}\n").quiz
    result = grade_paper(quiz, ["a", "b", "c"], {"a": 2, "b": "b"})
    assert result.fraction == Fraction(2, 3)
    assert result.passed is passed


def test_the_pass_mark_itself_passes(read_quiz):
    quiz = read_quiz(THREE, "pass: 50%\n").quiz
    assert grade_paper(quiz, ["a", "b"], {"a": 2}).passed


def test_a_paper_worth_nothing_is_whole(read_quiz):
    result = grade_paper(read_quiz(THREE).quiz, [], {})
    assert (result.score, result.maximum, result.fraction, result.passed) == (0, 0, 1, True)


def test_an_id_the_quiz_does_not_have_is_the_callers_fault(read_quiz):
    with pytest.raises(KeyError, match="z"):
        grade_paper(read_quiz(THREE).quiz, ["z"], {})


@pytest.mark.parametrize("response", [1, None, "x", [2]], ids=repr)
def test_a_void_question_gives_its_points_to_everyone(read_question, response):
    question = read_question(
        "## Q\n`void: full` `points: 3`\n\n- [x] a\n  > A\n- [ ] b\n\n**Incorrect:** No\n"
    )
    mark = grade_question(question, response)
    assert (mark.score, mark.maximum, mark.state, mark.feedback) == (3, 3, State.RIGHT, ())


def test_points_of_all_kinds_of_parts_add_up_exactly(read_quiz):
    quiz = read_quiz(
        "## A\n`id: a` `scoring: each` `points: 0.1`\n\n- [x] a\n- [x] b\n- [ ] c\n\n"
        "## B\n`id: b` `points: 0.2`\n\n**Answer:** `b`\n\n"
        "## C\n`id: c` `scoring: each` `points: 2.5`\n\n"
        "**Order:**\n\n1. a\n2. b\n3. c\n4. d\n5. e\n6. f\n7. g\n"
    ).quiz
    responses = {"a": [1], "b": "b", "c": [1, 2, 3, 4, 5, 7, 6]}
    result = grade_paper(quiz, ["a", "b", "c"], responses)
    assert result.score == Fraction(2, 3) / 10 + Fraction(2, 10) + Fraction(5, 7) * Fraction(5, 2)
    assert result.maximum == Fraction("2.8")
    assert grade_paper(quiz, ["a", "b"], {"a": [1, 2], "b": "b"}).score == Fraction("0.3")

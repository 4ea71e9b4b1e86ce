"""A mark with the points in force for it, which a regrade may have changed."""

from fractions import Fraction

import pytest

from lms.quizzes.grading import Mark, QuestionMark, State, with_points

HALF = Fraction(1, 2)


def mark(score: Fraction, state: State, maximum: int = 1) -> Mark:
    return Mark(
        question_id="q",
        score=score,
        maximum=Fraction(maximum),
        state=state,
        feedback=("<p>Why</p>",),
    )


def test_the_same_points_change_nothing() -> None:
    graded = mark(HALF, State.PARTLY)
    assert with_points(graded, QuestionMark(HALF, Fraction(1))) == graded
    blank = mark(Fraction(0), State.BLANK)
    assert with_points(blank, QuestionMark(Fraction(0), Fraction(1))) == blank


@pytest.mark.parametrize(
    ("score", "maximum", "state"),
    [
        (Fraction(1), 1, State.RIGHT),
        (Fraction(0), 1, State.WRONG),
        (Fraction(1), 2, State.PARTLY),
        (Fraction(0), 0, State.WRONG),
    ],
)
def test_other_points_say_what_they_come_to(score: Fraction, maximum: int, state: State) -> None:
    kept = with_points(mark(HALF, State.PARTLY), QuestionMark(score, Fraction(maximum)))
    assert (kept.score, kept.maximum, kept.state) == (score, maximum, state)
    # It was written about the answer as the other key judged it.
    assert kept.feedback == ()


def test_what_is_not_graded_stays_so() -> None:
    ungraded = mark(Fraction(0), State.UNGRADED, maximum=0)
    assert with_points(ungraded, QuestionMark(Fraction(0), Fraction(0))) == ungraded

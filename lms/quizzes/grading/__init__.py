"""Grade responses: pure, exact, and without a word about why anybody asks."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from ..model import (
    AttestationQuestion,
    ChoiceQuestion,
    ClozeQuestion,
    MatchingQuestion,
    NumberQuestion,
    OrderingQuestion,
    Question,
    Quiz,
    ReflectionQuestion,
    SurveyQuestion,
    TextQuestion,
)
from . import attestation, choice, cloze, matching, number, ordering, reflection, survey, text
from .mark import (
    NOTHING,
    RIGHT,
    WHOLE,
    BadResponse,
    Grader,
    Mark,
    QuestionMark,
    Response,
    Result,
    State,
    Verdict,
)

__all__ = [
    "BadResponse",
    "Mark",
    "QuestionMark",
    "Response",
    "Result",
    "State",
    "filled",
    "grade_paper",
    "grade_question",
    "is_answered",
    "read_response",
    "with_points",
]

_GRADERS: dict[type[Question], Grader[Any]] = {
    ChoiceQuestion: choice.GRADER,
    TextQuestion: text.GRADER,
    NumberQuestion: number.GRADER,
    MatchingQuestion: matching.GRADER,
    OrderingQuestion: ordering.GRADER,
    ClozeQuestion: cloze.GRADER,
    AttestationQuestion: attestation.GRADER,
    ReflectionQuestion: reflection.GRADER,
    SurveyQuestion: survey.GRADER,
}


def read_response(question: Question, values: Sequence[str]) -> Response:
    """What the values of all form fields of one name say, None when they are blank.

    A choice sends the numbers of its options; what is typed is sent as it is. Matching sends, for
    each left side, its number and the right side's text, as `2=7 days`. Ordering
    sends, for each place, the text of its item or nothing; a cloze sends what stands in each gap.
    An attestation sends `accepted`, if that is ticked, and the name.

    Raises BadResponse for an option the question does not have, several answers where one is asked,
    or a text of more than 500 characters (a reflection: 5,000). Whether the response is right is not looked at.
    """
    given = [value for value in values if value.strip()]
    if not given:
        return None
    grader = _GRADERS[type(question)]
    return grader.read(question, values if grader.keeps_places else given)


def filled(question: Question, response: Response) -> tuple[int, int]:
    """How many places of the question `response` fills, such as gaps or rows, and how many there are."""
    return _GRADERS[type(question)].filled(question, response)


def is_answered(question: Question, response: Response) -> bool:
    """Whether `response` leaves no place empty."""
    done, places = filled(question, response)
    return done == places


def grade_question(question: Question, response: Response) -> Mark:
    """The points for one response. A response whose shape does not fit the question is blank.

    A void question gives its points to everyone, and no feedback: its key is not to be trusted.
    """
    if question.void:
        return _mark(question, State.RIGHT, RIGHT, ())
    verdict = _GRADERS[type(question)].judge(question, response)
    if not question.is_graded:
        return _mark(question, State.UNGRADED, verdict, verdict.feedback)
    state = _state(verdict)
    message = question.correct_message if state is State.RIGHT else question.incorrect_message
    feedback = (*verdict.feedback, message) if message else verdict.feedback
    return _mark(question, state, verdict, feedback)


def grade_paper(quiz: Quiz, paper_ids: Sequence[str], responses: Mapping[str, Response]) -> Result:
    """Grade the questions drawn, answered or not: all of them are in the maximum.

    The paper is passed with the points that the quiz asks for, and every statement drawn accepted.

    `paper_ids` are the ids of a drawn paper in its order. Raises KeyError for an id that `quiz` does
    not have: a paper is graded by a revision that knows its questions.
    """
    questions = quiz.by_id
    marks = tuple(
        grade_question(questions[question_id], responses.get(question_id))
        for question_id in paper_ids
    )
    score = _total([mark.score for mark in marks])
    maximum = _total([mark.maximum for mark in marks])
    fraction = score / maximum if maximum else Fraction(1)
    return Result(
        score=score,
        maximum=maximum,
        fraction=fraction,
        passed=fraction >= quiz.settings.pass_mark and not any(m.prevents_pass for m in marks),
        marks=marks,
    )


def with_points(mark: Mark, kept: QuestionMark) -> Mark:
    """The mark with the points that are in force for it, which a regrade may have changed."""
    if mark.state is State.UNGRADED or (mark.score, mark.maximum) == (kept.score, kept.maximum):
        return replace(mark, score=kept.score, maximum=kept.maximum)
    state = _state_of(kept.score / kept.maximum if kept.maximum else Fraction(0))
    return replace(mark, score=kept.score, maximum=kept.maximum, state=state, feedback=())


def _state(verdict: Verdict) -> State:
    return _state_of(verdict.share) if verdict.answered else State.BLANK


def _state_of(share: Fraction) -> State:
    if share is WHOLE or share == 1:
        return State.RIGHT
    return State.PARTLY if share else State.WRONG


def _mark(question: Question, state: State, verdict: Verdict, feedback: tuple[str, ...]) -> Mark:
    score = NOTHING
    if state is State.RIGHT:
        score = question.points
    elif state is State.PARTLY:
        score = verdict.share * question.points
    return Mark(
        question_id=question.id,
        score=score,
        maximum=question.points,
        state=state,
        feedback=feedback,
        prevents_pass=verdict.prevents_pass,
    )


def _total(points: Sequence[Fraction]) -> Fraction:
    """The exact sum, in whole numbers until its end: adding fractions one by one takes longer."""
    denominator = math.lcm(*[value.denominator for value in points])
    wholes = [value.numerator * (denominator // value.denominator) for value in points]
    return Fraction(sum(wholes), denominator)

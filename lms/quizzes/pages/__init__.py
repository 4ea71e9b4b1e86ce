"""What pages show of questions: while they are answered, and when they are reviewed (pure).

A page is built from these values alone. The first kind holds nothing about the key, so nothing about
it can leave the server before it may.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

from ..draw import PaperItem
from ..grading import Mark, Response, State, filled
from ..model import (
    AttestationQuestion,
    ChoiceQuestion,
    ClozeQuestion,
    MatchingQuestion,
    NumberQuestion,
    OrderingQuestion,
    Question,
    ReflectionQuestion,
    SurveyQuestion,
    TextQuestion,
)
from . import attestation, choice, cloze, matching, number, ordering, reflection, text
from .kind import Kind

_KINDS: dict[type[Question], Kind[Any]] = {
    ChoiceQuestion: choice.KIND,
    TextQuestion: text.KIND,
    NumberQuestion: number.KIND,
    MatchingQuestion: matching.KIND,
    OrderingQuestion: ordering.KIND,
    ClozeQuestion: cloze.KIND,
    AttestationQuestion: attestation.KIND,
    ReflectionQuestion: reflection.KIND,
    # A survey is a choice to look at.
    SurveyQuestion: choice.KIND,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionToAnswer:
    """A question on the page of an attempt. `form` is what its type's template needs.

    `saved` is the answer as the page was made, as JSON: it comes back with the form, and tells what
    was changed on that page from what was changed elsewhere.
    """

    position: int
    id: str
    heading: str
    stem: str
    points: Any
    hints: tuple[str, ...]
    template: str
    form: Any
    saved: str
    # How many of its places have an answer, such as gaps or rows, and how many there are.
    filled: tuple[int, int]

    @property
    def is_answered(self) -> bool:
        """Whether no place is left empty."""
        return self.filled[0] == self.filled[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionInReview:
    """A question on the page of a result. `review` is what its type's template needs.

    Where the key may not be seen yet, feedback, explanation and key are empty.
    """

    position: int
    id: str
    heading: str
    stem: str
    mark: Mark
    template: str
    review: Any
    # What the author says to a right answer, or to any other.
    message: str
    explanation: str


def to_answer(
    question: Question, item: PaperItem, position: int, response: Response
) -> QuestionToAnswer:
    """`question` as the learner meets it, with the answer saved so far."""
    kind = _KINDS[type(question)]
    return QuestionToAnswer(
        position=position,
        id=question.id,
        heading=question.heading,
        stem="" if kind.shows_stem else question.stem,
        points=question.points,
        hints=question.hints,
        template=kind.template,
        form=kind.ask(question, item, response),
        saved=encode(question, response),
        filled=filled(question, response),
    )


def in_review(
    question: Question,
    item: PaperItem,
    position: int,
    response: Response,
    mark: Mark,
    *,
    shows_key: bool,
) -> QuestionInReview:
    """`question` with what was answered and earned, and with the key where it may be seen."""
    kind = _KINDS[type(question)]
    return QuestionInReview(
        position=position,
        id=question.id,
        heading=question.heading,
        stem="" if kind.shows_stem else question.stem,
        mark=mark if shows_key else replace(mark, feedback=()),
        template=kind.template,
        review=kind.review(question, item, response, shows_key),
        message=_message(question, mark) if shows_key else "",
        explanation=question.explanation if shows_key else "",
    )


def _message(question: Question, mark: Mark) -> str:
    is_right = mark.state is State.RIGHT
    return question.correct_message if is_right else question.incorrect_message


def encode(question: Question, response: Response) -> str:
    """A response as text that compares equal when the response is the same.

    It goes to the page and back, so that it tells no more of the key than was answered.
    """
    told = _KINDS[type(question)].tell(question, response)
    return json.dumps(told, ensure_ascii=False, sort_keys=True)

"""The key of a question for its author: a right answer in review, and all that is said to others (pure)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from lms.quizzes import contract, pages
from lms.quizzes.draw import PaperItem
from lms.quizzes.grading import Response, grade_question
from lms.quizzes.model import (
    AnswerKind,
    ChoiceQuestion,
    ClozeQuestion,
    Gap,
    MatchingQuestion,
    NumberGap,
    NumberQuestion,
    Option,
    OrderingQuestion,
    Question,
    TextGap,
    TextQuestion,
)
from lms.quizzes.model.number import plain
from lms.quizzes.pages.choice import ChoiceReview


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """An answer that the author foresaw, in words, and what is said to it as HTML, "" for nothing."""

    words: str
    feedback: str


def right_response(question: Question) -> Response:
    """A response that earns all points; None where no answer is right, or none can be written down.

    A regular expression matches answers, but is none.
    """
    find = _RIGHT.get(type(question))
    return find(question) if find else None


def _right_options(question: ChoiceQuestion) -> Response:
    right = [option for option in question.options if option.correct]
    if question.select_many:
        return [option.number for option in right]
    return next(option.number for option in right if option.weight in (None, 1))


def _right_text(question: TextQuestion) -> Response:
    right = (
        answer.pattern
        for answer in question.answers
        if answer.weight == 1 and answer.kind is AnswerKind.TEXT
    )
    return next(right, None)


def _right_number(question: NumberQuestion) -> Response:
    return _middle(question.low, question.high)


def _right_pairs(question: MatchingQuestion) -> Response:
    return {pair.left: pair.right for pair in question.pairs}


def _right_order(question: OrderingQuestion) -> Response:
    return [item.number for item in question.items]


def _right_gaps(question: ClozeQuestion) -> Response:
    return [_right_in(gap) for gap in question.gaps]


_RIGHT: dict[type[Question], Callable[[Any], Response]] = {
    ChoiceQuestion: _right_options,
    TextQuestion: _right_text,
    NumberQuestion: _right_number,
    MatchingQuestion: _right_pairs,
    OrderingQuestion: _right_order,
    ClozeQuestion: _right_gaps,
}


def _right_in(gap: Gap) -> str:
    if isinstance(gap, NumberGap):
        return _middle(gap.low, gap.high)
    if isinstance(gap, TextGap):
        return gap.answers[0]
    return next(option.text for option in gap.options if option.correct)


def _middle(low: Decimal, high: Decimal) -> str:
    # A number of very many digits would be rounded by the sum, and could leave narrow bounds.
    return plain(low if low == high else (low + high) / 2)


def in_review(question: Question, item: PaperItem, position: int) -> pages.QuestionInReview:
    """`question` as the page of a result shows it after a right answer.

    Every option of a choice has all of its feedback, for that is what the author looks for.
    """
    response = right_response(question)
    shown = pages.in_review(
        question,
        item,
        position,
        response,
        grade_question(question, response),
        shows_key=True,
    )
    if isinstance(question, ChoiceQuestion) and isinstance(shown.review, ChoiceReview):
        by_number = {option.number: option for option in question.options}
        options = tuple(
            replace(option, feedback=_said_to(by_number[number]))
            for number, option in zip(item.options, shown.review.options, strict=True)
        )
        shown = replace(shown, review=replace(shown.review, options=options))
    return shown


def _said_to(option: Option) -> str:
    """Weight and feedback of an option as HTML."""
    weight = (
        "" if option.weight is None else f"<p>Weight: {contract.exact(option.weight * 100)}%</p>"
    )
    left_out = (
        option.not_chosen_feedback
        and f'<p class="review-caption">If left out:</p>{option.not_chosen_feedback}'
    )
    return f"{weight}{option.feedback}{left_out}"


def known_answers(question: Question) -> list[KnownAnswer]:
    """What the review of one right answer does not show of the key."""
    match question:
        case TextQuestion():
            lines = contract.key_lines(question)
            said = [answer.feedback for answer in question.answers]
            known = [KnownAnswer(*pair) for pair in zip(lines, said, strict=True)]
            is_shown = len(known) == 1 and not said[0] and _right_text(question) is not None
            return [] if is_shown else known
        case ClozeQuestion():
            return [
                KnownAnswer(line, "")
                for gap, line in zip(question.gaps, contract.key_lines(question), strict=True)
                if gap.right != _right_in(gap)
            ]
        case MatchingQuestion():
            belonging = {pair.right for pair in question.pairs}
            spare = [side.text for side in question.right_sides if side.text not in belonging]
            return [KnownAnswer(f"Belongs to none: {text}", "") for text in spare]
        case _:
            return []

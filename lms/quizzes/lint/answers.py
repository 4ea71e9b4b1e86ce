"""What the answers of a question say, whatever its type: the rules about wording need no more."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..model import AnswerKind, ChoiceQuestion, Match, NumberQuestion, Question, TextQuestion
from ..plaintext import read_html


@dataclass(frozen=True, slots=True)
class Answers:
    """The texts of the answers of a question.

    `right` are those that give all of the points, `wrong` those known to give none. `read` are those
    that a learner reads or is meant to write, without what stands in code. `is_typed` tells whether
    learners write them.
    """

    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    is_typed: bool = False


def answers_of(question: Question) -> Answers:
    """The answers of `question`; none of a type that has no texts to compare."""
    reader = _READERS.get(type(question))
    return reader(question) if reader else Answers()


def _of_choice(question: ChoiceQuestion) -> Answers:
    return Answers(
        right=tuple(option.text for option in question.options if option.correct),
        wrong=tuple(option.text for option in question.options if not option.correct),
        read=tuple(read_html(option.html).outside_code for option in question.options),
    )


def _of_text(question: TextQuestion) -> Answers:
    """Known wrong answers are what learners write by themselves, so that they are not among `read`.

    Patterns are left out: they say nothing that could be compared.
    """
    is_pattern = question.match is Match.WILDCARD
    answers = [
        answer
        for answer in question.answers
        if answer.kind is AnswerKind.TEXT
        and not (is_pattern and {"*", "?"}.intersection(answer.pattern))
    ]
    right = tuple(answer.pattern for answer in answers if answer.weight == 1)
    wrong = tuple(answer.pattern for answer in answers if not answer.weight)
    return Answers(right=right, wrong=wrong, read=right, is_typed=True)


def _of_number(question: NumberQuestion) -> Answers:
    numbers = (question.low, question.high) if question.value is None else (question.value,)
    texts = tuple(f"{number:f} {question.unit}".strip() for number in numbers)
    return Answers(right=texts, read=texts, is_typed=True)


_READERS: dict[type[Question], Callable[[Any], Answers]] = {
    ChoiceQuestion: _of_choice,
    TextQuestion: _of_text,
    NumberQuestion: _of_number,
}

"""What statistics are made from: the questions of a quiz, and graded attempts at it."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from fractions import Fraction

from ..grading import Response, Result
from ..model import ChoiceQuestion, Pool, Question, Quiz


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question. `maximum` is in points; `options` tell of each option whether it is right.

    `part` is what every attempt has exactly so many points of: the question itself, or its pool.
    """

    id: str
    part: str
    maximum: Fraction
    options: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One graded attempt: the points of each question drawn, by its id, and the options chosen.

    A changed wording is another question under the same id. `reworded` are the ids of those that were
    answered in another wording than the one looked at: their points are part of the attempt, and in
    no figure of theirs. `stands` says whether the attempt was at the quiz that is looked at, for the
    figures of the quiz as a whole; its questions count in theirs in any case.

    `seconds` tells how long the questions took of which that is known; see `timing`.
    """

    scores: Mapping[str, Fraction]
    chosen: Mapping[str, frozenset[int]]
    reworded: Set[str] = frozenset()
    stands: bool = True
    seconds: Mapping[str, int] = field(default_factory=dict)


def items_of(quiz: Quiz) -> tuple[Item, ...]:
    """The graded questions of a quiz in the order of the file; those of one pool are one part."""
    return tuple(
        _item(question, _part(entry))
        for entry in quiz.items
        for question in (entry.questions if isinstance(entry, Pool) else (entry,))
        if question.is_graded
    )


def draws_of(quiz: Quiz) -> Mapping[str, int]:
    """How many graded questions of each part an attempt at the quiz has."""
    graded = (entry for entry in quiz.items if isinstance(entry, Pool) or entry.is_graded)
    return {_part(entry): entry.draw if isinstance(entry, Pool) else 1 for entry in graded}


def _part(entry: Question | Pool) -> str:
    # No id holds a space: a pool's name is never a question's.
    return f"pool in line {entry.line}" if isinstance(entry, Pool) else entry.id


def _item(question: Question, part: str) -> Item:
    options = question.options if isinstance(question, ChoiceQuestion) else ()
    return Item(
        id=question.id,
        part=part,
        maximum=question.points,
        options=tuple(option.correct for option in options),
    )


def sitting_of(result: Result, responses: Mapping[str, Response]) -> Sitting:
    """A graded attempt as the statistics take it: what is not graded is left out."""
    scores = {mark.question_id: mark.score for mark in result.marks if mark.maximum}
    chosen = {identity: option_numbers(response) for identity, response in responses.items()}
    return Sitting(scores=scores, chosen=chosen)


def option_numbers(response: Response) -> frozenset[int]:
    """The option numbers of a response; none for a text."""
    numbers = response if isinstance(response, list) else [response]
    return frozenset(number for number in numbers if isinstance(number, int))

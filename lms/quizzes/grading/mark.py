"""What grading takes and gives: responses, marks and the result of a paper."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, Generic, TypeVar

from ..model import Question

Response = int | list[int] | list[str] | dict[str, Any] | str | None
"""What was answered, as plain values that JSON keeps. None, "", [] and {} are blank.

The number of one option, a list of several; a typed text; for matching each left side with its right
side; for ordering the number of the item in each place, 0 where there is none;
for a cloze the text in each gap, "" where there is none; for an attestation whether it is `accepted`
and the `name` typed.
"""

# Most shares are one of these two. Making a fraction takes longer than comparing an answer.
NOTHING, WHOLE = Fraction(0), Fraction(1)

QuestionT = TypeVar("QuestionT", bound=Question)


class BadResponse(ValueError):
    """A form that no honest page sends. The message is for people."""


class State(StrEnum):
    """How an answer did: all of the points, some, none, or nothing was answered.

    An answer that is not graded is in none of these states, be it given or not.
    """

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    BLANK = "blank"
    UNGRADED = "ungraded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a type of question says about a response: a share of the points from 0 to 1.

    `feedback` is HTML, in the order of the options or answers it belongs to. `prevents_pass` says that
    the paper is not passed like this, whatever its points.
    """

    answered: bool
    share: Fraction
    feedback: tuple[str, ...]
    prevents_pass: bool = False


BLANK = Verdict(answered=False, share=NOTHING, feedback=())
RIGHT = Verdict(answered=True, share=WHOLE, feedback=())
WRONG = Verdict(answered=True, share=NOTHING, feedback=())


def share_of(hits: int, places: int) -> Fraction:
    """`hits` of `places`, which are at least 1, as a share."""
    if hits == places:
        return WHOLE
    return Fraction(hits, places) if hits else NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One graded response: 0 <= `score` <= `maximum`, in points. `feedback` is HTML.

    `maximum` is 0 for a question that is not graded; `prevents_pass` is as in a verdict.
    """

    question_id: str
    score: Fraction
    maximum: Fraction
    state: State
    feedback: tuple[str, ...]
    prevents_pass: bool = False


@dataclass(frozen=True, slots=True)
class QuestionMark:
    """The points of one question, of how many: what of a mark is kept."""

    score: Fraction
    maximum: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A graded paper, its marks in the order of the paper.

    `fraction` is exact; round it only to show it. `passed` compares it unrounded with the pass mark,
    and asks that every statement drawn is accepted.
    """

    score: Fraction
    maximum: Fraction
    fraction: Fraction
    passed: bool
    marks: tuple[Mark, ...]


def _one_place(question: Question, response: Response) -> tuple[int, int]:
    return int(response not in (None, "", [], {})), 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Grader(Generic[QuestionT]):
    """How one type of question is graded.

    `read` turns form values into a response; it raises BadResponse. One of the values at least is not
    blank, and blank ones are left out unless `keeps_places`: then what a value means is told by its
    place among them, as for several fields to type into. `filled` says how many places a response
    fills, such as gaps, and of how many. `judge` never raises: a response whose shape does not fit
    counts as no answer.
    """

    read: Callable[[QuestionT, Sequence[str]], Response]
    judge: Callable[[QuestionT, Response], Verdict]
    keeps_places: bool = False
    filled: Callable[[QuestionT, Response], tuple[int, int]] = _one_place

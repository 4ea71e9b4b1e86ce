"""What grading takes and gives: responses, marks and the result of a paper."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Generic, TypeVar

from ..model import Question

Response = int | list[int] | str | None
"""The number of one option, the numbers of several, or typed text. None, "" and [] are blank."""

QuestionT = TypeVar("QuestionT", bound=Question)


class BadResponse(ValueError):
    """A form that no honest page sends. The message is for people."""


class State(StrEnum):
    """How an answer did: all of the points, some, none, or nothing was answered."""

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    BLANK = "blank"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a type of question says about a response: a share of the points from 0 to 1.

    `feedback` is HTML, in the order of the options or answers it belongs to.
    """

    answered: bool
    share: Fraction
    feedback: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One graded response: 0 <= `score` <= `maximum`, in points. `feedback` is HTML."""

    question_id: str
    score: Fraction
    maximum: Fraction
    state: State
    feedback: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A graded paper, its marks in the order of the paper.

    `fraction` is exact; round it only to show it. `passed` compares it unrounded with the pass mark.
    """

    score: Fraction
    maximum: Fraction
    fraction: Fraction
    passed: bool
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grader(Generic[QuestionT]):
    """How one type of question is graded.

    `read` turns form values, blank ones removed and at least one left, into a response; it raises
    BadResponse. `judge` never raises: a response whose shape does not fit counts as no answer.
    """

    read: Callable[[QuestionT, Sequence[str]], Response]
    judge: Callable[[QuestionT, Response], Verdict]

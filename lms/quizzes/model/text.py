"""Questions answered with a few words."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from .quiz import Question


class Match(StrEnum):
    """How a typed answer is compared with a text of the key; see "Grading rules" in the format."""

    LOOSE = "loose"
    EXACT = "exact"
    WILDCARD = "wildcard"


class AnswerKind(StrEnum):
    """Whether a pattern is words or a regular expression."""

    TEXT = "text"
    REGEX = "regex"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAnswer:
    """One answer the author foresaw. `weight` is 1 for a right one, 0 for a known wrong one.

    `ignore_case` speaks of regular expressions only.
    """

    pattern: str
    kind: AnswerKind
    ignore_case: bool
    weight: Fraction
    feedback: str


@dataclass(frozen=True, kw_only=True)
class TextQuestion(Question):
    """A short text, compared with each of `answers`; at least one of them has the weight 1."""

    answers: tuple[TextAnswer, ...]
    match: Match

    @cached_property
    def in_turn(self) -> tuple[TextAnswer, ...]:
        """Its answers as they are tried.

        Plain words come before wildcards and these before regular expressions, so that a known wrong
        answer can be taken out of a pattern; within each kind the order of the file decides.
        """
        return tuple(sorted(self.answers, key=self._turn))

    def _turn(self, answer: TextAnswer) -> int:
        if answer.kind is AnswerKind.REGEX:
            return 2
        return int(self.match is Match.WILDCARD and not {"*", "?"}.isdisjoint(answer.pattern))

    @property
    def type(self) -> str:
        return "text"

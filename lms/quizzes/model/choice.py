"""Questions answered by choosing among options."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from random import Random

from .quiz import Question


class Scoring(StrEnum):
    """How a set of ticked options is scored; see "Scoring of many" in the quiz format."""

    ALL = "all"
    NET = "net"
    EACH = "each"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option. `number` counts from 1 in the order of the file and names it in responses.

    `weight` is the share of the points that choosing it gives, from -1 to 1, where the author wrote
    one. `feedback` is for those who chose it, `not_chosen_feedback` for those who did not.
    """

    number: int
    html: str
    text: str
    correct: bool
    weight: Fraction | None
    feedback: str
    not_chosen_feedback: str


@dataclass(frozen=True, kw_only=True)
class ChoiceQuestion(Question):
    """One option or several of at least two. `scoring` speaks of `select_many` only."""

    options: tuple[Option, ...]
    select_many: bool
    scoring: Scoring
    shuffle: bool

    @cached_property
    def offered(self) -> frozenset[int]:
        """The numbers of its options."""
        return frozenset(option.number for option in self.options)

    @cached_property
    def right(self) -> frozenset[int]:
        """The numbers of its right options."""
        return frozenset(option.number for option in self.options if option.correct)

    @property
    def type(self) -> str:
        """`multiple`, `true-false` when the options are True and False, or `single`."""
        if self.select_many:
            return "multiple"
        texts = sorted(option.text.casefold() for option in self.options)
        return "true-false" if texts == ["false", "true"] else "single"

    def arrange(self, chance: Random) -> tuple[int, ...]:
        return arrange_options(self.options, self.shuffle, chance)


def arrange_options(options: Iterable[Option], shuffle: bool, chance: Random) -> tuple[int, ...]:
    """The numbers of options in the order to be shown: the file's, or any."""
    numbers = [option.number for option in options]
    if shuffle:
        chance.shuffle(numbers)
    return tuple(numbers)

"""Questions answered by filling gaps in a text."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from random import Random

from .number import interval_in_words
from .quiz import Question

_MARK = re.compile(r'<b class="gap">\[[0-9]+\]</b>')


def gap_mark(number: int) -> str:
    """The HTML that stands for a gap in a stem.

    What an author writes never becomes such an element, for raw HTML is shown as text.
    """
    return f'<b class="gap">[{number}]</b>'


@dataclass(frozen=True, kw_only=True)
class NumberGap:
    """A gap for a number from `low` to `high`, both included, in `unit` ("" for a bare number)."""

    low: Decimal
    high: Decimal
    unit: str

    @cached_property
    def right(self) -> str:
        """What counts as right, in words."""
        return interval_in_words(self.low, self.high, self.unit)


@dataclass(frozen=True, kw_only=True)
class TextGap:
    """A gap for a few words, compared loosely with each of `answers`."""

    answers: tuple[str, ...]

    @cached_property
    def right(self) -> str:
        """What counts as right, in words."""
        return " or ".join(self.answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class GapOption:
    """One choice of a drop-down. `number` is counted from 1 through all gaps of the question."""

    number: int
    text: str
    correct: bool


@dataclass(frozen=True, kw_only=True)
class ChoiceGap:
    """A drop-down: at least two options with texts of their own, at least one of them right."""

    options: tuple[GapOption, ...]

    @cached_property
    def right(self) -> str:
        """What counts as right, in words."""
        return " or ".join(option.text for option in self.options if option.correct)


Gap = NumberGap | TextGap | ChoiceGap


@dataclass(frozen=True, kw_only=True)
class ClozeQuestion(Question):
    """A stem with at least one gap, each worth the same. The stem holds the mark of every gap once."""

    gaps: tuple[Gap, ...]
    shuffle: bool

    @property
    def type(self) -> str:
        return "cloze"

    @property
    def pieces(self) -> tuple[str, ...]:
        """The HTML of the stem around the gaps: one piece more than there are gaps."""
        return tuple(_MARK.split(self.stem))

    def arrange(self, chance: Random) -> tuple[int, ...]:
        """The numbers of the options of all drop-downs, those of each in an order of its own."""
        shown: list[int] = []
        for gap in self.gaps:
            if isinstance(gap, ChoiceGap):
                numbers = [option.number for option in gap.options]
                if self.shuffle:
                    chance.shuffle(numbers)
                shown += numbers
        return tuple(shown)
